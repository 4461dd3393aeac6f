"""Phones rung for a call: rows of ``marts.fct_call_segments``. Pure."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from etl.calls.facts import CallFact, CallFacts, Micros, local_day, quarter_hour, seconds_between

RECORDED = ("wrap_up_ended", "call_noted")


class FoldedSegment(NamedTuple):
    call_id: str
    segment_id: str
    segment_no: int
    call_first_id: int
    extension: str | None
    queue: str | None
    entry_no: int | None
    counted_queue: str | None
    ring_outcome: str | None
    reason: str | None
    transfer_method: str | None
    transfer_target: str | None
    direction: str | None
    category: str | None
    note: str | None
    demo: bool
    ring_seconds: float | None
    talk_seconds: float | None
    hold_seconds: float | None
    wrap_up_seconds: float | None
    rang_at: Micros
    counted_at: Micros
    answered_at: Micros | None
    ended_at: Micros | None
    wrap_up_ended_at: Micros | None
    interval_start: Micros
    day: date


def segments_of(call_id: str, first_id: int, call: CallFacts, zone: ZoneInfo) -> list[FoldedSegment]:
    parts: dict[str, list[CallFact]] = {}
    for fact in call.all:
        segment_id = fact.about.get("segment_id")
        if segment_id is not None:
            parts.setdefault(segment_id, []).append(fact)
    if not parts:
        return []
    entries = call.of("call_queued")
    direction = call.first("call_arrived", "direction")
    folded = []
    for segment_no, (segment_id, facts) in enumerate(parts.items(), start=1):
        segment = CallFacts(facts)
        first_at = min(fact.at for fact in facts)
        rang_at, answered_at, ended_at = (segment.at(kind) for kind in ("agent_rang", "call_answered", "segment_ended"))
        ring_ended_at = segment.at("ring_ended")
        wrap_up_ended_at = segment.at("wrap_up_ended")
        ring_outcome = segment.first("ring_ended", "outcome")
        queue = next((said for fact in facts if (said := fact.about.get("queue")) is not None), None)
        entry_no, entry = _entry(entries, facts[0].number, queue)
        held = _held_seconds(segment)
        spoken = seconds_between(answered_at, ended_at)
        rang_or_first = first_at if rang_at is None else rang_at
        folded.append(
            FoldedSegment(
                call_id=call_id,
                segment_id=segment_id,
                segment_no=segment_no,
                call_first_id=first_id,
                extension=next((said for fact in facts if (said := fact.about.get("extension")) is not None), None),
                queue=queue,
                entry_no=entry_no,
                counted_queue=queue if queue is not None or entry is None else entry.about.get("queue"),
                ring_outcome=ring_outcome,
                reason=segment.first("segment_ended", "reason"),
                transfer_method=segment.last("method", "call_transferred"),
                transfer_target=segment.last("target", "call_transferred"),
                direction=direction,
                category=_recorded(segment, "category"),
                note=_recorded(segment, "note"),
                demo=call.is_demo,
                ring_seconds=seconds_between(rang_at, ring_ended_at),
                talk_seconds=None if spoken is None else max(0.0, spoken - held),
                hold_seconds=None if answered_at is None else held,
                wrap_up_seconds=seconds_between(segment.at("wrap_up_started"), wrap_up_ended_at),
                rang_at=rang_or_first,
                counted_at=rang_or_first if entry is None else entry.at,
                answered_at=answered_at,
                ended_at=ring_ended_at
                if ended_at is None and ring_outcome is not None and ring_outcome != "answered"
                else ended_at,
                wrap_up_ended_at=wrap_up_ended_at,
                interval_start=quarter_hour(rang_or_first),
                day=local_day(rang_or_first, zone),
            )
        )
    return folded


def _recorded(segment: CallFacts, name: str) -> str | None:
    """The last word that is not empty."""
    return next((said for fact in reversed(segment.of(*RECORDED)) if (said := fact.about.get(name))), None)


def _entry(entries: list[CallFact], place: int, queue: str | None) -> tuple[int | None, CallFact | None]:
    """The entry that a segment belongs to: the last one before its phone rang, of the queue that rang it where one
    did. An overflow leaves one queue and enters the next at the same moment."""
    for entry_no in range(len(entries), 0, -1):
        entry = entries[entry_no - 1]
        if entry.number < place and (queue is None or queue == entry.about.get("queue")):
            return entry_no, entry
    return None, None


def _held_seconds(segment: CallFacts) -> float:
    """Held as long as either side holds; each side's last word counts."""
    held = 0
    holding: set[str] = set()
    words = segment.of("call_held", "call_resumed", "segment_ended")
    for fact, after in pairwise(words):
        if fact.kind == "segment_ended":
            continue
        side = fact.about.get("by")
        if side in ("agent", "caller"):
            (holding.add if fact.kind == "call_held" else holding.discard)(side)
        if holding:
            held += max(0, after.at - fact.at)
    return held / 1e6
