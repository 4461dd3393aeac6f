"""The demo's rosters: the groups' shifts of the invented agents, two weeks back and two ahead, with leave and a swap.

Days with demo history are rostered as people came, days ahead by turns; both only as far as the rules permit, so that
the demo breaks none of them. Everything here is invented; templates are marked as examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations, permutations
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import from_micros
from core.db.tables import EventRow, RosterLeaveRow, RosterShiftRow, RosterSwapRow, ShiftTemplateRow
from core.demo import installation as demo
from core.rosters.records import Leave, Rules, Shift, Span, Template, epoch, planned
from core.rosters.rows import fill as fill_row
from core.rosters.rows import shift_of, shift_record, stored_breaks
from core.rosters.rules import problem

BY = "demo"
# Minutes from midnight, as the people of core.demo.history come and go.
TEMPLATES = (
    Template(0, "甲班", 450, 960, ((690, 720),), (), ((630, 780),), "Shift A"),
    Template(0, "乙班", 495, 1020, ((735, 765),), (), ((660, 825),), "Shift B"),
    Template(0, "丙班", 750, 1305, ((930, 960),), (), ((870, 1080),), "Shift C"),
    Template(0, "夜班", 1290, 1905, name_en="Night shift"),
    Template(0, "抢修班", 630, 1140, ((870, 900),), ("repair",), ((780, 960),), "Repair shift"),
)
NIGHT = TEMPLATES[3]
BY_GROUP = {template.name: template for template in TEMPLATES[:3]}
# The middle shift is never alone: its people may be needed in the others.
FIRST_TO_LAST = ("甲班", "丙班", "乙班")
WEEKS_BACK, DAYS_AHEAD = 2, 14
RULES = Rules()
# extension, days from today, how many, reason, state
LEAVES = (
    ("8004", 3, 3, "annual", "approved"),
    ("8009", -2, 2, "sick", "approved"),
    ("8006", 9, 2, "personal", "asked"),
)


def fill(session: Session, now: float, timezone: str) -> int:
    """Adds everything, without commit; how many shifts there are."""
    zone = ZoneInfo(timezone)
    today = datetime.fromtimestamp(now, zone).date()
    leaves = [_leave(session, *row, today, now, zone) for row in LEAVES]
    numbers = _templates(session)
    shifts = roster(now, presence(_states(session), now), leaves, zone)
    rows = []
    for shift in shifts:
        row = RosterShiftRow()
        fill_row(row, replace(shift, template_id=numbers[shift.name]), BY, now)
        rows.append(row)
    session.add_all(rows)
    session.flush()
    _swap(session, rows, leaves, now, zone)
    return len(rows)


def _templates(session: Session) -> dict[str, int]:
    """Name to id; the database gives the ids."""
    rows = [
        ShiftTemplateRow(
            name=template.name,
            name_en=template.name_en,
            rank=rank,
            start_minute=template.start_minute,
            end_minute=template.end_minute,
            breaks=stored_breaks(template),
            skills=list(template.skills),
            active=True,
            example=True,
        )
        for rank, template in enumerate(TEMPLATES)
    ]
    session.add_all(rows)
    session.flush()
    return {row.name: row.id for row in rows}


def roster(now: float, presence: Mapping[str, list[Span]], leaves: Iterable[Leave], zone: ZoneInfo) -> list[Shift]:
    """Shifts from the Monday two weeks before this one on; ``presence`` tells who was there when, as far as known."""
    planner = _Planner(list(leaves), zone)
    today = datetime.fromtimestamp(now, zone).date()
    known_from = min((span.start for spans in presence.values() for span in spans), default=float("inf"))
    first = today - timedelta(days=today.weekday() + 7 * WEEKS_BACK)
    days = [(first + timedelta(days=n)).isoformat() for n in range((today - first).days + DAYS_AHEAD + 1)]
    told = [day for day in days if day < today.isoformat() and epoch(day, 0, zone) >= known_from]
    ahead = [day for day in days if day not in told]
    # First what goes on now (last night's shift perhaps), so that no other day leaves it without people.
    for day in told[-1:]:
        planner.as_it_was(day, presence, now)
    planner.night(today.isoformat())
    planner.by_turns(today.isoformat(), days.index(today.isoformat()))
    for day in told[:-1]:
        planner.as_it_was(day, presence, now)
    ahead.remove(today.isoformat())
    # Nights first: they are the hardest to fill.
    for day in ahead:
        planner.night(day)
    for day in ahead:
        planner.by_turns(day, days.index(day))
    return planner.shifts


class _Planner:
    def __init__(self, leaves: list[Leave], zone: ZoneInfo) -> None:
        self.leaves, self.zone = leaves, zone
        self.shifts: list[Shift] = []
        self.people = {extension: (group, frozenset(queues)) for extension, _name, group, queues in demo.AGENTS}
        needs = {queue.id: queue.skills for queue in demo.QUEUES}
        self.skills = {e: {s for queue in queues for s in needs[queue]} for e, (_g, queues) in self.people.items()}
        self.nights = dict.fromkeys(self.people, 0)

    def as_it_was(self, day: str, presence: Mapping[str, list[Span]], now: float) -> None:
        """Whoever was there for most of a shift had it; of a night that goes on, for most of what has passed."""
        for extension, (group, _queues) in self.people.items():
            for template in (NIGHT, BY_GROUP[group]):
                shift = planned(template, extension, day, self.zone)
                there = sum(
                    max(0.0, min(span.end, shift.ends_at) - max(span.start, shift.starts_at))
                    for span in presence.get(extension, ())
                )
                if there > (min(shift.ends_at, now) - shift.starts_at) / 2 and self._take(shift):
                    break

    def night(self, day: str) -> None:
        """Two who between them serve every queue, those with the fewest nights first."""
        served = {queue.id for queue in demo.QUEUES}
        order = sorted(self.people, key=lambda extension: (self.nights[extension], extension))
        pairs = sorted(combinations(order, 2), key=lambda pair: sum(self.nights[one] for one in pair))
        for pair in pairs:
            if served <= {queue for one in pair for queue in self.people[one][1]}:
                shifts = [planned(NIGHT, one, day, self.zone) for one in pair]
                if all(self._fits(shift) for shift in shifts):
                    for shift in shifts:
                        self._take(shift)
                        self.nights[shift.extension] += 1
                    break

    def by_turns(self, day: str, n: int) -> None:
        """Each in the shift of the own group; every shift serves every queue, if need be by somebody's day off."""
        for name in FIRST_TO_LAST:
            template = BY_GROUP[name]
            missing = {queue.id for queue in demo.QUEUES}
            # Two days off in seven: one of the weekend, one that goes round the others.
            asked = sorted(
                (self._off(day, n, place) or group != name, group != name, place, extension, queues)
                for place, (extension, (group, queues)) in enumerate(self.people.items())
            )
            for spare, _other, place, extension, queues in asked:
                if spare and not missing & queues:
                    continue
                if self._take(in_turn(planned(template, extension, day, self.zone), template, place)):
                    missing -= queues

    def _off(self, day: str, n: int, place: int) -> bool:
        weekday, week = date.fromisoformat(day).weekday(), n // 7
        if weekday >= 5:
            return (place + week) % 2 == weekday - 5
        return weekday == (place + week) % 5

    def may_swap(self, one: Shift, other: Shift) -> bool:
        kept = self.shifts
        self.shifts = [shift for shift in kept if shift.id not in (one.id, other.id)]
        fits = [
            self._fits(replace(shift, extension=hands, id=0))
            for shift, hands in ((one, other.extension), (other, one.extension))
        ]
        self.shifts = kept
        return all(fits)

    def _take(self, shift: Shift) -> bool:
        if not self._fits(shift):
            return False
        self.shifts.append(shift)
        return True

    def _fits(self, shift: Shift) -> bool:
        mine = [other for other in self.shifts if other.extension == shift.extension]
        leaves = [leave for leave in self.leaves if leave.extension == shift.extension]
        return problem(shift, mine, leaves, self.skills[shift.extension], RULES, self.zone) is None


