"""When a recording's call was on hold, by its own events. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class HoldEvent(NamedTuple):
    """``at`` in epoch seconds; ``by`` is agent or caller."""

    kind: str
    at: float
    segment_id: str | None = None
    by: str | None = None


def hold_spans(events: Iterable[HoldEvent]) -> list[tuple[float, float]]:
    """From and to, in seconds of the recording: from ``call_held`` until both sides have resumed or the segment ends.
    Empty without a ``recording_started``."""
    told = sorted(events, key=lambda one: one.at)
    began = next((one.at for one in told if one.kind == "recording_started"), None)
    if began is None:
        return []
    holding: dict[str, set[str]] = {}
    since, spans = 0.0, []
    for one in told:
        before = any(holding.values())
        _apply(holding, one)
        now = any(holding.values())
        if now and not before:
            since = one.at
        elif before and not now and one.at > began:
            spans.append((max(since - began, 0.0), one.at - began))
    if any(holding.values()):
        # The call goes on: until whatever the recording holds.
        spans.append((max(since - began, 0.0), float(24 * 3600)))
    return spans


def _apply(holding: dict[str, set[str]], one: HoldEvent) -> None:
    sides = holding.setdefault(one.segment_id or "", set())
    match one.kind:
        case "call_held":
            sides.add(one.by or "")
        case "call_resumed":
            sides.discard(one.by or "")
        case "segment_ended":
            sides.clear()
        case "call_ended":
            holding.clear()
