"""Who spoke when, against mixes whose truth is known: real speech where it lies beside the checkout, generated everywhere."""

import numpy as np
import pytest

from core.errors import BadInput
from qa.signals.measures import measure
from tests.qa.signals.mixes import RATE, coded, f1, frames, noisy, placed, speech, truth, turns

VOICES = ["generated", "mandarin", "english"]
NOISES = [(20, "white"), (20, "pink"), (10, "white"), (10, "pink")]


def voice(name):
    found = speech(name)
    if found is None:
        pytest.skip(f"the recording of {name} speech does not lie beside this checkout")
    return found


def dialogue(first, second, gaps):
    """Channels of caller and agent; the agent begins, and each next turn comes so many seconds after the one before."""
    sides, at = ([], []), 1.0
    for n in range(2 * min(len(first), len(second), 6)):
        clip = (second if n % 2 == 0 else first)[n // 2]
        sides[n % 2 == 0].append((at, clip))
        at += len(clip) / RATE + gaps[n % len(gaps)]
    return placed(at + 2, *sides[0]), placed(at + 2, *sides[1])


def two_voices(names, gaps):
    caller, agent = (turns(voice(name)) for name in names)
    if names[0] == names[1]:
        caller, agent = caller[::2], agent[1::2]
    return dialogue(caller, agent, gaps)


def judged(sounds, clean):
    """F1 of each side."""
    found = measure(coded(*sounds), RATE)
    count = len(truth(clean[0]))
    return found, [
        f1(frames(found.spans, "talk", side, count), truth(one))
        for side, one in zip(("caller", "agent"), clean, strict=True)
    ]


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize(("snr", "colour"), [(None, ""), *NOISES])
def test_speech_is_found_in_a_channel_also_in_noise(name, snr, colour):
    clean = voice(name)
    found = measure(coded(clean if snr is None else noisy(clean, snr, colour)), RATE)
    assert f1(frames(found.spans, "talk", None, len(truth(clean))), truth(clean)) >= (0.93 if snr == 10 else 0.95)


PAIRS = [("generated", "generated"), ("mandarin", "english"), ("mandarin", "generated"), ("english", "generated")]


@pytest.mark.parametrize("names", PAIRS)
def test_turns_and_overtalk_are_found(names):
    caller, agent = two_voices(names, (-0.8, 0.7))
    found, shares = judged((caller, agent), (caller, agent))
    both = truth(caller) & truth(agent)
    assert min(shares) >= 0.95
    assert found.overtalk_s == pytest.approx(both.sum() * 0.02, abs=0.3)
    assert found.began_overtalk == "caller"
    assert found.talk_ratio == pytest.approx(truth(agent).sum() / (truth(agent).sum() + truth(caller).sum()), abs=0.02)
    assert found.silence_ratio == pytest.approx((~(truth(caller) | truth(agent))).mean(), abs=0.02)


@pytest.mark.parametrize("names", PAIRS)
@pytest.mark.parametrize("snr", [20, 10])
def test_turns_and_overtalk_are_found_in_noise(names, snr):
    clean = two_voices(names, (-0.8, 0.7, 0.6, 0.9))
    found, shares = judged((noisy(clean[0], snr, "pink", 1), noisy(clean[1], snr, "white", 2)), clean)
    assert min(shares) >= (0.93 if snr == 10 else 0.95)
    assert found.overtalk_s == pytest.approx((truth(clean[0]) & truth(clean[1])).sum() * 0.02, abs=0.3)


@pytest.mark.parametrize("gaps", [(0.5, 1.5), (1.2, 0.4)])
def test_where_nobody_interrupts_there_is_no_overtalk_and_the_agents_latency_is_the_pause(gaps):
    caller, agent = two_voices(("generated", "generated"), gaps)
    found = measure(coded(caller, agent), RATE)
    assert (found.overtalk_s, found.began_overtalk) == (0.0, None)
    # The pause after the caller's turns is every second one.
    assert found.response_latency_s == pytest.approx(gaps[1], abs=0.1)


@pytest.mark.parametrize("damping", [18, 24, 30])
@pytest.mark.parametrize("late_s", [0.0, 0.06, 0.2])
def test_the_agents_voice_in_the_callers_channel_is_no_overtalk(damping, late_s):
    caller, agent = two_voices(("generated", "generated"), (0.6,))
    echo = np.concatenate([np.zeros(round(late_s * RATE)), agent])[: len(agent)] * 10 ** (-damping / 20)
    found = measure(coded(caller + echo, agent), RATE)
    assert found.overtalk_s < 0.3
    assert found.echo_s > 1
    only_echo = measure(coded(echo, agent), RATE)
    assert (only_echo.caller_talk_s, only_echo.overtalk_s) == (0.0, 0.0)


def test_a_side_that_was_never_heard_is_one_way_audio():
    agent = voice("generated")
    found = measure(coded(np.zeros(len(agent)), agent), RATE)
    assert (found.one_way, found.caller_talk_s, found.level_dbfs["caller"], found.talk_ratio) == (
        "caller",
        0.0,
        None,
        1.0,
    )
    assert measure(coded(agent, np.zeros(len(agent))), RATE).one_way == "agent"


def test_what_was_on_hold_is_left_out_by_the_calls_own_events():
    clip = turns(voice("generated"))[0]
    music = (
        8000 * np.sin(np.arange(20 * RATE) * 2 * np.pi * 440 / RATE) * (1 + np.sin(np.arange(20 * RATE) * 20 / RATE))
    )
    caller = placed(40, (1, clip), (30, clip))
    agent = placed(40, (8, music))
    found = measure(coded(caller, agent), RATE, [(8.0, 28.0)])
    assert found.agent_talk_s == 0
    assert (found.hold_s, found.measured_s) == (20.0, 20.0)
    held = [one for one in found.spans if one.kind == "hold"]
    assert [(one.begins_s, one.ends_s) for one in held] == [(8.0, 28.0)]
    # No silence reaches across a hold.
    assert found.longest_silence_s == pytest.approx(40 - 30 - len(clip) / RATE, abs=0.1)


def test_long_silences_are_dead_air_and_short_ones_not():
    clip = turns(voice("generated"))[0]
    seconds = len(clip) / RATE
    caller = placed(2 * seconds + 14, (1, clip), (1 + seconds + 9, clip))
    found = measure(coded(caller, np.zeros(len(caller))), RATE)
    assert found.longest_silence_s == pytest.approx(9, abs=0.1)
    assert found.dead_air_s == pytest.approx(9, abs=0.1)
    assert found.silence_ratio == pytest.approx(14 / (2 * seconds + 14), abs=0.02)


def test_a_recording_of_one_channel_says_what_cannot_be_known():
    found = measure(coded(voice("generated")), RATE)
    unknown = ("talk_ratio", "caller_talk_s", "agent_talk_s", "overtalk_s", "overtalk_ratio", "began_overtalk")
    assert {getattr(found, name) for name in (*unknown, "response_latency_s", "responses", "one_way", "echo_s")} == {
        None
    }
    assert found.channels == 1
    assert 0 < found.silence_ratio < 1
    assert set(found.level_dbfs) == {"mixed"}


def test_level_and_clipping_are_those_of_each_side():
    clip = turns(voice("generated"))[0]
    caller, agent = placed(12, (1, clip)), placed(12, (6, clip * 0.1))
    found = measure(coded(caller * 20, agent), RATE)
    assert found.clipping["caller"] > 0.01
    assert found.clipping["agent"] == 0
    plain = measure(coded(caller, agent), RATE)
    assert plain.level_dbfs["caller"] - plain.level_dbfs["agent"] == pytest.approx(20, abs=0.7)
    power = 10 * np.log10((clip**2).mean() / 32768**2)
    assert plain.level_dbfs["caller"] == pytest.approx(power, abs=1)


def test_silence_alone_has_no_ratio_of_talk():
    found = measure(np.zeros((RATE * 10, 2), np.int16), RATE)
    assert (found.talk_ratio, found.silence_ratio, found.longest_silence_s, found.dead_air_s) == (None, 1.0, 10.0, 10.0)
    assert (found.one_way, found.response_latency_s) == (None, None)
    all_hold = measure(np.zeros((RATE * 10, 2), np.int16), RATE, [(0, 60)])
    assert (all_hold.silence_ratio, all_hold.measured_s) == (None, 0.0)


@pytest.mark.parametrize(
    ("samples", "rate", "field"),
    [
        (np.zeros((0, 2), np.int16), RATE, "samples"),
        (np.zeros((RATE, 3), np.int16), RATE, "channels"),
        (np.zeros(RATE, np.int16), RATE, "channels"),
        (np.zeros((RATE, 2), np.int16), 44_100, "rate"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(samples, rate, field):
    with pytest.raises(BadInput) as caught:
        measure(samples, rate)
    assert (caught.value.field, caught.value.remedy is None) == (field, False)
