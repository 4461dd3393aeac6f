"""The catalogue of indicators: each once, with its expression, what is counted of what, and by what it can be split.

Pure. ``ratios`` divides; the counts come from ``kpi/measures/sql``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from core.errors import Conflict, NotFound
from core.i18n import N_
from kpi.measures import ratios
from kpi.measures.ratios import CallCounts, DeadlineCounts, OrderCounts, Ratio, Row, columns

C = TypeVar("C")
# Entries into queues, or each caller once, whatever queues the call went through.
Level = Literal["entry", "caller"]
LEVELS: tuple[Level, ...] = ("entry", "caller")
Source = Literal[
    "visits",
    "handling",
    "agent_time",
    "rosters",
    "contacts",
    "callbacks",
    "orders",
    "deadlines",
    "first_deadlines",
    "qa",
]
# What the figures of each source can be split by.
BY: Mapping[Source, tuple[str, ...]] = {
    "visits": ("interval", "queue"),
    "handling": ("interval", "queue", "agent", "group"),
    "agent_time": ("interval", "agent", "group"),
    "rosters": ("agent", "group"),
    "contacts": ("queue", "agent", "group"),
    "callbacks": ("queue",),
    "orders": ("district", "category", "site"),
    "deadlines": ("district", "category", "site"),
    "first_deadlines": ("district", "category", "site"),
    "qa": ("interval", "agent", "group"),
}
# Of these it makes a difference which calls or orders somebody had, and each of them lies in one stratum.
CASE_MIX: tuple[Source, ...] = ("handling", "contacts", "orders", "deadlines", "first_deadlines")
# Of work that is in hand already when the period begins.
NO_CASE_MIX = ("close_rate.flow",)
# The service level that is meant where none is named.
SERVICE_LEVEL = "service_level.short_abandons_removed"
REPEAT_DAYS, CALLBACK_MINUTES = 7, 30
MOST_NUMBER = 366
WITH_NUMBER = re.compile(r"^([a-z_.]+)\((\d{1,4})\)$")
# The office's words for milestones where the clock is named otherwise.
MILESTONE_NAMES = {"accept": "take", "return visit": "return_visit"}


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows behind a figure, where a list's filter says exactly these: of its numerator or its denominator."""

    page: Literal["/calls", "/orders"]
    filter: Mapping[str, str]
    shows: Literal["numerator", "denominator"] = "denominator"
    own_threshold: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """Of a row without counts every number is nought.

    ``counted`` and ``among`` say numerator and denominator in words. ``minimum``: a smaller sample is not enough to
    judge by. ``number`` is n of the id, in days or minutes; ``milestone`` the clock of orders.
    """

    id: str
    name: str
    expression: str
    counted: str
    among: str
    of: Ratio[Row]
    source: Source
    unit: Literal["share", "seconds", "number"] = "share"
    sample: Callable[[Row], float] | None = None
    minimum: int = 20
    listed: Listed | None = None
    number: int | None = None
    milestone: str = ""

    @property
    def by(self) -> tuple[str, ...]:
        return BY[self.source]

    @property
    def has_case_mix(self) -> bool:
        """Whether it can be compared with what the same cases make for everybody."""
        return self.source in CASE_MIX and self.id not in NO_CASE_MIX

    def sample_of(self, row: Row) -> int:
        """How many calls, quarters, shifts or orders the figure rests on."""
        return round((self.sample or self.of.denominator)(row))


def _of(read: Callable[[Row], C], ratio: Ratio[C]) -> Ratio[Row]:
    """The ratio of counts as one of rows."""
    return Ratio(lambda row: ratio.numerator(read(row)), lambda row: ratio.denominator(read(row)))


def _of_queues(
    indicator: str,
    name: str,
    expression: str,
    counted: str,
    among: str,
    of: Ratio[Row],
    visit: str,
    shows: Literal["numerator", "denominator"] = "denominator",
    unit: Literal["share", "seconds"] = "share",
) -> Measure:
    listed = Listed("/calls", {"visit": visit}, shows, own_threshold=visit == "in_time")
    return Measure(indicator, name, expression, counted, among, of, "visits", unit, listed=listed)


def _of_orders(
    indicator: str,
    name: str,
    expression: str,
    counted: str,
    among: str,
    ratio: Ratio[OrderCounts],
    listed: Listed | None = None,
) -> Measure:
    of = _of(OrderCounts.of, ratio)
    return Measure(indicator, name, expression, counted, among, of, "orders", minimum=10, listed=listed)


