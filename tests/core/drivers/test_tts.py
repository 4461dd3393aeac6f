"""One suite, every voice."""

import io
import wave

import numpy as np
import pytest

from core.drivers.tts.espeak import EspeakTts
from core.drivers.tts.fake import FakeTts
from core.errors import DriverRejected, DriverUnavailable
from core.telephony import pcm


@pytest.fixture(scope="module", params=[EspeakTts, FakeTts])
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
        EspeakTts("/no/such/library.so", "/no/such/data").synthesize("您好", "zh_CN")
