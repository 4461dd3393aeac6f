"""Headers of every form, and what sequence numbers tell."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telephony.media import rtp

BODY = bytes(range(160))


def form(*, padding: int = 0, extension: bytes | None = None, sources: int = 0, body: bytes = BODY) -> bytes:
    first = 0x80 | (0x20 if padding else 0) | (0x10 if extension is not None else 0) | sources
    head = struct.pack("!BBHII", first, 8, 1, 2, 3) + b"\1\2\3\4" * sources
    if extension is not None:
        head += struct.pack("!HH", 0xBEDE, len(extension) // 4) + extension
    return head + body + (bytes(padding - 1) + bytes([padding]) if padding else b"")


@pytest.mark.parametrize("padding", [0, 1, 4, 255])
@pytest.mark.parametrize("extension", [None, b"", b"\x10\xaa\0\0", bytes(4 * 40)])
@pytest.mark.parametrize("sources", [0, 1, 15])
def test_the_payload_is_what_lies_between(padding, extension, sources):
    assert rtp.payload(form(padding=padding, extension=extension, sources=sources)) == BODY


def test_a_header_that_promises_too_much_leaves_nothing():
    assert rtp.payload(form(sources=15)[:40]) == b""
    assert rtp.payload(form(extension=bytes(40))[:14]) == b""
    assert rtp.payload(form(extension=bytes(40))[:30]) == b""
    assert rtp.payload(form(body=b"", padding=4)[:-1] + b"\xff") == b""


@given(st.binary(min_size=12, max_size=300))
def test_any_packet_has_a_payload_no_longer_than_itself(packet):
    assert len(rtp.payload(packet)) <= len(packet) - 12


def test_control_packets_are_told_from_voice():
    assert all(rtp.is_rtcp(kind & 0x7F) for kind in range(200, 208))
    assert not any(rtp.is_rtcp(kind) for kind in (0, 8, 13, 101, 127, 96))


def gaps(*numbers: int) -> list[int]:
    arrivals = rtp.Arrivals()
    return [arrivals.gap(number) for number in numbers]


def test_numbers_in_order_have_no_gap_not_even_over_the_wrap():
    assert gaps(65533, 65534, 65535, 0, 1) == [0, 0, 0, 0, 0]


def test_lost_packets_are_counted_also_over_the_wrap():
    arrivals = rtp.Arrivals()
    assert [arrivals.gap(number) for number in (65530, 65534, 2, 3)] == [0, 3, 3, 0]
    assert arrivals.lost == 6


def test_a_doubled_or_late_packet_says_how_late_it_is():
    assert gaps(10, 10, 11, 13, 12, 14) == [0, -1, 0, 1, -2, 0]
    assert gaps(65535, 1, 0, 2) == [0, 1, -2, 0]


def test_a_far_jump_is_believed_when_the_next_packet_goes_on_from_there():
    assert gaps(10, 30000, 30001, 30002) == [0, -rtp.MOST_LATE, 0, 0]
    assert gaps(30000, 10, 11) == [0, -rtp.MOST_LATE, 0]
    # One stray packet changes nothing.
    assert gaps(10, 30000, 11, 12) == [0, -rtp.MOST_LATE, 0, 0]


def test_another_sender_may_begin_anywhere():
    arrivals = rtp.Arrivals()
    arrivals.gap(10)
    arrivals.begin()
    assert arrivals.gap(40000) == 0
    assert arrivals.lost == 0
