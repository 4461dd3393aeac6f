"""In-band keys by the measures of ITU-T Q.24: what must be heard, what must not, and what speech must not do."""

import os
import wave
from pathlib import Path

import numpy as np
import pytest

from core.drivers.tts.espeak import EspeakTts
from core.telephony import pcm
from core.telephony.media import dtmf, g711
from tests.core.telephony.media.sounds import amplitude, level_dbm0

KEYS = "123A456B789C*0#D"
ROWS = {
    key: hz for keys, hz in zip(("123A", "456B", "789C", "*0#D"), (697, 770, 852, 941), strict=True) for key in keys
}
COLUMNS = {
    key: hz for keys, hz in zip(("147*", "2580", "369#", "ABCD"), (1209, 1336, 1477, 1633), strict=True) for key in keys
}
LAWS = [g711.PCMU, g711.PCMA]
DATA = Path(os.environ.get("HOTLINE_TEST_DATA", Path(__file__).resolve().parents[5] / "shared" / "data"))
REAL_SPEECH = sorted(DATA.glob("speech_*.wav"))
TEXTS = [
    ("zh_CN", "您好，欢迎致电自来水公司客户服务热线。水费查询请按一，报修请按二，投诉与建议请按三，人工服务请按零。"),
    ("zh_CN", "我家在解放路二百三十五号，昨天晚上开始停水，楼下的阀门井一直往外冒水，麻烦你们尽快派人来看看。"),
    ("zh_CN", "燃气表显示零六八三九二一七，上个月交了一百四十七块六毛，怎么这个月又多了八十二块？"),
    ("en", "Hello, there is a strong smell of gas in the kitchen, and we have opened all the windows already."),
    ("en", "My account number is five five two nine, zero one four seven; I would like to speak to somebody, please."),
]


def pause(ms: float) -> np.ndarray:
    return np.zeros(round(8 * ms))


def tone(key: str, ms: float, low_dbm0: float = -8.0, high_dbm0: float = -8.0, detune: float = 0.0) -> np.ndarray:
    n = np.arange(round(8 * ms))
    low = amplitude(low_dbm0) * np.sin(2 * np.pi * ROWS[key] * (1 + detune) * n / 8000)
    return low + amplitude(high_dbm0) * np.sin(2 * np.pi * COLUMNS[key] * (1 + detune) * n / 8000 + 1)


