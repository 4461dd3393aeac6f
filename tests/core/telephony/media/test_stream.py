"""One leg's datagrams: order, lengths, senders, keys; and what it sends, over real sockets."""

import random
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telephony.media import g711
from core.telephony.media.stream import PART_AFTER_S, STRANGERS_BEFORE_LATCH, Stream
from tests.core.telephony.media.packets import key, packet, read

PEER = ("192.0.2.1", 4000)
NAT = ("198.51.100.7", 61000)


def frame(n: int) -> bytes:
    return bytes([n % 200 + 1]) * 160


def bound() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(2)
    return sock


@pytest.fixture
def stream():
    with bound() as sock:
        made = Stream("leg", sock, 0.0)
        made.connect(PEER, g711.PCMA, 101, sends=True, receives=True)
        yield made


def heard(stream: Stream, ticks: int) -> list[bytes]:
    return [found for _ in range(ticks) if (found := stream.next_frame()) is not stream.silence]


def take(stream: Stream, *packets: bytes, source=PEER, now: float = 1.0) -> str:
    return "".join(stream.take(data, source, now) for data in packets)


def test_voice_is_heard_in_order(stream):
    take(stream, *(packet(n, frame(n)) for n in range(5)))
    assert heard(stream, 6) == [frame(n) for n in range(5)]
    assert (stream.received, stream.lost, stream.last_heard) == (5, 0, 1.0)


def test_numbers_and_times_may_wrap(stream):
    take(stream, *(packet(n, frame(n), stamp=n * 160 - 2**20) for n in range(65533, 65539)))
    assert heard(stream, 7) == [frame(n) for n in range(65533, 65539)]
    assert stream.lost == 0


def test_doubled_and_swapped_packets_are_heard_once_and_in_order(stream):
    take(stream, *(packet(n, frame(n)) for n in (1, 2, 2, 4, 3, 3, 5)))
    assert heard(stream, 7) == [frame(n) for n in range(1, 6)]


def test_a_lost_packet_is_counted_and_its_time_is_kept(stream):
    take(stream, *(packet(n, frame(n)) for n in (1, 2, 4, 5)))
    assert heard(stream, 6) == [frame(1), frame(2), frame(2), frame(4), frame(5)]
    assert stream.lost == 1


def test_packets_of_ten_to_forty_milliseconds_are_the_same_voice(stream):
    sound = b"".join(frame(n) for n in range(6))
    for size in (80, 240, 320):
        pieces = [sound[at : at + size] for at in range(0, len(sound), size)]
        take(stream, *(packet(n, piece, sender=size) for n, piece in enumerate(pieces)))
        assert b"".join(heard(stream, 7)) == sound, size


def test_extension_padding_and_contributing_sources_are_not_heard(stream):
    head = packet(1, b"")
    extended = bytes([0x80 | 0x10 | 2]) + head[1:] + bytes(8) + b"\xbe\xde\0\1abcd" + frame(1)
    padded = bytes([0x80 | 0x20]) + packet(2, b"")[1:] + frame(2) + b"\0\0\0\4"
    take(stream, extended, padded)
    assert heard(stream, 3) == [frame(1), frame(2)]


def test_control_packets_and_other_protocols_are_left_alone(stream):
    take(stream, packet(1, frame(1)))
    rtcp = b"\x80\xc8\0\6" + bytes(24)
    stun = b"\0\1\0\0" + bytes(16)
    take(stream, rtcp, stun, b"", b"\x80", packet(2, frame(2)))
    assert heard(stream, 3) == [frame(1), frame(2)]
    assert stream.received == 2


def test_a_sender_that_begins_anew_is_heard_at_once(stream):
    take(
        stream, *(packet(n, frame(n)) for n in (60000, 60001)), *(packet(n, frame(n), sender=9) for n in (40000, 40001))
    )
    assert len(heard(stream, 5)) == 4
    assert stream.lost == 0


def test_comfort_noise_keeps_the_line_alive_and_is_not_heard(stream):
    take(stream, packet(1, frame(1)), packet(2, frame(2)), packet(3, b"\x40", 13), now=5.0)
    assert heard(stream, 4) == [frame(1), frame(2)]
    assert stream.last_heard == 5.0


def test_the_other_codec_of_the_offer_is_understood_too(stream):
    take(stream, packet(1, frame(1), g711.PCMU), packet(2, frame(2), g711.PCMU))
    assert heard(stream, 3) == [g711.translate(frame(n), g711.PCMU, g711.PCMA) for n in (1, 2)]


