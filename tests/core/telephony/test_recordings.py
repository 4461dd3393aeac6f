"""Any byte range of the PCM that is never on disk."""

import io
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound
from core.telephony import recordings
from core.telephony.media.g711 import TO_ALAW
from core.telephony.media.recorder import header
from core.telephony.recordings import RangeNotSatisfiable, byte_range, pcm, peaks, scan


def tone(seconds=1.0, left=16000, right=4000):
    """Two channels of A-law as the recorder writes them, and the samples meant."""
    at = np.arange(int(8000 * seconds)) / 8000
    both = np.stack([left * np.sin(2 * np.pi * 440 * at), right * np.sin(2 * np.pi * 880 * at)], axis=1).astype(
        np.int16
    )
    return TO_ALAW[both.reshape(-1).view(np.uint16)].tobytes(), both


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("recordings")
    data, _ = tone()
    (made / "a.wav").write_bytes(header(len(data)) + data)
    return made


def test_it_plays_as_two_channel_pcm_with_each_side_on_its_own(folder):
    found = scan(folder, "a.wav")
    body = b"".join(pcm(found, 0, found.length - 1))
    assert len(body) == found.length
    with wave.open(io.BytesIO(body)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (2, 2, 8000, 8000)
        heard = np.frombuffer(file.readframes(8000), "<i2").reshape(-1, 2)
    meant = tone()[1]
    assert np.abs(heard[:, 0].astype(int) - meant[:, 0]).max() < 600
    assert np.abs(heard[:, 1].astype(int) - meant[:, 1]).max() < 160


@given(st.data())
def test_any_range_is_that_part_of_the_whole(folder, data):
    found = scan(folder, "a.wav")
    whole = b"".join(pcm(found, 0, found.length - 1))
    first = data.draw(st.integers(0, found.length - 1))
    last = data.draw(st.integers(first, found.length - 1))
    assert b"".join(pcm(found, first, last)) == whole[first : last + 1]


def test_a_file_that_grows_serves_what_is_there_whatever_its_header_says(tmp_path):
    data, _ = tone(0.5)
    (tmp_path / "g.wav").write_bytes(header(0) + data + b"\x55")
    found = scan(tmp_path, "g.wav")
    assert found.seconds == 0.5
    assert found.length == 44 + 2 * len(data)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, None),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-", (10, 99)),
        ("bytes=10-5000", (10, 99)),
        ("bytes=-7", (93, 99)),
        ("bytes=-700", (0, 99)),
        ("bytes=9-3", None),
        ("bytes=-", None),
        ("bytes=1-2,5-6", None),
        ("lines=1-2", None),
        ("bytes=٣-", (3, 99)),
    ],
)
def test_ranges_as_rfc_9110_reads_them(asked, given):
    assert byte_range(asked, 100) == given


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0", "bytes=500-600"])
def test_a_range_behind_the_end_cannot_be_satisfied(asked):
    with pytest.raises(RangeNotSatisfiable):
        byte_range(asked, 100)


def test_peaks_show_each_side_s_loudness(folder):
    left, right = peaks(scan(folder, "a.wav"), 50)
    assert len(left) == len(right) == 50
    assert left[10] == pytest.approx(16000 / 32768, abs=0.02)
    assert right[10] == pytest.approx(4000 / 32768, abs=0.02)


def test_peaks_of_a_recording_just_begun_are_none(tmp_path):
    (tmp_path / "e.wav").write_bytes(header(0))
    assert peaks(scan(tmp_path, "e.wav"), 50) == [[], []]


@pytest.mark.parametrize("name", ["../secret.wav", "/etc/passwd", "none.wav", "junk.wav", "cut.wav", "."])
def test_what_is_no_recording_is_not_found(tmp_path, name):
    inside = tmp_path / "recordings"
    inside.mkdir()
    (tmp_path / "secret.wav").write_bytes(header(0))
    (inside / "junk.wav").write_bytes(b"hello, this is not sound")
    (inside / "cut.wav").write_bytes(header(0)[:30])
    with pytest.raises(NotFound):
        scan(inside, name)


def test_pieces_end_quietly_when_the_file_became_shorter(folder):
    found = scan(folder, "a.wav")
    longer = recordings.Recording(found.path, found.data_at, found.data_bytes + 800, found.law, 2, 8000)
    assert len(b"".join(pcm(longer, 0, longer.length - 1))) == found.length
