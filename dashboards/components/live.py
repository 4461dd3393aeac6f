"""Elements that scripts write live text into: they have no children, so that Dash never overwrites them."""

from __future__ import annotations

from dash import html

from core.i18n import _
from dashboards.theme import STATES


def figure(key: str, classes: str = "") -> html.Span:
    """``data-live=key`` is filled by an asset script; a dash stands there until the first value."""
    return html.Span(className=f"live {classes}".strip(), **{"data-live": key})


def icon() -> html.Span:
    """The icon of the state that the element or one around it carries, in that state's ink."""
    return html.Span(className="icon")


def words() -> dict[str, str]:
    """The states' words for scripts, in the request's language."""
    return {state.code: _(state.word) for state in STATES}
