"""The floor's dialogs: messages, announcements, the limits of the tiles; and what is asked before something is taken
(``asking``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from core.clock import iso, utc_now
from core.i18n import _
from core.installation.limits import Limit, limits
from core.installation.service import load_installation
from core.installation.steering import (
    ANNOUNCEMENT_CHARACTERS,
    MESSAGE_CHARACTERS,
    USUAL_STAND_S,
    announcements,
    areas,
)
from core.rights import Right
from dashboards.components.dialog import Dialogs, dialog
from dashboards.components.form import Act, FormField, Kind, act, form, typed
from dashboards.pages.floor import asking
from dashboards.session import web

Said = Mapping[str, str]
Row = Mapping[str, Any]
ANNOUNCEMENTS = "/api/v1/announcements"
# Hours that an announcement may stand.
STANDS_H = (1, 2, 4, 8, 24)
USUAL_H = round(USUAL_STAND_S / 3600)


async def message(_said: Said) -> Any:
    installation = await web().in_session(load_installation)
    people = [
        ("", _("everyone")),
        *((one.extension, f"{one.extension} {one.name}") for one in installation.agents.values()),
    ]
    bodies = {code: {"to": code or None} for code, _caption in people}
    fields = [
        FormField("receiver", _("To"), "pick", "", people, wide=True, bodies=bodies),
        FormField("text", _("Text"), "area", most=MESSAGE_CHARACTERS, wide=True, counts=True),
    ]
    send = Act(_("Send"), "POST", "/api/v1/messages", said=_("Sent."))
    return dialog(_("Message to agents"), [form("message", fields, [send], in_dialog=True, stays=True)], closes=False)


# --- announcements ----------------------------------------------------------------------------------------------


async def announcement(_said: Said) -> Any:
    now = utc_now()
    found, places = await web().in_session(lambda session: (announcements(session, now), areas(session)))
    stands = {str(hours): {"until": iso(now + hours * 3600.0)} for hours in STANDS_H}
    choices = [
        *((str(hours), _("for {n} hours", n=hours)) for hours in STANDS_H),
        ("0", _("until it is ended")),
    ]
    everywhere = [("", _("all callers")), *((one["name"], f"{one['name']} · {one['callers']}") for one in places)]
    fields = [
        FormField("area", _("Area"), "select", "", everywhere),
        FormField("stands", _("Stands"), "pick", str(USUAL_H), choices, bodies={**stands, "0": {"until": None}}),
        FormField("text", _("Text"), "area", most=ANNOUNCEMENT_CHARACTERS, wide=True, counts=True),
    ]
    start = Act(_("Start"), "POST", ANNOUNCEMENTS)
    content = [
        html.P(_("Every caller hears it before anything else, as long as it stands."), className="dim"),
        html.Div(
            [standing(one) for one in found] or html.P(_("No announcement stands."), className="dim"),
            className="floor-standing",
        ),
        html.P(className="form-error live", role="alert", **{"data-live": "act-error"}),
        form("announcement", fields, [start], in_dialog=True, stays=True),
    ]
    return dialog(_("Announcement to callers"), content, closes=False)


def standing(one: Row) -> Any:
    end = Act(_("End"), "DELETE", f"{ANNOUNCEMENTS}/{one['id']}")
    until = one["active_until"]
    about = {
        "from": when(one["active_from"]),
        "name": one["by_name"],
        "until": _("until {time}", time=when(until)) if until else _("until it is ended"),
    }
    return html.P(
        [
            html.B(one["area"] or _("all callers")),
            html.Span(f" {one['text']}"),
            html.Small(_("since {from}, {name}, {until}", **about)),
            act(end, className="quiet"),
        ]
    )


def when(at: float) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(web().settings.timezone)).strftime("%m-%d %H:%M")


# --- limits -----------------------------------------------------------------------------------------------------


async def set_limits(_said: Said) -> Any:
    """Minutes and seconds as 15:00, shares as percent; what the office has not set is an example."""
    found = await web().in_session(limits)
    fields = [field for one in found.values() for field in pair(one)]
    about = html.P(
        [
            _("From when a seat's time turns amber, then red, and the targets of service level and abandon rate."),
            " ",
            html.A(_("Alerts have rules of their own."), href="/alerts?view=rules"),
        ],
        className="dim",
    )
    save = Act(_("Save"), "PUT", "/api/v1/limits", said=_("Saved; it counts at once on every open page."))
    drawn = form("limits", fields, [save], in_dialog=True, stays=True)
    return dialog(_("Limits of tiles and targets"), [about, drawn], closes=False)


def pair(one: Limit) -> list[FormField]:
    kind: Kind = "seconds" if one.unit == "seconds" else "share"
    by = _("{name}, {time}", name=one.changed_by, time=when(one.changed_at or 0.0))
    levels = (("warn", one.warn, _("amber from")), ("bad", one.bad, _("red from")))
    return [
        FormField(
            f"{one.key}.{level}",
            f"{_(one.name)} · {caption}",
            kind,
            typed(value, kind),
            unit=_("min:s") if kind == "seconds" else "%",
            hint="" if level == "bad" else _("example") if one.example else by,
            required=True,
            sends=f"limits.{one.key}.{level}",
        )
        for level, value, caption in levels
    ]


# What can be asked for, and the right that it needs.
DIALOGS: Dialogs = {
    "force": (Right.STEER, asking.force),
    "close": (Right.STEER, asking.close),
    "move": (Right.STEER, asking.move),
    "end": (Right.STEER, asking.end),
    "take_over": (Right.STEER, asking.take_over),
    "take_listening": (Right.STEER, asking.take_listening),
    "message": (Right.STEER, message),
    "announcement": (Right.STEER, announcement),
    "limits": (Right.LIMITS, set_limits),
}
