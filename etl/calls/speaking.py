"""Who spoke with the caller, from when until when, and whose the call was. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from etl.calls.facts import CallFacts, Micros
from etl.calls.segments import FoldedSegment

# Behind every time: what is not over yet.
OPEN = Micros(1 << 62)


class SpokenPart(NamedTuple):
    """One party with the caller. Whose the call was: who took it, and whoever still had it when all before had gone
    (``is_holder``); the last of them has finished it."""

    segment: FoldedSegment
    since: Micros
    until: Micros
    is_holder: bool


class CallerTalk(NamedTuple):
    """Each second of the caller's once, however many speak. ``since``: of a talk that goes on."""

    seconds: float
    since: Micros | None


def parts_of(call: CallFacts, segments: Sequence[FoldedSegment]) -> list[SpokenPart]:
    given = _given_away(call, segments)
    conferences = [fact.at for fact in call.of("conference_started")]
    found: list[SpokenPart] = []
    before: Micros | None = None
    longest: Micros | None = None
    for segment in segments:
        until = min(OPEN if segment.ended_at is None else segment.ended_at, given.get(segment.segment_id, OPEN))
        if segment.answered_at is None:
            continue
        joined = min((at for at in conferences if segment.answered_at <= at < until), default=None)
        since = _since(segment.rang_at, segment.answered_at, until, before, joined)
        if since is not None:
            found.append(SpokenPart(segment, since, until, longest is None or until > longest))
            longest = until if longest is None else max(longest, until)
        before = until if before is None else max(before, until)
    return found


def talk_of(call: CallFacts, parts: Sequence[SpokenPart]) -> CallerTalk:
    edges: dict[Micros, list[int]] = defaultdict(lambda: [0, 0])
    for since, until, parties, caller_holds in _stretches(call, parts):
        if since < until:
            for at, sign in ((since, 1), (until, -1)):
                edges[at][0] += sign * parties
                edges[at][1] += sign * caller_holds
    talk, talking_since, speaking, holding = 0, None, 0, 0
    moments = sorted(edges)
    for at, after in pairwise(moments):
        speaking += edges[at][0]
        holding += edges[at][1]
        if speaking > 0 and holding == 0:
            if after == OPEN:
                talking_since = at
            else:
                talk += after - at
    return CallerTalk(talk / 1e6, talking_since)


def _given_away(call: CallFacts, segments: Sequence[FoldedSegment]) -> dict[str, Micros]:
    """Until when each segment's phone was the other party: somebody who had placed the call and gives it away leaves
    the one that was called in the place of the first party."""
    extensions = {segment.segment_id: segment.extension for segment in segments}
    given: dict[str, Micros] = {}
    for fact in call.of("call_transferred"):
        segment_id, giver = fact.about.get("segment_id"), fact.about.get("extension")
        if segment_id in extensions and giver is not None and extensions[segment_id] not in (None, giver):
            given[segment_id] = min(fact.at, given.get(segment_id, OPEN))
    return given


def _since(
    rang_at: Micros, answered_at: Micros, until: Micros, before: Micros | None, joined: Micros | None
) -> Micros | None:
    """From when on it spoke with the caller. One rung while another had the call (until ``before``) is a colleague who
    is asked, and speaks with the caller only from a three-way call or the asker's leaving on, or never."""
    if before is None or rang_at >= before:
        return answered_at
    left = max(before, answered_at) if before < until else None
    return min((at for at in (joined, left) if at is not None), default=None)


def _stretches(call: CallFacts, parts: Sequence[SpokenPart]) -> Iterator[tuple[Micros, Micros, int, int]]:
    """Of each party with the caller, and of holds among them: an agent's takes that agent out, the caller's all.
    From, until, parties more, holds of the caller more."""
    for part in parts:
        yield part.since, part.until, 1, 0
    last: dict[tuple[str, str | None], tuple[Micros, bool]] = {}
    by_segment = {part.segment.segment_id: part for part in parts}
    for fact in call.of("call_held", "call_resumed"):
        segment_id, side = fact.about.get("segment_id"), fact.about.get("by")
        if segment_id not in by_segment:
            continue
        since, is_held = last.get((segment_id, side), (OPEN, False))
        if is_held:
            yield _hold(by_segment[segment_id], side, since, fact.at)
        last[segment_id, side] = (fact.at, fact.kind == "call_held")
    for (segment_id, side), (since, is_held) in last.items():
        if is_held:
            yield _hold(by_segment[segment_id], side, since, OPEN)


def _hold(part: SpokenPart, side: str | None, since: Micros, until: Micros) -> tuple[Micros, Micros, int, int]:
    by_caller = side == "caller"
    return max(since, part.since), min(until, part.until), 0 if by_caller else -1, int(by_caller)
