"""The clocks of one order: a bar against the limit, what is left, and on demand rule, calendar and pauses."""

from __future__ import annotations

from typing import Any

from dash import html

from core.clock import from_iso
from core.i18n import N_, _
from dashboards.components.words import duration, local, word
from dashboards.pages.orders import ids
from dashboards.pages.orders.due import due
from dashboards.pages.orders.story import span
from dashboards.pages.orders.words import CLOCK_STATES, URGENCIES

CALENDARS = {"7x24": N_("every day, day and night"), "workdays": N_("working days")}
# From this share of the limit on a running clock is amber.
SOON = 0.8


def clocks(order: dict[str, Any], timezone: str, now: float) -> Any:
    """Those that run first, the next deadline on top."""
    if not order["clocks"]:
        return html.P(_("No clock has begun."), className="dim")
    found = sorted(order["clocks"], key=lambda one: (one["ended_at"] is not None, one["due_at"] or "9"))
    return html.Ul([clock(one, timezone, now) for one in found], className="order-clocks")


def clock(one: dict[str, Any], timezone: str, now: float) -> Any:
    return html.Li(
        [
            html.Div(running(one, timezone, now), id=ids.clock(one["clock"])),
            explained(one, used(one), timezone),
        ]
    )


def running(one: dict[str, Any], timezone: str, now: float) -> list[Any]:
    """What of a clock goes on by itself."""
    level = level_of(one)
    goes_on = one["state"] == "running" and one["due_at"]
    share = min(one["share"], 1.0)
    head = [
        html.B(one["name"]),
        html.Span(
            _("too late") if level == "bad" else word(CLOCK_STATES, one["state"]),
            className=f"due-{level}" if level else "dim",
        ),
        html.Span(className="bar-space"),
        _due(one, timezone, now, soon=level == "warn")
        if goes_on
        else html.Span(_ended(one, timezone), className="dim"),
    ]
    bar = html.Div(
        html.I(style={"width": f"{share * 100:.1f}%"}),
        className="order-bar",
        role="img",
        title=used(one),
        **{"aria-label": f"{one['name']}: {used(one)}", "data-level": level or None},
    )
    return [html.Div(head, className="order-clock-head"), bar]


def used(one: dict[str, Any]) -> str:
    return f"{duration(one['elapsed_s'])} / {span(one['limit_s'])}"


def _due(one: dict[str, Any], timezone: str, now: float, *, soon: bool) -> Any:
    said = due(from_iso(one["due_at"]), now, timezone, soon=soon)
    return html.Span(
        " · ".join(filter(None, (said.words, said.stamp))), className=f"due-{said.level}" if said.level else None
    )


def level_of(one: dict[str, Any]) -> str:
    """``bad`` past the deadline, ``warn`` when most of the time is used up."""
    if one["state"] == "stopped":
        return ""
    if one["overdue"]:
        return "bad"
    return "warn" if one["state"] == "running" and one["share"] >= SOON else ""


def explained(one: dict[str, Any], used: str, timezone: str) -> Any:
    rule = one["rule"]
    conditions = [
        word(URGENCIES, rule["urgency"]) if rule["urgency"] else "",
        _("begun at night") if rule["night"] else "",
        _("pipes above DN{mm}", mm=rule["above_mm"]) if rule["above_mm"] else "",
    ]
    lines = [
        (_("Used"), used),
        (_("Began"), local(one["began_at"], timezone)),
        (_("Due"), local(one["due_at"], timezone)),
    ]
    if one["first_due_at"] != one["due_at"]:
        lines.append((_("First due"), local(one["first_due_at"], timezone)))
    if one["ended_at"]:
        lines.append((_("Ended"), local(one["ended_at"], timezone)))
    if rule["extended_to"]:
        lines.append((_("Extended to"), local(rule["extended_to"], timezone)))
    lines += [(_("Missed before"), local(one_missed["due_at"], timezone)) for one_missed in one.get("missed", ())]
    lines += [(_("Done before, and sent back"), local(at, timezone)) for at in one["undone"]]
    limit = _("came with the order") if rule["given"] else span(one["limit_s"])
    said = " · ".join(text for text in (limit, *conditions, _("example limit") if rule["example"] else "") if text)
    lines += [(_("Rule"), said), (_("Calendar"), word(CALENDARS, one["calendar"]))]
    lines += [
        (
            _("Pause"),
            f"{local(pause['from'], timezone)} – {local(pause['to'], timezone) if pause['to'] else _('still')}",
        )
        for pause in one["pauses"]
    ]
    pairs = [item for name, value in lines for item in (html.Dt(name), html.Dd(value))]
    return html.Details([html.Summary(_("Rule, calendar, pauses")), html.Dl(pairs, className="facts")])


def _ended(one: dict[str, Any], timezone: str) -> str:
    return local(one["ended_at"], timezone, "%m-%d %H:%M") if one["ended_at"] else ""
