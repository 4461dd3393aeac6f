"""The tick: who hears whom, prompts, recordings, silence; tones told apart by Goertzel's sum."""

import numpy as np
import pytest

from core.telephony.media import g711
from tests.core.telephony.media.packets import key
from tests.core.telephony.media.sounds import amplitude, level_dbm0, sine
from tests.core.telephony.media.switchboard import Switchboard

# Whole periods in 20 ms, so that every frame sounds alike.
A_HZ, B_HZ, C_HZ, PROMPT_HZ = 500, 1000, 1500, 2000
SECOND = 50
LAWS = [g711.PCMU, g711.PCMA]


@pytest.fixture
def board():
    made = Switchboard()
    yield made
    made.close()


def tones(sound: np.ndarray) -> set[int]:
    """The test tones that can be heard in it."""
    return {hz for hz in (A_HZ, B_HZ, C_HZ, PROMPT_HZ) if level_dbm0(sound, hz) > -30}


@pytest.mark.parametrize("left", LAWS)
@pytest.mark.parametrize("right", LAWS)
def test_two_legs_hear_each_other_whatever_their_laws(board, left, right):
    a, b = board.line("a", sine(A_HZ), left), board.line("b", sine(B_HZ), right)
    a.hears("b")
    b.hears("a")
    board.tick(20)
    assert tones(a.sound(10)) == {B_HZ}
    assert tones(b.sound(10)) == {A_HZ}
    assert abs(level_dbm0(a.sound(10), B_HZ) - -10) < 0.3


def test_between_two_legs_of_one_law_every_octet_goes_through_untouched(board):
    noise = np.random.default_rng(5).integers(-30000, 30000, 8000).astype(np.int16)
    a, b = board.line("a", noise), board.line("b")
    b.hears("a")
    board.tick(20)
    assert b.heard[1:] == a.say[:19]


def test_it_takes_two_ticks_until_a_voice_is_passed_on(board):
    a, b = board.line("a", sine(A_HZ)), board.line("b")
    b.hears("a")
    board.tick(4)
    assert [tones(g711.decode(codes, g711.PCMA)) for codes in b.heard] == [set(), {A_HZ}, {A_HZ}, {A_HZ}]
    assert a.stream.received == 4


def test_three_in_a_conference_hear_the_two_others(board):
    legs = {"a": A_HZ, "b": B_HZ, "c": C_HZ}
    lines = {leg: board.line(leg, sine(hz), law) for (leg, hz), law in zip(legs.items(), (8, 0, 8), strict=True)}
    for leg, line in lines.items():
        line.hears(*(other for other in legs if other != leg))
    board.tick(20)
    for leg, line in lines.items():
        assert tones(line.sound(10)) == {hz for other, hz in legs.items() if other != leg}
        assert all(abs(level_dbm0(line.sound(10), hz) - -10) < 0.5 for other, hz in legs.items() if other != leg)


def test_a_sum_that_is_too_loud_is_clipped_and_does_not_wrap(board):
    for leg in ("a", "b"):
        board.line(leg, sine(A_HZ, dbm0=0))
    c = board.line("c")
    c.hears("a", "b")
    board.tick(20)
    sound = c.sound(10).astype(int)
    wanted = np.clip(2 * amplitude(0) * np.sin(2 * np.pi * A_HZ * np.arange(len(sound)) / 8000), -32768, 32767)
    assert sound.max() > 32000
    assert np.abs(sound - wanted).max() < 2500


def test_a_supervisor_hears_both_and_neither_hears_the_supervisor(board):
    a, b = board.line("a", sine(A_HZ)), board.line("b", sine(B_HZ))
    ear = board.line("s", sine(C_HZ))
    a.hears("b")
    b.hears("a")
    ear.hears("a", "b")
    board.tick(20)
    assert tones(ear.sound(10)) == {A_HZ, B_HZ}
    assert C_HZ not in tones(a.sound(10)) | tones(b.sound(10))


def test_on_hold_nobody_hears_anybody(board):
    a, b = board.line("a", sine(A_HZ)), board.line("b", sine(B_HZ))
    a.hears("b")
    b.hears("a")
    board.tick(10)
    a.hears()
    b.hears()
    board.tick(10)
    assert a.heard[-10:] == [g711.SILENCE[g711.PCMA]] * 10
    assert b.heard[-10:] == [g711.SILENCE[g711.PCMA]] * 10
    a.hears("b")
    board.tick(10)
    assert tones(a.sound(10)) == {B_HZ}


