"""The catalogue of indicators: each once, with its expression, what is counted of what, and by what it can be split.

Pure. The counts come from ``kpi/sql/indicators`` and from the folders below; the service levels and the ratios of
orders stand in ``etl.service_level`` and ``etl.order_indicators`` and are only taken up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.errors import Conflict, NotFound
from core.i18n import N_
from etl import order_indicators, service_level
from etl.order_indicators import Kept, OrderCounts
from etl.service_level import Counts, Ratio

Row = Mapping[str, Any]
# Entries into queues, or each caller once, whatever queues the call went through.
Level = Literal["entry", "caller"]
LEVELS: tuple[Level, ...] = ("entry", "caller")
Source = Literal[
    "visits", "handling", "agent_time", "rosters", "contacts", "callbacks", "orders", "deadlines", "first_deadlines"
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
}
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
    unit: Literal["share", "seconds"] = "share"
    sample: Callable[[Row], float] | None = None
    minimum: int = 20
    listed: Listed | None = None
    number: int | None = None
    milestone: str = ""

    @property
    def by(self) -> tuple[str, ...]:
        return BY[self.source]

    def sample_of(self, row: Row) -> int:
        """How many calls, quarters, shifts or orders the figure rests on."""
        return round((self.sample or self.of.denominator)(row))


def _column(*names: str) -> Callable[[Row], float]:
    return lambda row: sum(float(row.get(name) or 0) for name in names)


def _of_queue(
    indicator: str,
    counted: str,
    among: str,
    visit: str = "",
    shows: Literal["numerator", "denominator"] = "denominator",
) -> Measure:
    """Taken up from ``etl.service_level``."""
    one = service_level.INDICATORS[indicator]
    of: Ratio[Row] = Ratio(lambda row: one.of.numerator(Counts.of(row)), lambda row: one.of.denominator(Counts.of(row)))
    listed = Listed("/calls", {"visit": visit}, shows, own_threshold=visit == "in_time") if visit else None
    unit: Literal["share", "seconds"] = "seconds" if one.unit == "seconds" else "share"
    return Measure(one.id, one.name, one.expression, counted, among, of, "visits", unit, listed=listed)


def _within_15(indicator: str, name: str, expression: str, among: str, whole: Ratio[Counts], visit: str) -> Measure:
    of: Ratio[Row] = Ratio(_column("answered_15"), lambda row: whole.denominator(Counts.of(row)))
    counted = N_("answered within 15 s")
    return Measure(indicator, name, expression, counted, among, of, "visits", listed=Listed("/calls", {"visit": visit}))


def _of_orders(indicator: str, counted: str, among: str, listed: Listed | None = None) -> Measure:
    """Taken up from ``etl.order_indicators``."""
    one = order_indicators.INDICATORS[indicator]
    of: Ratio[Row] = Ratio(
        lambda row: one.of.numerator(OrderCounts.of(row)), lambda row: one.of.denominator(OrderCounts.of(row))
    )
    return Measure(one.id, one.name, one.expression, counted, among, of, "orders", minimum=10, listed=listed)


def _timeliness(milestone: str, name: str) -> Measure:
    ratio = order_indicators.kept_rate

    def kept(row: Row) -> Kept:
        return Kept(int(row.get("due") or 0), int(row.get("kept") or 0))

    of: Ratio[Row] = Ratio(lambda row: ratio.numerator(kept(row)), lambda row: ratio.denominator(kept(row)))
    return Measure(
        f"order_timeliness({milestone})",
        name,
        "done by the deadline / deadline fell in the period",
        N_("orders whose milestone was done by its deadline"),
        N_("orders whose deadline fell in the period and has come"),
        of,
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
OFFERED = N_("answered, abandoned and redirected")
HANDLED = N_("answered segments that are over")
SEGMENTS = N_("answered segments")
CONTACT = N_("time talking, on hold and in wrap-up")
SCHEDULED = N_("scheduled time")
OPENED = N_("orders opened")
DONE = {"by": "closed", "now": "closed"}

_QUEUES = (
    _of_queue(
        "service_level.abandons_in_time_count",
        N_("answered and abandoned within the threshold"),
        GOT_THROUGH_OR_GAVE_UP,
        "decided",
    ),
    _of_queue("service_level.answered_only", ANSWERED_IN_T, ANSWERED, "answered"),
    _of_queue("service_level.strict", ANSWERED_IN_T, GOT_THROUGH_OR_GAVE_UP, "in_time", "numerator"),
    _of_queue(
        "service_level.early_abandons_ignored",
        ANSWERED_IN_T,
        N_("answered, and abandoned after the threshold"),
        "in_time",
        "numerator",
    ),
    _of_queue(
        "service_level.short_abandons_count",
        N_("answered within the threshold, and abandoned within 5 s"),
        GOT_THROUGH_OR_GAVE_UP,
        "decided",
    ),
    _of_queue(service_level.DEFAULT, ANSWERED_IN_T, N_("answered, and abandoned after 5 s"), "counted"),
    _of_queue("answer_rate", ANSWERED, OFFERED, "offered"),
    _within_15(
        "answered_within_15",
        N_("Answered within 15 s"),
        "A_15 / O",
        OFFERED,
        service_level.answer_rate,
        "offered",
    ),
    _within_15(
        "answered_within_15.of_answered",
        N_("Answered within 15 s, of those answered"),
        "A_15 / A",
        ANSWERED,
        service_level.answered_only,
        "answered",
    ),
    _of_queue("asa", N_("seconds waited by those answered"), ANSWERED, "answered"),
    _of_queue("abandon_rate", N_("abandoned after 5 s"), N_("offered without abandoned within 5 s"), "not_short"),
    _of_queue("abandon_rate.all", N_("abandoned"), OFFERED, "offered"),
)
_AGENTS = (
    Measure(
        "att",
        N_("Average talk time"),
        "Σ talk / handled",
        N_("seconds of talk"),
        HANDLED,
        Ratio(_column("talk_seconds"), _column("handled")),
        "handling",
        "seconds",
    ),
    Measure(
        "aht",
        N_("Average handling time"),
        "Σ (talk + hold + wrap-up) / handled",
        N_("seconds of talk, hold and wrap-up"),
        HANDLED,
        Ratio(_column("talk_seconds", "hold_seconds", "wrap_up_seconds"), _column("handled")),
        "handling",
        "seconds",
    ),
    Measure(
        "transfer_rate",
        N_("Transfer rate"),
        "transferred / answered",
        N_("segments that gave the call away"),
        SEGMENTS,
        Ratio(_column("transferred"), _column("answered")),
        "handling",
    ),
    Measure(
        "transfer_rate.blind",
        N_("Transfer rate (blind)"),
        "transferred blind / answered",
        N_("segments that gave the call away without asking"),
        SEGMENTS,
        Ratio(_column("transferred_blind"), _column("answered")),
        "handling",
    ),
    Measure(
        "transfer_rate.attended",
        N_("Transfer rate (attended)"),
        "transferred after asking / answered",
        N_("segments that gave the call away after asking"),
        SEGMENTS,
        Ratio(_column("transferred_attended"), _column("answered")),
        "handling",
    ),
    Measure(
        "occupancy",
        N_("Occupancy"),
        "contact time / (contact + available)",
        CONTACT,
        N_("contact time and time ready or ringing"),
        Ratio(_column("contact_seconds"), _column("contact_seconds", "available_seconds")),
        "agent_time",
        sample=_column("quarters"),
    ),
    Measure(
        "utilisation",
        N_("Utilisation"),
        "contact time / logged-in time",
        CONTACT,
        N_("time in any state but offline"),
        Ratio(_column("contact_seconds"), _column("logged_in_seconds")),
        "agent_time",
        sample=_column("quarters"),
    ),
    Measure(
        "adherence",
        N_("Adherence rate"),
        "in-adherence time / scheduled time",
        N_("scheduled time as planned"),
        SCHEDULED,
        Ratio(_column("adherent_s"), _column("scheduled_s")),
        "rosters",
        sample=_column("shifts"),
        minimum=5,
    ),
    Measure(
        "conformance",
        N_("Conformance"),
        "worked / scheduled",
        N_("time worked around the shifts"),
        N_("scheduled work, without breaks"),
        Ratio(_column("worked_s"), _column("planned_work_s")),
        "rosters",
        sample=_column("shifts"),
        minimum=5,
    ),
    Measure(
        "fcr.no_repeat",
        N_("Solved at the first contact (no repeat)"),
        "contacts without repeat in n days / contacts",
        N_("contacts without a call about the same in n days and without an order opened again"),
        N_("contacts with a category whose n days are over"),
        Ratio(_column("enough"), _column("contacts")),
        "contacts",
        number=REPEAT_DAYS,
    ),
    Measure(
        "callback_rate",
        N_("Callback rate of lost calls"),
        "called back within n minutes / lost callers",
        N_("lost callers called back within n minutes"),
        N_("callers who gave up and did not get through again"),
        Ratio(_column("called_back"), _column("lost")),
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
        N_("orders opened in the period that are closed"),
        OPENED,
        Listed("/orders", {"by": "opened", "now": "closed"}, "numerator"),
    ),
    _of_orders(
        "close_rate.flow",
        N_("orders closed in the period"),
        N_("orders open at its beginning and opened in it"),
        Listed("/orders", DONE, "numerator"),
    ),
    _of_orders("return_rate", N_("orders returned at least once"), N_("orders dispatched")),
    _of_orders(
        "return_visit_rate",
        N_("orders whose customer was reached"),
        N_("return visits due"),
        Listed("/orders", {"by": "return_visit"}),
    ),
    _of_orders(
        "return_visit_rate.attempted",
        N_("orders whose customer was called"),
        N_("return visits due"),
        Listed("/orders", {"by": "return_visit"}),
    ),
    _of_orders("first_fix_rate", N_("orders closed in round 1"), N_("orders closed"), Listed("/orders", DONE)),
    _of_orders("urge_rate", N_("orders urged"), OPENED),
    _of_orders("overdue_rate", N_("orders past a deadline"), OPENED),
    _of_orders("repeat_rate", N_("orders of the same customer and category in n days"), OPENED),
)

MEASURES: Mapping[str, Measure] = {one.id: one for one in (*_QUEUES, *_AGENTS, *_ORDERS)}
# Defined, but nothing is written down yet that they could be worked out from.
NOT_MEASURED: Mapping[str, str] = {
    "fcr.marked": N_("Agents do not mark yet whether a call was enough."),
    "csat": N_("Callers are not asked for a rating yet."),
    "csat_response_rate": N_("Callers are not asked for a rating yet."),
    "order_timeliness(dispatch)": N_("Dispatching has no deadline of its own."),
    "qa_pass_rate": N_("Calls are not scored yet."),
    "qa_mean": N_("Calls are not scored yet."),
}


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
