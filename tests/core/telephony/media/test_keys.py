"""Telephone events: which packets are one key, and which are two."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telephony.media import keys
from core.telephony.media.keys import EventDecoder


def body(code: int, duration: int, *, end: bool = False) -> bytes:
    return struct.pack("!BBH", code, (0x80 if end else 0) | 10, duration)


def pressed(code: int, began: int, steps: int = 5, ends: int = 3) -> list[tuple[bytes, int]]:
    """All packets of one key."""
    going = [(body(code, 160 * n), began & 0xFFFFFFFF) for n in range(1, steps + 1)]
    return going + [(body(code, 160 * steps, end=True), began & 0xFFFFFFFF)] * ends


def heard(*packets: tuple[bytes, int]) -> str:
    ear = EventDecoder()
    return "".join(ear.take(piece, stamp) for piece, stamp in packets)


@pytest.mark.parametrize("code", range(16))
def test_a_key_with_its_end_three_times_is_one_key(code):
    assert heard(*pressed(code, 1000)) == "0123456789*#ABCD"[code]


def test_a_key_of_which_only_one_end_arrived_counts():
    assert heard(pressed(5, 1000)[-1]) == "5"
    assert heard(pressed(5, 1000)[2]) == "5"


def test_the_same_key_twice_is_two_keys():
    assert heard(*pressed(5, 1000), *pressed(5, 3000)) == "55"


def test_a_key_while_the_clock_wraps_is_one_key_and_the_next_is_another():
    assert heard(*pressed(1, 2**32 - 400), *pressed(1, 2**32 + 1200)) == "11"


def test_packets_of_the_last_key_that_come_after_the_next_began_are_no_new_key():
    first, second = pressed(1, 1000), pressed(2, 2600)
    assert heard(*first[:6], *second[:2], *first[6:], *second[2:]) == "12"


def test_two_keys_in_any_order_of_packets_are_at_most_two_keys():
    packets = pressed(1, 1000) + pressed(2, 2600)
    for seed in range(50):
        random.Random(seed).shuffle(packets)
        assert heard(*packets) in ("12", "2")


def test_a_key_held_longer_than_a_duration_can_say_is_one_key():
    segments = [packet for n in range(4) for packet in pressed(5, 1000 + n * 0xFFFF)]
    assert heard(*segments) == "5"


def test_a_sender_whose_clock_begins_anew_is_heard():
    assert heard(*pressed(1, 2_000_000_000), *pressed(2, 500)) == "12"
    ear = EventDecoder()
    ear.take(*pressed(1, 9000)[0])
    ear.begin()
    assert ear.take(*pressed(1, 9000 - 160)[0]) == "1"


def moved(code: int, began: int, *, from_packet: int, step: int = 160) -> list[tuple[bytes, int]]:
    """One key whose time runs on with every packet from this one."""
    return [
        (piece, began + max(0, n - from_packet + 1) * step) for n, (piece, _stamp) in enumerate(pressed(code, began))
    ]


PRESSES = {
    "two keys with one time": ([*pressed(9, 1000), *pressed(1, 1000)], "91"),
    "two keys with one time, the first one's end lost": ([*pressed(9, 1000)[:5], *pressed(1, 1000)], "91"),
    "three keys with one time": ([*pressed(9, 1000), *pressed(1, 1000), *pressed(9, 1000)], "919"),
    "the first end again after the second key of its time": (
        [*pressed(9, 1000), *pressed(1, 1000)[:2], pressed(9, 1000)[-1], *pressed(1, 1000)[2:]],
        "91",
    ),
    "ends with later times": (moved(5, 1000, from_packet=5), "5"),
    "the second and third end with later times": (moved(5, 1000, from_packet=6), "5"),
    "ends 50 ms apart with their own times": (moved(5, 1000, from_packet=6, step=400), "5"),
    "every packet with its own time": (moved(5, 1000, from_packet=1), "5"),
    "every packet with its own time, twice": (moved(5, 1000, from_packet=1) + moved(5, 4000, from_packet=1), "55"),
    "ends with later times, twice": (moved(5, 1000, from_packet=5) + moved(5, 3200, from_packet=5), "55"),
    "ends with later times, then another key": (moved(5, 1000, from_packet=5) + pressed(6, 2200), "56"),
    "all ends lost, twice the same": (pressed(5, 1000, ends=0) + pressed(5, 2400, ends=0), "55"),
    "all but the ends lost, twice the same": (pressed(5, 1000)[5:] + pressed(5, 2400)[5:], "55"),
    "one packet of each arrived": ([pressed(5, 1000)[2], pressed(5, 2400)[2], pressed(5, 3800)[-1]], "555"),
    "an update that comes after the end": ([*pressed(5, 1000)[:3], *pressed(5, 1000)[4:], pressed(5, 1000)[3]], "5"),
    "dialled by a machine, 50 ms each and 50 ms apart": (
        [packet for n, code in enumerate((1, 1, 2, 2, 1)) for packet in pressed(code, 1000 + 800 * n, steps=2)],
        "11221",
    ),
}


@pytest.mark.parametrize("packets", PRESSES)
def test_whatever_times_a_sender_gives_every_press_counts_once(packets):
    given_, wanted = PRESSES[packets]
    assert heard(*given_) == wanted


def test_an_overtaken_packet_of_a_key_of_the_same_time_is_no_new_key():
    ear = EventDecoder()
    nine, one = pressed(9, 1000), pressed(1, 1000)
    said = [ear.take(piece, stamp) for piece, stamp in (*nine[:3], *nine[5:], *one[:3])]
    said.append(ear.take(*nine[3], late=True))
    assert "".join(said) == "91"


def test_events_that_are_no_keys_and_broken_ones_are_nothing():
    assert heard((body(16, 160), 1), (body(32, 160), 2), (b"", 3), (b"\5\n\0", 4)) == ""


@given(st.lists(st.tuples(st.binary(max_size=8), st.integers(0, 2**32 - 1)), max_size=40))
def test_no_event_raises(packets):
    assert all(key in "0123456789*#ABCD" for key in heard(*packets))


@pytest.mark.parametrize("key", "0123456789*#ABCD")
def test_what_we_send_is_100_ms_and_its_end_three_times(key):
    sent = [struct.unpack("!BBH", piece) for piece in keys.bodies(key)]
    assert [duration for _, _, duration in sent] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert [flags >> 7 for _, flags, _ in sent] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert {keys.EVENTS[code] for code, _, _ in sent} == {key}
    assert heard(*((piece, 77) for piece in keys.bodies(key))) == key
