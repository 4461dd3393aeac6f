from __future__ import annotations

import numpy as np
import pytest

from core.demo.voices import CONVERSATIONS, voices, voices_or_none
from core.drivers.tts.espeak import EspeakTts
from core.drivers.tts.fake import FakeTts
from core.telephony.media import g711


def loud(loop: bytes) -> np.ndarray:
    """Per tenth of a second: does this side speak."""
    sound = g711.decode(loop, g711.PCMA).astype(float)
    return np.sqrt((sound[: len(sound) // 800 * 800].reshape(-1, 800) ** 2).mean(axis=1)) > 200


@pytest.mark.flickered
def test_agent_and_caller_take_turns_and_seldom_speak_at_once():
    made = voices(EspeakTts())
    assert len(made.agents) == len(made.callers) == len(CONVERSATIONS)
    for agent in made.agents:
        for caller in made.callers:
            assert len(agent) == len(caller)
            assert len(agent) % g711.FRAME == 0
            speaks, answers = loud(agent), loud(caller)
            assert 0.15 < speaks.mean() < 0.8
            assert 0.15 < answers.mean() < 0.8
            assert (speaks & answers).mean() < 0.1


def test_the_same_words_are_said_the_same_way_twice():
    assert voices(FakeTts()) == voices(FakeTts())


def test_without_speech_there_are_no_voices_and_no_error():
    nowhere = {"library": "/no/such/library.so", "data": "/no/such/data"}
    assert voices_or_none("espeak", {"espeak": nowhere}) is None
    assert voices_or_none("alto", {}) is None
