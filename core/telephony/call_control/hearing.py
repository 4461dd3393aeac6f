"""Who hears whom in a call: one table from the call's parties, holds, consultations and supervisions. Pure.

===========  =======================================  ==========================
mode         the supervisor hears                     is heard by
===========  =======================================  ==========================
listen       everyone                                 nobody
whisper      everyone                                 the agents
barge        everyone                                 everyone
===========  =======================================  ==========================

Two are parted as long as one of them holds; in a conference whoever holds is out of it and the others go on. Who is
kept waiting hears music. Somebody who asks a colleague holds the call and hears that colleague alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.telephony.call_control.states import Call, Segment, Side
from core.telephony.inputs import LegId

Hearing = dict[LegId, tuple[LegId, ...]]


def talking(call: Call) -> list[Segment]:
    return [segment for segment in call.segments.values() if segment.answered and not segment.consult]


def consulted(call: Call) -> Segment | None:
    return next((segment for segment in call.segments.values() if segment.consult), None)


def parties(call: Call) -> list[LegId]:
    return [leg for leg in (call.caller_leg, *(segment.leg for segment in talking(call))) if leg is not None]


def side_of(call: Call, leg: LegId | None) -> Side:
    """On which side of the desk a party sits: the one who placed a call to the outside is its agent."""
    outbound = call.direction == "outbound"
    if leg == call.caller_leg:
        return "agent" if outbound and call.originator is not None else "caller"
    segment = call.segments.get(leg) if leg is not None else None
    return "caller" if outbound and segment is not None and segment.outside else "agent"


def holding(call: Call) -> set[LegId]:
    """The legs whose phone or desk holds the call."""
    found = {segment.leg for segment in talking(call) if segment.holds}
    return found | {call.caller_leg} if call.holds and call.caller_leg is not None else found


def hearing(call: Call) -> Hearing:
    """Every leg that is up, with those it hears."""
    legs = parties(call)
    apart = _apart(call, legs)
    found: Hearing = {
        leg: () if leg in apart else tuple(o for o in legs if o != leg and o not in apart) for leg in legs
    }
    second = consulted(call)
    if second is not None and second.asked_by is not None:
        asking = second.asked_by in holding(call)
        if second.answered:
            found[second.leg] = (second.asked_by,) if asking else ()
        if asking and (second.answered or second.early):
            found[second.asked_by] = (second.leg,)
    up = [one for one in call.supervisions.values() if one.up]
    for one in up:
        for leg in legs:
            whispered = one.mode == "whisper" and side_of(call, leg) == "agent"
            # Whoever is kept waiting hears music; an agent who holds can be spoken to.
            barged = one.mode == "barge" and (leg not in apart or side_of(call, leg) == "agent")
            if whispered or barged:
                found[leg] += (one.leg,)
        found[one.leg] = (*legs, *(other.leg for other in up if other is not one and other.mode == "barge"))
    return found


def tones(call: Call) -> Mapping[LegId, str]:
    """What is played to whom in place of a talk: the clips of music and of a ringing phone."""
    held = holding(call)
    found = {} if call.conference or not held else {leg: "music" for leg in parties(call) if leg not in held}
    second = consulted(call)
    if second is not None and second.asked_by is not None:
        asking = second.asked_by in held
        if second.answered and not asking:
            found[second.leg] = "music"
        elif asking and not second.answered and not second.early:
            found[second.asked_by] = "ringback"
    return found


def _apart(call: Call, legs: list[LegId]) -> set[LegId]:
    held = holding(call)
    return held if call.conference or not held else set(legs)


def sides(call: Call) -> tuple[tuple[LegId, ...], tuple[LegId, ...]]:
    """The recording's channels: left the caller or customer, right the agents and whoever barged in."""
    assert call.caller_leg is not None
    first = (call.caller_leg,)
    others = tuple(segment.leg for segment in talking(call))
    barged = tuple(one.leg for one in call.supervisions.values() if one.up and one.mode == "barge")
    if side_of(call, call.caller_leg) == "agent":
        return others, (*first, *barged)
    return first, (*others, *barged)
