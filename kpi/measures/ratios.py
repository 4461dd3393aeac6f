"""What is divided by what: every ratio of the indicators, once. Pure: counts in, shares and seconds out.

Ratios are of sums: add up counts first, divide afterwards. Each gives ``None`` where the denominator is zero, which
pages show as a dash. ``CallCounts`` carries the names of ``docs/marts.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, TypeVar

C = TypeVar("C")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallCounts:
    """A answered, B abandoned, R redirected; A_T, B_T within the threshold; B_S abandoned at once."""

    answered: int = 0
    abandoned: int = 0
    redirected: int = 0
    answered_in_t: int = 0
    abandoned_in_t: int = 0
    short_abandons: int = 0
    wait_answered_seconds: float = 0.0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> CallCounts:
        """From a row of ``marts.agg_queue_interval`` or of sums over it; what is missing or null counts as nothing."""
        return cls(
            answered=int(row.get("answered") or 0),
            abandoned=int(row.get("abandoned") or 0),
            redirected=int(row.get("redirected") or 0),
            answered_in_t=int(row.get("answered_in_t") or 0),
            abandoned_in_t=int(row.get("abandoned_in_t") or 0),
            short_abandons=int(row.get("short_abandons") or 0),
            wait_answered_seconds=float(row.get("wait_answered_seconds") or 0.0),
        )

    def __add__(self, other: CallCounts) -> CallCounts:
        return CallCounts(
            self.answered + other.answered,
            self.abandoned + other.abandoned,
            self.redirected + other.redirected,
            self.answered_in_t + other.answered_in_t,
            self.abandoned_in_t + other.abandoned_in_t,
            self.short_abandons + other.short_abandons,
            self.wait_answered_seconds + other.wait_answered_seconds,
        )

    @property
    def offered(self) -> int:
        return self.answered + self.abandoned + self.redirected


@dataclass(frozen=True, slots=True)
class Ratio(Generic[C]):
    """What is counted, of what. Called with counts it is the figure: ``None`` where the denominator is zero."""

    numerator: Callable[[C], float]
    denominator: Callable[[C], float]

    def __call__(self, counts: C) -> float | None:
        whole = self.denominator(counts)
        return self.numerator(counts) / whole if whole > 0 else None


# Who gave up within the threshold was not failed.
abandons_in_time_count: Ratio[CallCounts] = Ratio(
    lambda c: c.answered_in_t + c.abandoned_in_t, lambda c: c.answered + c.abandoned
)
# Of those who got through.
answered_only: Ratio[CallCounts] = Ratio(lambda c: c.answered_in_t, lambda c: c.answered)
# Every caller who gave up counts against us.
strict: Ratio[CallCounts] = Ratio(lambda c: c.answered_in_t, lambda c: c.answered + c.abandoned)
# Who gave up within the threshold is left out.
early_abandons_ignored: Ratio[CallCounts] = Ratio(
    lambda c: c.answered_in_t, lambda c: c.answered + c.abandoned - c.abandoned_in_t
)
# Who gave up at once counts as served.
short_abandons_count: Ratio[CallCounts] = Ratio(
    lambda c: c.answered_in_t + c.short_abandons, lambda c: c.answered + c.abandoned
)
# Who gave up at once is left out: the default.
short_abandons_removed: Ratio[CallCounts] = Ratio(
    lambda c: c.answered_in_t, lambda c: c.answered + c.abandoned - c.short_abandons
)
# 接通率: of everybody who came into the queue.
answer_rate: Ratio[CallCounts] = Ratio(lambda c: c.answered, lambda c: c.offered)
# 放弃率 without those who gave up at once.
abandon_rate: Ratio[CallCounts] = Ratio(
    lambda c: c.abandoned - c.short_abandons, lambda c: c.offered - c.short_abandons
)
abandon_rate_all: Ratio[CallCounts] = Ratio(lambda c: c.abandoned, lambda c: c.offered)
# 平均应答速度 in seconds: the mean wait of those answered.
asa: Ratio[CallCounts] = Ratio(lambda c: c.wait_answered_seconds, lambda c: c.answered)


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """What ``order_counts.sql`` counts in a period."""

    opened: int = 0
    opened_and_closed: int = 0
    closed: int = 0
    closed_in_round_1: int = 0
    backlog: int = 0
    dispatched: int = 0
    returned: int = 0
    urged: int = 0
    overdue: int = 0
    repeated: int = 0
    visits_due: int = 0
    visits_tried: int = 0
    visits_reached: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> OrderCounts:
        return cls(**{one.name: int(row.get(one.name) or 0) for one in fields(cls)})

    def __add__(self, other: OrderCounts) -> OrderCounts:
        mine, theirs = asdict(self), asdict(other)
        return OrderCounts(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, slots=True)
class DeadlineCounts:
    """Orders whose deadline of one milestone fell in the period, and those that kept it."""

    due: int = 0
    kept: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> DeadlineCounts:
        return cls(int(row.get("due") or 0), int(row.get("kept") or 0))

    def __add__(self, other: DeadlineCounts) -> DeadlineCounts:
        return DeadlineCounts(self.due + other.due, self.kept + other.kept)

    @property
    def share(self) -> float | None:
        """``order_timeliness``: kept / due."""
        return kept_rate(self)


# Of those opened in the period; it goes on growing after the period's end.
close_rate_cohort: Ratio[OrderCounts] = Ratio(lambda c: c.opened_and_closed, lambda c: c.opened)
# Closed in the period, of all that were there to be closed.
close_rate_flow: Ratio[OrderCounts] = Ratio(lambda c: c.closed, lambda c: c.backlog + c.opened)
return_rate: Ratio[OrderCounts] = Ratio(lambda c: c.returned, lambda c: c.dispatched)
return_visit_rate: Ratio[OrderCounts] = Ratio(lambda c: c.visits_reached, lambda c: c.visits_due)
return_visit_attempted: Ratio[OrderCounts] = Ratio(lambda c: c.visits_tried, lambda c: c.visits_due)
first_fix_rate: Ratio[OrderCounts] = Ratio(lambda c: c.closed_in_round_1, lambda c: c.closed)
urge_rate: Ratio[OrderCounts] = Ratio(lambda c: c.urged, lambda c: c.opened)
# Opened in the period and past a deadline, by now or in the end.
overdue_rate: Ratio[OrderCounts] = Ratio(lambda c: c.overdue, lambda c: c.opened)
repeat_rate: Ratio[OrderCounts] = Ratio(lambda c: c.repeated, lambda c: c.opened)
# order_timeliness, of one milestone.
kept_rate: Ratio[DeadlineCounts] = Ratio(lambda c: c.kept, lambda c: c.due)


def columns(*names: str) -> Callable[[Row], float]:
    """Their sum; what is missing or null counts as nothing."""
    return lambda row: sum(float(row.get(name) or 0) for name in names)


CONTACT = ("talk_seconds", "hold_seconds", "wrap_up_seconds")
# 15秒接听率.
answered_within_15: Ratio[Row] = Ratio(columns("answered_15"), columns("answered", "abandoned", "redirected"))
answered_within_15_of_answered: Ratio[Row] = Ratio(columns("answered_15"), columns("answered"))
# 平均通话 and 平均处理时长 in seconds.
att: Ratio[Row] = Ratio(columns("talk_seconds"), columns("handled"))
aht: Ratio[Row] = Ratio(columns(*CONTACT), columns("handled"))
transfer_rate: Ratio[Row] = Ratio(columns("transferred"), columns("answered"))
transfer_rate_blind: Ratio[Row] = Ratio(columns("transferred_blind"), columns("answered"))
transfer_rate_attended: Ratio[Row] = Ratio(columns("transferred_attended"), columns("answered"))
occupancy: Ratio[Row] = Ratio(columns("contact_seconds"), columns("contact_seconds", "available_seconds"))
utilisation: Ratio[Row] = Ratio(columns("contact_seconds"), columns("logged_in_seconds"))
adherence: Ratio[Row] = Ratio(columns("adherent_s"), columns("scheduled_s"))
conformance: Ratio[Row] = Ratio(columns("worked_s"), columns("planned_work_s"))
no_repeat: Ratio[Row] = Ratio(columns("enough"), columns("contacts"))
callback_rate: Ratio[Row] = Ratio(columns("called_back"), columns("lost"))
# 质检均分 in points, and 质检合格率.
qa_mean: Ratio[Row] = Ratio(columns("points"), columns("scored"))
qa_pass_rate: Ratio[Row] = Ratio(columns("passed"), columns("scored"))
