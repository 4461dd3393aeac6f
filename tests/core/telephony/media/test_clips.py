"""Prompts on their way from files into an ear."""

import time
import wave
from pathlib import Path

import numpy as np
import pytest

from core.telephony.media import g711
from core.telephony.media.clips import Clip, Clips, Prompt


def save(path: Path, samples: np.ndarray) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.astype("<i2").tobytes())
    return str(path)


def delivered(clips: Clips, files: list[str]) -> Clip:
    got: list[Clip] = []
    clips.fetch(files, got.append)
    end = time.monotonic() + 10
    while not got and time.monotonic() < end:
        clips.deliver()
        time.sleep(0.001)
    return got[0]


def test_files_are_played_one_after_the_other(tmp_path):
    files = [save(tmp_path / f"{n}.wav", np.full(200, n * 100)) for n in (1, 2)]
    clip = delivered(Clips(), files)
    assert clip.samples.tolist() == [100] * 200 + [200] * 200 + [0] * 80


def test_a_clip_in_memory_is_there_at_once(tmp_path):
    clips, file = Clips(), save(tmp_path / "a.wav", np.ones(160))
    first, got = delivered(clips, [file]), []
    Path(file).unlink()
    clips.fetch([file], got.append)
    assert got == [first]


@pytest.mark.parametrize("content", [None, b"", b"RIFF\0\0\0\0WAVEfmt "])
def test_a_file_that_cannot_be_read_is_a_moment_of_silence_and_is_tried_again(tmp_path, content):
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    clips = Clips()
    assert delivered(clips, [str(path)]).samples.tolist() == [0] * 160
    save(path, np.ones(160))
    assert delivered(clips, [str(path)]).samples.tolist() == [1] * 160


def test_no_files_and_an_empty_one_are_a_moment_of_silence(tmp_path):
    assert delivered(Clips(), []).samples.tolist() == [0] * 160
    assert delivered(Clips(), [save(tmp_path / "a.wav", np.zeros(0))]).samples.tolist() == [0] * 160


def test_a_prompt_goes_to_its_end_frame_by_frame():
    prompt = Prompt(Clip(np.arange(400).astype(np.int16)), "t", loop=False, mix=False)
    said = []
    while True:
        said.append(prompt.samples())
        assert g711.encode(prompt.samples(), g711.PCMU) == prompt.codes(g711.PCMU)
        if not prompt.goes_on():
            break
    assert np.concatenate(said).tolist() == [*range(400), *[0] * 80]


def test_a_loop_begins_again():
    prompt = Prompt(Clip(np.zeros(160, np.int16)), "t", loop=True, mix=False)
    assert [prompt.goes_on() for _ in range(3)] == [True] * 3
    assert prompt.at == 0