def heard(*parts: np.ndarray, law: int = g711.PCMA, shift: int = 0) -> str:
    """The keys in a sound that came through a codec; ``shift`` moves it against the 20 ms grid."""
    sound = np.concatenate([np.zeros(shift), *parts, pause(100)])
    sound = np.clip(np.rint(sound[: len(sound) // 160 * 160]), -32768, 32767).astype(np.int16)
    coded = g711.decode(g711.encode(sound, law), law).reshape(-1, 160)
    ear = dtmf.KeyEar()
    return "".join(dtmf.listen([ear], frame[None, :])[0] for frame in coded)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_40_ms_is_heard_once_at_every_level_and_wherever_it_falls_on_the_grid(key, law):
    for level in (-3.5, -8.0, -16.0, -25.0):
        for shift in range(0, 160, 16):
            assert heard(pause(60), tone(key, 40, level, level), law=law, shift=shift) == key, (level, shift)


@pytest.mark.parametrize("key", KEYS)
def test_either_group_may_be_8_db_louder(key):
    for twist in (-8.0, -4.0, 4.0, 8.0):
        for shift in (0, 50, 110):
            found = heard(pause(60), tone(key, 60, -12 + min(twist, 0), -12 - max(twist, 0)), shift=shift)
            assert found == key, (twist, shift)


@pytest.mark.parametrize("key", KEYS)
def test_a_pair_with_12_db_between_its_tones_is_no_key(key):
    assert heard(pause(60), tone(key, 100, -6, -18)) == ""
    assert heard(pause(60), tone(key, 100, -18, -6)) == ""


@pytest.mark.parametrize("key", KEYS)
def test_a_phone_may_be_off_by_one_and_a_half_per_cent(key):
    for detune in (-0.015, 0.015):
        for shift in (0, 50, 110):
            assert heard(pause(60), tone(key, 60, detune=detune), shift=shift) == key, (detune, shift)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("key", KEYS)
def test_noise_15_db_below_hides_no_key_of_60_ms(key, law):
    rng = np.random.default_rng(ord(key))
    for shift in range(0, 160, 32):
        parts = np.concatenate([pause(100), tone(key, 60, -12, -12), pause(100)])
        noise = rng.normal(0, amplitude(-12) / 10 ** (15 / 20), len(parts))
        assert heard(parts + noise, law=law, shift=shift) == key, shift


def test_noise_alone_is_no_key():
    rng = np.random.default_rng(1)
    for level in (-40, -20, -10):
        assert heard(rng.normal(0, amplitude(level), 8000 * 20)) == ""


@pytest.mark.parametrize("key", KEYS)
def test_25_ms_are_too_short_for_a_key(key):
    for shift in range(0, 160, 8):
        assert heard(pause(60), tone(key, 25), shift=shift) == "", shift


def test_a_tone_too_soft_for_a_key_is_none():
    assert heard(pause(60), tone("5", 100, -45, -45)) == ""


def test_one_tone_alone_is_no_key():
    n = np.arange(8000)
    for hz in (697, 941, 1209, 1477, 1633, 450):
        assert heard(amplitude(-8) * np.sin(2 * np.pi * hz * n / 8000)) == ""


def test_a_held_key_counts_once():
    assert heard(pause(60), tone("7", 5000)) == "7"


def test_a_break_of_10_ms_makes_no_second_key():
    for shift in range(0, 160, 8):
        assert heard(pause(60), tone("7", 100), pause(10), tone("7", 100), shift=shift) == "7", shift


def test_the_same_key_twice_is_two_keys():
    for shift in range(0, 160, 8):
        assert heard(pause(60), tone("4", 50), pause(50), tone("4", 50), shift=shift) == "44", shift


def test_a_number_dialled_quickly_is_heard_in_order():
    number = "13900001234*#ABCD"
    parts = [part for key in number for part in (tone(key, 50), pause(50))]
    for shift in range(0, 160, 40):
        assert heard(pause(60), *parts, shift=shift) == number


def test_many_ears_hear_each_its_own():
    ears = [dtmf.KeyEar() for _ in KEYS]
    sound = np.stack([np.concatenate([tone(key, 100), pause(60)]).astype(np.int16) for key in KEYS])
    found = [dtmf.listen(ears, sound[:, at : at + 160]) for at in range(0, sound.shape[1], 160)]
    assert ["".join(keys) for keys in zip(*found, strict=True)] == list(KEYS)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_we_speak_has_both_tones_and_is_heard(key, law):
    sound = np.concatenate([g711.decode(codes, law) for codes in dtmf.tones(key, 5, law)])
    assert len(sound) == 800
    for hz in (ROWS[key], COLUMNS[key]):
        assert -12 < level_dbm0(sound, hz) < -5
    assert heard(pause(60), sound, pause(60), law=law) == key


def loudnesses(sound: np.ndarray):
    """The sound as it is, then as loud as it can be, and soft."""
    peak = np.abs(sound).max()
    for loudest in (peak, 32000, 8000):
        yield sound * (loudest / peak)


@pytest.mark.flickered
@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_synthetic_voice_presses_no_key(language, text):
    sound = pcm.read_wav(EspeakTts().synthesize(text, language)) * 32767
    for louder in loudnesses(sound):
        for shift in (0, 30, 75, 120):
            assert heard(louder, shift=shift) == ""


@pytest.mark.skipif(not REAL_SPEECH, reason="recordings of real speech lie outside the repository and are not here")
@pytest.mark.parametrize("path", REAL_SPEECH, ids=lambda path: path.stem)
def test_a_real_voice_presses_no_key(path):
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        speech = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32)
    sound = pcm.resample(speech, rate)
    for louder in loudnesses(sound):
        for shift in (0, 30, 75, 120):
            assert heard(louder, shift=shift) == ""


def test_music_and_ringback_press_no_key():
    for name in ("music", "ringback", "busy", "beep"):
        assert heard(pcm.BUILT_IN[name]() * 32767) == ""
