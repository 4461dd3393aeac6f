"""Which calls a list shows, as plain SQL.

A page is the newest end of its period: it is looked for in the last days first, then in more of them, and only the last
look is at all of it. Rows are calls; with ``visit`` they are what the figures of queues count, each entry (``entry``)
or each caller once (``caller``). Times are UTC without a zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from etl.warehouse import Row
from kpi.lists.listing import Listing
from kpi.sql_files import sql_of

ListLevel = Literal["entry", "caller", ""]

# What of a call's visits and segments is looked at: they begin with it, whatever a clock was set to meanwhile.
MARGIN_BEFORE, MARGIN_AFTER = timedelta(days=1), timedelta(days=2)
# How far back a page looks, before it looks at all of its period; one that lies deeper does so at once.
LOOKS_BACK = (timedelta(days=1), timedelta(days=10))
MOST_LOOKED_AT = 2000

# What of the entries is meant; the sums behind the indicators.
VISITS = {
    "offered": "calls.entry_outcome <> 'waiting'",
    "decided": "calls.entry_outcome in ('answered', 'abandoned')",
    "counted": "calls.entry_outcome in ('answered', 'abandoned') and not calls.short",
    "ended": "calls.entry_outcome in ('answered', 'abandoned') and not calls.short",
    "waited": "true",
    "not_short": "calls.entry_outcome <> 'waiting' and not calls.short",
    "in_time": "calls.in_time",
    "late": "calls.entry_outcome in ('answered', 'abandoned') and not calls.in_time and not calls.short",
}
# Bounds of ``ended`` as in kpi/measures/sql/lately.sql; ``waited`` are all whose wait touches the period.
FROM = {
    "": "calls.arrived_at >= $from_at",
    "ended": "calls.left_at > $from_at",
    "waited": "(calls.left_at is null or calls.left_at >= $from_at)",
    "*": "calls.entered_at >= $from_at",
}
UNTIL = {
    "": "calls.arrived_at < $until",
    "ended": "calls.left_at <= $until",
    "waited": "calls.entered_at <= $until",
    "*": "calls.entered_at < $until",
}
# Each for the field of the same name, where it is set.
CONDITIONS = {
    "direction": "calls.direction = $direction",
    "caller": "calls.caller = $caller",
    "caller_part": "contains(calls.caller, $caller_part)",
    "ids": "calls.call_id in (select unnest($ids::varchar[]))",
    "marked": "calls.call_id in (select unnest($marked::varchar[]))",
    "return_visits": "calls.order_id is not null",
    "before_id": ("(calls.arrived_at < $before_at or (calls.arrived_at = $before_at and calls.call_id < $before_id))"),
}
TOTALS = """
    count(*) as all_rows,
    count(*) filter (where outcome = 'answered') as all_answered,
    count(*) filter (where outcome = 'abandoned') as all_abandoned"""
TOTALS_OF_CALLS = ", count(*) as all_calls, sum(caller_talk_seconds) as all_talk_seconds"
TOTALS_OF_ENTRIES = """,
    count({calls}) as all_calls,
    count(*) as all_entries,
    count(*) filter (where in_time) as entries_in_time,
    count(*) filter (where outcome = 'answered') as entries_answered,
    count(*) filter (where outcome = 'abandoned') as entries_abandoned,
    count(*) filter (where short) as entries_short"""
NEWEST = "arrived_at desc, call_id desc"
# What an entry knows about its call by itself.
OF_CALLS = ("caller", "caller_part", "own", "return_visits", "before_id")
# Of what an agent did in a call (kpi/lists/sql/segment_signs.sql); the period is of the queue entry then.
SIGNS = ("short_talk", "agent_hung_up", "late_transfer")
SEGMENT_SIGNS = sql_of("lists/segment_signs")
ENTRIES = sql_of("lists/entries")
CALLERS = sql_of("lists/callers")
# An entry as a row of a call: with its own queue, agent, outcome and times. Our own words, like all SQL here.
CALLS_OF_ENTRIES = f"""
    select
        calls.* replace (
            entries.queue as last_queue,
            entries.extension as last_extension,
            entries.outcome as outcome,
            entries.wait_seconds as wait_seconds,
            entries.talk_seconds as talk_seconds,
            entries.talk_seconds as caller_talk_seconds,
            entries.hold_seconds as hold_seconds,
            entries.wrap_up_seconds as wrap_up_seconds,
            case when entries.extension is not null and entries.talk_seconds is null then calls.talking_since end
                as talking_since
        ),
        entries.visit_no,
        entries.queue,
        entries.entry_outcome,
        entries.entered_at,
        entries.left_at,
        entries.in_time,
        entries.short
    from ({ENTRIES}) as entries
    inner join marts.fct_calls as calls on entries.call_id = calls.call_id"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class CallTotals:
    """Of all rows of the list, shown or not; waits in queues are counted with a ``visit`` only."""

    all_rows: int = 0
    all_calls: int = 0
    all_answered: int = 0
    all_abandoned: int = 0
    all_talk_seconds: float = 0.0
    all_entries: int = 0
    entries_in_time: int = 0
    entries_answered: int = 0
    entries_abandoned: int = 0
    entries_short: int = 0


