"""One call: rows of ``marts.fct_calls``, with those of its segments and visits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from etl.calls.facts import (
    CallFact,
    CallFacts,
    Micros,
    in_order,
    local_day,
    quarter_hour,
    seconds_between,
    total,
)
from etl.calls.segments import FoldedSegment, segments_of
from etl.calls.speaking import parts_of, talk_of
from etl.calls.visits import FoldedVisit, visits_of

# What takes over from a flow, and the flow itself.
IN_FLOW = ("flow_entered", "call_queued", "agent_rang", "call_ended")
RECORDING = ("recording_started", "recording_saved")


class FoldedCall(NamedTuple):
    call_id: str
    call_first_id: int
    direction: str | None
    caller: str | None
    dialled: str | None
    trunk: str | None
    flow: str | None
    first_queue: str | None
    last_queue: str | None
    first_extension: str | None
    last_extension: str | None
    outcome: str
    caller_outcome: str | None
    end_reason: str | None
    sip_status: int | None
    transferred: str | None
    category: str | None
    note: str | None
    recording_path: str | None
    order_id: str | None
    demo: bool
    segments: int
    ivr_seconds: float | None
    wait_seconds: float | None
    caller_wait_seconds: float | None
    talk_seconds: float | None
    hold_seconds: float | None
    wrap_up_seconds: float | None
    caller_talk_seconds: float | None
    recording_seconds: float | None
    arrived_at: Micros
    queue_entered_at: Micros | None
    caller_left_at: Micros | None
    answered_at: Micros | None
    talking_since: Micros | None
    ended_at: Micros | None
    interval_start: Micros
    day: date


def folded(
    call_id: str, first_id: int, facts: Iterable[CallFact], zone: ZoneInfo
) -> tuple[FoldedCall, list[FoldedSegment], list[FoldedVisit]]:
    """``first_id`` is the call's first place in the log."""
    call = CallFacts(in_order(facts))
    segments = segments_of(call_id, first_id, call, zone)
    visits = visits_of(call_id, first_id, call, segments, zone)
    return _call(call_id, first_id, call, segments, visits, zone), segments, visits


def _call(
    call_id: str,
    first_id: int,
    call: CallFacts,
    segments: Sequence[FoldedSegment],
    visits: Sequence[FoldedVisit],
    zone: ZoneInfo,
) -> FoldedCall:
    parts = parts_of(call, segments)
    talk = talk_of(call, parts)
    holders = [part.segment for part in parts if part.is_holder]
    answered = [segment for segment in segments if segment.answered_at is not None]
    answered_at = min((one.answered_at for one in answered if one.answered_at is not None), default=None)
    direction, flow = call.first("call_arrived", "direction"), call.first("flow_entered", "flow")
    arrived_at = call.at("call_arrived")
    if arrived_at is None:
        arrived_at = min(fact.at for fact in call.all)
    ended_at, end_reason = call.at("call_ended"), call.first("call_ended", "reason")
    caller = call.first("call_arrived", "caller")
    caller_outcome = _caller_outcome(direction, visits, answered_at is not None)
    wait_s, left_at = _way(call, visits)
    is_over = caller_outcome not in (None, "waiting")
    return FoldedCall(
        call_id=call_id,
        call_first_id=first_id,
        direction=direction,
        # Facts of before callers had one form; nobody is nobody.
        caller="" if caller == "anonymous" else caller,
        dialled=call.first("call_arrived", "dialled"),
        trunk=call.first("call_arrived", "trunk"),
        flow=flow,
        first_queue=visits[0].queue if visits else None,
        last_queue=visits[-1].queue if visits else None,
        first_extension=_first(answered) or _first(segments),
        last_extension=_first(holders[::-1]) or _first(segments[::-1]),
        outcome=_outcome(answered_at is not None, ended_at, visits, end_reason, flow),
        caller_outcome=caller_outcome,
        end_reason=end_reason,
        sip_status=call.first("call_ended", "sip_status"),
        transferred=_last(one.transfer_method for one in segments),
        category=_category(segments, holders),
        note=_note(segments, holders),
        recording_path=call.last("path", *RECORDING),
        order_id=call.first("call_arrived", "order_id"),
        demo=call.is_demo,
        segments=len(segments),
        ivr_seconds=_ivr_seconds(call),
        wait_seconds=total(one.wait_seconds for one in visits),
        caller_wait_seconds=round(wait_s, 6) if is_over else None,
        talk_seconds=total(one.talk_seconds for one in segments),
        hold_seconds=total(one.hold_seconds for one in segments),
        wrap_up_seconds=total(one.wrap_up_seconds for one in segments),
        caller_talk_seconds=None if answered_at is None else talk.seconds,
        recording_seconds=call.last("seconds", "recording_saved"),
        arrived_at=arrived_at,
        queue_entered_at=min((one.entered_at for one in visits), default=None),
        caller_left_at=(answered_at if left_at is None else left_at) if is_over else None,
        answered_at=answered_at,
        talking_since=talk.since,
        ended_at=ended_at,
        interval_start=quarter_hour(arrived_at),
        day=local_day(arrived_at, zone),
    )


