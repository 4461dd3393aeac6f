import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.clock import utc_now
from core.db import connect, event_log
from core.events import (
    AgentRang,
    AgentStateChanged,
    AlertCleared,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallQueued,
    CoreStarted,
    Event,
    QueueLeft,
    RecordingFailed,
    RecordingSaved,
    RecordingStarted,
    RingEnded,
    SupervisionStarted,
    WrapUpStarted,
)
from core.telephony import journal as journal_module
from core.telephony.dangling import owed, owed_recordings
from core.telephony.journal import Journal, JournalWriter, read_segment, take_in
from tests import postgres

NOW = utc_now()


def arrived(call: str, at: float = NOW) -> Event:
    return Event.of(CallArrived(call, "inbound", "13900000001", "96000"), at)


def on_disk(folder: Path) -> list[Event]:
    return [event for path in sorted(folder.glob("*.jsonl")) for event in read_segment(path, 0, 10**9)[0]]


def in_database(url: str) -> list[str]:
    engine = connect(url)
    try:
        with engine.connect() as connection:
            return [event.subject for _id, event in event_log.read_after(connection, 0, 100_000)]
    finally:
        engine.dispose()


def wait_for(true: Callable[[], bool], limit_s: float = 15.0) -> None:
    end = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)


def test_facts_reach_the_database_in_order_and_the_files_go(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 2000)
    journal = Journal(tmp_path / "journal")
    writer = JournalWriter(journal, database_url)
    writer.start()
    for n in range(300):
        journal.append([arrived(f"c{n}")])
    wait_for(lambda: writer.lag() == 0.0)
    writer.stop(5)
    assert in_database(database_url) == [f"c{n}" for n in range(300)]
    assert journal.segments() == [journal.current()]
    assert writer.state == "up"


class Turning(Journal):
    """Begins a new segment exactly between two looks of the writer."""

    turn = False

    def segments(self) -> list[Path]:
        if self.turn:
            self.turn = False
            self._size = journal_module.SEGMENT_BYTES + 1
            self.append([arrived("turned")])
        return super().segments()


def test_a_segment_begun_while_the_writer_looks_is_not_taken_for_an_old_one(tmp_path: Path, database_url: str) -> None:
    journal = Turning(tmp_path / "journal")
    journal.append([arrived("before")])
    journal.turn = True
    writer = JournalWriter(journal, database_url)
    writer._move()
    journal.append([arrived("after")])
    writer._move()
    assert in_database(database_url) == ["before", "turned", "after"]
    assert journal.segments() == [journal.current()]
    writer._engine.dispose()


def test_a_quiet_day_shows_that_the_database_went_away_and_came_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "ASK_EVERY_S", 0.1)
    monkeypatch.setattr(journal_module, "RETRY_S", 0.1)
    database = tmp_path / "away" / "hotline.db"
    writer = JournalWriter(Journal(tmp_path / "journal"), f"sqlite:///{database}")
    writer._engine.dispose()
    writer.start()
    wait_for(lambda: writer.state == "spilling")
    database.parent.mkdir()
    wait_for(lambda: writer.state == "up")
    writer.stop(5)


def test_a_stop_takes_in_what_is_there(tmp_path: Path, database_url: str) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append([arrived("a"), arrived("b")])
    writer = JournalWriter(journal, database_url)
    writer.start()
    writer.stop(10)
    assert in_database(database_url) == ["a", "b"]


def test_a_crash_between_commit_and_delete_doubles_nothing(tmp_path: Path, database_url: str, engine: Engine) -> None:
    first = Journal(tmp_path / "journal")
    events = [arrived("a"), arrived("b"), arrived("c")]
    first.append(events)
    first.close()
    with engine.begin() as connection:
        event_log.append(connection, events[:2])
    second = Journal(tmp_path / "journal")
    second.append([arrived("d")])
    writer = JournalWriter(second, database_url)
    writer.start()
    writer.stop(10)
    assert in_database(database_url) == ["a", "b", "c", "d"]


