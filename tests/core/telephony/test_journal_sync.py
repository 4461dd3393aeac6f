"""What was appended is synced soon and for many at once; spare segments take facts on a disk that is full."""

import asyncio
import os
import subprocess
import threading
from collections import deque
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.telephony import journal as journal_module
from core.telephony import journal_sync
from core.telephony.journal import SEGMENT_BYTES, SPARES, Journal, JournalWriter, read_segment
from core.telephony.journal_sync import JournalSync
from tests.core.telephony.test_journal import arrived, in_database, on_disk, wait_for


class Watched(Journal):
    """Counts syncs, and says for each how much it covered."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.covered: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    def sync(self) -> int:
        self.gate.wait(10)
        self.covered.append(super().sync())
        return self.covered[-1]


@pytest.fixture
def journal(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "journal")


@pytest.fixture
def sync(journal: Watched) -> JournalSync:
    made = JournalSync(journal)
    made.start()
    yield made
    made.stop()


async def test_who_waits_goes_on_when_all_told_before_is_synced(journal: Watched, sync: JournalSync) -> None:
    journal.gate.clear()
    journal.append([arrived("a"), arrived("b")])
    journal.append([arrived("c")])
    waiting = asyncio.create_task(sync.on_disk())
    await asyncio.sleep(0)
    assert not waiting.done()
    journal.gate.set()
    await asyncio.wait_for(waiting, 5)
    assert journal.covered[-1] >= 2
    # Nothing new to wait for.
    await asyncio.wait_for(sync.on_disk(), 0.001)


async def test_many_who_ask_at_once_share_one_wait_for_the_disk(journal: Watched, sync: JournalSync) -> None:
    journal.gate.clear()

    async def told(number: int) -> None:
        journal.append([arrived(f"c{number}")])
        await sync.on_disk()

    asked = [asyncio.create_task(told(number)) for number in range(200)]
    await asyncio.sleep(0)
    before = len(journal.covered)
    journal.gate.set()
    await asyncio.wait_for(asyncio.gather(*asked), 10)
    assert len(journal.covered) - before <= 3


async def test_facts_are_synced_though_nobody_asks_and_at_the_stop(journal: Watched, tmp_path: Path) -> None:
    sync = JournalSync(journal)
    sync.start()
    journal.append([arrived("a")])
    await asyncio.to_thread(wait_for, lambda: journal.covered[-1] == 1)
    journal.append([arrived("b")])
    await asyncio.to_thread(sync.stop)
    assert journal.covered[-1] == 2


async def test_a_full_segment_is_synced_before_the_next_one_counts(
    journal: Watched, sync: JournalSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 2000)
    synced: list[str] = []
    real = os.fdatasync

    def noted(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(journal_module.os, "fdatasync", noted)
    for number in range(50):
        journal.append([arrived(f"c{number}")])
    await asyncio.wait_for(sync.on_disk(), 5)
    assert set(synced) == {path.name for path in journal.segments()}
    assert [event.subject for event in on_disk(journal.folder)] == [f"c{number}" for number in range(50)]
    opened = [os.path.realpath(descriptor) for descriptor in Path("/proc/self/fd").iterdir()]
    assert [path for path in opened if path.startswith(str(journal.folder)) and path.endswith("l")] == [
        str(journal.current())
    ]


class Ill(Journal):
    """A disk that fails to sync as long as ``fails``; like the system, it says so once for each page."""

    fails = True

    def sync(self) -> int:
        if self.fails:
            real, journal_module.os.fdatasync = journal_module.os.fdatasync, broken
            try:
                return super().sync()
            finally:
                journal_module.os.fdatasync = real
        return super().sync()


def broken(_: object) -> None:
    raise OSError(5, "I/O error")


async def test_what_was_not_synced_is_not_answered_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_sync, "LIMIT_S", 0.3)
    journal = Ill(tmp_path / "journal")
    sync = JournalSync(journal)
    sync.start()
    journal.append([arrived("a")])
    # Calls go on, and who was promised something hears that it may be lost.
    with pytest.raises(Unavailable, match="power cut"):
        await sync.on_disk()
    assert sync.ill
    assert sync._waiting == [] or sync._waiting[0][2].done()
    journal.fails = False
    monkeypatch.setattr(journal_sync, "LIMIT_S", 10)
    await sync.on_disk()
    assert not sync.ill
    await asyncio.to_thread(sync.stop)


async def test_what_the_database_has_is_answered_for_though_the_journal_s_disk_fails(
    tmp_path: Path, database_url: str
) -> None:
    journal = Ill(tmp_path / "journal")
    sync, writer = JournalSync(journal), JournalWriter(journal, database_url)
    sync.start()
    writer.start()
    journal.append([arrived("a")])
    await sync.on_disk()
    assert in_database(database_url) == ["a"]
    assert sync.ill
    await asyncio.to_thread(writer.stop)
    await asyncio.to_thread(sync.stop)


def test_what_a_disk_did_not_sync_is_written_again_before_it_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    journal.sync()
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 600)
    for number in range(12):
        journal.append([arrived(f"c{number}")])
    assert len(journal.segments()) > 2
    real, real_folder = os.fdatasync, journal_module.sync_folder
    kept: set[Path] = set()

    def noted(descriptor: int) -> None:
        kept.add(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(journal_module.os, "fdatasync", broken)
    with pytest.raises(OSError, match="I/O error"):
        journal.sync()
    monkeypatch.setattr(journal_module.os, "fdatasync", noted)
    monkeypatch.setattr(journal_module, "sync_folder", broken)
    with pytest.raises(OSError, match="I/O error"):
        journal.sync()
    before, names = set(journal.segments()), []
    monkeypatch.setattr(journal_module, "sync_folder", lambda folder: (names.append(folder), real_folder(folder)))
    kept.clear()
    assert journal.sync() == 12
    assert names == [journal.folder]
    # All of it stands in files that a sync has succeeded for since they were written.
    fresh = kept - before
    found = [event.subject for path in sorted(fresh) for event in read_segment(path, 0, 100)[0]]
    assert found == [f"c{number}" for number in range(12)]
    # No file is left open, and nothing is written a third time.
    opened = {os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()}
    assert {path for path in opened if path.startswith(str(journal.folder)) and path.endswith("l")} == {
        str(journal.current())
    }
    there = journal.segments()
    journal.sync()
    assert journal.segments() == there


def test_a_disk_that_never_syncs_holds_one_file_open_and_so_many_appends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    journal.sync()
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 100)
    journal._unsynced = deque(maxlen=3)

    with monkeypatch.context() as ill:
        ill.setattr(journal_module.os, "fdatasync", broken)
        for number in range(12):
            journal.append([arrived(f"c{number}")])
            with pytest.raises(OSError, match="I/O error"):
                journal.sync()
    opened = [os.path.realpath(descriptor) for descriptor in Path("/proc/self/fd").iterdir()]
    assert len([path for path in opened if path.startswith(str(journal.folder))]) == 1
    journal.sync()
    journal.close()


# --- room ahead ------------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this user may not mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> None:
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / "filler").write_bytes(bytes(free))


def test_on_a_full_disk_facts_go_into_room_that_was_ours_before(disk: Path) -> None:
    journal = Journal(disk / "journal")
    journal.make_room()
    fill(disk)
    facts = [arrived(f"c{number}") for number in range(20_000)]
    for start in range(0, len(facts), 10):
        journal.append(facts[start : start + 10])
    assert journal.unwritten() == []
    journal.close()
    # Killed, and started again on the same full disk.
    again = Journal(disk / "journal")
    again.append([arrived("after")])
    assert again.unwritten() == []
    assert [event.subject for event in on_disk(disk / "journal")] == [*(f"c{n}" for n in range(20_000)), "after"]


def test_room_is_made_once_and_used_up_one_by_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    for _ in range(2):
        journal.make_room()
    spares = sorted((tmp_path / "journal").glob("*.room"))
    assert [path.name for path in spares] == [f"{number}.room" for number in range(SPARES)]
    assert {path.stat().st_size for path in spares} == {0}
    if os.statvfs(tmp_path).f_bsize:
        assert {path.stat().st_blocks * 512 >= SEGMENT_BYTES for path in spares} == {True}
    for start in range(3):
        again = Journal(tmp_path / "journal")
        assert len(list((tmp_path / "journal").glob("*.room"))) == SPARES - 1 - start
        again.append([arrived(f"c{start}")])
        again.close()
    assert [event.subject for event in on_disk(tmp_path / "journal")] == ["c0", "c1", "c2"]


def test_a_full_disk_gives_no_room_and_leaves_nothing_half_made(disk: Path) -> None:
    journal = Journal(disk / "journal")
    fill(disk)
    with pytest.raises(OSError, match="No space"):
        journal.make_room()
    assert list((disk / "journal").glob("*.new")) == []
