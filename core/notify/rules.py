"""When a figure is an alert: rules, and the way of an alert as a table. Pure: readings in, happenings out.

A figure is read for subjects: the house, a queue, a group, an agent, a trunk. A rule watches one figure for one
subject or for each; every pair of rule and subject goes its own way through ``TRANSITIONS``. Two things keep a figure
that wobbles from raising again and again: it must stay beyond the threshold for ``raise_after_s``, and once raised it
must come back beyond ``clear``, on the far side of a band, and stay there for ``clear_after_s``. The severity of an
open alert only rises; an acknowledged warning that becomes an alarm wants to be acknowledged again.

A figure without data has nothing to complain about. A source that does not answer says nothing at all: what is open
stays open, what was only pending begins anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from core.errors import BadInput

AlertScope = Literal["site", "queue", "group", "agent", "trunk"]
Comparison = Literal["above", "below"]
Severity = Literal["warn", "alarm"]
AlertState = Literal["quiet", "pending", "raised", "acknowledged", "cleared"]
Signal = Literal["bad", "fair", "good", "unknown", "held", "worse", "eased", "gone", "acknowledged"]
Happened = Literal["raised", "worsened", "cleared"]

SCOPES: tuple[AlertScope, ...] = ("site", "queue", "group", "agent", "trunk")
LONGEST_HOLD_S = 3600.0

# Whatever is not listed leaves the state as it is. "held" and "eased" are "bad" and "good" for long enough.
TRANSITIONS: Mapping[tuple[AlertState, Signal], AlertState] = {
    ("quiet", "bad"): "pending",
    ("pending", "held"): "raised",
    ("pending", "fair"): "quiet",
    ("pending", "good"): "quiet",
    ("pending", "unknown"): "quiet",
    ("pending", "gone"): "quiet",
    ("raised", "acknowledged"): "acknowledged",
    ("raised", "eased"): "cleared",
    ("raised", "gone"): "cleared",
    ("acknowledged", "worse"): "raised",
    ("acknowledged", "eased"): "cleared",
    ("acknowledged", "gone"): "cleared",
}
OPEN: frozenset[AlertState] = frozenset({"raised", "acknowledged"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a reading is of. ``group`` is an agent's work group; the house itself has no id."""

    kind: AlertScope
    id: str = ""
    name: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of one subject now. ``value`` None is no data; ``sample`` is how many calls a ratio is made of.

    ``limits`` are the subject's own warning and alarm, for rules that use them. ``facts`` are other figures worth
    showing beside this one.
    """

    subject: Subject
    value: float | None
    sample: int | None = None
    limits: tuple[float, float] | None = None
    call_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """``scope_id`` empty means each subject of that scope. ``above`` is at or above a limit, ``below`` is under it.

    ``clear`` None: the alert may end as soon as the figure is no longer beyond the first limit.
    """

    id: int
    figure: str
    scope: AlertScope
    scope_id: str = ""
    comparison: Comparison = "above"
    warn: float | None = None
    alarm: float | None = None
    clear: float | None = None
    queue_limits: bool = False
    raise_after_s: float = 0.0
    clear_after_s: float = 10.0
    least_sample: int = 0
    sound: bool = True
    recipients: tuple[str, ...] = ()
    enabled: bool = True
    example: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """One rule and one subject on their way. ``*_since`` say how long the figure has been so without a break."""

    rule_id: int
    figure: str
    subject: Subject
    state: AlertState = "quiet"
    bad_since: float | None = None
    alarm_since: float | None = None
    good_since: float | None = None
    severity: Severity = "warn"
    threshold: float = 0.0
    value: float | None = None
    worst: float = 0.0
    raised_at: float = 0.0
    call_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    alert_id: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """``why`` an alert was cleared: eased, no_data, or gone (the rule or the subject is no more)."""

    kind: Happened
    watch: Watch
    at: float
    why: str = ""


Key = tuple[int, str, AlertScope, str]
Watches = Mapping[Key, Watch]
Readings = Mapping[str, Sequence[Reading]]


def key_of(watch: Watch) -> Key:
    return (watch.rule_id, watch.figure, watch.subject.kind, watch.subject.id)


def concerns(rule: Rule, subject: Subject) -> bool:
    """A group's rule also watches the seats of that group, where the figure is a seat's."""
    if subject.kind == rule.scope:
        return rule.scope_id in ("", subject.id)
    return rule.scope == "group" and subject.kind == "agent" and rule.scope_id in ("", subject.group)


def evaluate(
    rules: Sequence[Rule], watches: Watches, readings: Readings, now: float
) -> tuple[Watches, list[Happening]]:
    """One look at everything. A figure missing in ``readings`` was not answered; a subject missing in it is no more."""
    left = dict(watches)
    following: dict[Key, Watch] = {}
    happenings: list[Happening] = []
    for rule in rules:
        if not rule.enabled:
            continue
        if rule.figure not in readings:
            for key in [key for key, watch in left.items() if (watch.rule_id, watch.figure) == (rule.id, rule.figure)]:
                following[key] = _unknown(left.pop(key))
            continue
        seen: set[tuple[AlertScope, str]] = set()
        for reading in readings[rule.figure]:
            subject = reading.subject
            if (subject.kind, subject.id) in seen or not concerns(rule, subject):
                continue
            seen.add((subject.kind, subject.id))
            key = (rule.id, rule.figure, subject.kind, subject.id)
            before = left.pop(key, None)
            # Nearly all of them, every second: well before and well now.
            if before is None and judge(rule, reading)[0] != "bad":
                continue
            watch, happening = step(rule, before or Watch(rule.id, rule.figure, subject), reading, now)
            if happening:
                happenings.append(happening)
            if watch.state not in ("quiet", "cleared"):
                following[key] = watch
    gone = [replace(watch, state="cleared") for watch in left.values() if _after(watch.state, "gone") == "cleared"]
    # Ends first: the same rule may have begun to watch another figure of the same subject.
    ended = [Happening("cleared", watch, max(now, watch.raised_at), "gone") for watch in gone]
    return following, ended + sorted(happenings, key=lambda one: one.kind != "cleared")


def step(rule: Rule, watch: Watch, reading: Reading, now: float) -> tuple[Watch, Happening | None]:
    """The watch after this reading, and what happened by it."""
    signal, severity = judge(rule, reading)
    watch = _measured(rule, watch, reading, signal, severity, now)
    state = _after(watch.state, signal)
    if state == "pending" and _lasts(watch.bad_since, rule.raise_after_s, now):
        state = _after(state, "held")
    if state not in (*OPEN, "pending"):
        return replace(watch, state="quiet"), None
    alarming = severity == "alarm" and _lasts(watch.alarm_since, rule.raise_after_s, now)
    if state == "raised" and watch.state not in OPEN:
        grade: Severity = "alarm" if alarming or _limits(rule, reading)[0] is None else "warn"
        raised = replace(
            watch,
            state=state,
            severity=grade,
            threshold=_threshold(rule, reading, grade),
            worst=reading.value or 0.0,
            raised_at=now,
        )
        return raised, Happening("raised", raised, now)
    if state in OPEN:
        if signal == "good" and _lasts(watch.good_since, rule.clear_after_s, now):
            cleared = replace(watch, state=_after(state, "eased"))
            why = "no_data" if reading.value is None else "eased"
            return cleared, Happening("cleared", cleared, max(now, watch.raised_at), why)
        if alarming and watch.severity == "warn":
            worse = replace(
                watch,
                state=_after(state, "worse"),
                severity="alarm",
                threshold=_threshold(rule, reading, "alarm"),
            )
            return worse, Happening("worsened", worse, now)
    return replace(watch, state=state), None


def judge(rule: Rule, reading: Reading) -> tuple[Literal["bad", "fair", "good"], Severity | None]:
    """How the reading stands to the rule's limits, and how bad it is."""
    value = reading.value
    too_few = reading.sample is not None and reading.sample < rule.least_sample
    warn, alarm = _limits(rule, reading)
    if value is None or too_few or (warn is None and alarm is None):
        return "good", None
    if alarm is not None and _beyond(rule, value, alarm):
        return "bad", "alarm"
    if warn is not None and _beyond(rule, value, warn):
        return "bad", "warn"
    if rule.clear is None:
        return "good", None
    back = value <= rule.clear if rule.comparison == "above" else value >= rule.clear
    return ("good" if back else "fair"), None


