"""The jitter buffer: lengths of packets, losses, and how long a voice is held back."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telephony.media import g711
from core.telephony.media.playout import MOST_BUFFERED, PREFILL, Playout

HALF_SECOND = 25


def frame(n: int) -> bytes:
    return bytes([n % 256]) * 160


def drained(playout: Playout) -> list[bytes]:
    found = []
    while (heard := playout.next()) is not None:
        found.append(heard)
    return found


def test_nothing_is_played_before_two_frames_are_in_hand():
    playout = Playout()
    playout.put(frame(1), 0)
    assert playout.next() is None
    playout.put(frame(2), 0)
    assert drained(playout) == [frame(1), frame(2)]
    # Ran dry: it begins anew with two.
    playout.put(frame(3), 0)
    assert playout.next() is None
    playout.put(frame(4), 0)
    assert playout.next() == frame(3)


@pytest.mark.parametrize("size", [80, 160, 240, 320, 480, 100])
def test_packets_of_any_length_give_the_same_sound(size):
    sound = bytes(n % 251 for n in range(1600))
    playout, found = Playout(), b""
    for at in range(0, len(sound), size):
        playout.put(sound[at : at + size], 0)
        if len(playout) >= PREFILL:
            found += playout.next()
    found += b"".join(drained(playout))
    assert found == sound[: len(found)]
    assert len(found) > len(sound) - 160


def test_a_lost_frame_is_the_one_before_it_again_but_only_once():
    playout = Playout()
    playout.put(frame(1), 0)
    playout.put(frame(4), 2)
    assert [playout.next() for _ in range(4)] == [frame(1), frame(1), None, frame(4)]


def test_a_frame_that_comes_too_late_for_its_turn_takes_its_place_while_it_can():
    playout = Playout()
    playout.put(frame(1), 0)
    playout.put(frame(3), 1)
    playout.put(frame(2), -2)
    assert drained(playout) == [frame(1), frame(2), frame(3)]


def test_a_doubled_frame_is_heard_once_and_one_far_too_late_never():
    playout = Playout()
    for n in (1, 2):
        playout.put(frame(n), 0)
    playout.put(frame(9), -1)
    playout.put(frame(9), -2)
    playout.put(frame(9), -90)
    assert drained(playout) == [frame(1), frame(2)]


def test_a_long_loss_is_a_pause_and_not_an_echo():
    playout = Playout()
    playout.put(frame(1), 0)
    playout.put(frame(2), 50)
    assert drained(playout) == [frame(1), frame(2)]


def test_half_a_frame_before_a_loss_is_not_joined_to_what_comes_after_it():
    playout = Playout()
    playout.put(frame(1)[:80], 0)
    playout.put(frame(4)[:80], 2)
    playout.put(frame(4)[:80], 0)
    playout.put(frame(5), 0)
    assert [playout.next() for _ in range(3)] == [None, frame(4), frame(5)]


def test_a_flood_leaves_the_newest_quarter_of_a_second():
    playout = Playout()
    for n in range(100):
        playout.put(frame(n), 0)
    assert drained(playout) == [frame(n) for n in range(100 - MOST_BUFFERED, 100)]


def run(arrivals: list[float], seconds: float, size: int = 160) -> tuple[Playout, list[bytes | None], list[int]]:
    """Plays packets that arrive at these times against ticks of 20 ms; what was heard, and the level after each tick."""
    playout, heard, levels, waiting = Playout(), [], [], sorted(arrivals)
    sent = 0
    for tick in range(round(seconds * 50)):
        while sent < len(waiting) and waiting[sent] <= tick * 0.02:
            playout.put(bytes([sent % 256]) * size, 0)
            sent += 1
        heard.append(playout.next())
        levels.append(len(playout))
        if tick % HALF_SECOND == HALF_SECOND - 1:
            playout.shorten()
    return playout, heard, levels


def test_an_even_sender_is_heard_without_a_break_forty_milliseconds_late():
    _, heard, levels = run([0.011 + n * 0.02 for n in range(3000)], 60)
    began = heard.index(bytes(160))
    assert began <= 2
    assert None not in heard[began:]
    assert set(levels[began:]) == {1}


@pytest.mark.parametrize("faster", [1.0001, 1.001, 1.01])
def test_a_fast_clock_does_not_pile_up_delay(faster):
    _, heard, levels = run([0.01 + n * 0.02 / faster for n in range(round(6000 * faster))], 120)
    assert max(levels) <= PREFILL + 1
    assert heard[5:].count(None) == 0


@pytest.mark.parametrize("slower", [1.0001, 1.001])
def test_a_slow_clock_costs_a_pause_now_and_then(slower):
    _, heard, levels = run([0.01 + n * 0.02 * slower for n in range(6000)], 110)
    pauses = heard[3:].count(None)
    assert pauses <= 110 * 50 * (slower - 1) * 2 + 2
    assert max(levels) <= PREFILL + 1


def test_a_burst_after_a_hiccup_is_worked_off_within_seconds():
    # Nothing for 240 ms, then everything at once, then evenly again.
    hiccup = [n * 0.02 for n in range(100)] + [2.24] * 12 + [2.25 + n * 0.02 for n in range(500)]
    _, _, levels = run(hiccup, 12)
    assert max(levels) >= MOST_BUFFERED - 1
    assert max(levels[50 * 9 :]) <= PREFILL


def test_jitter_that_comes_back_every_half_second_keeps_the_frames_it_needs():
    # Every tenth packet is 50 ms late, and those behind it come with it.
    rng = random.Random(4)
    arrivals, latest = [], 0.0
    for n in range(1500):
        latest = max(latest, n * 0.02 + (0.05 if n % 10 == 9 else rng.uniform(0, 0.004)))
        arrivals.append(latest)
    _, heard, levels = run(arrivals, 29)
    assert heard[50 * 5 :].count(None) == 0
    assert max(levels) <= 5


@given(st.lists(st.tuples(st.binary(max_size=700), st.integers(-150, 3000), st.booleans()), max_size=60))
def test_whatever_comes_frames_are_whole_and_delay_is_bounded(pieces):
    playout = Playout()
    for payload, gap, shorten in pieces:
        playout.put(payload, gap)
        assert len(playout) <= MOST_BUFFERED
        assert len(playout.next() or bytes(160)) == 160
        if shorten:
            playout.shorten()


def test_what_is_in_hand_follows_a_change_of_law():
    playout = Playout()
    playout.put(g711.SILENCE[g711.PCMA] + frame(7)[:80], 0)
    playout.put(frame(7), 1)
    playout.change_law(g711.PCMA, g711.PCMU)
    playout.put(frame(9), 0)
    first = playout.next()
    assert first == g711.translate(g711.SILENCE[g711.PCMA], g711.PCMA, g711.PCMU)
    assert g711.translate(frame(7), g711.PCMA, g711.PCMU) in drained(playout)