def test_a_leg_that_hears_somebody_who_is_gone_hears_silence(board):
    a, b = board.line("a", sine(A_HZ)), board.line("b", sine(B_HZ))
    c = board.line("c", sine(C_HZ))
    a.hears("b")
    c.hears("a", "b")
    board.mixer.record("call", "x.wav", ("a",), ("b",))
    board.tick(10)
    board.hang_up("b")
    board.tick(10)
    assert b.stream.sock.fileno() == -1
    assert a.heard[-10:] == [g711.SILENCE[g711.PCMA]] * 10
    assert tones(c.sound(10)) == {A_HZ}
    board.mixer.stop_record("call")
    board.tick(5)
    left, right = board.tapes.channels("call")
    assert tones(left[-1600:]) == {A_HZ}
    assert tones(right[-1600:]) == set()


def test_the_law_may_change_in_mid_call(board):
    a, b = board.line("a", sine(A_HZ), g711.PCMA), board.line("b", sine(B_HZ), g711.PCMA)
    a.hears("b")
    b.hears("a")
    board.mixer.record("call", "x.wav", ("a",), ("b",))
    board.tick(25)
    a.law, a.say = g711.PCMU, [g711.translate(codes, g711.PCMA, g711.PCMU) for codes in a.say]
    a.stream.connect(a.phone.getsockname(), g711.PCMU, 101, sends=True, receives=True)
    board.tick(25)
    assert len(a.heard) == 50
    for line, hz in ((a, B_HZ), (b, A_HZ)):
        assert tones(line.sound(48)) == {hz}
        # Not even the frames at the change are noise.
        assert abs(level_dbm0(line.sound(48), hz) - -10) < 0.3
        rest = line.sound(48).astype(float)
        rest -= amplitude(level_dbm0(rest, hz)) * np.sin(2 * np.pi * hz * np.arange(len(rest)) / 8000)
        assert np.sqrt(np.mean(rest**2)) < 600
    left, right = board.tapes.channels("call")
    assert tones(left[400:]) == {A_HZ}
    assert tones(right[400:]) == {B_HZ}


# --- prompts ---------------------------------------------------------------------------------------------------------


def test_a_prompt_is_heard_instead_of_the_other_and_its_end_is_told(board):
    a, b = board.line("a", sine(A_HZ)), board.line("b", sine(B_HZ))
    b.hears("a")
    board.tick(10)
    b.plays(sine(PROMPT_HZ, 0.21), "hello")
    board.tick(10)
    assert tones(b.sound(10)) == {PROMPT_HZ}
    assert board.told == []
    board.tick(1)
    # The last 10 ms are filled up with silence.
    assert board.told == [{"event": "played", "leg": "b", "token": "hello"}]
    assert tones(b.sound(1)) == {PROMPT_HZ}
    board.tick(5)
    assert tones(b.sound(5)) == {A_HZ}
    assert tones(a.sound(5)) == set()


@pytest.mark.parametrize("law", LAWS)
def test_a_prompt_may_be_heard_over_the_other(board, law):
    board.line("a", sine(A_HZ))
    b = board.line("b", sine(B_HZ), law)
    b.hears("a")
    b.plays(sine(PROMPT_HZ, 1), mix=True)
    board.tick(30)
    assert tones(b.sound(20)) == {A_HZ, PROMPT_HZ}
    assert abs(level_dbm0(b.sound(20), PROMPT_HZ) - -10) < 0.5


def test_music_begins_again_and_never_ends_by_itself(board):
    a = board.line("a", sine(A_HZ))
    a.plays(sine(PROMPT_HZ, 0.1), loop=True)
    board.tick(60)
    assert tones(a.sound(60)) == {PROMPT_HZ}
    assert board.told == []


def test_a_prompt_follows_a_change_of_law(board):
    a = board.line("a", sine(A_HZ))
    a.plays(sine(PROMPT_HZ, 2))
    board.tick(10)
    a.stream.connect(a.phone.getsockname(), g711.PCMU, 101, sends=True, receives=True)
    board.tick(10)
    assert abs(level_dbm0(a.sound(20), PROMPT_HZ) - -10) < 0.3


