"""A dialog over the page, drawn by the server: a native one, so that keys, focus and screen readers know it.

A page has one box for dialogs, and a store that says which one is open: what is clicked and carries ``data-opens`` puts
its words there, a callback answers with the dialog. ``assets/dialog.js`` shows it and clears the box when it closes. A
third store says when a form was sent or a button has done its work: whatever shows that is drawn anew then, and so is
a dialog that stays open.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from dash import Input, Output, dcc, html

from core.i18n import _
from core.rights import Right
from core.web.auth import require

# What of a page can be asked for: the right that it needs, and who makes it of the words that came with it.
Dialogs = Mapping[str, tuple[Right, Callable[[Mapping[str, str]], Awaitable[Any]]]]
LONGEST = 200


def box(page: str) -> str:
    """Holds the dialog that is open."""
    return f"{page}-dialog"


def opened(page: str) -> str:
    """Holds what was asked to be opened."""
    return f"{page}-dialog-opened"


def done(page: str) -> str:
    """Holds which form was sent last."""
    return f"{page}-dialog-done"


def place(page: str) -> list[Any]:
    """Once on each page that has dialogs or forms."""
    stores = [dcc.Store(id=opened(page)), dcc.Store(id=done(page))]
    return [html.Div(id=box(page), **{"data-dialogs": page}), *stores]


def register(app: Any, page: str, right: Right, dialogs: Dialogs) -> None:
    """``right`` is the page's; each dialog asks for its own as well."""

    async def made(what: Any) -> Any:
        # It comes from a browser.
        said = {name: str(value)[:LONGEST] for name, value in what.items()} if isinstance(what, Mapping) else {}
        found = dialogs.get(said.get("what", ""))
        if found is None:
            return None
        needed, make = found
        require(needed)
        return await make(said)

    callback = app.callback(
        Output(box(page), "children"), Input(opened(page), "data"), right=right, prevent_initial_call=True
    )
    callback(made)


def opens(what: Mapping[str, Any]) -> dict[str, str]:
    """Attributes of what opens a dialog; ``what`` comes to the page's callback as it is."""
    return {"data-opens": json.dumps(what, ensure_ascii=False)}


def dialog(title: str, content: list[Any], *, closes: bool = True) -> Any:
    """``closes``: a foot with the way out; a form brings its own."""
    foot = html.Div([html.Div(className="bar-space"), close()], className="dialog-acts") if closes else None
    return html.Dialog(
        [html.H2(title), html.Div(content, className="dialog-content"), foot],
        className="dialog",
        **{"aria-label": title, "data-dialog": "1"},
    )


def close() -> Any:
    return html.Button(
        [_("Close"), html.Kbd("Esc")], className="bar-button", type="button", **{"data-dialog-close": "1"}
    )