def test_half_a_line_left_by_a_crash_is_ignored(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder)
    journal.append([arrived("whole"), arrived("half")])
    journal.close()
    path = journal.segments()[0]
    path.write_bytes(path.read_bytes()[:-20])
    again = Journal(folder)
    again.append([arrived("after")])
    assert [event.subject for event in on_disk(folder)] == ["whole", "after"]
    assert again.current() != path


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path, sqlite_template: Path) -> None:
    folder = tmp_path / "journal"
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from core.events import CallArrived, Event\n"
        "from core.telephony.journal import Journal\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "n = 0\n"
        "while True:\n"
        "    journal.append([Event.of(CallArrived(f'c{n}', 'inbound', '1', '2'), utc_now())])\n"
        "    print(n, flush=True)\n"
        "    n += 1\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = -1
    for line in child.stdout:
        told = int(line)
        if told == 500:
            os.kill(child.pid, signal.SIGKILL)
            break
    # What it had told before the signal reached it is still in the pipe, its last line perhaps cut.
    told = max([told, *(int(word) for word in child.stdout.read().split("\n")[:-1] if word)])
    child.stdout.close()
    child.wait()
    calls = [event.subject for event in on_disk(folder)]
    assert len(calls) in {told + 1, told + 2}
    assert calls == [f"c{n}" for n in range(len(calls))]


