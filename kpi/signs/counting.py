"""Signs of gaming, counted: how often, of how many, and how far that is from the group's.

Calls count once, by the quarter of the queue entry, as in the indicators of agents.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import naive_utc
from core.db.tables import UserRow
from core.i18n import N_
from core.web.context import Web
from kpi.fairness.funnel import WIDE, WIDEST, share_limits
from kpi.measures.warehouse import Fetches
from kpi.schemes.values import Judged
from kpi.scoring.scheme import AGENT, SchemeScope
from kpi.sql_files import sql_of

SEGMENTS = sql_of("lists/segment_signs")
OutsideLimit = Literal["95", "99.8"]


@dataclass(frozen=True, slots=True)
class Sign:
    """``page`` and ``filter`` list exactly what is counted, ``flicker`` all stretches of states."""

    id: str
    name: str
    counted: str
    among: str
    page: str
    filter: Mapping[str, str]


CALLS = N_("calls answered")
OF_AGENTS = (
    Sign("short_talk", N_("Talk under 10 s"), N_("calls with less than 10 s of talk"), CALLS, "/calls", {}),
    Sign("agent_hung_up", N_("Hung up by the agent"), N_("calls that the agent ended"), CALLS, "/calls", {}),
    Sign(
        "late_transfer",
        N_("Handed on before going home"),
        N_("calls handed on in the last 10 minutes before leaving work"),
        N_("calls handed on"),
        "/calls",
        {},
    ),
    Sign(
        "flicker",
        N_("Ready for a moment"),
        N_("times ready for less than 10 s and then away"),
        N_("times ready"),
        "/figures",
        {"indicator": "occupancy"},
    ),
    Sign(
        "reopened_at_intake",
        N_("Closed at intake and opened again"),
        N_("orders closed at intake and opened again"),
        N_("orders closed at intake"),
        "/orders",
        {"by": "opened", "flag": "again_at_once"},
    ),
)
OF_SITES = (
    Sign(
        "reopened",
        N_("Closed and opened again"),
        N_("orders done that had been closed before"),
        N_("orders done"),
        "/orders",
        {"by": "closed", "now": "closed", "flag": "again"},
    ),
)


@dataclass(frozen=True, slots=True)
class SignCount:
    """Of one person or site. ``median`` is the group's share; ``outside``: the share of the whole group, and chance,
    would give so much with less than 2.5 %, or with less than 0.1 %."""

    sign: Sign
    count: int
    base: int
    median: float | None
    outside: OutsideLimit | None
    owner: str

    @property
    def share(self) -> float | None:
        return self.count / self.base if self.base else None


async def signs(
    web: Web, warehouse: Fetches, subject: SchemeScope, people: Sequence[Judged], from_at: float, until: float
) -> dict[str, list[SignCount]]:
    """By who is judged; nothing for posts that neither take calls nor do repairs."""
    period = {"from_at": naive_utc(from_at), "until": naive_utc(until)}
    if subject.site:
        known = {"reopened": _by_who(await warehouse.fetch(sql_of("signs/reopened"), period))}
        return _compared(OF_SITES, people, known, {one.key: one.key for one in people})
    if subject.post != AGENT:
        return {}
    names = await web.in_session(_names)
    owners = {one.key: names.get(one.key, "") for one in people}
    known = {
        **_of_calls(await warehouse.fetch(_counted_calls(), period)),
        "flicker": _by_who(await warehouse.fetch(sql_of("signs/flicker"), period)),
    }
    of_users = _by_who(await warehouse.fetch(sql_of("signs/reopened_at_intake"), period))
    known["reopened_at_intake"] = {one: of_users[name] for one, name in owners.items() if name in of_users}
    return _compared(OF_AGENTS, people, known, owners)


Counts = Mapping[str, tuple[int, int]]


def _counted_calls() -> str:
    """Our own SQL around our own."""

    def calls(where: str) -> str:
        return f"count(distinct call_id) filter (where {where})"

    counted = ", ".join(f"{calls(sign.id)} as {sign.id}" for sign in OF_AGENTS if sign.page == "/calls")
    return f"""
        select extension as who, count(distinct call_id) as calls, {calls("transferred")} as transferred, {counted}
        from ({SEGMENTS})
        where counted_at >= $from_at::timestamp and counted_at < $until::timestamp
        group by extension"""  # noqa: S608


def _of_calls(rows: Sequence[Mapping[str, int]]) -> dict[str, dict[str, tuple[int, int]]]:
    base = {"short_talk": "calls", "agent_hung_up": "calls", "late_transfer": "transferred"}
    return {sign: {str(row["who"]): (row[sign], row[among]) for row in rows} for sign, among in base.items()}


def _by_who(rows: Sequence[Mapping[str, int]]) -> dict[str, tuple[int, int]]:
    return {str(row["who"]): (row["counted"], row["base"]) for row in rows}


def _names(session: Session) -> dict[str, str]:
    """Who signs on with which extension."""
    rows = session.execute(select(UserRow.extension, UserRow.name).where(UserRow.extension.is_not(None)))
    return {str(row.extension): row.name for row in rows}


def _compared(
    wanted: Sequence[Sign], people: Sequence[Judged], known: Mapping[str, Counts], owners: Mapping[str, str]
) -> dict[str, list[SignCount]]:
    found: dict[str, list[SignCount]] = {one.key: [] for one in people}
    for sign in wanted:
        counts = {one.key: known[sign.id].get(one.key, (0, 0)) for one in people}
        for group in dict.fromkeys(one.group for one in people):
            members = [one.key for one in people if one.group == group]
            shares = [counts[who][0] / counts[who][1] for who in members if counts[who][1]]
            median = statistics.median(shares) if shares else None
            whole = sum(counts[who][1] for who in members)
            usual = sum(counts[who][0] for who in members) / whole if whole else 0.0
            for who in members:
                count, base = counts[who]
                found[who].append(SignCount(sign, count, base, median, beyond(usual, count, base), owners[who]))
    return found


def beyond(usual: float, count: int, base: int) -> OutsideLimit | None:
    """Whether more than the share of all together would give by chance; fewer is no sign."""
    if not base:
        return None
    for level, name in ((WIDEST, "99.8"), (WIDE, "95")):
        if count / base > share_limits(usual, base, level, "exact")[1]:
            return "99.8" if name == "99.8" else "95"
    return None
