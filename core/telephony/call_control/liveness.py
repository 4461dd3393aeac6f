"""Whether a party is still there: voice and the answer to OPTIONS are its two signs of life. Pure.

=================  ==========================  =========================================
OPTIONS            voice                       the party
=================  ==========================  =========================================
answered           none (mute, one way, hold)  is there
not answered       comes                       is there
not answered       none for ``SILENT_S``       is gone
481: no such call  none for ``NOTICED_S``      is gone: its phone began anew
=================  ==========================  =========================================

When a party is gone its talk ended with the last sign of it. A citizen whose agent's phone is gone is not let go.
"""

from __future__ import annotations

from collections.abc import Callable

from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control.states import Call, Signs
from core.telephony.call_control.world import World

# As soon as media notices a silence the phone is asked, whenever its turn would have been.
NOTICED_S = 10.0
SILENT_S = 30.0
NO_SUCH_CALL = 481

Gone = Callable[[inp.LegId], None]


def silent(w: World, given: inp.LegSilent, gone: Gone) -> None:
    call = w.call_of(given.leg)
    if call is None:
        return
    signs = _signs(call, given.leg)
    signs.heard_at = w.now - given.seconds
    if not signs.silent and given.seconds >= NOTICED_S:
        w.send(cmd.AskAlive(given.leg))
    signs.silent = True
    _judge(w, given.leg, signs, gone)


def audible(w: World, given: inp.LegAudible) -> None:
    call = w.call_of(given.leg)
    if call is not None and (signs := call.signs.get(given.leg)) is not None:
        signs.silent = False


def probed(w: World, given: inp.LegProbed, gone: Gone) -> None:
    call = w.call_of(given.leg)
    if call is None:
        return
    signs = _signs(call, given.leg)
    signs.status = given.status
    if given.status not in (408, NO_SUCH_CALL):
        signs.answered_at = w.now
    _judge(w, given.leg, signs, gone)


def _signs(call: Call, leg: inp.LegId) -> Signs:
    return call.signs.setdefault(leg, Signs())


def _judge(w: World, leg: inp.LegId, signs: Signs, gone: Gone) -> None:
    limits = {408: SILENT_S, NO_SUCH_CALL: NOTICED_S}
    if not signs.silent or w.now - signs.heard_at < limits.get(signs.status, float("inf")):
        return
    w.talk_until = max(signs.heard_at, signs.answered_at)
    w.send(cmd.HangUp(leg))
    gone(leg)
    w.talk_until = None


def began_anew(call: Call, leg: inp.LegId) -> bool:
    """The phone is there and has only lost the call."""
    return leg in call.signs and call.signs[leg].status == NO_SUCH_CALL