def test_a_locked_database_makes_it_spill_and_catch_up_once(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "hotline.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    journal = Journal(tmp_path / "journal")
    blocker = connect(url)
    with blocker.connect() as lock:
        lock.exec_driver_sql("begin immediate")
        writer = JournalWriter(journal, url, busy_timeout_s=0.1)
        writer.start()
        began = time.monotonic()
        for n in range(50):
            journal.append([arrived(f"c{n}")])
        assert time.monotonic() - began < 1.0, "the call path waited for the database"
        wait_for(lambda: writer.state == "spilling")
        assert writer.lag() > 0
        lock.rollback()
    blocker.dispose()
    wait_for(lambda: writer.state == "up")
    writer.stop(10)
    assert in_database(url) == [f"c{n}" for n in range(50)]


@pytest.mark.postgres
def test_a_stopped_postgres_is_outlived(tmp_path: Path) -> None:
    try:
        cluster = postgres.create()
    except postgres.NoPostgres as why:
        pytest.skip(str(why))
    try:
        from core.db import migrate

        url = cluster.url("postgres")
        engine = connect(url)
        migrate(engine)
        engine.dispose()
        journal = Journal(tmp_path / "journal")
        writer = JournalWriter(journal, url)
        writer.start()
        journal.append([arrived("before")])
        wait_for(lambda: writer.lag() == 0.0)
        cluster.stop()
        journal.append([arrived("during")])
        wait_for(lambda: writer.state == "spilling")
        cluster.start()
        journal.append([arrived("after")])
        wait_for(lambda: writer.state == "up" and writer.lag() == 0.0)
        writer.stop(5)
        assert in_database(url) == ["before", "during", "after"]
    finally:
        postgres.remove(cluster)


def test_a_full_disk_keeps_facts_in_memory_until_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "journal")
    real = os.write
    room = [30]

    def cramped(file: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "full")
        taken = real(file, data[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(journal_module.os, "write", cramped)
    journal.append([arrived("a")])
    journal.append([arrived("b")])
    assert len(journal.unwritten()) == 2
    monkeypatch.setattr(journal_module.os, "write", real)
    journal.append([arrived("c")])
    assert journal.unwritten() == []
    assert [event.subject for event in on_disk(tmp_path / "journal")] == ["a", "b", "c"]


def test_with_a_full_disk_a_database_elsewhere_still_gets_everything(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")

    def full(_file: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(journal_module.os, "write", full)
        journal.append([arrived("a")])
    writer = JournalWriter(journal, database_url)
    writer.start()
    writer.stop(10)
    assert in_database(database_url) == ["a"]
    assert journal.unwritten() == []


# --- what a killed core left open ------------------------------------------------------------------------------


def a_talking_call(call: str, at: float) -> list[Event]:
    facts = (
        CallArrived(call, "inbound", "1", "96000"),
        CallQueued(call, "general", 0, 1),
        AgentRang(call, f"{call}-1", "8001", "general"),
        RingEnded(call, f"{call}-1", "8001", "answered"),
        QueueLeft(call, "general", "answered", "8001"),
        CallAnswered(call, f"{call}-1", "8001", "general"),
    )
    return [Event.of(fact, at + n) for n, fact in enumerate(facts)]


def test_the_next_start_ends_open_calls_wrap_ups_and_duties_once(engine: Engine) -> None:
    left = [
        *a_talking_call("talks", NOW - 100),
        Event.of(CallArrived("waits", "inbound", "2", "96000"), NOW - 90),
        Event.of(CallQueued("waits", "repair", 1, 1), NOW - 89),
        Event.of(CallArrived("done", "inbound", "3", "96000"), NOW - 80),
        Event.of(WrapUpStarted("done", "done-1", "8002", 20.0), NOW - 70),
        Event.of(CallEnded("done", "caller_hung_up"), NOW - 70),
        Event.of(AgentStateChanged("8001", "talking"), NOW - 95),
        Event.of(AgentStateChanged("8002", "offline"), NOW - 60),
    ]
    batch = [*left, Event.of(CoreStarted("1"), NOW - 10), arrived("new", NOW - 5)]
    for _again in range(2):
        with engine.begin() as connection:
            take_in(connection, batch)
    with engine.connect() as connection:
        rows = [event for _id, event in event_log.read_after(connection, 0, 1000)]
    added = [event for event in rows if event not in batch]
    assert [(event.subject, event.kind) for event in added] == [
        ("done", "wrap_up_ended"),
        ("talks", "segment_ended"),
        ("talks", "call_ended"),
        ("waits", "queue_left"),
        ("waits", "call_ended"),
        ("8001", "agent_state_changed"),
    ]
    assert {event.payload["reason"] for event in added if event.kind == "call_ended"} == {"core_restarted"}
    # Ended when the core was last heard of, not when it came back.
    assert {event.at_us for event in added} == {round((NOW - 60) * 1e6)}
    assert rows[-1].subject == "new"


def ended(engine: Engine, kind: str) -> dict[str, float]:
    """Subject and seconds from ``NOW`` of every fact of this kind."""
    with engine.connect() as connection:
        rows = [event for _id, event in event_log.read_after(connection, 0, 1000)]
    return {event.subject: event.at_us / 1e6 - NOW for event in rows if event.kind == kind}


def test_what_was_open_ends_at_the_core_s_last_sign_of_life_whatever_others_wrote_later(engine: Engine) -> None:
    talk = a_talking_call("talks", NOW - 100)
    left = [
        *talk,
        Event.of(AgentStateChanged("8001", "talking"), NOW - 95),
        Event.of(CallArrived("late", "inbound", "2", "96000"), NOW - 55.9),
        # The web process goes on.
        Event.of(AlertCleared("a1", "eased", 1.0), NOW - 20),
    ]
    started = Event.of(CoreStarted("1", last_alive=NOW - 56), NOW - 10)
    with engine.begin() as connection:
        take_in(connection, [*left, started])
    assert ended(engine, "segment_ended")["talks"] == pytest.approx(-56, abs=0.01)
    calls = ended(engine, "call_ended")
    assert calls["talks"] == pytest.approx(-56, abs=0.01)
    # What the core told after its last sign was one.
    assert calls["late"] == pytest.approx(-55.9, abs=0.01)
    assert ended(engine, "agent_state_changed")["8001"] == pytest.approx(-56, abs=0.01)


@pytest.mark.parametrize("alive", [NOW + 1000, NOW - 10_000], ids=["later", "earlier"])
def test_a_sign_of_life_at_an_impossible_time_moves_no_end_before_its_beginning_or_behind_the_start(
    engine: Engine, alive: float
) -> None:
    with engine.begin() as connection:
        take_in(connection, [*a_talking_call("x", NOW - 100), Event.of(CoreStarted("1", alive), NOW - 10)])
    # The log has whole microseconds.
    assert -95.001 <= ended(engine, "call_ended")["x"] <= -9.99


DAY = 86_400.0


def test_a_call_a_recording_and_a_duty_older_than_two_days_are_ended_too(engine: Engine) -> None:
    left = [
        Event.of(CoreStarted("1"), NOW - 9 * DAY),
        *a_talking_call("long", NOW - 5 * DAY),
        Event.of(RecordingStarted("long", "long.wav"), NOW - 5 * DAY),
        Event.of(AgentStateChanged("8001", "talking"), NOW - 5 * DAY),
        Event.of(CallArrived("new", "inbound", "2", "96000"), NOW - 50),
    ]
    with engine.begin() as connection:
        take_in(connection, [*left, Event.of(CoreStarted("1", last_alive=NOW - 20), NOW - 10)])
        assert owed_recordings(connection, round((NOW - 10) * 1e6)) == [("long", "long.wav")]
    for kind, subject in (("segment_ended", "long"), ("call_ended", "long"), ("agent_state_changed", "8001")):
        assert ended(engine, kind)[subject] == pytest.approx(-20, abs=0.01)


@pytest.mark.parametrize("back", [3600.0, 5 * DAY])
def test_a_clock_set_back_before_the_next_start_leaves_nothing_open_and_no_length_below_nothing(
    engine: Engine, back: float
) -> None:
    left = [
        Event.of(CoreStarted("1"), NOW + back - 3000),
        *a_talking_call("ahead", NOW + back),
        Event.of(RecordingStarted("ahead", "ahead.wav"), NOW + back),
        Event.of(AgentStateChanged("8001", "talking"), NOW + back),
    ]
    with engine.begin() as connection:
        take_in(connection, [*left, Event.of(CoreStarted("1", last_alive=NOW + back + 20), NOW)])
        assert owed_recordings(connection, round(NOW * 1e6)) == [("ahead", "ahead.wav")]
    assert ended(engine, "call_ended")["ahead"] == pytest.approx(back + 5, abs=0.01)
    assert ended(engine, "agent_state_changed")["8001"] == pytest.approx(back, abs=0.01)


def test_recordings_whose_end_nobody_told_are_named_once_all_is_in(tmp_path: Path, database_url: str) -> None:
    journal = Journal(tmp_path / "journal")
    facts = [
        RecordingStarted("kept", "kept.wav"),
        RecordingSaved("kept", "kept.wav", 3.0),
        RecordingStarted("broke", "broke.wav"),
        RecordingFailed("broke", "broke.wav", "disk_full"),
        RecordingStarted("cut", "cut.wav"),
        SupervisionStarted("cut", "supervisor", "", "listen", "x", "cut.supervision-1.wav"),
    ]
    journal.append([Event.of(fact, NOW - 5) for fact in facts])
    told: list[list[tuple[str, str]]] = []
    writer = JournalWriter(journal, database_url, owed=told.append)
    journal.append([Event.of(CoreStarted("1"), utc_now()), Event.of(RecordingStarted("new", "new.wav"), utc_now() + 1)])
    writer.start()
    wait_for(lambda: bool(told))
    writer.stop(5)
    assert told == [[("cut", "cut.wav"), ("cut:0", "cut.supervision-1.wav")]]


def test_nothing_is_owed_to_a_call_that_ended() -> None:
    call = [*a_talking_call("x", NOW), Event.of(CallEnded("x", "caller_hung_up"), NOW + 60)]
    assert owed(call) == []
