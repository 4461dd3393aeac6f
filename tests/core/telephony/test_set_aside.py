"""Lines of the journal whose bytes have changed: set aside whole, all others are in the log, and mended ones follow."""

import os
import random
import threading
from pathlib import Path

import orjson
import pytest
from sqlalchemy.exc import OperationalError

from core.db import connect, event_log, migrate
from core.events import CallArrived, CallEnded, Event
from core.telephony import set_aside as module
from core.telephony.journal import Journal, JournalWriter
from core.telephony.set_aside import SetAside

EVENTS = [
    event
    for n in range(40)
    for event in (
        Event.of(CallArrived(f"call{n}", "inbound", "13800001111", "96001"), 1_795_406_400.0 + n),
        Event.of(CallEnded(f"call{n}", "caller_hung_up"), 1_795_406_405.0 + n),
    )
]


@pytest.fixture
def database(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'log.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def moved(tmp_path, engine):
    """What a core that starts on this folder brings into the log."""
    journal = Journal(tmp_path / "journal")
    writer = JournalWriter(journal, str(engine.url))
    writer.start()
    writer.stop(20.0)
    journal.close()
    with engine.connect() as connection:
        return {event.uid: event for _, event in event_log.read_after(connection, 0)}


def segment(tmp_path):
    journal = Journal(tmp_path / "journal")
    journal.append(EVENTS)
    path = journal.current()
    journal.close()
    return path


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_byte_costs_one_line_for_a_while_and_no_other(tmp_path, database, seed):
    path = segment(tmp_path)
    chance = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(3):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    found = moved(tmp_path, database)
    aside = SetAside(tmp_path / "journal")
    lines = aside.lines()
    assert aside.count() == len(lines)
    # A line break that is gone makes one of two lines.
    assert len(found) + len(lines) >= len(EVENTS) - 3
    same = [event for event in EVENTS if found.get(event.uid) == event]
    assert len(same) >= len(EVENTS) - 6
    assert not path.exists()
    # Somebody mends the lines.
    aside.path.write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in EVENTS if event not in same))
    aside.feed_again(database)
    assert aside.count() == 0
    with database.connect() as connection:
        log = {event.uid for _, event in event_log.read_after(connection, 0)}
    assert {event.uid for event in EVENTS} <= log


def test_what_is_still_unreadable_stays_and_a_feeding_that_was_killed_loses_no_line(tmp_path, database):
    aside = SetAside(tmp_path)
    good = orjson.dumps(EVENTS[0])
    aside.add([good, b"{]\n", b"{]", b"\0\0\n"])
    assert aside.lines() == [good, b"{]"]
    assert aside.feed_again(database) == 1
    assert aside.lines() == [b"{]"]
    aside.path.rename(aside.path.with_suffix(".taking"))
    aside.add([b"[["])
    SetAside(tmp_path).recover()
    assert sorted(aside.lines()) == [b"[[", b"{]"]
    assert [path.name for path in tmp_path.glob("refused*")] == ["refused.log"]


def test_what_is_set_aside_is_on_the_disk_before_its_segment_goes(tmp_path, monkeypatch):
    synced = []
    real = os.fsync

    def broken(_descriptor):
        raise OSError(5, "I/O error")

    def noted(descriptor):
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    aside = SetAside(tmp_path)
    monkeypatch.setattr(module.os, "fsync", broken)
    with pytest.raises(OSError, match="I/O error"):
        aside.add([b"{]"])
    # Said again, it is known, and owed to the disk all the same.
    monkeypatch.setattr(module.os, "fsync", noted)
    aside.add([b"{]"])
    assert synced == [aside.path, tmp_path]
    assert aside.path.read_bytes() == b"{]\n"


def test_a_line_that_was_left_open_is_not_continued(tmp_path):
    aside = SetAside(tmp_path)
    aside.path.write_bytes(b"{]")
    aside.add([b"[["])
    assert aside.lines() == [b"{]", b"[["]


def test_a_database_that_goes_away_leaves_every_line_in_its_place_and_counted(tmp_path, database, monkeypatch):
    aside = SetAside(tmp_path)
    lines = [orjson.dumps(event) for event in EVENTS[:3]]
    aside.add(lines)
    real, asked = module.event_log.append, []

    def gone(connection, events):
        # Those that are being fed still count.
        asked.append(aside.count())
        if len(asked) == 2:
            raise OperationalError("insert", {}, Exception("gone"))
        return real(connection, events)

    monkeypatch.setattr(module.event_log, "append", gone)
    with pytest.raises(OperationalError):
        aside.feed_again(database)
    assert aside.lines() == lines
    assert asked == [3, 3]
    assert [path.name for path in tmp_path.glob("refused*")] == ["refused.log"]
    assert aside.feed_again(database) == 3
    assert aside.count() == 0


def test_two_who_feed_at_once_feed_one_after_the_other(tmp_path, database, monkeypatch):
    aside = SetAside(tmp_path)
    aside.add([orjson.dumps(event) for event in EVENTS[:3]])
    real, within, go = module.event_log.append, threading.Event(), threading.Event()

    def held(connection, events):
        within.set()
        assert go.wait(20)
        return real(connection, events)

    monkeypatch.setattr(module.event_log, "append", held)
    fed = []
    both = [threading.Thread(target=lambda: fed.append(aside.feed_again(database))) for _ in range(2)]
    both[0].start()
    assert within.wait(20)
    both[1].start()
    # Meanwhile the core may add.
    SetAside(tmp_path).add([b"{]"])
    go.set()
    for one in both:
        one.join(20)
    assert fed == [3, 0]
    assert aside.lines() == [b"{]"]


def test_where_nothing_was_ever_written_nothing_is_fed(database, tmp_path):
    aside = SetAside(tmp_path / "no" / "journal")
    aside.recover()
    assert (aside.feed_again(database), aside.lines(), aside.count()) == (0, [], 0)