def test_a_change_of_law_in_mid_call_loses_nothing(stream):
    take(stream, packet(1, frame(1)), packet(2, frame(2)))
    stream.connect(PEER, g711.PCMU, 101, sends=True, receives=True)
    # One that was under way in the old law, then the new.
    take(stream, packet(3, frame(3)), packet(4, frame(4), g711.PCMU))
    old = [g711.translate(frame(n), g711.PCMA, g711.PCMU) for n in (1, 2, 3)]
    assert heard(stream, 5) == [*old, frame(4)]


# --- keys ------------------------------------------------------------------------------------------------------


def test_a_key_and_its_end_three_times_are_one_key_and_no_loss(stream):
    events = [key(n + 2, 5, 160, 160 * (n + 1)) for n in range(5)]
    ends = [key(n, 5, 160, 800, end=True) for n in (7, 8, 9)]
    assert take(stream, packet(1, frame(1)), *events, *ends, packet(10, frame(10))) == "5"
    assert stream.lost == 0
    assert heard(stream, 3) == [frame(1), frame(10)]


def test_a_key_of_which_only_an_end_arrived_counts(stream):
    assert take(stream, packet(1, frame(1)), key(9, 11, 160, 800, end=True)) == "#"


def test_the_same_key_twice_is_two_keys(stream):
    assert take(stream, key(1, 5, 160, 160), key(2, 5, 160, 800, end=True), key(9, 5, 4000, 160)) == "55"


def test_keys_from_another_sender_count_though_its_clock_is_behind(stream):
    first, second = key(1, 5, 90000, 160), key(1, 6, 89000, 160)
    assert take(stream, first, second[:8] + b"\0\0\0\x09" + second[12:]) == "56"


def test_without_telephone_events_the_packets_of_one_are_nothing(stream):
    stream.connect(PEER, g711.PCMA, None, sends=True, receives=True)
    assert take(stream, key(1, 5, 160, 160)) == ""
    assert heard(stream, 3) == []


# --- symmetric RTP ------------------------------------------------------------------------------------------------


def test_voice_from_behind_a_nat_is_heard_after_a_few_packets_and_answered_there(stream):
    take(stream, *(packet(n, frame(n)) for n in range(STRANGERS_BEFORE_LATCH - 1)), source=NAT)
    assert heard(stream, 3) == []
    take(stream, *(packet(n, frame(n)) for n in range(4, 8)), source=NAT)
    assert heard(stream, 5) == [frame(n) for n in range(4, 8)]
    assert stream.latched == NAT


def test_many_strangers_are_not_one(stream):
    for n in range(50):
        take(stream, packet(n, frame(n)), source=("203.0.113.9", 1000 + n))
    assert stream.latched is None


def test_the_peer_of_the_sdp_wins_over_a_stranger_at_once(stream):
    take(stream, *(packet(n, frame(n)) for n in range(9)), source=NAT)
    heard(stream, 12)
    take(stream, packet(20, frame(1)), packet(21, frame(2)), source=PEER)
    assert stream.latched == PEER
    assert heard(stream, 3) == [frame(1), frame(2)]


STRANGERS = [
    ("203.0.113.9", 4000),
    (PEER[0], 4002),  # the peer's own machine, or somebody behind the same NAT
]


@pytest.mark.parametrize("silence_s", [0.1, 2.0, 25.0, 600.0])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_stranger_is_heard_or_spoken_to_however_long_the_peer_is_silent(stream, stranger, silence_s):
    take(stream, packet(1, frame(1)), packet(2, frame(2)))
    later = 1.0 + silence_s
    take(stream, *(packet(n, frame(99), sender=3) for n in range(100)), source=stranger, now=later)
    take(stream, key(3, 5, 160, 160)[:8] + b"\0\0\0\x03" + key(3, 5, 160, 160)[12:], source=stranger, now=later)
    take(stream, b"\x80\xc8\0\6" + bytes(24), source=stranger, now=later)
    assert heard(stream, 5) == [frame(1), frame(2)]
    assert (stream.latched, stream.last_heard) == (PEER, 1.0)
    assert stream.refused == 102