def _timeliness(milestone: str, name: str) -> Measure:
    return Measure(
        f"order_timeliness({milestone})",
        name,
        "done by the deadline / deadline fell in the period",
        N_("orders whose milestone was done by its deadline"),
        N_("orders whose deadline fell in the period and has come"),
        _of(DeadlineCounts.of, ratios.kept_rate),
        "deadlines",
        minimum=10,
        listed=Listed("/orders", {"by": milestone}),
        milestone=milestone,
    )


def _first_timeliness(milestone: str, name: str) -> Measure:
    """By the date that was promised first: what was agreed later moves nothing."""
    return replace(
        _timeliness(milestone, name),
        id=f"order_timeliness.first({milestone})",
        expression="done by the first date / first date fell in the period",
        counted=N_("orders whose milestone was done by its first date"),
        among=N_("orders whose first date fell in the period and has come"),
        source="first_deadlines",
        listed=None,
    )


ANSWERED_IN_T = N_("answered within the threshold")
GOT_THROUGH_OR_GAVE_UP = N_("answered and abandoned")
ANSWERED = N_("answered")
ANSWERED_IN_15 = N_("answered within 15 s")
OFFERED = N_("answered, abandoned and redirected")
HANDLED = N_("answered segments that are over")
SEGMENTS = N_("answered segments")
CONTACT = N_("time talking, on hold and in wrap-up")
SCORED = N_("calls of the random sample that are scored")
SCHEDULED = N_("scheduled time")
OPENED = N_("orders opened")
DONE = {"by": "closed", "now": "closed"}

