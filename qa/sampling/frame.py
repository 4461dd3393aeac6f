"""What is drawn from: the calls of a period, with what the rules ask about; kept as it was for every draw. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True, config=STRICT)
class FrameCall:
    """A call of one agent. ``week`` (ISO, ``2026-W48``) and ``hour`` are the site's; ``None`` where it is not known.
    ``supervised``: a supervisor's voice is in it; ``drawn_before``: an earlier draw of the plan has it."""

    call_id: str
    agent: str
    week: str
    hour: int
    talk_s: float
    category: str = ""
    recorded: bool = True
    supervised: bool = False
    drawn_before: bool = False
    hold_s: float = 0.0
    transfers: int = 0
    overtalk_ratio: float | None = None
    complaint: bool = False
    dissatisfied: bool = False
    repeat_caller: bool = False
    urged: bool = False
    new_agent: bool = False


FRAME: TypeAdapter[list[FrameCall]] = TypeAdapter(list[FrameCall])


def frame_json(calls: Iterable[FrameCall]) -> list[dict[str, Any]]:
    """In the order of their ids: the same calls are the same frame."""
    written: list[dict[str, Any]] = FRAME.dump_python(sorted(calls, key=lambda one: one.call_id), mode="json")
    return written


def frame_of(raw: Sequence[Any]) -> list[FrameCall]:
    return FRAME.validate_python(raw)
