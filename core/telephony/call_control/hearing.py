"""Who hears whom in a call: one table from the call's parties, holds, consultations and supervisions. Pure.

===========  =======================================  ==========================
mode         the supervisor hears                     is heard by
===========  =======================================  ==========================
listen       everyone                                 nobody
whisper      everyone                                 the agents
barge        everyone                                 everyone
===========  =======================================  ==========================

On hold the caller and the agents hear nobody; music is played over it.
"""

from __future__ import annotations

from core.telephony.call_control.states import Call, Segment
from core.telephony.inputs import LegId

Hearing = dict[LegId, tuple[LegId, ...]]


def talking(call: Call) -> list[Segment]:
    return [segment for segment in call.segments.values() if segment.answered and not segment.consult]


def hearing(call: Call) -> Hearing:
    """Every leg that is up, with those it hears."""
    agents = talking(call)
    parties = [leg for leg in (call.caller_leg, *(segment.leg for segment in agents)) if leg is not None]
    on_hold = any(segment.held_by for segment in agents) and not call.conference
    found: Hearing = {leg: () if on_hold else tuple(other for other in parties if other != leg) for leg in parties}
    consulted = next((s for s in call.segments.values() if s.consult and s.answered), None)
    asker = next((segment for segment in agents if segment.held_by == "agent"), None)
    if consulted is not None and asker is not None:
        found[asker.leg] = (consulted.leg,)
        found[consulted.leg] = (asker.leg,)
    up = [one for one in call.supervisions.values() if one.up]
    for one in up:
        if one.mode in ("whisper", "barge"):
            for segment in agents:
                found[segment.leg] += (one.leg,)
        if one.mode == "barge" and call.caller_leg is not None and not on_hold:
            found[call.caller_leg] += (one.leg,)
    for one in up:
        others = (other.leg for other in up if other is not one and other.mode == "barge")
        found[one.leg] = (*parties, *others)
    return found


def sides(call: Call) -> tuple[tuple[LegId, ...], tuple[LegId, ...]]:
    """The recording's channels: left the caller or customer, right the agents and whoever barged in."""
    assert call.caller_leg is not None
    first = (call.caller_leg,)
    others = tuple(segment.leg for segment in talking(call))
    barged = tuple(one.leg for one in call.supervisions.values() if one.up and one.mode == "barge")
    # The first leg of a call that we placed is the agent's.
    return (others, (*first, *barged)) if call.direction == "outbound" else (first, (*others, *barged))
