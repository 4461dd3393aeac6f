"""What callers hear before anything else at this moment, with its end: a line on the floor and on the wall.

Looked at anew every few seconds by a callback; a wall hangs for weeks, so what is over leaves by itself.
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, dcc, html

from core.clock import iso, utc_now
from core.i18n import _
from core.people import steering
from core.rights import Right
from dashboards.components.words import local
from dashboards.session import web

LINE, TICK = "standing-announcements", "standing-announcements-tick"
EVERY_MS = 5000


async def line() -> Any:
    return html.Div(
        [
            html.Div(await standing(), id=LINE, className="standing", role="status"),
            dcc.Interval(id=TICK, interval=EVERY_MS),
        ],
        className="standing-box",
    )


def register(app: Any) -> None:
    look = app.callback(
        Output(LINE, "children"), Input(TICK, "n_intervals"), right=Right.WALL, prevent_initial_call=True
    )
    look(again)


async def again(_times: int) -> Any:
    return await standing()


async def standing() -> list[Any]:
    """The newest first; nothing while nothing stands."""
    parts, now = web(), utc_now()
    found = await parts.in_session(lambda session: steering.announcements(session, now))
    return [one(row, parts.settings.timezone) for row in found]


def one(row: dict[str, Any], timezone: str) -> Any:
    until = row["active_until"]
    end = _("until {time}", time=local(iso(until), timezone, "%m-%d %H:%M")) if until else _("until it is ended")
    return html.P(
        [
            html.B(_("Announcement")),
            html.Span(row["area"] or _("all callers"), className="standing-area"),
            html.Span(row["text"], className="standing-text", title=row["text"]),
            html.Span(end, className="standing-end"),
        ]
    )
