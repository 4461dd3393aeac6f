"""Files on disk: whole after every write, after kill -9, after a restart in mid-call, and when the disk is full."""

import os
import queue
import signal
import struct
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from core.telephony.media import recorder as recorder_module
from core.telephony.media.recorder import BYTES_PER_SECOND, HEADER_BYTES, Recorder, RecordingChunk, header, repair
from tests.house.running import until

SOUND = bytes(range(256)) * 4


def read_wav(path: Path) -> bytes:
    """The sound of a RIFF file, by walking its chunks; the standard library knows no A-law."""
    data = path.read_bytes()
    riff, size, wave = struct.unpack("<4sI4s", data[:12])
    assert (riff, wave) == (b"RIFF", b"WAVE")
    assert size + 8 <= len(data)
    at, form, sound, count = 12, b"", None, None
    while at + 8 <= size + 8:
        name, length = struct.unpack("<4sI", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + length]
        assert len(chunk) == length
        if name == b"fmt ":
            form = chunk
        elif name == b"fact":
            count = struct.unpack("<I", chunk)[0]
        elif name == b"data":
            sound = chunk
        at += 8 + length + length % 2
    # RFC 2361: format 6 is A-law; two channels, 8,000 frames a second, 8 bits.
    assert struct.unpack("<HHIIHHH", form) == (6, 2, 8000, 16000, 2, 8, 0)
    assert sound is not None
    assert count == len(sound) // 2
    return sound


class Office:
    """A recorder and what it told."""

    def __init__(self, folder: Path) -> None:
        self.told: queue.Queue[tuple] = queue.Queue()
        self.recorder = Recorder(
            folder,
            lambda call, path, seconds: self.told.put(("closed", call, path, seconds)),
            lambda call, path, reason: self.told.put(("broke", call, path, reason)),
        )

    def write(self, *sounds: bytes | None, call: str = "c", path: str = "2026/11/24/c.wav") -> None:
        self.recorder.write([RecordingChunk(call, path, sound) for sound in sounds])

    def next(self) -> tuple:
        return self.told.get(timeout=10)


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path)
    yield made
    made.recorder.stop()


def test_the_file_is_whole_after_every_write(tmp_path):
    for writes in range(1, 5):
        office = Office(tmp_path / str(writes))
        office.write(*[SOUND] * writes)
        office.recorder.stop()
        assert read_wav(tmp_path / str(writes) / "2026/11/24/c.wav") == SOUND * writes


def test_a_writer_that_is_behind_catches_up_with_one_write_for_each_file(tmp_path, monkeypatch):
    writes = []
    opened, go_on = threading.Event(), threading.Event()
    real_open, real_write = os.open, os.pwrite

    def slow_open(path, *args):
        if str(path).endswith("first.wav"):
            opened.set()
            assert go_on.wait(10)
        return real_open(path, *args)

    def counted(descriptor, data, at):
        writes.append(len(data))
        return real_write(descriptor, data, at)

    monkeypatch.setattr(recorder_module.os, "open", slow_open)
    monkeypatch.setattr(recorder_module.os, "pwrite", counted)
    office = Office(tmp_path)
    office.write(SOUND, path="first.wav")
    assert opened.wait(10)
    for _ in range(50):
        office.write(SOUND, call="a", path="a.wav")
        office.write(SOUND, call="b", path="b.wav")
    office.write(None, call="a", path="a.wav")
    # The same call's next track begins a file of its own name anew.
    office.write(SOUND, call="a", path="a.wav")
    go_on.set()
    office.recorder.stop()
    assert office.next() == ("closed", "a", "a.wav", 50 * len(SOUND) / BYTES_PER_SECOND)
    assert read_wav(tmp_path / "a.wav") == SOUND * 51
    assert read_wav(tmp_path / "b.wav") == SOUND * 50
    # The first file, a's sound of before its end and after, b's: and where a file grows, its header.
    assert len(writes) == 5


def test_a_recording_of_which_nothing_was_written_is_told_to_have_failed(office, tmp_path):
    office.write(None)
    assert office.next() == ("broke", "c", "2026/11/24/c.wav", "never_began")
    assert not (tmp_path / "2026").exists()


