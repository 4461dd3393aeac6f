"""The floor as rows for boards and desks (docs/control.md): a snapshot, then only what changed."""

from __future__ import annotations

from typing import Any

from core.clock import iso
from core.telephony.call_control import Floor
from core.telephony.call_control.queueing import is_open, next_wait_s
from core.telephony.call_control.states import STAFFED, Call, Seat


def _talking_since(seat: Seat, call: Call | None) -> float | None:
    """Since when the agent has this call; ``None`` when none is up."""
    if call is None or seat.state not in ("talking", "hold"):
        return None
    own = (s.since for s in call.segments.values() if s.extension == seat.agent.extension and s.answered)
    return next(own, call.answered_at)


class LiveBoard:
    """Reads the floor; asks for changes at most as often as somebody listens."""

    def __init__(self, floor: Floor) -> None:
        self.world = floor.world

    def snapshot(self, now: float) -> dict[str, Any]:
        w = self.world
        return {
            "queues": [self._queue(queue_id, now) for queue_id in w.site.queues],
            "agents": [self._agent(seat) for seat in w.seats.values()],
            "calls": [self._call(call) for call in w.calls.values()],
        }

    def somebody_left(self) -> bool:
        """A seat is no longer there: a change of rows cannot say so, a snapshot does."""
        return any(extension not in self.world.seats for extension in self.world.dirty_seats)

    def changes(self, now: float) -> dict[str, Any] | None:
        """Rows that changed since the last time this was asked, or ``None``."""
        w = self.world
        if not (w.dirty_calls or w.dirty_seats or w.dirty_queues or w.gone_calls):
            return None
        changed = {
            "queues": [self._queue(queue_id, now) for queue_id in sorted(w.dirty_queues) if queue_id in w.site.queues],
            "agents": [self._agent(w.seats[ext]) for ext in sorted(w.dirty_seats) if ext in w.seats],
            "calls": [self._call(w.calls[call_id]) for call_id in sorted(w.dirty_calls) if call_id in w.calls],
            "gone": sorted(w.gone_calls),
        }
        for names in (w.dirty_queues, w.dirty_seats, w.dirty_calls, w.gone_calls):
            names.clear()
        return changed

    def _queue(self, queue_id: str, now: float) -> dict[str, Any]:
        w = self.world
        queue = w.site.queues[queue_id]
        waiting = w.waiting(queue_id)
        oldest = min((call.queued_at for call in waiting if call.queued_at is not None), default=None)
        members = [seat for seat in w.seats.values() if queue_id in seat.agent.queues]
        expected_s = next_wait_s(w, queue, waiting, members, now)
        return {
            "id": queue_id,
            "name": queue.name,
            "waiting": len(waiting),
            "longest_wait_s": round(now - oldest, 1) if oldest is not None else 0.0,
            "longest_wait_since": iso(oldest) if oldest is not None else None,
            "ready": sum(1 for seat in members if seat.state == "ready"),
            "talking": sum(1 for seat in members if seat.state in ("talking", "hold")),
            "staffed": sum(1 for seat in members if seat.state in STAFFED),
            "expected_wait_s": round(expected_s, 1) if expected_s is not None else None,
            "answered_at": iso(answers[-1]) if (answers := w.answers.get(queue_id)) else None,
            "service_level_s": queue.service_level_s,
            "warn_wait_s": queue.warn_wait_s,
            "alarm_wait_s": queue.alarm_wait_s,
            "open": is_open(w, queue),
            "override": queue.override,
        }

    def _agent(self, seat: Seat) -> dict[str, Any]:
        call = self.world.calls.get(seat.call) if seat.call is not None else None
        return {
            "extension": seat.agent.extension,
            "name": seat.agent.name,
            "group": seat.agent.group,
            "state": seat.state,
            "since": iso(seat.since),
            # Through holds, questions to colleagues and three-way calls: since the phone was picked up.
            "talking_since": iso(at) if (at := _talking_since(seat, call)) is not None else None,
            "reason": seat.reason,
            "call_id": seat.call,
            "queue": (call.queue or call.last_queue) if call else None,
            "registered": seat.registered,
            "queues": sorted(seat.agent.queues),
            "wanted": seat.wanted[0] if seat.wanted else None,
        }

    def _call(self, call: Call) -> dict[str, Any]:
        segments = list(call.segments.values())
        shown = next((s for s in segments if s.answered and not s.consult), segments[0] if segments else None)
        outbound = call.direction == "outbound" and call.originator is not None
        queue = call.queue or call.last_queue
        order = [other.id for other in self.world.waiting(call.queue)] if call.queue else []
        return {
            "id": call.id,
            "state": call.state,
            "direction": call.direction,
            "caller": call.caller,
            "caller_name": call.caller_name,
            "did": call.dialled,
            "queue": queue,
            # Whoever placed a call to the outside is its agent; the party rung is a number.
            "agent": shown.extension if shown and not outbound else call.originator,
            "segment_id": shown.id if shown else None,
            "since": iso(call.since),
            "arrived_at": iso(call.arrived_at),
            "queued_at": iso(call.queued_at) if call.queued_at is not None else None,
            "answered_at": iso(call.answered_at) if call.answered_at is not None else None,
            "held": call.state == "held",
            "recording": bool(call.recording) and not call.recording_broke,
            "recording_failed": call.recording_broke,
            "position": order.index(call.id) + 1 if call.id in order else None,
            "demo": call.demo,
            "order_id": call.order_id,
            "parties": [s.extension for s in segments if s.answered],
            # Windows of supervisors who have taken the call over.
            "tabs": [s.tab for s in segments if s.answered and s.tab],
            "priority": call.priority,
            "returned": {"target": call.returned[0], "why": call.returned[1]} if call.returned else None,
            "supervision": [
                {
                    "id": one.leg,
                    "by": one.by,
                    "tab": one.tab,
                    "extension": one.extension,
                    "mode": one.mode,
                    "since": iso(one.since),
                }
                for one in call.supervisions.values()
                if one.up
            ],
        }
