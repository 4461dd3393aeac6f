"""What leads on within a page whose address says what is shown: links, and lists whose choice goes into the address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dash import dcc, html


def choice(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> Any:
    """A list whose choice goes into the address, under ``name``; the browser does that by itself."""
    return html.Select(
        [html.Option(text, value=value, selected=value == chosen) for value, text in options],
        className="field",
        **{"aria-label": label, "data-query": name},
    )


def go(text: Any, href: str, **more: Any) -> Any:
    """A link within the page."""
    return dcc.Link(text, href=href, **{"className": "quiet", **more})


def tab(text: Any, href: str, style: str, *, chosen: bool) -> Any:
    """A link within the page to one of several views (``address.js`` follows it); readers of screens are told where
    they are."""
    current = {"aria-current": "page"} if chosen else {}
    return html.A(text, href=href, className=style, **{"data-go": "1"}, **current)