def acknowledged(watch: Watch) -> Watch:
    return replace(watch, state=_after(watch.state, "acknowledged"))


def check(rule: Rule) -> None:
    """``BadInput`` naming the field when the rule could never work, or would never end."""
    numbers = {name: getattr(rule, name) for name in ("warn", "alarm", "clear", "raise_after_s", "clear_after_s")}
    for name, number in numbers.items():
        if number is not None and (not math.isfinite(number) or number < 0):
            raise BadInput("{field} must be a number of 0 or more.", field=name, remedy="Correct the number.")
    for name in ("raise_after_s", "clear_after_s"):
        if numbers[name] > LONGEST_HOLD_S:
            raise BadInput("{field} is longer than an hour.", field=name, remedy="Use at most 3600 seconds.")
    if rule.queue_limits:
        return
    if rule.warn is None and rule.alarm is None:
        raise BadInput(
            "The rule has no limit.", field="alarm", remedy="Give a limit for the warning, for the alarm, or both."
        )
    sign = 1 if rule.comparison == "above" else -1
    if rule.warn is not None and rule.alarm is not None and sign * rule.warn >= sign * rule.alarm:
        raise BadInput(
            "The alarm's limit is not beyond the warning's.", field="alarm", remedy="Exchange or correct the two."
        )
    first = rule.warn if rule.warn is not None else rule.alarm
    if rule.clear is not None and first is not None and sign * rule.clear > sign * first:
        raise BadInput(
            "The alert would end while it still holds.", field="clear", remedy="Set it on the good side of the limit."
        )


