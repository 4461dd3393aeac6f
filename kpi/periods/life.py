"""The life of a judged period: draft, published, frozen; what may be done in which state, and why not. Pure.

While it is published, those who are judged may appeal up to a deadline in working days. Nothing leads out of frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from core.clock import wall_text
from core.errors import BadInput, Conflict
from core.i18n import N_
from core.installation.definition import Calendar
from core.workorders.calendars import working_days_end

State = Literal["draft", "published", "frozen"]
Act = Literal["recompute", "publish", "appeal", "decide", "freeze"]
ACTS: tuple[Act, ...] = get_args(Act)
TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("draft", "recompute"): "draft",
    ("draft", "publish"): "published",
    ("published", "appeal"): "published",
    ("published", "decide"): "published",
    ("published", "freeze"): "frozen",
}
APPEAL_DAYS = 5
MOST_APPEAL_DAYS = 60


@dataclass(frozen=True, slots=True)
class PeriodStanding:
    """Times are epoch seconds. ``changed_by`` and ``changed_at`` tell who brought it into its state. ``open_appeals``
    are undecided; ``may_appeal`` is whether anybody is left who could still make one."""

    state: State
    until: float
    computed_at: float
    changed_by: str
    changed_at: float
    appeals_until: float | None = None
    open_appeals: int = 0
    may_appeal: bool = True


def allowed(standing: PeriodStanding, now: float) -> list[Act]:
    """What may be done now, leaving aside by whom."""
    return [act for act in ACTS if (standing.state, act) in TRANSITIONS and _hindered(standing, act, now) is None]


def after(standing: PeriodStanding, act: Act, now: float, zone: ZoneInfo) -> State:
    """The state that the act leads to; ``Conflict`` says who was faster, or what it waits for."""
    following = TRANSITIONS.get((standing.state, act))
    if following is None:
        raise _too_late(standing, zone)
    hindrance = _hindered(standing, act, now)
    if hindrance is not None:
        until = standing.appeals_until or now
        raise Conflict(
            hindrance[0],
            field="state",
            remedy=hindrance[1],
            n=standing.open_appeals,
            at=wall_text(datetime.fromtimestamp(until, zone)),
        )
    return following


def _hindered(standing: PeriodStanding, act: Act, now: float) -> tuple[str, str] | None:
    window = standing.appeals_until is not None and now < standing.appeals_until
    match act:
        case "publish":
            if now < standing.until:
                return N_("The period has not ended."), N_("Publish it when it has.")
            if standing.computed_at < standing.until:
                return N_("The draft was computed before the period's end."), N_("Compute it anew, then publish it.")
        case "appeal":
            if not window:
                return N_("Appeals were possible until {at}."), N_("Speak with whoever leads you.")
        case "decide":
            if not standing.open_appeals:
                return N_("No appeal is undecided."), N_("Choose another period.")
        case "freeze":
            if standing.open_appeals:
                return N_("{n} appeals are not decided."), N_("Decide on them first.")
            if window and standing.may_appeal:
                return N_("Appeals are possible until {at}."), N_("Freeze it after that.")
    return None


def _too_late(standing: PeriodStanding, zone: ZoneInfo) -> Conflict:
    message = {
        "draft": N_("The period is a draft: {by} computed it last, on {at}."),
        "published": N_("The period is published: {by} did that on {at}."),
        "frozen": N_("The period is frozen: {by} did that on {at}."),
    }[standing.state]
    return Conflict(
        message,
        field="state",
        remedy="Read it again, and then decide.",
        by=standing.changed_by,
        at=wall_text(datetime.fromtimestamp(standing.changed_at, zone)),
    )


def appeals_end(calendar: Calendar | None, published_at: float, days: int, zone: ZoneInfo) -> float:
    """The midnight after so many working days, the day of publishing not counted. Without a calendar working days are
    Monday to Friday; with one, the days on which it opens."""
    if not 1 <= days <= MOST_APPEAL_DAYS:
        raise BadInput(
            "This figure must lie between {least} and {most}.",
            field="appeal_days",
            remedy="Correct the figure.",
            least=1,
            most=MOST_APPEAL_DAYS,
        )
    return working_days_end(calendar, published_at, days, zone)
