from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PeerError
from core.telephony.signalling import sdp
from core.telephony.signalling.octets import carried

HEAD = "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"


def offer(*lines: str, head: str = HEAD) -> str:
    return head + "\r\n".join([*lines, ""])


def test_the_first_codec_of_ours_wins_and_events_keep_the_peers_number() -> None:
    media = sdp.read(
        offer("m=audio 4000 RTP/AVP 18 0 8 96", "a=rtpmap:0 PCMU/8000", "a=rtpmap:96 telephone-event/8000")
    ).media
    assert (media.ip, media.port, media.payload_type, media.dtmf_payload_type) == ("10.0.0.9", 4000, 0, 96)
    assert (media.sends, media.receives) == (True, True)


@pytest.mark.parametrize(
    ("line", "sends", "receives", "held", "mirror"),
    [
        ("a=sendrecv", True, True, False, "sendrecv"),
        ("a=sendonly", True, False, True, "recvonly"),
        ("a=recvonly", False, True, False, "sendonly"),
        ("a=inactive", False, False, True, "inactive"),
        ("c=IN IP4 0.0.0.0", False, False, True, "inactive"),
    ],
)
def test_direction_is_understood_and_mirrored(line: str, sends: bool, receives: bool, held: bool, mirror: str) -> None:
    session = sdp.read(offer("m=audio 4000 RTP/AVP 8", line))
    assert (session.media.sends, session.media.receives, session.held) == (sends, receives, held)
    assert f"a={mirror}\r\n" in sdp.write("10.0.0.1", 5000, 1, answer_to=session)


def test_a_direction_for_the_whole_session_counts_where_the_stream_says_nothing() -> None:
    assert sdp.read(offer("a=sendonly", "m=audio 4000 RTP/AVP 8")).held
    assert not sdp.read(offer("a=sendonly", "m=audio 4000 RTP/AVP 8", "a=sendrecv")).held


def test_a_hold_without_an_address_keeps_the_old_one() -> None:
    before = sdp.read(offer("m=audio 4000 RTP/AVP 8"))
    after = sdp.read(offer("m=audio 4000 RTP/AVP 8", "c=IN IP4 0.0.0.0")).keeping(before)
    assert (after.media.ip, after.media.port, after.media.sends) == ("10.0.0.9", 4000, False)


def test_other_streams_are_refused_in_their_place() -> None:
    session = sdp.read(
        offer("m=video 6000 RTP/AVP 99", "a=rtpmap:99 H264/90000", "m=audio 4000 RTP/AVP 8", "m=audio 4100 RTP/AVP 0")
    )
    answer = sdp.write("10.0.0.1", 5000, 1, answer_to=session)
    assert re.findall(r"m=(\w+) (\d+)", answer) == [("video", "0"), ("audio", "5000"), ("audio", "0")]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["m=audio 4000 RTP/AVP 18"], 488),
        (["m=audio 4000 RTP/SAVP 8"], 488),
        (["m=video 4000 RTP/AVP 99"], 488),
        (["m=audio 4000 RTP/AVP 8", "a=rtpmap:8 G722/8000"], 488),
        (["m=audio 4000 RTP/AVP 8", "c=IN IP6 ::1"], 488),
        (["m=audio 4000 RTP/AVP 8", "c=IN IP4 phone.example"], 488),
        ([], 488),
        (["m=audio none RTP/AVP 8"], 400),
        (["m=audio 99999 RTP/AVP 8"], 400),
        (["m=audio 4000"], 400),
    ],
)
def test_what_cannot_be_taken_carries_the_status_to_answer_with(lines: list[str], status: int) -> None:
    with pytest.raises(PeerError) as no:
        sdp.read(offer(*lines))
    assert no.value.sip_status == status


def test_our_offer_names_both_codecs_and_events() -> None:
    text = sdp.write("10.0.0.1", 5000, 7)
    assert "m=audio 5000 RTP/AVP 8 0 101\r\n" in text
    assert "o=hotline 5000 7 IN IP4 10.0.0.1\r\n" in text
    media = sdp.read(text).media
    assert (media.ip, media.port, media.payload_type, media.dtmf_payload_type) == ("10.0.0.1", 5000, 8, 101)


LINES = st.sampled_from(
    [
        "m=audio 4000 RTP/AVP 8 0",
        "m=audio 0 RTP/AVP 8",
        "m=video 1 RTP/AVP 99",
        "a=sendonly",
        "a=rtpmap:8 PCMA/8000",
        "c=IN IP4 1.2.3.4",
        "c=",
        "m=",
        "a=rtpmap:",
        "m=audio ٣ RTP/AVP 8",
        "v=0",
        "",
        "m=audio 1/2 RTP/AVPF 0 96",
        "a=rtpmap:96 telephone-event/8000",
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=12))
def test_any_text_is_read_or_refused_and_answers_keep_the_streams(lines: list[str]) -> None:
    text = offer(*lines)
    try:
        session = sdp.read(text)
    except PeerError:
        return
    answer = sdp.write("10.0.0.1", 5000, 1, answer_to=session)
    kinds = re.findall(r"(?m)^m=(\w+)", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert [kind for kind, _ in re.findall(r"(?m)^m=(\w+) (\d+)", answer)] == kinds
    assert sum(port != "0" for _, port in re.findall(r"(?m)^m=(\w+) (\d+)", answer)) == 1


@pytest.mark.parametrize("place", ["999.1.1.1", "1.2.3.256", "1.2.3", "1.2.3.4.5", "a.b.c.d", "1.2.3.4x"])
def test_what_is_no_address_is_no_offer(place: str) -> None:
    with pytest.raises(PeerError):
        sdp.read(offer("m=audio 4000 RTP/AVP 8", f"c=IN IP4 {place}"))


def test_names_in_any_octets_do_not_hide_the_audio() -> None:
    text = carried("v=0\r\no=办公室 1 1 IN IP4 10.0.0.9\r\ns=光明\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n".encode())
    assert sdp.read(offer("m=audio 4000 RTP/AVP 8", head=text)).media.port == 4000