_QUEUES = (
    _of_queues(
        "service_level.abandons_in_time_count",
        N_("Service level (abandons in time count)"),
        "(A_T + B_T) / (A + B)",
        N_("answered and abandoned within the threshold"),
        GOT_THROUGH_OR_GAVE_UP,
        _of(CallCounts.of, ratios.abandons_in_time_count),
        "decided",
    ),
    _of_queues(
        "service_level.answered_only",
        N_("Service level (answered only)"),
        "A_T / A",
        ANSWERED_IN_T,
        ANSWERED,
        _of(CallCounts.of, ratios.answered_only),
        "answered",
    ),
    _of_queues(
        "service_level.strict",
        N_("Service level (strict)"),
        "A_T / (A + B)",
        ANSWERED_IN_T,
        GOT_THROUGH_OR_GAVE_UP,
        _of(CallCounts.of, ratios.strict),
        "in_time",
        "numerator",
    ),
    _of_queues(
        "service_level.early_abandons_ignored",
        N_("Service level (early abandons ignored)"),
        "A_T / (A + B − B_T)",
        ANSWERED_IN_T,
        N_("answered, and abandoned after the threshold"),
        _of(CallCounts.of, ratios.early_abandons_ignored),
        "in_time",
        "numerator",
    ),
    _of_queues(
        "service_level.short_abandons_count",
        N_("Service level (short abandons count)"),
        "(A_T + B_S) / (A + B)",
        N_("answered within the threshold, and abandoned within 5 s"),
        GOT_THROUGH_OR_GAVE_UP,
        _of(CallCounts.of, ratios.short_abandons_count),
        "decided",
    ),
    _of_queues(
        SERVICE_LEVEL,
        N_("Service level"),
        "A_T / (A + B − B_S)",
        ANSWERED_IN_T,
        N_("answered, and abandoned after 5 s"),
        _of(CallCounts.of, ratios.short_abandons_removed),
        "counted",
    ),
    _of_queues(
        "answer_rate", N_("Answer rate"), "A / O", ANSWERED, OFFERED, _of(CallCounts.of, ratios.answer_rate), "offered"
    ),
    _of_queues(
        "answered_within_15",
        N_("Answered within 15 s"),
        "A_15 / O",
        ANSWERED_IN_15,
        OFFERED,
        ratios.answered_within_15,
        "offered",
    ),
    _of_queues(
        "answered_within_15.of_answered",
        N_("Answered within 15 s, of those answered"),
        "A_15 / A",
        ANSWERED_IN_15,
        ANSWERED,
        ratios.answered_within_15_of_answered,
        "answered",
    ),
    _of_queues(
        "asa",
        N_("Average speed of answer"),
        "Σ wait of answered / A",
        N_("seconds waited by those answered"),
        ANSWERED,
        _of(CallCounts.of, ratios.asa),
        "answered",
        unit="seconds",
    ),
    _of_queues(
        "abandon_rate",
        N_("Abandon rate"),
        "(B − B_S) / (O − B_S)",
        N_("abandoned after 5 s"),
        N_("offered without abandoned within 5 s"),
        _of(CallCounts.of, ratios.abandon_rate),
        "not_short",
    ),
    _of_queues(
        "abandon_rate.all",
        N_("Abandon rate (all)"),
        "B / O",
        N_("abandoned"),
        OFFERED,
        _of(CallCounts.of, ratios.abandon_rate_all),
        "offered",
    ),
)
_AGENTS = (
    Measure(
        "att",
        N_("Average talk time"),
        "Σ talk / handled",
        N_("seconds of talk"),
        HANDLED,
        ratios.att,
        "handling",
        "seconds",
    ),
    Measure(
        "aht",
        N_("Average handling time"),
        "Σ (talk + hold + wrap-up) / handled",
        N_("seconds of talk, hold and wrap-up"),
        HANDLED,
        ratios.aht,
        "handling",
        "seconds",
    ),
    Measure(
        "transfer_rate",
        N_("Transfer rate"),
        "transferred / answered",
        N_("segments that gave the call away"),
        SEGMENTS,
        ratios.transfer_rate,
        "handling",
    ),
    Measure(
        "transfer_rate.blind",
        N_("Transfer rate (blind)"),
        "transferred blind / answered",
        N_("segments that gave the call away without asking"),
        SEGMENTS,
        ratios.transfer_rate_blind,
        "handling",
    ),
    Measure(
        "transfer_rate.attended",
        N_("Transfer rate (attended)"),
        "transferred after asking / answered",
        N_("segments that gave the call away after asking"),
        SEGMENTS,
        ratios.transfer_rate_attended,
        "handling",
    ),
    Measure(
        "occupancy",
        N_("Occupancy"),
        "contact time / (contact + available)",
        CONTACT,
        N_("contact time and time ready or ringing"),
        ratios.occupancy,
        "agent_time",
        sample=columns("quarters"),
    ),
    Measure(
        "utilisation",
        N_("Utilisation"),
        "contact time / logged-in time",
        CONTACT,
        N_("time in any state but offline"),
        ratios.utilisation,
        "agent_time",
        sample=columns("quarters"),
    ),
    Measure(
        "adherence",
        N_("Adherence rate"),
        "in-adherence time / scheduled time",
        N_("scheduled time as planned"),
        SCHEDULED,
        ratios.adherence,
        "rosters",
        sample=columns("shifts"),
        minimum=5,
    ),
    Measure(
        "conformance",
        N_("Conformance"),
        "worked / scheduled",
        N_("time worked around the shifts"),
        N_("scheduled work, without breaks"),
        ratios.conformance,
        "rosters",
        sample=columns("shifts"),
        minimum=5,
    ),
    Measure(
        "fcr.no_repeat",
        N_("Solved at the first contact (no repeat)"),
        "contacts without repeat in n days / contacts",
        N_("contacts without a call about the same in n days and without an order opened again"),
        N_("contacts with a category whose n days are over"),
        ratios.no_repeat,
        "contacts",
        number=REPEAT_DAYS,
    ),
    Measure(
        "callback_rate",
        N_("Callback rate of lost calls"),
        "called back within n minutes / lost callers",
        N_("lost callers called back within n minutes"),
        N_("callers who gave up and did not get through again"),
        ratios.callback_rate,
        "callbacks",
        number=CALLBACK_MINUTES,
        minimum=10,
    ),
)
_ORDERS = (
    _timeliness("take", N_("Timeliness of taking")),
    _timeliness("arrive", N_("Timeliness of arrival")),
    _timeliness("finish", N_("Timeliness of finishing")),
    _timeliness("close", N_("Timeliness of closing")),
    _timeliness("return_visit", N_("Timeliness of return visits")),
    _timeliness("total", N_("Timeliness of the whole")),
    _first_timeliness("finish", N_("Timeliness of finishing, by the first date")),
    _first_timeliness("close", N_("Timeliness of closing, by the first date")),
    _first_timeliness("total", N_("Timeliness of the whole, by the first date")),
    _of_orders(
        "close_rate.cohort",
        N_("Close rate (of those opened)"),
        "closed of those opened / opened",
        N_("orders opened in the period that are closed"),
        OPENED,
        ratios.close_rate_cohort,
        Listed("/orders", {"by": "opened", "now": "closed"}, "numerator"),
    ),
    _of_orders(
        "close_rate.flow",
        N_("Close rate (of the work in hand)"),
        "closed / (backlog + opened)",
        N_("orders closed in the period"),
        N_("orders open at its beginning and opened in it"),
        ratios.close_rate_flow,
        Listed("/orders", DONE, "numerator"),
    ),
    _of_orders(
        "return_rate",
        N_("Return rate"),
        "returned at least once / dispatched",
        N_("orders returned at least once"),
        N_("orders dispatched"),
        ratios.return_rate,
    ),
    _of_orders(
        "return_visit_rate",
        N_("Return visit rate"),
        "reached / due",
        N_("orders whose customer was reached"),
        N_("return visits due"),
        ratios.return_visit_rate,
        Listed("/orders", {"by": "return_visit"}),
    ),
    _of_orders(
        "return_visit_rate.attempted",
        N_("Return visits attempted"),
        "attempted / due",
        N_("orders whose customer was called"),
        N_("return visits due"),
        ratios.return_visit_attempted,
        Listed("/orders", {"by": "return_visit"}),
    ),
    _of_orders(
        "first_fix_rate",
        N_("Solved in the first round"),
        "closed in round 1 / closed",
        N_("orders closed in round 1"),
        N_("orders closed"),
        ratios.first_fix_rate,
        Listed("/orders", DONE),
    ),
    _of_orders("urge_rate", N_("Urge rate"), "urged / opened", N_("orders urged"), OPENED, ratios.urge_rate),
    _of_orders(
        "overdue_rate",
        N_("Overdue rate"),
        "past a deadline / opened",
        N_("orders past a deadline"),
        OPENED,
        ratios.overdue_rate,
    ),
    _of_orders(
        "repeat_rate",
        N_("Repeat rate"),
        "same customer and category in n days / opened",
        N_("orders of the same customer and category in n days"),
        OPENED,
        ratios.repeat_rate,
    ),
)

