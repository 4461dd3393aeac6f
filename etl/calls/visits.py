"""Entries of a call into queues: rows of ``marts.fct_queue_visits``. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from etl.calls.facts import CallFact, CallFacts, Micros, local_day, quarter_hour, seconds_between
from etl.calls.segments import FoldedSegment


class FoldedVisit(NamedTuple):
    call_id: str
    visit_no: int
    call_first_id: int
    # The table refuses an entry into none.
    queue: str | None
    outcome: str
    left_how: str | None
    sent_to: str | None
    direction: str
    extension: str | None
    segment_id: str | None
    demo: bool
    wait_seconds: float | None
    talk_seconds: float | None
    hold_seconds: float | None
    wrap_up_seconds: float | None
    entered_at: Micros
    left_at: Micros | None
    interval_start: Micros
    day: date


def visits_of(
    call_id: str, first_id: int, call: CallFacts, segments: Sequence[FoldedSegment], zone: ZoneInfo
) -> list[FoldedVisit]:
    stays: list[list[CallFact]] = []
    for fact in call.of("call_queued", "queue_left"):
        if fact.kind == "call_queued":
            stays.append([])
        # A queue left that was never entered belongs to no visit; checks/calls/reconciliation.sql lists it.
        if stays:
            stays[-1].append(fact)
    if not stays:
        return []
    direction = call.first("call_arrived", "direction")
    answering = _answering(segments)
    folded = []
    for visit_no, facts in enumerate(stays, start=1):
        entered, stay = facts[0], CallFacts(facts)
        queue, left_at = entered.about.get("queue"), stay.at("queue_left")
        left_how = stay.first("queue_left", "outcome")
        # The k-th answer out of a queue is the k-th segment that this queue rang and that was answered.
        answered = next(answering[queue], None) if left_how == "answered" and queue in answering else None
        outcome = left_how if left_how in ("answered", "abandoned") else "redirected"
        folded.append(
            FoldedVisit(
                call_id=call_id,
                visit_no=visit_no,
                call_first_id=first_id,
                queue=queue,
                outcome="waiting" if left_at is None else outcome,
                left_how=left_how,
                sent_to=stay.first("queue_left", "to"),
                direction="inbound" if direction is None else direction,
                extension=answered and answered.extension,
                segment_id=answered and answered.segment_id,
                demo=call.is_demo,
                wait_seconds=seconds_between(entered.at, left_at),
                talk_seconds=answered and answered.talk_seconds,
                hold_seconds=answered and answered.hold_seconds,
                wrap_up_seconds=answered and answered.wrap_up_seconds,
                entered_at=entered.at,
                left_at=left_at,
                interval_start=quarter_hour(entered.at),
                day=local_day(entered.at, zone),
            )
        )
    return folded


def _answering(segments: Sequence[FoldedSegment]) -> dict[str, Iterator[FoldedSegment]]:
    """Of each queue the segments that it rang and that were answered, one after the other."""
    found: dict[str, list[FoldedSegment]] = defaultdict(list)
    answered = [one for one in segments if one.answered_at is not None and one.queue is not None]
    for one in sorted(answered, key=lambda one: (one.answered_at or 0, one.segment_no)):
        found[str(one.queue)].append(one)
    return {queue: iter(those) for queue, those in found.items()}