def _outcome(
    is_answered: bool, ended_at: Micros | None, visits: Sequence[FoldedVisit], end_reason: str | None, flow: str | None
) -> str:
    if is_answered:
        return "answered"
    if ended_at is None:
        return "in_progress"
    if visits:
        return "abandoned" if visits[-1].outcome == "abandoned" else "redirected"
    if end_reason == "rejected":
        return "rejected"
    return "not_answered" if flow is None else "ivr_only"


def _caller_outcome(direction: str | None, visits: Sequence[FoldedVisit], is_answered: bool) -> str | None:
    """Each caller once, whatever queues the call went through."""
    if not visits or direction not in (None, "inbound"):
        return None
    if is_answered:
        return "answered"
    if any(one.outcome == "waiting" for one in visits):
        return "waiting"
    return "abandoned" if visits[-1].outcome == "abandoned" else "redirected"


def _way(call: CallFacts, visits: Sequence[FoldedVisit]) -> tuple[float, Micros | None]:
    """Of the caller's way to an answer: the seconds in the queues entered before it, none where a phone was rung
    straight away, and when the last of them was left."""
    answers = call.of("call_answered")
    first_answer = answers[0].number if answers else len(call.all)
    entries = call.of("call_queued")
    way = [visit for visit, entry in zip(visits, entries, strict=True) if entry.number < first_answer]
    left = [visit.left_at for visit in way if visit.left_at is not None]
    return total(visit.wait_seconds for visit in way) or 0.0, left[-1] if left else None


def _ivr_seconds(call: CallFacts) -> float | None:
    """From the flow's beginning until a queue, a phone or the end takes over."""
    words = call.of(*IN_FLOW)
    return total(seconds_between(fact.at, after.at) for fact, after in pairwise(words) if fact.kind == "flow_entered")


def _category(segments: Sequence[FoldedSegment], holders: Sequence[FoldedSegment]) -> str | None:
    """Of whose the call was, else of who placed it; what a colleague noted who was asked is that colleague's."""
    of_holder = _last(one.category for one in holders)
    return of_holder or _last(one.category for one in segments if one.answered_at is None)


def _note(segments: Sequence[FoldedSegment], holders: Sequence[FoldedSegment]) -> str | None:
    """That of the last who recorded anything, also where it is none."""
    recorded = [one.note for one in holders if (one.category or one.note) is not None]
    of_holder = recorded[-1] if recorded else None
    return of_holder or _last(one.note for one in segments if one.answered_at is None)


def _first(segments: Iterable[FoldedSegment]) -> str | None:
    """Who is known to have been rung."""
    return next((one.extension for one in segments if one.extension is not None), None)


def _last(words: Iterable[str | None]) -> str | None:
    return next((one for one in reversed(list(words)) if one is not None), None)
