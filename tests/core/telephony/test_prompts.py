"""Prompts as files: voice, clips, tones, and what happens without a voice."""

import wave

import numpy as np
import pytest

from core.errors import BadInput
from core.installation.flow_check import TONES
from core.telephony import pcm
from core.telephony.commands import Say
from core.telephony.prompts import Prompts, text_key


def length(path):
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return file.getnframes() / 8000


def clip(path, hz=1000, rate=44100, width=2, channels=2, seconds=0.5):
    path.parent.mkdir(exist_ok=True)
    n = np.arange(int(rate * seconds))
    sound = 0.5 * np.sin(2 * np.pi * hz * n / rate)
    if width == 1:
        raw = np.rint(sound * 127 + 128).astype(np.uint8)
    elif width == 3:
        raw = np.rint(sound * (2**31 - 1)).astype("<i4").view(np.uint8).reshape(-1, 4)[:, 1:]
    else:
        raw = np.rint(sound * (2 ** (8 * width - 1) - 1)).astype(f"<i{width}")
    frames = np.repeat(raw.reshape(len(n), -1), channels, axis=0).tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(frames)


def loudest_hz(samples):
    return np.argmax(np.abs(np.fft.rfft(samples * np.hanning(len(samples))))) * 8000 / len(samples)


@pytest.fixture
def prompts(tmp_path):
    made = Prompts(tmp_path / "prompts", tmp_path / "clips", "fake")
    yield made
    made.close()


async def test_a_text_is_made_once_and_then_found_at_once(prompts):
    parts = [Say(text="欢迎致电"), Say(value="3", slot="count")]
    assert prompts.cached(parts) is None
    first = await prompts.render(parts)
    assert [length(path) for path in first] == pytest.approx([0.2, 0.05])
    assert prompts.cached(parts) == first
    assert not list(prompts.cache_dir.rglob("*.new"))


async def test_the_cache_outlives_the_process(tmp_path, prompts):
    made = await prompts.render([Say(text="您好")])
    assert Prompts(tmp_path / "prompts", tmp_path / "clips", "fake").cached([Say(text="您好")]) == made
    assert Prompts(tmp_path / "prompts", tmp_path / "clips", "fake", "en").cached([Say(text="您好")]) is None


@pytest.mark.parametrize(
    ("name", "seconds"), [("music", 16), ("ringback", 5), ("busy", 0.7), ("beep", 0.4), ("no-such", 0.4)]
)
def test_a_built_in_tone_is_there_from_the_start(prompts, name, seconds):
    (path,) = prompts.cached([Say(clip=name)])
    assert length(path) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("rate", "width", "channels"),
    [(44100, 2, 2), (8000, 2, 1), (48000, 3, 1), (22050, 1, 2), (16000, 4, 1), (11025, 2, 1)],
)
async def test_a_recorded_clip_of_any_form_wins_over_the_voice(prompts, rate, width, channels):
    clip(prompts.clips_dir / f"{text_key('您好')}.wav", rate=rate, width=width, channels=channels)
    (path,) = await prompts.render([Say(text="您好")])
    assert length(path) == pytest.approx(0.5, abs=0.001)
    samples = pcm.read_wav(path.read_bytes())
    assert loudest_hz(samples) == pytest.approx(1000, abs=4)
    assert np.abs(samples[800:-800]).max() == pytest.approx(0.5, abs=0.02)


async def test_a_clip_that_was_recorded_anew_is_taken_over(prompts):
    clip(prompts.clips_dir / "music.wav", seconds=0.5)
    (old,) = await prompts.render([Say(clip="music")])
    clip(prompts.clips_dir / "music.wav", seconds=1.0)
    (new,) = await prompts.render([Say(clip="music")])
    assert (length(old), length(new)) == pytest.approx((0.5, 1.0), abs=0.001)


async def test_a_clip_that_cannot_be_read_falls_back_to_tone_then_voice(prompts):
    prompts.clips_dir.mkdir()
    (prompts.clips_dir / "您好.wav").write_bytes(b"not a wave file")
    (beep,) = await prompts.render([Say(text="您好")])
    assert length(beep) == pytest.approx(0.4)
    (voice,) = await prompts.render([Say(text="您好")])
    assert length(voice) == pytest.approx(0.1)


async def test_recorded_digits_speak_a_number(prompts):
    for digit in range(10):
        clip(prompts.clips_dir / f"digit_{digit}.wav", rate=8000, channels=1, seconds=0.1 + digit / 100)
    files = await prompts.render([Say(value="305", slot="digits")])
    assert [length(path) for path in files] == pytest.approx([0.13, 0.10, 0.15])


async def test_a_text_the_voice_refuses_is_a_beep_and_the_next_one_is_said(prompts):
    beep, said = await prompts.render([Say(text="[refuse]"), Say(text="您好")])
    assert (length(beep), length(said)) == pytest.approx((0.4, 0.1))


async def test_a_voice_process_that_was_killed_is_started_again(prompts):
    await prompts.render([Say(text="您好")])
    for process in prompts._pool._processes.values():
        process.kill()
    (path,) = await prompts.render([Say(text="再见了")])
    assert length(path) == pytest.approx(0.15)


def test_a_bad_value_never_stops_a_call(prompts):
    assert prompts.cached([Say(value="many", slot="count")]) is None


async def test_an_unknown_voice_is_named_with_a_remedy_and_beeps_are_heard(tmp_path):
    without = Prompts(tmp_path / "prompts", tmp_path / "clips", "alto")
    assert without.voice == "missing"
    for text in ("您好", "再见", "请稍候", "请讲"):
        (beep,) = await without.render([Say(text=text)])
        assert length(beep) == pytest.approx(0.4)
    # It is missing, however often it is asked, and no process was begun in vain.
    assert (without.voice, without._pool) == ("missing", None)
    without.close()


async def test_a_voice_that_refuses_everything_has_failed_until_it_speaks_again(prompts):
    for text in ("[refuse] 1", "[refuse] 2", "[refuse] 3"):
        assert prompts.voice == "up"
        await prompts.render([Say(text=text)])
    assert prompts.voice == "failed"
    prompts._rest_until = 0.0
    await prompts.render([Say(text="您好")])
    assert prompts.voice == "up"


def test_what_lies_above_the_telephone_band_does_not_fold_back():
    n = np.arange(22050)
    high = pcm.resample(np.sin(2 * np.pi * 6000 * n / 22050).astype(np.float32), 22050)
    low = pcm.resample(np.sin(2 * np.pi * 1000 * n / 22050).astype(np.float32), 22050)
    assert len(low) == 8000
    assert 20 * np.log10(np.sqrt(np.mean(high[200:-200] ** 2)) / np.sqrt(np.mean(low[200:-200] ** 2))) < -60


def test_the_ring_tone_is_450_hz():
    assert loudest_hz(pcm.BUILT_IN["ringback"]()[:8000]) == pytest.approx(450, abs=1)


def test_a_file_that_is_not_wave_names_the_remedy():
    with pytest.raises(BadInput, match="PCM WAV"):
        pcm.read_wav(b"RIFF....")


def test_a_flow_may_name_each_tone_that_is_made_and_no_other():
    assert set(pcm.BUILT_IN) == TONES
