"""What is measured in a recording: who spoke when, silence, overtalk, latency, level. Pure: samples in, records out.

Figures are of the time with nobody on hold, which the call's own events say: music is no talk and waiting no dead air.
A recording of one channel does not say who spoke: what needs that is ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from qa.signals.activity import (
    FRAME_S,
    QUIET_DB,
    Channel,
    Frames,
    Levels,
    band_levels,
    edges,
    frame_length,
    levels,
    smooth,
    voiced,
)
from qa.signals.crosstalk import leaked

# Another number when the same sound would be measured otherwise; measures of other versions are made anew.
VERSION = 1
Side = Literal["caller", "agent"]
SIDES: tuple[Side, Side] = ("caller", "agent")
MIXED = "mixed"
SpanKind = Literal["talk", "silence", "overtalk", "hold"]
# Shorter ones are a matter of breath, or of two who part at once.
SHORTEST_OVERTALK, SHORTEST_SILENCE = round(0.2 / FRAME_S), round(1.0 / FRAME_S)
# A silence of so many seconds is dead air.
DEAD_AIR_S = 5.0
# Codes of G.711 whose sample is the last or the last but one of its law, three times in a row.
FULL = 32_000
ENOUGH_TALK_S = 5.0


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """``side``: who talks, or whose turn made an overtalk; ``None`` where it is nobody's or not known."""

    kind: SpanKind
    begins_s: float
    ends_s: float
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class AudioMeasures:
    """Seconds, and shares from 0 to 1. ``talk_ratio``: the agent's part of all talk. ``began_overtalk``: whose turns
    made most of it. ``response_latency_s``: the median of the agent's ``responses``. ``level_dbfs`` of speech and
    ``clipping`` (share of samples) by side, or as ``mixed``. ``one_way``: the side that was never heard while the
    other spoke. ``echo_s``: seconds of the other side's voice in a channel, taken out."""

    seconds: float
    measured_s: float
    hold_s: float
    channels: int
    talk_ratio: float | None
    caller_talk_s: float | None
    agent_talk_s: float | None
    silence_ratio: float | None
    longest_silence_s: float
    dead_air_s: float
    overtalk_s: float | None
    overtalk_ratio: float | None
    began_overtalk: Side | None
    response_latency_s: float | None
    responses: int | None
    level_dbfs: dict[str, float | None]
    clipping: dict[str, float]
    one_way: Side | None
    echo_s: float | None
    spans: tuple[SoundSpan, ...] = field(repr=False)
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class _Heard:
    """A channel: who it is, its voice by frames (hold left out), its levels."""

    side: str
    talk: Frames
    level: Levels


def measure(samples: NDArray[np.int16], rate: int, holds: Iterable[tuple[float, float]] = ()) -> AudioMeasures:
    """``samples``: a row for each moment, one column (mixed) or two (caller, agent). ``holds``: from and to, in
    seconds of the recording. ``BadInput`` for what holds no sound, or another number of channels."""
    n = frame_length(rate)
    if samples.ndim != 2 or samples.shape[1] not in (1, 2):
        raise BadInput(
            "A recording has one channel or two.", field="channels", remedy="Take it in with caller and agent apart."
        )
    if len(samples) < n:
        raise BadInput(
            "The recording holds no sound.", field="samples", remedy="Look at the call's events for the reason."
        )
    count = len(samples) // n
    away = _on_hold(count, holds)
    channels = [np.ascontiguousarray(samples[: count * n, one]) for one in range(samples.shape[1])]
    heard, echo = _heard(channels, rate, away)
    anybody = np.logical_or.reduce([one.talk for one in heard])
    silences = _stretches(~anybody & ~away)
    known = int(count - away.sum())
    two = len(heard) == 2
    overtalk, began = _overtalk(heard[0].talk, heard[1].talk) if two else ([], [])
    overtalk_s = _seconds(overtalk)
    talk = [float(one.talk.sum()) * FRAME_S for one in heard]
    waits = _responses(heard[0].talk, heard[1].talk, away) if two else []
    return AudioMeasures(
        seconds=round(len(samples) / rate, 3),
        measured_s=_s(known * FRAME_S),
        hold_s=_s(float(away.sum()) * FRAME_S),
        channels=len(heard),
        talk_ratio=_ratio(talk[1], sum(talk)) if two else None,
        caller_talk_s=_s(talk[0]) if two else None,
        agent_talk_s=_s(talk[1]) if two else None,
        silence_ratio=_ratio(_seconds(silences), known * FRAME_S),
        longest_silence_s=_s(max((_length(one) for one in silences), default=0.0)),
        dead_air_s=_s(math.fsum(_length(one) for one in silences if _length(one) >= DEAD_AIR_S)),
        overtalk_s=_s(overtalk_s) if two else None,
        overtalk_ratio=_ratio(overtalk_s, known * FRAME_S) if two else None,
        began_overtalk=_most(overtalk, began),
        response_latency_s=_s(median(waits)) if waits else None,
        responses=len(waits) if two else None,
        level_dbfs={one.side: _speech_level(one) for one in heard},
        clipping={one.side: _clipped(channel) for one, channel in zip(heard, channels, strict=True)},
        one_way=_one_way(heard, talk) if two else None,
        echo_s=_s(echo * FRAME_S) if two else None,
        spans=_spans(heard, silences, overtalk, began, away),
    )