def test_the_end_is_told_with_its_length_in_seconds(office, tmp_path):
    office.write(bytes(BYTES_PER_SECOND), bytes(BYTES_PER_SECOND // 2), None)
    assert office.next() == ("closed", "c", "2026/11/24/c.wav", 1.5)
    assert len(read_wav(tmp_path / "2026/11/24/c.wav")) == 24000


def test_after_a_restart_in_mid_call_the_file_goes_on_where_it_stopped(tmp_path):
    first = Office(tmp_path)
    first.write(SOUND)
    first.recorder.stop()
    second = Office(tmp_path)
    second.write(SOUND[::-1], None)
    assert second.next()[3] == 2 * len(SOUND) / BYTES_PER_SECOND
    assert read_wav(tmp_path / "2026/11/24/c.wav") == SOUND + SOUND[::-1]


def test_after_a_crash_between_sound_and_header_the_file_goes_on_after_the_sound(tmp_path, office):
    path = tmp_path / "c.wav"
    path.write_bytes(header(100) + SOUND + b"\x11")
    office.write(SOUND[::-1], None, path="c.wav")
    office.next()
    assert read_wav(path) == SOUND + SOUND[::-1]


def test_a_recording_may_be_closed_and_taken_up_again(office, tmp_path):
    office.write(SOUND, None, SOUND, None)
    assert [office.next()[0], office.next()[3]] == ["closed", 2 * len(SOUND) / BYTES_PER_SECOND]
    assert read_wav(tmp_path / "2026/11/24/c.wav") == SOUND * 2


# --- kill -9 -------------------------------------------------------------------------------------------------------

WRITES_ON_AND_ON = """
import sys, time
from pathlib import Path
from core.telephony.media.recorder import RecordingChunk, Recorder

def nothing(*_):
    pass

recorder = Recorder(Path(sys.argv[1]), nothing, nothing)
for n in range(20_000):
    recorder.write([RecordingChunk("c", "c.wav", bytes([n % 256]) * 8000)])
    while recorder._work.qsize() > 50:
        time.sleep(0)
"""


@pytest.mark.parametrize("wait_for_writes", [20, 100, 300])
def test_a_file_cut_short_by_kill_9_plays_and_after_repair_lacks_nothing(tmp_path, wait_for_writes):
    path = tmp_path / "c.wav"
    process = subprocess.Popen([sys.executable, "-c", WRITES_ON_AND_ON, tmp_path])
    try:
        until(lambda: path.exists() and path.stat().st_size > wait_for_writes * 8000, 30)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    before = read_wav(path)
    repair(tmp_path)
    sound = read_wav(path)
    assert sound.startswith(before)
    assert len(sound) == (path.stat().st_size - HEADER_BYTES) & ~1
    assert len(sound) >= wait_for_writes * 8000
    assert all(set(sound[at : at + 8000]) == {at // 8000 % 256} for at in range(0, len(sound), 8000))


# --- repair ----------------------------------------------------------------------------------------------------------


def test_repair_makes_headers_tell_what_is_there(tmp_path):
    wrong, empty, right = tmp_path / "wrong.wav", tmp_path / "empty.wav", tmp_path / "right.wav"
    wrong.write_bytes(header(2) + SOUND + b"\1")
    empty.write_bytes(b"")
    right.write_bytes(header(len(SOUND)) + SOUND)
    assert repair(tmp_path) == 2
    assert read_wav(wrong) == SOUND
    assert read_wav(empty) == b""
    assert repair(tmp_path) == 0


def test_repair_leaves_other_wav_files_alone(tmp_path):
    other = tmp_path / "pcm.wav"
    other.write_bytes(header(4)[:20] + b"\1\0" + header(4)[22:] + SOUND)
    before = other.read_bytes()
    assert repair(tmp_path) == 0
    assert other.read_bytes() == before
    assert repair(tmp_path / "not there") == 0


def test_repair_looks_only_where_a_crash_can_have_left_something(tmp_path):
    days = [tmp_path / f"2026/11/{day:02}" for day in (1, 20, 21, 22)]
    for n, day in enumerate(days):
        day.mkdir(parents=True)
        path = day / "c.wav"
        path.write_bytes(header(2) + SOUND)
        os.utime(path, (1_000_000 + n, 1_000_000 + n))
    old = days[-1] / "morning.wav"
    old.write_bytes(header(2) + SOUND)
    os.utime(old, (900_000, 900_000))
    # The newest three days, and there only what was written last.
    assert repair(tmp_path) == 3
    assert (days[0] / "c.wav").read_bytes() == header(2) + SOUND
    assert old.read_bytes() == header(2) + SOUND


# --- a full disk --------------------------------------------------------------------------------------------------------


def in_a_small_house(tmp_path: Path, program: str) -> list[str]:
    """Runs a program that may write no file longer than 20,000 bytes; the lines that it prints."""
    start = textwrap.dedent("""
        import queue, resource, sys
        from pathlib import Path
        from core.telephony.media.recorder import RecordingChunk, Recorder
        told = queue.Queue()
        recorder = Recorder(
            Path(sys.argv[1]), lambda *what: told.put(("closed", *what)), lambda *what: told.put(("broke", *what))
        )
        def write(call, *sounds):
            recorder.write([RecordingChunk(call, call + ".wav", sound) for sound in sounds])
        def disk(size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    """)
    done = subprocess.run(
        [sys.executable, "-c", start + textwrap.dedent(program), tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_full_disk_ends_one_recording_once_and_a_new_call_records_when_there_is_room(tmp_path):
    said = in_a_small_house(
        tmp_path,
        """
        disk(20_000)
        write("first", bytes(8000), bytes(8000))
        write("first", bytes(8000))
        print(told.get(timeout=10))
        write("first", bytes(8000), bytes(8000))
        disk(resource.RLIM_INFINITY)
        write("first", bytes(8000))
        write("second", bytes(8000), bytes(8000), bytes(8000), None)
        print(told.get(timeout=10))
        write("first", None)
        write("third", bytes(8000), None)
        print(told.get(timeout=10))
        recorder.stop()
        print(told.qsize())
        """,
    )
    assert said == [
        "('broke', 'first', 'first.wav', 'disk_full')",
        "('closed', 'second', 'second.wav', 1.5)",
        "('closed', 'third', 'third.wav', 0.5)",
        "0",
    ]
    # Everything that the disk still took is heard.
    assert len(read_wav(tmp_path / "first.wav")) == 20_000 - HEADER_BYTES
    assert len(read_wav(tmp_path / "second.wav")) == 24_000


def test_a_disk_that_takes_not_even_a_header_breaks_the_recording_and_not_the_writer(tmp_path):
    said = in_a_small_house(
        tmp_path,
        """
        disk(30)
        write("first", bytes(8000), bytes(8000), None)
        print(told.get(timeout=10))
        disk(resource.RLIM_INFINITY)
        write("second", bytes(8000), None)
        print(told.get(timeout=10))
        recorder.stop()
        print(told.qsize())
        """,
    )
    assert said == ["('broke', 'first', 'first.wav', 'disk_full')", "('closed', 'second', 'second.wav', 0.5)", "0"]
    assert repair(tmp_path) == 1
    assert read_wav(tmp_path / "first.wav") == b""


def test_a_device_without_room_is_a_full_disk(office, tmp_path):
    (tmp_path / "full.wav").symlink_to("/dev/full")
    office.write(SOUND, SOUND, call="f", path="full.wav")
    assert office.next() == ("broke", "f", "full.wav", "disk_full")
    office.write(SOUND, None)
    assert office.next()[0] == "closed"


def test_a_folder_that_cannot_be_made_is_told_in_the_systems_words(office, tmp_path):
    (tmp_path / "2026").write_text("not a folder")
    office.write(SOUND, SOUND)
    kind, call, _path, reason = office.next()
    assert (kind, call) == ("broke", "c")
    assert "Not a directory" in reason
    assert office.told.empty()