@dataclass(frozen=True)
class CallList(Listing[CallTotals]):
    """What is chosen; ``None`` and empty are no condition. ``own`` limits to the calls of one extension."""

    from_at: datetime | None = None
    until: datetime | None = None
    queue: str | None = None
    agent: str | None = None
    direction: str | None = None
    outcome: str | None = None
    caller: str | None = None
    caller_part: str | None = None
    own: str | None = None
    ids: list[str] | None = None
    marked: list[str] | None = None
    return_visits: bool = False
    visit: str | None = None
    level: ListLevel = ""
    sign: str | None = None
    oldest_first: bool = False
    before_at: datetime | None = None
    before_id: str | None = None

    sums = CallTotals

    def totals_sql(self) -> str:
        more = TOTALS_OF_CALLS
        if self.visit:
            more = TOTALS_OF_ENTRIES.format(calls="*" if self.level == "caller" else "distinct call_first_id")
        alone = self.level == "entry" and not any(getattr(self, name) for name in OF_CALLS)
        source, where = (f"({ENTRIES})", self._where) if self.visit and alone else (self._source, self._all)
        # Our own words; values are parameters.
        return f"select {TOTALS}{more} from {source} as calls where {where}"  # noqa: S608

    def page_sql(self) -> str:
        order = "arrived_at asc, call_id desc" if self.oldest_first else NEWEST
        by_entry = ", visit_no desc" if self.visit else ""
        return f"select * from {self._source} as calls where {self._all} order by {order}{by_entry}"  # noqa: S608

    def newest(self, rows: int) -> Iterator[CallList]:
        """The same list of the last days only."""
        if rows > MOST_LOOKED_AT or self.oldest_first or self.until is None or self.visit in FROM or self.sign:
            return
        newest = min(self.until, self.before_at or self.until)
        for back in LOOKS_BACK:
            if self.from_at is None or newest - back > self.from_at:
                yield replace(self, from_at=newest - back)

    def ends_within(self, last: Row) -> bool:
        """Calls only that arrived within the part: who entered a queue in it may have called before."""
        return self.from_at is None or bool(last["arrived_at"] >= self.from_at)

    @property
    def _source(self) -> str:
        if not self.visit:
            return "marts.fct_calls"
        return f"({CALLS_OF_ENTRIES if self.level == 'entry' else CALLERS})"

    @cached_property
    def _where(self) -> str:
        period = self.visit or ""
        found = [CONDITIONS[name] for name in CONDITIONS if getattr(self, name) not in (None, False)]
        if self.sign in SIGNS:
            found.append(self._of_sign)
        if self.from_at is not None and not self.sign:
            found.append(FROM.get(period, FROM["*"]))
        if self.until is not None and not self.sign:
            found.append(UNTIL.get(period, UNTIL["*"]))
        if self.visit:
            found.append(VISITS.get(self.visit, "calls.entry_outcome = $visit"))
        if self.level == "entry" and self.visit != "waited":
            found.append("calls.direction = 'inbound'")
        if self.outcome:
            found.append(f"calls.{'entry_outcome' if self.visit else 'outcome'} = $outcome")
        if self.queue and self.visit:
            found.append("calls.queue = $queue")
        elif self.queue:
            visits = f"select call_id from marts.fct_queue_visits where queue = $queue{self._near('entered_at')}"  # noqa: S608
            found.append(f"calls.call_id in ({visits})")
        segments = f"select call_id from marts.fct_call_segments where extension = ${{}}{self._near('rang_at')}"  # noqa: S608
        if self.agent and not self.sign:
            found.append(f"calls.call_id in ({segments.format('agent')})")
        if self.own:
            answered = f"{segments.format('own')} and answered_at is not null"
            found.append(f"((calls.caller = $own and calls.direction <> 'inbound') or calls.call_id in ({answered}))")
        return " and ".join(found) or "true"

    @property
    def _of_sign(self) -> str:
        """Calls in which an agent did that."""
        bounds = [
            f"signs.{self.sign}",
            "signs.extension = $agent" if self.agent else "",
            "signs.extension = $own" if self.own else "",
            "signs.counted_at >= $from_at" if self.from_at is not None else "",
            "signs.counted_at < $until" if self.until is not None else "",
        ]
        where = " and ".join(bound for bound in bounds if bound)
        return f"calls.call_id in (select signs.call_id from ({SEGMENT_SIGNS}) as signs where {where})"  # noqa: S608

    @property
    def _all(self) -> str:
        """With where to look for the calls of entries, of which only those of the period are wanted."""
        if self.level != "entry" or self.visit in FROM:
            return self._where
        first = " and calls.arrived_at >= $calls_from" if self.from_at is not None else ""
        return self._where + first + (" and calls.arrived_at < $calls_until" if self.until is not None else "")

    def _near(self, moment: str) -> str:
        """Of visits and segments, those that a call of the period can have."""
        if self.visit in FROM:
            return ""
        after = f" and {moment} >= $near_from" if self.from_at is not None else ""
        return after + (f" and {moment} < $near_until" if self.until is not None else "")

    @property
    def near_from(self) -> datetime | None:
        return self.from_at - MARGIN_BEFORE if self.from_at is not None else None

    @property
    def near_until(self) -> datetime | None:
        return self.until + MARGIN_AFTER if self.until is not None else None

    @property
    def calls_from(self) -> datetime | None:
        return self.from_at - MARGIN_AFTER if self.from_at is not None else None

    @property
    def calls_until(self) -> datetime | None:
        return self.until + MARGIN_BEFORE if self.until is not None else None