def _on_hold(count: int, holds: Iterable[tuple[float, float]]) -> Frames:
    away = np.zeros(count, np.bool_)
    for begins, ends in holds:
        # A frame that is partly hold is hold: the first note of the music is in it.
        away[max(math.floor(begins / FRAME_S), 0) : max(math.ceil(ends / FRAME_S), 0)] = True
    return away


def _heard(channels: Sequence[Channel], rate: int, away: Frames) -> tuple[list[_Heard], int]:
    """Each channel, and how many frames were the other side's voice."""
    level = [levels(one, rate) for one in channels]
    band = [band_levels(one, rate) for one in channels]
    active = [voiced(one, rate, *of) & ~away for one, *of in zip(channels, level, band, strict=True)]
    if len(channels) == 1:
        return [_Heard(MIXED, smooth(active[0]) & ~away, level[0])], 0
    leaks = [leaked(active[0], band[0], active[1], band[1]), leaked(active[1], band[1], active[0], band[0])]
    heard = [_Heard(side, smooth(active[n] & ~leaks[n]) & ~away, level[n]) for n, side in enumerate(SIDES)]
    return heard, int(sum(one.sum() for one in leaks))


def _stretches(frames: Frames) -> list[tuple[int, int]]:
    begins, ends = edges(frames)
    return list(zip(begins.tolist(), ends.tolist(), strict=True))


def _overtalk(caller: Frames, agent: Frames) -> tuple[list[tuple[int, int]], list[Side | None]]:
    """Stretches of both, and of each whose turn began within the other's."""
    both = [one for one in _stretches(caller & agent) if one[1] - one[0] >= SHORTEST_OVERTALK]
    came = [_turn_begins(one, [begin for begin, _ in both]) for one in (caller, agent)]
    who: list[Side | None] = [
        None if first == second else SIDES[int(second > first)] for first, second in zip(*came, strict=True)
    ]
    return both, who


def _turn_begins(talk: Frames, at: Sequence[int]) -> list[int]:
    """When the turn began that each frame lies in."""
    begins, _ends = edges(talk)
    return [int(begins[place]) for place in (np.searchsorted(begins, at, "right") - 1).tolist()]


def _responses(caller: Frames, agent: Frames, away: Frames) -> list[float]:
    """From the end of a caller's turn to the agent's next word, where nobody spoke or was on hold between."""
    _begins, ended = edges(caller)
    began, _ends = edges(agent)
    waits = []
    for begin in began.tolist():
        place = int(np.searchsorted(ended, begin, "right")) - 1
        if place < 0 or caller[begin]:
            continue
        end = int(ended[place])
        if not agent[end:begin].any() and not away[end:begin].any() and not agent[end - 1]:
            waits.append((begin - end) * FRAME_S)
    return waits


def _most(overtalk: Sequence[tuple[int, int]], began: Sequence[Side | None]) -> Side | None:
    of = {
        side: sum(end - begin for (begin, end), who in zip(overtalk, began, strict=True) if who == side)
        for side in SIDES
    }
    caller, agent = of["caller"], of["agent"]
    return None if caller == agent else "agent" if agent > caller else "caller"


def _speech_level(one: _Heard) -> float | None:
    """The mean power of its speech."""
    if not one.talk.any():
        return None
    return round(float(10 * np.log10(np.mean(10 ** (one.level[one.talk].astype(np.float64) / 10)))), 1)


def _clipped(channel: Channel) -> float:
    hot = np.abs(channel.astype(np.int32)) >= FULL
    return round(float((hot[2:] & hot[1:-1] & hot[:-2]).mean()) if len(hot) > 2 else 0.0, 6)


def _one_way(heard: Sequence[_Heard], talk: Sequence[float]) -> Side | None:
    for n, side in enumerate(SIDES):
        silent = not talk[n] and float(heard[n].level.max()) < QUIET_DB
        if silent and talk[1 - n] >= ENOUGH_TALK_S:
            return side
    return None


def _spans(
    heard: Sequence[_Heard],
    silences: Sequence[tuple[int, int]],
    overtalk: Sequence[tuple[int, int]],
    began: Sequence[Side | None],
    away: Frames,
) -> tuple[SoundSpan, ...]:
    """In the order of their begin."""
    made = [_span("hold", one) for one in _stretches(away)]
    made += [_span("silence", one) for one in silences if one[1] - one[0] >= SHORTEST_SILENCE]
    made += [_span("overtalk", one, who) for one, who in zip(overtalk, began, strict=True)]
    for one in heard:
        made += [_span("talk", stretch, _side(one.side)) for stretch in _stretches(one.talk)]
    return tuple(sorted(made, key=lambda one: (one.begins_s, one.kind, one.side or "")))


def _span(kind: SpanKind, stretch: tuple[int, int], side: Side | None = None) -> SoundSpan:
    return SoundSpan(kind, _s(stretch[0] * FRAME_S), _s(stretch[1] * FRAME_S), side)


def _side(said: str) -> Side | None:
    return next((side for side in SIDES if side == said), None)


def _length(stretch: tuple[int, int]) -> float:
    return (stretch[1] - stretch[0]) * FRAME_S


def _seconds(stretches: Iterable[tuple[int, int]]) -> float:
    return sum(end - begin for begin, end in stretches) * FRAME_S


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _s(seconds: float) -> float:
    return round(seconds, 2)
