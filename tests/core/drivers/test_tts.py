"""One suite, every voice."""

import io
import wave
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.drivers.tts.espeak import EspeakSettings, EspeakTts
from core.drivers.tts.fake import FakeTts
from core.drivers.tts.pyttsx3 import Pyttsx3Settings, Pyttsx3Tts
from core.errors import DriverRejected, DriverUnavailable
from core.telephony import pcm


@pytest.fixture(scope="module", params=[EspeakTts, FakeTts, Pyttsx3Tts])
def voice(request):
    return request.param()


def seconds(data):
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return file.getnframes() / 8000


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("zh_CN", "您好", "您好，欢迎致电自来水公司客户服务热线"),
        ("en", "Hello", "Welcome to the water company's service line"),
    ],
)
def test_a_longer_text_takes_longer_and_can_be_heard(voice, language, short, long):
    brief, full = voice.synthesize(short, language), voice.synthesize(long, language)
    assert 0.05 < seconds(brief) < seconds(full) < 15
    assert np.sqrt(np.mean(pcm.read_wav(full) ** 2)) > 0.01


def test_the_same_text_is_as_long_the_second_time(voice):
    first, second = (seconds(voice.synthesize("请按一", "zh_CN")) for _ in range(2))
    assert first == pytest.approx(second, rel=0.02)


def test_one_text_leaves_nothing_behind_for_the_next(voice):
    voice.synthesize("第一句话很长很长很长", "zh_CN")
    assert seconds(voice.synthesize("好", "zh_CN")) < 1.5


def test_nothing_to_say_is_refused(voice):
    with pytest.raises(DriverRejected):
        voice.synthesize(" ", "zh_CN")


def test_the_voice_knows_chinese_characters_as_syllables():
    # A voice without the dictionary spells "Chinese letter" for each character: several times as long.
    voice = EspeakTts()
    assert seconds(voice.synthesize("一二三四五六七八九十", "zh_CN")) < 5
    assert voice._mandarin == "cmn"


def test_a_missing_library_is_named_with_a_remedy():
    with pytest.raises(DriverUnavailable, match=r"cannot be loaded.*record clips"):
        EspeakTts(EspeakSettings(library="/no/such/library.so", data="/no/such/data")).synthesize("您好", "zh_CN")


def test_a_faster_voice_needs_less_time():
    usual, fast = EspeakTts(), EspeakTts(EspeakSettings(words_a_minute=320))
    text = "您好，欢迎致电自来水公司客户服务热线"
    assert seconds(fast.synthesize(text, "zh_CN")) < 0.7 * seconds(usual.synthesize(text, "zh_CN"))


def test_texts_that_pyttsx3_says_at_one_moment_all_get_their_own_file():
    # One engine for all would lose every file but the last.
    voice = Pyttsx3Tts()
    texts = ("好", "您好，欢迎致电自来水公司客户服务热线")
    with ThreadPoolExecutor(2) as at_once:
        short, long = at_once.map(lambda text: seconds(voice.synthesize(text, "zh_CN")), texts)
    assert short < 1.5 < 3 < long


@pytest.mark.parametrize(("settings", "word"), [({"engine": "none"}, "none"), ({"voice_en": "nobody"}, "nobody")])
def test_an_engine_or_a_voice_that_pyttsx3_does_not_have_is_said(settings, word):
    with pytest.raises(DriverUnavailable, match=word) as said:
        Pyttsx3Tts(Pyttsx3Settings(**settings)).synthesize("Hello", "en")
    assert "[drivers.pyttsx3]" in said.value.remedy


def test_a_text_that_pyttsx3_does_not_end_is_given_up():
    with pytest.raises(DriverUnavailable, match="did not end"):
        Pyttsx3Tts(Pyttsx3Settings(timeout_s=0.01)).synthesize("Hello", "en")