def test_a_stranger_who_guesses_the_number_of_the_stream_is_refused_on_another_machine(stream):
    take(stream, packet(1, frame(1)), packet(2, frame(2)))
    take(stream, *(packet(n, frame(99)) for n in range(3, 50)), source=("203.0.113.9", 4000), now=9.0)
    assert stream.latched == PEER


@pytest.mark.parametrize("silence_s", [0.02, 9.0])
@pytest.mark.parametrize("first", [PEER, NAT])
def test_a_phone_whose_nat_gave_it_another_port_is_found_again(stream, first, silence_s):
    take(stream, *(packet(n, frame(n)) for n in range(9)), source=first)
    elsewhere = (first[0], 61001)
    take(stream, *(packet(n, frame(n)) for n in range(9, 20)), source=elsewhere, now=1.0 + silence_s)
    assert stream.latched == elsewhere


def test_the_machine_that_the_signalling_comes_from_is_heard_at_once_and_wins_over_one_that_nobody_named(stream):
    stream.connect(("10.0.0.5", 4000), g711.PCMA, 101, sends=True, receives=True, signalled=NAT[0])
    take(stream, *(packet(n, frame(n), sender=3) for n in range(9)), source=("203.0.113.9", 4000))
    assert stream.latched == ("203.0.113.9", 4000)
    take(stream, packet(1, frame(1)), source=NAT)
    assert stream.latched == NAT
    take(stream, *(packet(n, frame(n), sender=3) for n in range(9, 50)), source=("203.0.113.9", 4000), now=99.0)
    assert stream.latched == NAT


def test_a_re_invite_from_another_machine_brings_the_voice_along(stream):
    private, before, after = ("10.0.0.5", 4000), ("198.51.100.7", 6000), ("198.51.100.99", 7000)
    stream.connect(private, g711.PCMA, 101, sends=True, receives=True, signalled=before[0])
    take(stream, packet(1, frame(1)), source=before)
    take(stream, packet(1, frame(1), sender=4), source=after)
    assert stream.latched == before
    stream.connect(private, g711.PCMA, 101, sends=True, receives=True, signalled=after[0])
    take(stream, packet(1, frame(1), sender=4), source=after)
    assert stream.latched == after
    take(stream, packet(2, frame(2)), source=before)
    assert stream.latched == after


def test_another_stream_from_the_right_address_is_heard(stream):
    take(stream, packet(1, frame(1)), packet(2, frame(2)))
    take(stream, packet(700, frame(3), sender=77), packet(701, frame(4), sender=77))
    assert heard(stream, 5) == [frame(1), frame(2), frame(3), frame(4)]
    assert stream.refused == 0


def test_a_new_address_in_the_sdp_forgets_the_old_one(stream):
    take(stream, packet(1, frame(1)))
    stream.connect(("192.0.2.2", 5000), g711.PCMA, 101, sends=True, receives=True)
    assert stream.latched is None
    assert take(stream, packet(2, frame(2)), source=PEER) == ""
    assert stream.received == 1


# --- real sockets ----------------------------------------------------------------------------------------------


def said(sock: socket.socket) -> bytes:
    return read(sock.recv(2048))[-1]


@pytest.fixture
def pair():
    """A leg of ours and its peer's socket."""
    with bound() as ours, bound() as theirs:
        made = Stream("leg", ours, 0.0)
        made.connect(theirs.getsockname(), g711.PCMA, 101, sends=True, receives=True)
        yield made, theirs


def test_the_peer_is_sent_voice_before_it_says_anything(pair):
    stream, theirs = pair
    stream.send(frame(1))
    assert said(theirs) == frame(1)
    assert stream.sent == 1


def test_a_peer_that_is_heard_is_bound_to_and_set_free_when_it_falls_silent(pair):
    stream, theirs = pair
    with bound() as stranger:
        for n in (1, 2):
            theirs.sendto(packet(n, frame(n)), stream.sock.getsockname())
            stream.receive(1.0)
        stream.settle(1.0)
        assert stream.sock.getpeername() == theirs.getsockname()
        # The kernel keeps others away now; what the peer says still comes, and what it is sent still goes.
        stranger.sendto(packet(9, frame(9)), stream.sock.getsockname())
        theirs.sendto(packet(3, frame(3)), stream.sock.getsockname())
        stream.receive(1.1)
        stream.send(frame(5))
        assert said(theirs) == frame(5)
        assert heard(stream, 5) == [frame(1), frame(2), frame(3)]
        stream.settle(1.1 + PART_AFTER_S)
        with pytest.raises(OSError, match="not connected"):
            stream.sock.getpeername()
        # The peer is still who is spoken to, whoever else speaks up.
        stream.send(frame(6))
        assert said(theirs) == frame(6)
        for n in range(20, 60):
            stranger.sendto(packet(n, frame(n), sender=5), stream.sock.getsockname())
            stream.receive(9.0)
        stream.send(frame(6))
        assert said(theirs) == frame(6)
        # Its own stream may go on from another port of the same machine.
        stranger.sendto(packet(4, frame(4)), stream.sock.getsockname())
        stream.receive(9.0)
        stream.send(frame(7))
        assert said(stranger) == frame(7)