_QA = (
    Measure(
        "qa_mean",
        N_("QA mean"),
        "Σ score / scored",
        N_("points of the scores"),
        SCORED,
        ratios.qa_mean,
        "qa",
        "number",
        minimum=5,
    ),
    Measure(
        "qa_pass_rate",
        N_("QA pass rate"),
        "passed / scored",
        N_("scored calls that reach the pass mark, without a fatal item"),
        SCORED,
        ratios.qa_pass_rate,
        "qa",
        minimum=5,
    ),
)

MEASURES: Mapping[str, Measure] = {one.id: one for one in (*_QUEUES, *_AGENTS, *_ORDERS, *_QA)}
# Defined, but nothing is written down yet that they could be worked out from.
NOT_MEASURED: Mapping[str, str] = {
    "fcr.marked": N_("Agents do not mark yet whether a call was enough."),
    "csat": N_("Callers are not asked for a rating yet."),
    "csat_response_rate": N_("Callers are not asked for a rating yet."),
    "order_timeliness(dispatch)": N_("Dispatching has no deadline of its own."),
}

# Of these less is better; what people write down stands among them.
_LESS_IS_BETTER = (
    "asa",
    "att",
    "aht",
    "abandon_rate",
    "transfer_rate",
    "return_rate",
    "urge_rate",
    "overdue_rate",
    "repeat_rate",
    "manual.complaints",
)


def lower_is_better(indicator: str) -> bool:
    """Of any indicator's id, also with n or a kind behind a dot."""
    return any(re.fullmatch(rf"{re.escape(name)}([.(].*)?", indicator) for name in _LESS_IS_BETTER)


def measure(wanted: str) -> Measure:
    """By its id; n and milestone stand in brackets. ``NotFound`` for an unknown one, ``Conflict`` for one that cannot
    be measured yet."""
    name, _, inner = wanted.partition("(")
    milestone = inner.removesuffix(")")
    if milestone in MILESTONE_NAMES:
        wanted = f"{name}({MILESTONE_NAMES[milestone]})"
    if wanted in NOT_MEASURED:
        raise Conflict("{indicator} cannot be measured yet.", field="id", remedy=NOT_MEASURED[wanted], indicator=wanted)
    found, match = MEASURES.get(wanted), WITH_NUMBER.match(wanted)
    if found is None and match is not None:
        plain, number = MEASURES.get(match[1]), int(match[2])
        if plain is not None and plain.number is not None and 1 <= number <= MOST_NUMBER:
            found = replace(plain, id=wanted, number=number)
    if found is None:
        raise NotFound(
            "There is no indicator {indicator}.",
            field="id",
            remedy="Choose one that GET /api/v1/indicators names.",
            indicator=wanted[:64],
        )
    return found
