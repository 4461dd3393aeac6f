"""Who did what when in one call, worked out from its events alone: one row for the caller, one for each party. Pure.

Bars carry a state of ``theme.STATES``; lengths are seconds from the call's arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.clock import from_iso
from core.i18n import N_

CALLER = ""
# What a bar is called; the state gives its colour.
MENU, QUEUE, RINGING = N_("Self-service"), N_("In the queue"), N_("Ringing")
TALKING, HOLD, WRAP_UP = N_("Talking"), N_("On hold"), N_("Wrap-up")
SHORTEST_S = 0.05


@dataclass(frozen=True, slots=True)
class Bar:
    state: str
    label: str
    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


@dataclass
class TimelineRow:
    """``party`` is an extension or number, empty for the caller."""

    party: str
    bars: list[Bar] = field(default_factory=list)
    _open: tuple[str, str, float] | None = None

    def begin(self, state: str, label: str, at_s: float) -> None:
        if self._open is None or self._open[:2] != (state, label):
            self.end(at_s)
            self._open = (state, label, at_s)

    def end(self, at_s: float) -> None:
        if self._open is not None and at_s - self._open[2] > SHORTEST_S:
            self.bars.append(Bar(*self._open, at_s))
        self._open = None

    @property
    def holding(self) -> bool:
        return self._open is not None and self._open[1] == HOLD


def rows(events: Iterable[dict[str, Any]], arrived_at: str, now: float) -> list[TimelineRow]:
    """Rows in order of their first bar; what has not ended yet ends at ``now`` (epoch seconds)."""
    begin = from_iso(arrived_at)
    found: dict[str, TimelineRow] = {CALLER: TimelineRow("")}
    for event in events:
        at_s, facts = from_iso(event["at"]) - begin, event["facts"]
        segment = facts.get("segment_id")
        if segment and segment not in found:
            found[segment] = TimelineRow(facts.get("extension") or "")
        _take(event["kind"], facts, at_s, found[CALLER], found[segment] if segment else None)
    for row in found.values():
        row.end(max(0.0, now - begin))
    return [row for row in found.values() if row.bars]


def length_s(found: list[TimelineRow]) -> float:
    return max((bar.end_s for row in found for bar in row.bars), default=0.0)


def ticks(total_s: float, most: int = 6) -> Iterator[float]:
    """Round distances for the axis, at most ``most`` of them."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    step = next((step for step in steps if total_s / step <= most), 7200)
    at_s = 0.0
    while at_s <= total_s:
        yield at_s
        at_s += step


def _take(kind: str, facts: dict[str, Any], at_s: float, caller: TimelineRow, party: TimelineRow | None) -> None:
    match kind:
        case "flow_entered":
            caller.begin("offline", MENU, at_s)
        case "call_queued":
            caller.begin("hold", QUEUE, at_s)
        case "queue_left" | "call_ended":
            caller.end(at_s)
    if party is None:
        return
    match kind:
        case "agent_rang":
            party.begin("ringing", RINGING, at_s)
            if facts.get("queue") is None and not caller.holding:
                caller.begin("ringing", RINGING, at_s)
        case "ring_ended" | "segment_ended":
            party.end(at_s)
        case "call_answered":
            party.begin("talking", TALKING, at_s)
            # A colleague who is asked first does not take the caller from hold.
            if not caller.holding:
                caller.begin("talking", TALKING, at_s)
        case "call_held" | "call_resumed":
            state, label = ("hold", HOLD) if kind == "call_held" else ("talking", TALKING)
            party.begin(state, label, at_s)
            caller.begin(state, label, at_s)
        case "call_transferred" | "conference_started":
            blind = facts.get("method") == "blind"
            caller.begin("ringing" if blind else "talking", RINGING if blind else TALKING, at_s)
        case "wrap_up_started":
            party.begin("wrap_up", WRAP_UP, at_s)
        case "wrap_up_ended":
            party.end(at_s)
