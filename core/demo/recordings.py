"""Recordings of some calls of the demo's last days: invented conversations by text to speech, as long as the talk was.

Written as the recorder writes them (left caller, right agent, A-law), so that pages and exports treat them like any
other. Knows no call floor.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.clock import from_micros
from core.demo.voices import Voices
from core.events import Event, RecordingSaved, RecordingStarted
from core.telephony.media.recorder import BYTES_PER_SECOND, header

DAYS = 4
A_DAY = 8
# Short ones: a site that is to be tried must not fill a disk.
SHORTEST_S, LONGEST_S = 20.0, 90.0


@dataclass(frozen=True, slots=True)
class RecordedTalk:
    """Epoch seconds."""

    call: str
    began: float
    ended: float


def fill(told: Iterable[Event], folder: Path, voices: Voices, seed: int, now: float) -> list[Event]:
    """Writes the files; their facts, in order of time."""
    chance = random.Random(seed)
    made: list[Event] = []
    by_day: dict[str, list[RecordedTalk]] = {}
    for talk in talks(told):
        if now - talk.began < DAYS * 86_400 and SHORTEST_S <= talk.ended - talk.began <= LONGEST_S:
            by_day.setdefault(f"{datetime.fromtimestamp(talk.began, UTC):%Y/%m/%d}", []).append(talk)
    for day, those in sorted(by_day.items()):
        for talk in chance.sample(those, min(A_DAY, len(those))):
            path = f"{day}/{talk.call}.wav"
            seconds = _write(folder / path, talk.ended - talk.began, voices, chance)
            made.append(Event.of(RecordingStarted(talk.call, path), talk.began))
            made.append(Event.of(RecordingSaved(talk.call, path, seconds), talk.ended))
    return sorted(made, key=lambda event: event.at_us)


def talks(told: Iterable[Event]) -> Iterable[RecordedTalk]:
    """Calls that one agent answered and ended with."""
    began: dict[str, list[float]] = {}
    for event in told:
        at = from_micros(event.at_us)
        if event.kind == "call_answered":
            began.setdefault(event.subject, []).append(at)
        elif event.kind == "call_ended" and len(times := began.get(event.subject, [])) == 1:
            yield RecordedTalk(event.subject, times[0], at)


def _write(path: Path, seconds: float, voices: Voices, chance: random.Random) -> float:
    frames = round(seconds * 8000)
    which = chance.randrange(len(voices.agents))
    sides = [np.frombuffer(one, np.uint8) for one in (voices.callers[which], voices.agents[which])]
    sound = np.stack([np.resize(side, frames) for side in sides], axis=1).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header(len(sound)) + sound)
    return len(sound) / BYTES_PER_SECOND