# --- recordings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
def test_each_channel_holds_its_side_only_and_all_of_it(board, law):
    a, b = board.line("a", sine(A_HZ), law), board.line("b", sine(B_HZ), g711.PCMA)
    a.hears("b")
    b.hears("a")
    board.mixer.record("call", "x.wav", ("a",), ("b",))
    board.tick(2 * SECOND)
    board.mixer.stop_record("call")
    board.tick(5)
    left, right = board.tapes.channels("call")
    assert len(left) == len(right) == 2 * SECOND * 160
    assert tones(left) == {A_HZ}
    assert tones(right) == {B_HZ}
    assert level_dbm0(left[1600:], B_HZ) < -55
    assert level_dbm0(right[1600:], A_HZ) < -55
    assert board.tapes.pieces[-1].sound is None


def test_a_prompt_is_not_on_the_callers_channel(board):
    a = board.line("a", sine(A_HZ))
    a.plays(sine(PROMPT_HZ, 1))
    board.mixer.record("call", "x.wav", ("a",), ())
    board.tick(30)
    left, right = board.tapes.channels("call")
    assert tones(left) == {A_HZ}
    assert set(right) == {8}


def test_a_third_party_is_added_to_a_channel_while_the_tape_runs(board):
    for leg, hz in (("a", A_HZ), ("b", B_HZ), ("c", C_HZ)):
        board.line(leg, sine(hz))
    board.mixer.record("call", "x.wav", ("a",), ("b",))
    board.tick(50)
    board.mixer.record("call", "x.wav", ("a",), ("b", "c"))
    board.tick(50)
    board.mixer.stop_record("call")
    board.tick(5)
    left, right = board.tapes.channels("call")
    assert tones(left) == {A_HZ}
    assert tones(right[800:7200]) == {B_HZ}
    assert tones(right[8800:]) == {B_HZ, C_HZ}


def test_what_was_said_is_with_the_writer_four_tenths_of_a_second_later(board):
    board.line("a", sine(A_HZ))
    for n in range(12):
        board.mixer.record(f"call{n}", f"{n}.wav", ("a",), ())
    for ticks in range(1, 200):
        board.tick()
        for n in range(12):
            assert len(board.tapes.channels(f"call{n}")[0]) >= (ticks - 19) * 160


def test_many_recordings_are_not_all_written_in_one_tick(board):
    for n in range(20):
        board.mixer.record(f"call{n}", f"{n}.wav", ("a",), ())
    written = []
    for _ in range(20):
        before = len(board.tapes.pieces)
        board.tick()
        written.append(len(board.tapes.pieces) - before)
    assert sum(written) == 20
    assert max(written) == 5


def test_ticks_that_were_missed_are_silence_so_that_a_recording_is_as_long_as_its_talk(board):
    board.line("a", sine(A_HZ))
    board.mixer.record("call", "x.wav", ("a",), ())
    board.tick(10)
    board.mixer.missed(50)
    board.tick(10)
    board.mixer.stop_record("call")
    board.mixer.stop()
    left, right = board.tapes.channels("call")
    assert len(left) == len(right) == 70 * 160
    assert tones(left[1600:9600]) == set()
    assert tones(left[9600:]) == {A_HZ}


def test_recordings_are_handed_over_when_the_process_ends(board):
    board.line("a", sine(A_HZ))
    board.mixer.record("call", "x.wav", ("a",), ())
    board.tick(3)
    board.mixer.stop()
    assert len(board.tapes.channels("call")[0]) == 480


# --- keys ---------------------------------------------------------------------------------------------------------


def test_a_key_as_an_event_is_told_with_its_leg(board):
    a = board.line("a")
    a.phone.sendto(key(1, 7, 160, 160), a.stream.sock.getsockname())
    board.tick(2)
    assert board.told == [{"event": "digit", "leg": "a", "digit": "7", "source": "rfc4733"}]


def eight() -> np.ndarray:
    both = sine(852, 0.1).astype(int) + sine(1336, 0.1)
    return np.concatenate([both, np.zeros(1600)]).astype(np.int16)


