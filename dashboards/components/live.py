"""Elements that scripts write live text into: they have no children, so that Dash never overwrites them."""

from __future__ import annotations

from urllib.parse import quote

from dash import html

from core.i18n import _
from dashboards.theme import STATES, State


def figure(key: str, classes: str = "") -> html.Span:
    """``data-live=key`` is filled by an asset script; a dash stands there until the first value."""
    return html.Span(className=f"live {classes}".strip(), **{"data-live": key})


def icon(state: State) -> html.Span:
    """The state's icon as a mask, so that it takes the ink of whatever stands around it."""
    image = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' stroke-width='2' "
        f"stroke-linecap='round' stroke-linejoin='round'><path d='{state.icon}'/></svg>"
    )
    url = f'url("data:image/svg+xml,{quote(image)}")'
    return html.Span(className="icon", style={"WebkitMaskImage": url, "maskImage": url})


def state_word(state: State) -> html.Span:
    return html.Span([icon(state), html.Span(_(state.word))], className="state-word", **{"data-state": state.code})


def words() -> dict[str, str]:
    """The states' words for scripts, in the request's language."""
    return {state.code: _(state.word) for state in STATES}