def test_a_re_invite_to_another_address_goes_there_at_once(pair):
    stream, theirs = pair
    theirs.sendto(packet(1, frame(1)), stream.sock.getsockname())
    stream.receive(1.0)
    stream.settle(1.0)
    with bound() as elsewhere:
        stream.connect(elsewhere.getsockname(), g711.PCMU, 101, sends=True, receives=True)
        stream.send(frame(8))
        kind, marker, *_, body = read(elsewhere.recv(2048))
        assert (kind, marker, body) == (g711.PCMU, True, frame(8))
        elsewhere.sendto(packet(1, frame(1), g711.PCMU, sender=4), stream.sock.getsockname())
        stream.receive(1.2)
        assert stream.latched == elsewhere.getsockname()


def test_a_peer_on_hold_is_sent_nothing(pair):
    stream, theirs = pair
    stream.connect(theirs.getsockname(), g711.PCMA, 101, sends=True, receives=False)
    stream.send(frame(1))
    stream.connect(theirs.getsockname(), g711.PCMA, 101, sends=True, receives=True)
    stream.send(frame(2))
    assert said(theirs) == frame(2)
    assert stream.sent == 1


def test_a_closed_port_at_the_peer_raises_nothing(pair):
    stream, theirs = pair
    theirs.sendto(packet(1, frame(1)), stream.sock.getsockname())
    stream.receive(1.0)
    stream.settle(1.0)
    theirs.close()
    for n in range(5):
        stream.send(frame(n))
    stream.sock.setblocking(False)
    with pytest.raises(OSError):
        stream.receive(1.0)


def test_keys_are_sent_as_events_in_place_of_voice(pair):
    stream, theirs = pair
    stream.speaker.press("9")
    for n in range(9):
        stream.send(frame(n))
    kinds = [read(theirs.recv(2048))[0] for _ in range(9)]
    assert kinds == [101] * 8 + [8]


# --- whatever comes -------------------------------------------------------------------------------------------------

DATAGRAMS = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda head, kind, rest: bytes([head, kind]) + rest,
        st.integers(0x80, 0xBF),
        st.sampled_from([0, 8, 13, 101, 0x80 | 8, 0x80 | 101, 200]),
        st.binary(min_size=6, max_size=400),
    ),
)


@given(
    st.lists(
        st.tuples(DATAGRAMS, st.sampled_from([PEER, NAT]), st.sampled_from(["", "tick", "settle", "law"])), max_size=40
    )
)
def test_no_datagram_raises_and_every_frame_is_whole(datagrams):
    with bound() as sock:
        stream = Stream("leg", sock, 0.0)
        law = g711.PCMA
        stream.connect(PEER, law, 101, sends=True, receives=False)
        for n, (data, source, then) in enumerate(datagrams):
            assert stream.take(data, source, n * 0.5) in ("", *"0123456789*#ABCD")
            if then == "settle" and stream.latched is None:
                stream.settle(n * 0.5)
            elif then == "law":
                law = g711.PCMA + g711.PCMU - law
                stream.connect(PEER, law, 101, sends=True, receives=False)
            if then == "tick":
                assert len(stream.next_frame()) == 160


def test_a_bad_line_is_heard_with_its_losses_only():
    rng = random.Random(3)
    with bound() as sock:
        stream = Stream("leg", sock, 0.0)
        stream.connect(PEER, g711.PCMA, 101, sends=True, receives=True)
        kept = []
        for n in range(1000):
            if rng.random() > 0.05:
                kept.append(n)
                take(stream, packet(n, n.to_bytes(2, "big") * 80))
            stream.next_frame()
        assert stream.received == len(kept)
        assert stream.lost == kept[-1] - kept[0] + 1 - len(kept)
