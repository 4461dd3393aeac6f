"""The call floor: events in, commands out, and no I/O, so that every rule is tested without a network.

``Floor.handle`` is the whole public face. Inputs for legs and timers of calls that are over are ignored: the
network is slower than the rules. Every ``call_queued`` is followed by one ``queue_left``, every ``agent_rang`` by one
``ring_ended``, every ``call_answered`` by one ``segment_ended``, and every call by one ``call_ended``.
"""

from __future__ import annotations

from collections.abc import Callable

from core.events import (
    EndReason,
    RecordingFailed,
    RecordingSaved,
    RingOutcome,
    SupervisionRecorded,
    new_uid,
)
from core.installation.definition import Installation
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import (
    agents,
    arrivals,
    bridging,
    endings,
    liveness,
    menus,
    outward,
    presses,
    queueing,
    replacing,
    steering,
    supervision,
    transfers,
)
from core.telephony.call_control.states import Call, Segment
from core.telephony.call_control.world import World

DIRECT_RING_S = 45.0
# Queues may overflow into each other: after so many steps of one input the call is let go.
MOST_HOPS = 8
RING_OUTCOMES: dict[int, RingOutcome] = {408: "no_answer", 486: "busy", 600: "busy", 603: "declined", 487: "withdrawn"}


class Floor:
    """All calls, agents and queues of a site. ``new_id`` is injected by tests."""

    def __init__(self, installation: Installation, new_id: Callable[[], str] = new_uid, now: float = 0.0) -> None:
        self.world = World(installation, new_id, now)

    def set_installation(self, installation: Installation) -> None:
        self.world.take_installation(installation)

    def handle(self, given: inp.Input, now: float) -> list[cmd.Command]:
        """``now``: UTC epoch seconds. Never raises for anything that peers or people can do."""
        w = self.world
        w.now, w.out, w.hops = now, [], 0
        match given:
            case inp.LegInvited():
                arrivals.invited(w, given, self._go_to)
            case inp.LegAnswered():
                self._answered(given.leg)
            case inp.LegRinging():
                self._ringing(given)
            case inp.LegFailed():
                self._failed(given)
            case inp.LegDiverted():
                self._diverted(given)
            case inp.LegEnded():
                self._ended(given)
            case inp.LegHeld() | inp.LegUnheld():
                self._held(given.leg, on=isinstance(given, inp.LegHeld))
            case inp.DigitPressed():
                self._digit(given)
            case inp.PlayFinished():
                self._played(given)
            case inp.TimerFired():
                self._timer(given.name)
            case inp.LegSilent():
                liveness.silent(w, given, self._gone)
            case inp.LegAudible():
                liveness.audible(w, given)
            case inp.LegProbed():
                liveness.probed(w, given, self._gone)
            case inp.TransferRequested():
                replacing.referred(w, given, self._go_to)
            case inp.ActionRequested():
                transfers.action(w, given, self._go_to)
            case inp.OriginateRequested():
                arrivals.originate(w, given)
            case inp.StateRequested():
                agents.state_requested(w, given)
            case inp.WrapUpDone():
                agents.wrap_up_done(w, given)
            case inp.Registered():
                agents.registered(w, given)
            case inp.Unregistered():
                agents.unregistered(w, given)
            case inp.SuperviseRequested():
                supervision.requested(w, given)
            case inp.SupervisionLeft():
                supervision.left(w, given)
            case inp.AssignRequested():
                steering.assign(w, given)
            case inp.MoveRequested():
                steering.move(w, given, self._go_to)
            case inp.PriorityRequested():
                steering.prioritise(w, given)
            case inp.EndRequested():
                steering.end(w, given)
            case inp.AgentsRestored():
                agents.remembered(w, given)
            case inp.InstallationChanged():
                self._installation_changed()
            case inp.CoreStopping():
                w.stopping = True
            case inp.CoreStopped():
                for call in list(w.calls.values()):
                    endings.end_call(w, call, "house_stopped", status=None if call.answered_in else 503)
            case inp.RecordingClosed():
                # A supervision's track is named after its call.
                call_id, is_track, _ = given.call.partition(":")
                kept = SupervisionRecorded if is_track else RecordingSaved
                w.emit(kept(call_id, given.path, given.seconds))
            case inp.RecordingBroke():
                self._recording_broke(given)
        queueing.dispatch(w)
        outward.follow_spending(w)
        return w.out

    # --- where calls go ------------------------------------------------------------------------------------

    def _go_to(self, call: Call, target: str, payer: str | None = outward.SITE) -> None:
        """Wherever a number, a flow, a transfer or an overflow leads; ``payer`` is who has it dialled."""
        w = self.world
        w.hops += 1
        kind, _, rest = target.partition(":") if w.hops <= MOST_HOPS else ("hangup", "", "")
        if call.announcements and kind in ("queue", "flow"):
            bridging.answer_in(w, call)
            steering.announce(w, call, target)
        elif kind == "queue" and rest in w.installation.queues:
            if (instead := queueing.enter(w, call, w.installation.queues[rest])) is not None:
                self._turned_away(call, *instead)
        elif kind == "flow" and rest in w.installation.flows:
            bridging.answer_in(w, call)
            menus.enter(w, call, w.installation.flows[rest], self._go_to)
        elif kind == "extension":
            queueing.ring(w, call, rest, None, DIRECT_RING_S)
            self._ring_back(call)
        elif kind == "number":
            outcome = queueing.ring_outside(w, call, rest, payer)
            if isinstance(outcome, outward.BarredCall):
                self._target_failed(call, outcome.status, outcome.phrase)
            else:
                self._ring_back(call)
        elif call.back:
            self._target_failed(call, 404)
        else:
            endings.end_call(w, call, "flow_ended")

    def _turned_away(self, call: Call, why: queueing.TurnedAway, target: str) -> None:
        """A queue does not take the call: on to where it says, back to who sent it, refused, or told so and let go."""
        kind, _, status = target.partition(":")
        if kind not in ("hangup", "refuse") and self.world.hops < MOST_HOPS:
            self._go_to(call, target)
        elif call.back:
            self._target_failed(call, 480)
        elif kind == "refuse" and not call.answered_in:
            endings.end_call(self.world, call, why, status=int(status))
        else:
            queueing.say_goodbye(self.world, call, why, queueing.TURNED_AWAY[why])

    def _ring_back(self, call: Call) -> None:
        """A caller whom we have answered already hears the phone ring from us."""
        if call.answered_in:
            bridging.play(self.world, call, bridging.RINGBACK, loop=True)

    def _installation_changed(self) -> None:
        """Agents who are gone from it leave; who waits in a queue that is gone can only be let go."""
        w = self.world
        agents.follow_installation(w)
        gone = [call for queue in w.lines.queues() if queue not in w.installation.queues for call in w.lines.of(queue)]
        for call in sorted(gone, key=Call.turn):
            endings.drop_ringing(w, call, "withdrawn")
            bridging.leave_queue(w, call, "closed", "hangup")
            self._turned_away(call, "closed", "hangup")

    # --- legs -----------------------------------------------------------------------------------------------

    def _answered(self, leg: inp.LegId) -> None:
        w = self.world
        call = w.call_of(leg)
        if call is None:
            return
        if leg == call.caller_leg:
            # Only a leg that we dialled ourselves (click to dial) has anything to do now.
            if call.clicked and not call.answered_in:
                call.answered_in = True
                self._go_to(call, transfers.target_of(w, call.dialled), call.originator)
            return
        if (one := call.supervisions.get(leg)) is not None and not one.up:
            supervision.joined(w, call, one)
            return
        segment = call.segments.get(leg)
        if segment is not None and not segment.answered:
            bridging.answered(w, call, segment)
            if segment.referred:
                transfers.referral_done(w, call, segment)
            elif call.returned is not None and not segment.consult:
                transfers.say_returned(w, call, leg)

    def _ringing(self, given: inp.LegRinging) -> None:
        w = self.world
        call = w.call_of(given.leg)
        segment = call.segments.get(given.leg) if call is not None else None
        if call is None or call.caller_leg is None or segment is None or segment.answered or call.queue is not None:
            return
        segment.early = segment.early or given.early_media
        if segment.consult:
            if segment.referred and segment.asked_by is not None:
                w.send(cmd.TransferProgress(segment.asked_by, 180, "Ringing"))
            bridging.join(w, call)
            return
        if not call.answered_in:
            w.send(cmd.Ring(call.caller_leg, given.early_media))
        elif given.early_media:
            bridging.stop_play(w, call)
        if given.early_media:
            w.send(cmd.Hear(call.caller_leg, (given.leg,)))

    def _failed(self, given: inp.LegFailed) -> None:
        w = self.world
        call = w.call_of(given.leg)
        if call is None:
            return
        if given.leg == call.caller_leg:
            endings.end_call(w, call, "failed", status=given.status, caller_left=True)
            return
        if (one := call.supervisions.get(given.leg)) is not None:
            supervision.leave(w, call, one, hang_up=False)
            return
        segment = call.segments.get(given.leg)
        if segment is None or segment.answered:
            return
        self._not_reached(call, segment, RING_OUTCOMES.get(given.status, "unreachable"), given.status)

    def _not_reached(self, call: Call, segment: Segment, outcome: RingOutcome, status: int) -> None:
        w = self.world
        asked_by = segment.asked_by
        queueing.not_answered(w, call, segment, outcome)
        if segment.referred:
            transfers.referral_failed(w, call, segment, outcome, status)
        elif asked_by is not None:
            bridging.resume(w, call, asked_by)
        elif call.queue is None and not w.talking(call):
            if call.back and call.returned is None:
                call.returned = (segment.extension, outcome)
            self._target_failed(call, status)

    def _diverted(self, given: inp.LegDiverted) -> None:
        """A phone of the house sends the call on: the target is called in its place and on its right."""
        w = self.world
        call = w.call_of(given.leg)
        segment = call.segments.get(given.leg) if call is not None else None
        if call is None or segment is None or segment.answered or segment.outside:
            self._failed(inp.LegFailed(given.leg, 480, "diverted"))
            return
        target, payer = transfers.target_of(w, given.target), segment.extension
        kind, _, rest = target.partition(":")
        call.diversions += 1
        here = {w.extension_at(call, call.caller_leg), *(one.extension for one in call.segments.values())}
        no = transfers.obstacle(w, target, payer)
        if no is not None:
            outward.note_refused(w, no, payer, call.id)
        if no is not None or kind not in ("extension", "number") or rest in here or call.diversions > MOST_HOPS:
            self._not_reached(call, segment, "unreachable", 480)
            return
        after = queueing.divert(w, call, segment, target, DIRECT_RING_S)
        if after.queue is None and after.asked_by is None:
            self._ring_back(call)
        else:
            bridging.join(w, call)

    def _target_failed(self, call: Call, status: int, words: str = "") -> None:
        """A direct target did not answer: back to who transferred, then to the queue that the call came from; else
        the caller is told and the call ends."""
        w = self.world
        if not call.back:
            endings.end_call(w, call, "rejected" if status == 403 else "failed", status=status, words=words)
            return
        target = call.back.pop(0)
        session = w.sessions.get(target.partition(":")[2])
        if session is not None and session.state == "wrap_up":
            agents.end_wrap_up(w, session)
            w.release(session)
        self._go_to(call, target)

    def _ended(self, given: inp.LegEnded) -> None:
        w = self.world
        call = w.call_of(given.leg)
        if call is None:
            return
        if (one := call.supervisions.get(given.leg)) is not None:
            supervision.leave(w, call, one, hang_up=False)
            return
        segment = call.segments.get(given.leg)
        reason: EndReason = "agent_hung_up" if w.side_of(call, given.leg) == "agent" else "caller_hung_up"
        if given.why in ("dead_peer", "failed"):
            reason = given.why
        if segment is None:
            if w.talking(call):
                transfers.let_go(w, call, given.leg, reason, hang_up=False)
            else:
                endings.end_call(w, call, call.farewell or reason, caller_left=True)
        elif not segment.answered:
            self._not_reached(call, segment, "unreachable", 480)
        elif segment.consult:
            asked_by = segment.asked_by
            transfers.end_consult(w, call, segment, hang_up=False)
            if asked_by is not None:
                bridging.resume(w, call, asked_by)
        else:
            transfers.let_go(w, call, given.leg, reason, hang_up=False)

    def _held(self, leg: inp.LegId, *, on: bool) -> None:
        w = self.world
        call = w.call_of(leg)
        if call is None or not w.talking(call):
            return
        segment = call.segments.get(leg)
        if leg != call.caller_leg and (segment is None or not segment.answered or segment.consult):
            return
        if on:
            bridging.hold(w, call, leg)
        else:
            bridging.resume(w, call, leg)

    def _gone(self, leg: inp.LegId) -> None:
        """A party that gives no sign of life any more."""
        self._ended(inp.LegEnded(leg, "dead_peer"))

    def _recording_broke(self, given: inp.RecordingBroke) -> None:
        """Of the call itself, or only of a supervisor's track in it."""
        w = self.world
        call_id, is_track, _ = given.call.partition(":")
        w.emit(RecordingFailed(call_id, given.path, given.reason))
        call = w.calls.get(inp.CallId(call_id))
        if call is not None and not is_track:
            call.recording_broke = True
            w.touch(call)

    # --- what callers hear and press, and clocks ------------------------------------------------------------

    def _played(self, given: inp.PlayFinished) -> None:
        w = self.world
        call = w.call_of(given.leg)
        if call is None or given.token != f"{call.id}:{call.plays}":
            return
        if call.farewell is not None:
            endings.end_call(w, call, call.farewell)
        elif call.after_announcement:
            steering.announced(w, call, self._go_to)
        elif call.queue is not None:
            bridging.play(w, call, bridging.MUSIC, loop=True)
        else:
            menus.spoken(w, call, self._go_to)

    def _digit(self, given: inp.DigitPressed) -> None:
        w = self.world
        call = w.call_of(given.leg)
        if call is None:
            return
        if call.state != "ivr" and given.source == "inband":
            # It is heard where it is meant to be.
            return
        if not presses.is_new(call.presses, given, w.now):
            return
        if call.state == "talking":
            bridging.pass_on(w, call, given)
        elif given.leg == call.caller_leg:
            menus.pressed(w, call, given.digit, self._go_to)

    def _timer(self, name: str) -> None:
        w = self.world
        kind, _, rest = name.partition(":")
        match kind:
            case "wrap":
                agents.wrap_up_over(w, rest)
            case "announce":
                queueing.announce(w, inp.CallId(rest))
            case "max":
                if (call := w.calls.get(inp.CallId(rest))) is not None and call.queue is not None:
                    self._turned_away(call, "max_wait", queueing.waited_too_long(w, call))
            case "key":
                if (call := w.calls.get(inp.CallId(rest))) is not None:
                    menus.waited(w, call, self._go_to)
