"""A choice of several for callbacks: the browser's own list, with its keys, its wheel on a phone, its reader.

What is chosen is the ``data`` of the store with the choice's id; ``assets/choice.js`` puts it there, so the page names
``choice`` in its ``scripts``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

Options = Sequence[tuple[str, str]]


def choice(
    name: str | Mapping[str, Any], options: Options | Mapping[str, Options], value: str, *, label: str = "", **more: Any
) -> Any:
    """``options`` are codes and words, or such by the words of their group; ``label`` is said where no caption stands
    beside it."""
    groups = options if isinstance(options, Mapping) else {"": options}
    shown: list[Any] = []
    for caption, members in groups.items():
        inner = [
            html.Option(words, value=code, selected="selected" if code == value else None) for code, words in members
        ]
        shown += [html.Optgroup(inner, label=caption)] if caption else inner
    said = {"aria-label": label} if label else {}
    sets = json.dumps(name) if isinstance(name, str) else json.dumps(dict(name))
    select = html.Select(shown, className="field", **{"data-sets": sets, **said, **more})
    return html.Span([select, dcc.Store(id=name, data=value)], className="choice")
