"""Calls whose truth is known: real speech where it lies beside the checkout, generated speech everywhere."""

import wave
from functools import cache
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from core.demo.voices import CONVERSATIONS
from core.drivers.tts.espeak import EspeakTts
from core.telephony import pcm
from core.telephony.media import g711

RATE, FRAME = 8000, 160
DATA = Path(__file__).parents[4] / "shared" / "data"
REAL = {"mandarin": "speech_zh_one_speaker.wav", "english": "speech_en_two_speakers.wav"}
# A pause within a turn of the truth, and how far under its loud frames a frame still is speech.
PAUSE, UNDER_LOUD_DB = 16, 30.0


@cache
def speech(name):
    """One voice, 8 kHz, as floats of 16-bit size; ``None`` where the recording is not there."""
    if name == "generated":
        tts = EspeakTts()
        said = [pcm.read_wav(tts.synthesize(text, "zh_CN")) for text in CONVERSATIONS[0] + CONVERSATIONS[1]]
        return np.concatenate([np.concatenate([one * 20_000, np.zeros(4000)]) for one in said])
    path = DATA / REAL[name]
    if not path.exists():
        return None
    with wave.open(str(path)) as file:
        return resample_poly(
            np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float), RATE, file.getframerate()
        )


def power(sound):
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return (frames**2).mean(axis=1)


def truth(clean):
    """Frames in which somebody speaks, of sound without noise: by its energy, short pauses filled."""
    level = 10 * np.log10(power(clean) + 1e-9)
    talk = level > np.percentile(level[level > 0], 95) - UNDER_LOUD_DB if (level > 0).any() else level > 1e9
    begins, ends = edges(talk)
    for end, begin in zip(ends[:-1], begins[1:], strict=True):
        if begin - end <= PAUSE:
            talk[end:begin] = True
    return talk


def edges(talk):
    changes = np.flatnonzero(np.diff(np.concatenate(([0], talk.astype(np.int8), [0]))))
    return changes[::2], changes[1::2]


def turns(clip):
    """Its turns of a second and more, each cut at whole frames."""
    return [clip[a * FRAME : b * FRAME] for a, b in zip(*edges(truth(clip)), strict=True) if b - a >= 50]


def placed(seconds, *parts):
    """A channel with clips at their seconds."""
    made = np.zeros(round(seconds * RATE))
    for at, clip in parts:
        begin = round(at * RATE)
        made[begin : begin + len(clip)] += clip[: len(made) - begin]
    return made


def noisy(clean, snr, colour, seed=7):
    """With noise so many dB under its speech."""
    chance = np.random.default_rng(seed)
    noise = chance.standard_normal(len(clean))
    if colour == "pink":
        bins = np.fft.rfft(noise)
        noise = np.fft.irfft(bins / np.sqrt(np.maximum(np.arange(len(bins)), 1)), len(clean))
    speech_power = power(clean)[truth(clean)].mean()
    return clean + noise / noise.std() * np.sqrt(speech_power / 10 ** (snr / 10))


def coded(*channels):
    """As a call's recording holds it: through A-law."""
    return np.stack(
        [
            g711.decode(g711.encode(np.clip(one, -32768, 32767).astype(np.int16), g711.PCMA), g711.PCMA)
            for one in channels
        ],
        axis=1,
    )


def f1(found, true):
    n = min(len(found), len(true))
    return 2 * (found[:n] & true[:n]).sum() / (found[:n].sum() + true[:n].sum())


def frames(spans, kind, side, count):
    made = np.zeros(count, np.bool_)
    for one in spans:
        if one.kind == kind and one.side == side:
            made[round(one.begins_s * 50) : round(one.ends_s * 50)] = True
    return made