def in_turn(shift: Shift, template: Template, place: int) -> Shift:
    """The shift with its break in the turn of its agent: a quarter of an hour after that of the one before."""
    (start, end), (earliest, latest) = template.breaks[0], template.windows[0]
    turns = (latest - earliest - (end - start)) // 15 + 1
    later = 60.0 * (earliest + 15 * (place % turns) - start)
    return replace(shift, breaks=tuple(Span(pause.start + later, pause.end + later) for pause in shift.breaks))


def presence(states: Iterable[tuple[str, int, str]], now: float) -> dict[str, list[Span]]:
    """When each agent was signed on, until ``now``, from (extension, microseconds, state) in order of time."""
    since: dict[str, float] = {}
    found: dict[str, list[Span]] = {}
    for extension, at_us, state in states:
        at, here = from_micros(at_us), state != "offline"
        if here:
            since.setdefault(extension, at)
        elif extension in since:
            found.setdefault(extension, []).append(Span(since.pop(extension), at))
    for extension, at in since.items():
        found.setdefault(extension, []).append(Span(at, now))
    return found


def _states(session: Session) -> Iterator[tuple[str, int, str]]:
    query = (
        select(EventRow.subject, EventRow.at_us, EventRow.payload)
        .where(EventRow.kind == "agent_state_changed")
        .order_by(EventRow.at_us, EventRow.id)
    )
    for extension, at_us, payload in session.execute(query):
        yield extension, at_us, orjson.loads(payload)["state"]


def _leave(
    session: Session,
    extension: str,
    first: int,
    days: int,
    reason: str,
    state: str,
    today: date,
    now: float,
    zone: ZoneInfo,
) -> Leave:
    begin, end = (today + timedelta(days=first)).isoformat(), (today + timedelta(days=first + days)).isoformat()
    leave = Leave(extension, epoch(begin, 0, zone), epoch(end, 0, zone), reason, state)
    session.add(
        RosterLeaveRow(
            extension=extension,
            starts_at=leave.starts_at,
            ends_at=leave.ends_at,
            reason=reason,
            state=state,
            asked_by=f"agent{extension}",
            asked_at=now - 86_400,
            decided_by="supervisor" if state == "approved" else None,
            decided_at=now - 80_000 if state == "approved" else None,
        )
    )
    return leave


def _swap(session: Session, rows: list[RosterShiftRow], leaves: list[Leave], now: float, zone: ZoneInfo) -> None:
    """The first swap that the rules permit, accepted and waiting for the supervisor."""
    planner = _Planner(leaves, zone)
    planner.shifts = [shift_of(row) for row in rows]
    ahead = [shift for shift in planner.shifts if shift.starts_at > now + 86_400]
    for shift, other in permutations(ahead, 2):
        if shift.extension != other.extension and shift.day != other.day and planner.may_swap(shift, other):
            session.add(
                RosterSwapRow(
                    open_key=str(shift.id),
                    shift_id=shift.id,
                    other_shift_id=other.id,
                    extension=shift.extension,
                    other_extension=other.extension,
                    shift=shift_record(shift, zone),
                    other_shift=shift_record(other, zone),
                    words="家中有事",
                    state="accepted",
                    asked_at=now - 7200,
                    answered_at=now - 3600,
                )
            )
            return
