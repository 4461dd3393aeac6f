"""The floor as rows for boards and desks (docs/control.md): a snapshot, then only what changed."""

from __future__ import annotations

from typing import Any

from core.clock import iso
from core.telephony.call_control import Floor
from core.telephony.call_control.queueing import is_open, next_wait_s
from core.telephony.call_control.states import STAFFED, AgentSession, Call
from core.telephony.inputs import CallId


def _talking_since(session: AgentSession, call: Call | None) -> float | None:
    """Since when the agent has this call; ``None`` when none is up."""
    if call is None or session.state not in ("talking", "hold"):
        return None
    own = (s.since for s in call.segments.values() if s.extension == session.agent.extension and s.answered)
    return next(own, call.answered_at)


class LiveBoard:
    """Reads the floor; asks for changes at most as often as somebody listens."""

    def __init__(self, floor: Floor) -> None:
        self.world = floor.world

    def _iso(self, at: float) -> str:
        """By the machine's clock, as everything that people see."""
        return iso(at + self.world.ahead_s)

    def snapshot(self, now: float) -> dict[str, Any]:
        w = self.world
        return {
            "queues": [self._queue(queue_id, now) for queue_id in w.installation.queues],
            "agents": [self._agent(session) for session in w.sessions.values()],
            "calls": [self._call(call) for call in w.calls.values()],
        }

    def calls_up(self) -> int:
        return len(self.world.calls)

    def call(self, call_id: CallId) -> dict[str, Any] | None:
        """One row, however many others there are."""
        call = self.world.calls.get(call_id)
        return self._call(call) if call is not None else None

    def agent(self, extension: str) -> dict[str, Any] | None:
        session = self.world.sessions.get(extension)
        return self._agent(session) if session is not None else None

    def somebody_left(self) -> bool:
        """A seat is no longer there: a change of rows cannot say so, a snapshot does."""
        return any(extension not in self.world.sessions for extension in self.world.dirty_agents)

    def changes(self, now: float) -> dict[str, Any] | None:
        """Rows that changed since the last time this was asked, or ``None``."""
        w = self.world
        if not (w.dirty_calls or w.dirty_agents or w.dirty_queues or w.gone_calls):
            return None
        changed = {
            "queues": [
                self._queue(queue_id, now) for queue_id in sorted(w.dirty_queues) if queue_id in w.installation.queues
            ],
            "agents": [self._agent(w.sessions[ext]) for ext in sorted(w.dirty_agents) if ext in w.sessions],
            "calls": [self._call(w.calls[call_id]) for call_id in sorted(w.dirty_calls) if call_id in w.calls],
            "gone": sorted(w.gone_calls),
        }
        for names in (w.dirty_queues, w.dirty_agents, w.dirty_calls, w.gone_calls):
            names.clear()
        return changed

    def _queue(self, queue_id: str, now: float) -> dict[str, Any]:
        w = self.world
        queue = w.installation.queues[queue_id]
        oldest = w.lines.longest_since(queue_id)
        # One look at each seat for each board that is told: no more than a loop.
        members = [session for session in w.sessions.values() if queue_id in session.agent.queues]
        ready = talking = staffed = 0
        for session in members:
            state = session.state
            ready += state == "ready"
            talking += state in ("talking", "hold")
            staffed += state in STAFFED
        expected_s = next_wait_s(w, queue, members, now)
        return {
            "id": queue_id,
            "name": queue.name,
            "name_en": queue.name_en,
            "waiting": w.lines.waiting(queue_id),
            "longest_wait_s": round(now - oldest, 1) if oldest is not None else 0.0,
            "longest_wait_since": self._iso(oldest) if oldest is not None else None,
            "ready": ready,
            "talking": talking,
            "staffed": staffed,
            "expected_wait_s": round(expected_s, 1) if expected_s is not None else None,
            "answered_at": self._iso(answers[-1]) if (answers := w.answers.get(queue_id)) else None,
            "service_level_s": queue.service_level_s,
            "warn_wait_s": queue.warn_wait_s,
            "alarm_wait_s": queue.alarm_wait_s,
            "open": is_open(w, queue),
            "override": queue.override,
        }

    def _agent(self, session: AgentSession) -> dict[str, Any]:
        call = self.world.calls.get(session.call) if session.call is not None else None
        return {
            "extension": session.agent.extension,
            "name": session.agent.name,
            "group": session.agent.group,
            "state": session.state,
            "since": self._iso(session.since),
            # Through holds, questions to colleagues and three-way calls: since the phone was picked up.
            "talking_since": self._iso(at) if (at := _talking_since(session, call)) is not None else None,
            "reason": session.reason,
            "call_id": session.call,
            "queue": (call.queue or call.last_queue) if call else None,
            "registered": session.registered,
            "queues": sorted(session.agent.queues),
            "wanted": session.wanted[0] if session.wanted else None,
        }

    def _call(self, call: Call) -> dict[str, Any]:
        segments = list(call.segments.values())
        shown = next((s for s in segments if s.answered and not s.consult), segments[0] if segments else None)
        outbound = call.direction == "outbound" and call.originator is not None
        queue = call.queue or call.last_queue
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
            "since": self._iso(call.since),
            "arrived_at": self._iso(call.arrived_at),
            "queued_at": self._iso(call.queued_at) if call.queued_at is not None else None,
            "answered_at": self._iso(call.answered_at) if call.answered_at is not None else None,
            "held": call.state == "held",
            "recording": bool(call.recording) and not call.recording_broke,
            "recording_failed": call.recording_broke,
            "position": self.world.lines.place(call) if call.queue else None,
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
                    "since": self._iso(one.since),
                }
                for one in call.supervisions.values()
                if one.up
            ],
        }
