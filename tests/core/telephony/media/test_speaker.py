"""What a peer is sent, read back packet by packet."""

import numpy as np

from core.telephony.media import g711
from core.telephony.media.dtmf import KeyEar, listen
from core.telephony.media.keys import EventDecoder
from core.telephony.media.speaker import Speaker
from tests.core.telephony.media.packets import read

VOICE = bytes(range(160))


def test_voice_has_one_number_and_twenty_milliseconds_a_packet_and_one_marker():
    speaker = Speaker()
    sent = [read(speaker.packet(VOICE)) for _ in range(5)]
    number, stamp, sender = sent[0][2], sent[0][3], sent[0][4]
    for n, (kind, marker, number_n, stamp_n, sender_n, body) in enumerate(sent):
        assert (kind, marker, body, sender_n) == (g711.PCMA, n == 0, VOICE, sender)
        assert number_n == (number + n) % 2**16
        assert stamp_n == (stamp + 160 * n) % 2**32


def test_number_and_time_wrap():
    speaker = Speaker()
    speaker._sequence, speaker._timestamp = 0xFFFF, 2**32 - 100
    first, second = read(speaker.packet(VOICE)), read(speaker.packet(VOICE))
    assert (first[2], second[2]) == (0xFFFF, 0)
    assert (first[3], second[3]) == (2**32 - 100, 60)


def test_time_goes_on_while_nobody_is_spoken_to_but_numbers_do_not():
    speaker = Speaker()
    first = read(speaker.packet(VOICE))
    speaker.skip()
    second = read(speaker.packet(VOICE))
    assert (second[2] - first[2]) % 2**16 == 1
    assert (second[3] - first[3]) % 2**32 == 320


def test_another_address_gets_a_marker_and_another_law_its_number():
    speaker = Speaker()
    speaker.packet(VOICE)
    speaker.speak(g711.PCMU, 101, anew=False)
    assert read(speaker.packet(VOICE))[:2] == (g711.PCMU, False)
    speaker.speak(g711.PCMU, 101, anew=True)
    assert read(speaker.packet(VOICE))[:2] == (g711.PCMU, True)
    assert read(speaker.packet(VOICE))[:2] == (g711.PCMU, False)


def test_keys_go_out_as_events_one_after_the_other_and_voice_goes_on_after_them():
    speaker = Speaker()
    speaker.speak(g711.PCMA, 101, anew=True)
    speaker.packet(VOICE)
    speaker.press("11#x")
    sent = [read(speaker.packet(VOICE)) for _ in range(26)]
    assert [kind for kind, *_ in sent] == [101] * 24 + [8] * 2
    assert [marker for _, marker, *_ in sent] == [n in (0, 8, 16) for n in range(26)]
    ear = EventDecoder()
    assert "".join(ear.take(body, stamp) for kind, _, _, stamp, _, body in sent if kind == 101) == "11#"
    # Every packet of a key has the key's time, and the voice after it the time that has passed.
    stamps = [stamp for _, _, _, stamp, _, _ in sent]
    assert len(set(stamps[:8])) == 1
    assert [(stamp - stamps[0]) % 2**32 for stamp in (stamps[8], stamps[16], stamps[24])] == [1280, 2560, 3840]
    numbers = [number for _, _, number, *_ in sent]
    assert [(number - numbers[0]) % 2**16 for number in numbers] == list(range(26))


def test_a_peer_that_takes_no_events_gets_tones():
    speaker = Speaker()
    speaker.speak(g711.PCMU, None, anew=True)
    speaker.press("42")
    sent = [read(speaker.packet(VOICE)) for _ in range(17)]
    assert {kind for kind, *_ in sent} == {g711.PCMU}
    assert sent[-1][-1] == VOICE
    ear = KeyEar()
    sound = [g711.decode(body, g711.PCMU) for *_, body in sent[:-1]]
    assert "".join(listen([ear], np.stack([frame]))[0] for frame in sound) == "42"


def test_a_key_half_sent_when_the_peer_changes_its_mind_is_dropped():
    speaker = Speaker()
    speaker.speak(g711.PCMA, 101, anew=True)
    speaker.press("1")
    speaker.packet(VOICE)
    speaker.speak(g711.PCMA, None, anew=False)
    assert read(speaker.packet(VOICE))[-1] == VOICE
