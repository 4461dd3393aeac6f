"""What the views share: numbers as people write them, days with their names, links, tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from dash import html

from core.i18n import _
from dashboards.components import dialog
from dashboards.components.words import weekdays

NONE = "—"


def number(value: float | None, digits: int = 1) -> str:
    """1,234.5; whole numbers without a point, nothing as a dash."""
    if value is None:
        return NONE
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float | None) -> str:
    return NONE if share is None else f"{share * 100:.1f}%"


def total(row: Iterable[float | None]) -> float | None:
    """The sum where all of it is known."""
    found = list(row)
    return None if any(one is None for one in found) else sum(one for one in found if one is not None)


def short(day: date) -> str:
    return day.isoformat()[5:]


def weekday(day: date) -> str:
    return weekdays()[day.weekday()]


def kind(day: date, workdays: Collection[str], holidays: Collection[str]) -> str:
    """A day that is not what its weekday says."""
    if day.isoformat() in workdays:
        return _("workday")
    return _("holiday") if day.isoformat() in holidays else ""


def calls(text: str, query: Mapping[str, str], **more: Any) -> Any:
    """Leads to the calls behind a number."""
    return html.A(text, href=f"/calls?{urlencode(query)}", className="quiet", **more)


def opens(text: Any, what: Mapping[str, Any], **more: Any) -> Any:
    """A button that opens a dialog of this page."""
    return html.Button(text, type="button", **{"className": "quiet", **dialog.opens(what), **more})


def table(head: Iterable[Any], rows: list[Any], **more: Any) -> Any:
    cells = [html.Th(one, scope="col") if isinstance(one, str) else one for one in head]
    return html.Table([html.Thead(html.Tr(cells)), html.Tbody(rows)], **{"className": "plain rosters-numbers", **more})
