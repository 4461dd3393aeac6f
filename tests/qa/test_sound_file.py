"""Recordings as they lie on the disk, and files that are not what they say."""

import struct
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, HotlineError, NotFound
from core.telephony.media import g711
from core.telephony.media.recorder import header
from qa.sound_file import read, sound

SAMPLES = np.arange(-8000, 8000, dtype=np.int16).reshape(-1, 2)
ALAW = g711.encode(SAMPLES.ravel(), g711.PCMA)


def wav(data, tag=6, channels=2, rate=8000, bits=8, said=None, behind=b""):
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)
    parts = (
        b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data) if said is None else said)
    )
    return b"RIFF" + struct.pack("<I", 4 + len(parts) + len(data)) + b"WAVE" + parts + data + behind


def test_a_recording_of_ours_is_read_as_it_was_recorded(tmp_path):
    path = tmp_path / "c1.wav"
    path.write_bytes(header(len(ALAW)) + ALAW)
    found = read(path)
    assert found.rate == 8000
    assert np.array_equal(found.samples, g711.decode(ALAW, g711.PCMA).reshape(-1, 2))


def test_pcm_and_mu_law_are_read_too(tmp_path):
    with wave.open(str(tmp_path / "c1.wav"), "wb") as file:
        file.setparams((2, 2, 16_000, 0, "NONE", ""))
        file.writeframes(SAMPLES.tobytes())
    found = read(tmp_path / "c1.wav")
    assert (found.rate, np.array_equal(found.samples, SAMPLES)) == (16_000, True)
    coded = g711.encode(SAMPLES.ravel(), g711.PCMU)
    assert np.array_equal(sound(wav(coded, tag=7)).samples.ravel(), g711.decode(coded, g711.PCMU))


def test_other_chunks_may_stand_before_and_behind_the_sound():
    assert len(sound(wav(ALAW, behind=b"LIST\x04\0\0\0INFO")).samples) == len(SAMPLES)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty file"),
        (b"hello", "no WAV"),
        (b"RIFF\0\0\0\0WAVE", "no WAV"),
        (wav(ALAW)[:30], "no WAV"),
        (wav(ALAW, tag=85), "no WAV"),
        (wav(ALAW, bits=16), "no WAV"),
        (wav(ALAW, channels=0), "no WAV"),
        (wav(ALAW, rate=0), "no WAV"),
        (wav(ALAW, said=2 * len(ALAW)), "tells of 2.0 s of sound, the file holds 1.0 s"),
        (wav(ALAW, said=len(ALAW) // 2), "tells of 0.5 s of sound, the file holds 1.0 s"),
        (wav(ALAW, said=0), "tells of 0.0 s"),
        (wav(ALAW, said=0xFFFFFFFF), "the file holds 1.0 s"),
        (wav(ALAW)[:-4000], "the file holds 0.8 s"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words(raw, words):
    with pytest.raises(BadInput) as caught:
        sound(raw)
    assert words in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(NotFound):
        read(tmp_path / "gone.wav")


@given(st.binary(max_size=200) | st.binary(max_size=120).map(lambda more: wav(ALAW)[:44] + more))
def test_whatever_bytes_come_nothing_but_words_is_raised(raw):
    try:
        found = sound(raw)
    except HotlineError:
        return
    assert found.samples.ndim == 2