@pytest.mark.parametrize("offered", [None, 101])
def test_a_key_in_the_voice_is_told_while_somebody_listens_whatever_the_phone_has_offered(board, offered):
    for leg, listens in (("a", True), ("b", False), ("c", True)):
        line = board.line(leg, eight() if leg != "c" else sine(C_HZ), dtmf=offered)
        line.stream.listen(on=listens)
    board.tick(15)
    assert board.told == [{"event": "digit", "leg": "a", "digit": "8", "source": "inband"}]


def test_a_phone_that_sends_events_is_not_listened_to_as_well(board):
    a = board.line("a", eight())
    a.stream.listen(on=True)
    a.phone.sendto(key(90, 8, 160, 160), a.stream.sock.getsockname())
    board.tick(15)
    assert board.told == [{"event": "digit", "leg": "a", "digit": "8", "source": "rfc4733"}]


def test_a_key_that_was_held_before_anybody_listened_counts_when_it_is_heard_again(board):
    a = board.line("a", eight())
    a.stream.listen(on=True)
    board.tick(8)
    a.stream.listen(on=False)
    board.tick(8)
    a.stream.listen(on=True)
    board.tick(16)
    assert [told["digit"] for told in board.told] == ["8", "8"]


# --- silence ----------------------------------------------------------------------------------------------------------


def silences(board: Switchboard) -> list[tuple[str, float]]:
    return [(event["leg"], event["seconds"]) for event in board.told if event["event"] == "silent"]


def wait(board: Switchboard, seconds: float) -> None:
    """Time passes in steps of half a second: one look at every leg in each."""
    for _ in range(round(seconds * 2)):
        board.now += 0.5
        board.mixer.ticks = board.mixer.ticks // 25 * 25 + 24
        board.mixer.tick()


def test_a_leg_that_should_send_is_told_silent_after_ten_twenty_and_thirty_seconds(board):
    board.line("a", sine(A_HZ))
    board.line("b")
    board.tick(25)
    board.lines["a"].say = []
    wait(board, 9)
    assert silences(board) == []
    wait(board, 25)
    assert [leg for leg, _ in silences(board)] == ["b", "a", "b", "a", "b", "a"]
    for leg in ("a", "b"):
        told = [seconds for whose, seconds in silences(board) if whose == leg]
        assert all(wanted <= seconds < wanted + 0.6 for seconds, wanted in zip(told, (10, 20, 30), strict=True))


def test_a_packet_ends_the_silence_and_the_next_one_is_told_from_its_beginning(board):
    a = board.line("a", sine(A_HZ))
    board.tick(2)
    a.say, said = [], a.say
    wait(board, 15)
    a.say = said
    board.tick(2)
    a.say = []
    wait(board, 9)
    assert len(silences(board)) == 1
    wait(board, 2)
    assert [round(seconds) for _, seconds in silences(board)] == [10, 10]


def test_whoever_need_not_send_is_told_as_silent_too_and_heard_again_is_told_once(board):
    a = board.line("a")
    a.stream.connect(a.phone.getsockname(), g711.PCMA, 101, sends=False, receives=True)
    wait(board, 45)
    assert silences(board) == [("a", 10.0), ("a", 20.0), ("a", 30.0), ("a", 40.0)]
    a.say = [g711.SILENCE[g711.PCMA]]
    board.tick(100)
    assert [told for told in board.told if told["event"] == "heard"] == [{"event": "heard", "leg": "a"}]


def test_a_phone_that_sends_ten_milliseconds_a_packet_does_not_fall_behind(board):
    a, b = board.line("a", sine(A_HZ)), board.line("b")
    a.say = [codes[at : at + 80] for codes in a.say for at in (0, 80)]
    b.hears("a")
    for _ in range(100):
        a.speak()
        board.tick()
    assert a.stream.received == 200
    assert tones(b.sound(90)) == {A_HZ}
    assert abs(level_dbm0(b.sound(90), A_HZ) - -10) < 0.3


def test_one_silent_leg_does_not_disturb_the_other(board):
    a, b = board.line("a", sine(A_HZ)), board.line("b")
    a.hears("b")
    b.hears("a")
    board.tick(20)
    assert tones(b.sound(10)) == {A_HZ}
    assert set(a.heard) == {g711.SILENCE[g711.PCMA]}
