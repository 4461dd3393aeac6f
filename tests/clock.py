"""The moment at which the tests live: theirs to choose, and no business of the machine's calendar.

The run begins at ``BEGIN`` on the site's clock, whatever the machine's says (``pytest --at`` chooses another moment),
and time goes on from there, for all processes of all houses and for the pages in their browsers. The machine's zone is
one of the other side of the world, so that nothing takes it for the site's.
"""

from __future__ import annotations

import os
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.clock import set_now, shift_s, utc_now

ZONE = ZoneInfo("Asia/Shanghai")
# A Tuesday morning: everything is open, and midnight is far.
BEGIN = "2026-12-08T10:00"
FAR_ZONE = "America/New_York"
# Moments unlike others, for tests marked ``any_time``: on the site's clock, with the machine's zone.
MOMENTS = (
    ("2026-11-29T20:30", "America/New_York"),  # a Sunday evening
    ("2026-09-30T23:59", "Asia/Shanghai"),  # a minute before a holiday and another month
    ("2026-12-31T23:59", "Europe/Berlin"),  # and another year
    ("2027-02-06T03:00", "UTC"),  # the night of the Spring Festival
    ("2026-11-01T13:59", "America/New_York"),  # there an hour comes twice
    ("2028-02-29T07:29", "Pacific/Auckland"),
)


def begin_at(local: str) -> None:
    """``local`` is on the site's clock."""
    os.environ.setdefault("TZ", FAR_ZONE)
    time.tzset()
    set_now(moment(local))


def moment(local: str) -> float:
    return datetime.fromisoformat(local).replace(tzinfo=ZONE).timestamp()


def today() -> date:
    """At the site."""
    return datetime.fromtimestamp(utc_now(), ZONE).date()


def page_clock() -> str:
    """A script that lets a browser's pages live at the same moment."""
    return (
        "(() => {"
        f" const real = Date, now = () => real.now() + {round(shift_s() * 1000)};"
        " globalThis.Date = new Proxy(real, {"
        "  construct: (made, given, as) => Reflect.construct(made, given.length ? given : [now()], as),"
        "  apply: () => new real(now()).toString(),"
        "  get: (made, key) => (key === 'now' ? now : Reflect.get(made, key)),"
        " });"
        "})()"
    )
