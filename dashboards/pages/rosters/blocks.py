"""Shifts and leave as people read them: blocks with their times, spans in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from dash import html

from core.i18n import _, language
from dashboards.pages.rosters.parts import number, short

Row = Mapping[str, Any]


def part(shift: Row) -> str:
    """Which part of the day a shift begins in: the tint of its block."""
    hour = int(str(shift["start"])[:2])
    return "night" if hour >= 20 or hour < 5 else "late" if hour >= 14 else "middle" if hour >= 10 else "early"


def times(shift: Row) -> str:
    next_day = _("next day ") if shift["next_day"] and shift["end"] != "24:00" else ""
    return f"{shift['start']}–{next_day}{shift['end']}"


def break_text(breaks: Iterable[Sequence[Any]]) -> str:
    """As the form takes them back: 12:00-12:30, and with minutes where it is a window."""

    def one(span: Sequence[Any]) -> str:
        minutes = f" {_('{n} min', n=span[2])}" if len(span) > 2 else ""
        return f"{span[0]}-{span[1]}{minutes}"

    return ", ".join(map(one, breaks))


def named_in(one: Row) -> str:
    """A shift or a template by its name in the reader's language."""
    return (one.get("name_en") if language() == "en" else "") or str(one["name"])


def block(shift: Row, **more: Any) -> Any:
    title = [
        f"{named_in(shift)} {times(shift)}",
        f"{_('Break time')} {break_text(shift['breaks'])}" if shift["breaks"] else "",
        f"{_('Leave')} {break_text(shift['away'])}" if shift.get("away") else "",
        f"{number(shift['paid_h'], 2)} {_('h')}",
        shift.get("note", ""),
    ]
    return html.Span(
        [html.B(named_in(shift)), html.Small(f"{shift['start']}–{shift['end']}")],
        className="rosters-shift",
        title=" · ".join(filter(None, title)),
        **{"data-part": part(shift), **more},
    )


def leave_span(leave: Row) -> str:
    """Leave as people say it: days, or from when to when."""
    one = leave["first_day"] == leave["last_day"]
    if not leave["start"]:
        return str(leave["first_day"]) if one else f"{leave['first_day']} – {leave['last_day']}"
    if one:
        return f"{leave['first_day']} {leave['start']}–{leave['end']}"
    return f"{leave['first_day']} {leave['start']} – {leave['last_day']} {leave['end']}"


def leave_block(leave: Row) -> Any:
    """Leave of a part of a day says when: the shift beside it is worked the rest of the time."""
    state = _("asked for") if leave["state"] == "asked" else _("approved")
    text = f"{leave['start']}–{leave['end']} {leave['reason_name']}" if leave["start"] else leave["reason_name"]
    title = [leave["reason_name"], leave_span(leave), state if leave["state"] == "asked" else "", leave["note"]]
    return html.Span(
        [html.B(text), html.Small(state)],
        className="rosters-leave",
        title=" · ".join(filter(None, title)),
        **{"data-state-of": leave["state"]},
    )


def named(shift: Row) -> str:
    """11-25 early shift 07:30–16:00."""
    return f"{short(date.fromisoformat(shift['day']))} {named_in(shift)} {times(shift)}"