def _after(state: AlertState, signal: Signal) -> AlertState:
    return TRANSITIONS.get((state, signal), state)


def _lasts(since: float | None, needed_s: float, now: float) -> bool:
    return since is not None and now - since >= needed_s


def _limits(rule: Rule, reading: Reading) -> tuple[float | None, float | None]:
    if rule.queue_limits:
        return reading.limits or (None, None)
    return rule.warn, rule.alarm


def _threshold(rule: Rule, reading: Reading, grade: Severity) -> float:
    warn, alarm = _limits(rule, reading)
    found = alarm if grade == "alarm" else warn
    return found if found is not None else 0.0


def _beyond(rule: Rule, value: float, limit: float) -> bool:
    return value >= limit if rule.comparison == "above" else value < limit


def _measured(
    rule: Rule, watch: Watch, reading: Reading, signal: Signal, severity: Severity | None, now: float
) -> Watch:
    """The watch with the reading's figures and with the streaks it continues or breaks."""
    worst = watch.worst
    if reading.value is not None:
        worst = max(worst, reading.value) if rule.comparison == "above" else min(worst, reading.value)
    return replace(
        watch,
        subject=reading.subject,
        value=reading.value,
        worst=worst,
        call_id=reading.call_id or watch.call_id,
        facts=reading.facts,
        bad_since=_since(watch.bad_since, now) if signal == "bad" else None,
        alarm_since=_since(watch.alarm_since, now) if severity == "alarm" else None,
        good_since=_since(watch.good_since, now) if signal == "good" else None,
    )


def _since(before: float | None, now: float) -> float:
    # A clock that was set back must not make a streak older than it is.
    return now if before is None else min(before, now)


def _unknown(watch: Watch) -> Watch:
    return replace(
        watch, state=_after(watch.state, "unknown"), value=None, bad_since=None, alarm_since=None, good_since=None
    )
