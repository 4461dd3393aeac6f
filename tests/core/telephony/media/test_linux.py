"""The metronome that the tick waits for."""

import time

import pytest

from core.telephony.media.linux import Metronome


@pytest.fixture
def metronome():
    made = Metronome(0.02)
    yield made
    made.close()


def test_beats_come_at_their_time_and_not_before(metronome):
    began, beats = time.monotonic(), 0
    while beats < 10:
        beats += metronome.wait()
    assert time.monotonic() - began >= 0.02 * (beats - 1)
    assert metronome.behind_s() >= -0.001


def test_beats_that_passed_during_work_come_at_once_and_the_schedule_stays(metronome):
    metronome.wait()
    time.sleep(0.07)
    missed = metronome.wait()
    assert missed >= 3
    # Behind the last beat, not behind the first one that was missed.
    first = metronome.behind_s()
    beats = metronome.wait()
    assert first - 0.001 <= 0.02 * beats + metronome.behind_s()


def test_a_period_of_more_than_a_second_is_a_period_too():
    slow = Metronome(1.25)
    began = time.monotonic()
    assert slow.wait() >= 1
    assert time.monotonic() - began >= 1.2
    slow.close()
