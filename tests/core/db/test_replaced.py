"""``mv`` puts another SQLite file under a running site: it is noticed, nothing of either file is written over."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import connect, event_log
from core.db.identity import Memory
from core.db.replaced import put_aside
from core.demo.installation import empty_installation
from core.events import CallEnded, CoreStarted, Event
from core.installation.service import save_installation
from core.telephony.journal import Journal, JournalWriter
from tests.core.telephony.test_journal import in_database, wait_for


def words(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("select word from words order by rowid")))


def write(engine: Engine, word: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("insert into words values (:word)"), {"word": word})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """With ``older`` beside it, a copy of its own from before its last words."""
    made = tmp_path / "site" / "hotline.db"
    made.parent.mkdir()
    engine = connect(f"sqlite:///{made}")
    with engine.begin() as connection:
        connection.execute(text("create table words (word text)"))
    write(engine, "first")
    with engine.connect() as connection:
        connection.exec_driver_sql("vacuum into ?", (str(made.with_name("older")),))
    engine.dispose()
    return made


OTHER_PROCESS = """
import sys
from core.db import connect
from tests.core.db.test_replaced import words, write
engine = connect(sys.argv[1])
write(engine, "theirs")
for line in sys.stdin:
    write(engine, line.strip())
    print(",".join(words(engine)), flush=True)
"""


def test_every_process_goes_on_with_the_new_file_and_the_old_one_s_log_is_kept(file: Path) -> None:
    url = f"sqlite:///{file}"
    ours, also_ours = connect(url), connect(url)
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin is not None
    assert other.stdout is not None
    try:
        other.stdin.write("before\n")
        other.stdin.flush()
        assert other.stdout.readline().strip() == "first,theirs,before"
        write(ours, "ours")
        with also_ours.connect() as connection:
            # A look that began before goes on with what it saw.
            connection.exec_driver_sql("begin")
            assert connection.scalar(text("select count(*) from words")) == 4
            kept = file.with_name("kept")
            os.link(file, kept)
            file.with_name("older").replace(file)
            assert words(ours) == ["first"]
            connection.rollback()
        write(ours, "anew")
        assert words(also_ours) == ["first", "anew"]
        other.stdin.write("after\n")
        other.stdin.flush()
        assert other.stdout.readline().strip() == "first,anew,after"
    finally:
        other.stdin.close()
        assert other.wait(20) == 0
    assert words(ours) == ["first", "anew", "after"]
    ours.dispose()
    also_ours.dispose()
    with sqlite3.connect(file) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    # The one before is as it was, with the log that holds what was written last.
    (aside,) = put_aside(file)
    shutil.copy(aside, kept.with_name("kept-wal"))
    with sqlite3.connect(kept) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert [word for (word,) in db.execute("select word from words")] == ["first", "theirs", "before", "ours"]


def test_a_file_that_is_gone_is_not_made_anew(file: Path) -> None:
    engine = connect(f"sqlite:///{file}")
    assert words(engine) == ["first"]
    file.rename(file.with_name("moved"))
    for _ in range(2):
        with pytest.raises(DBAPIError, match="gone"):
            words(engine)
    assert not file.exists()
    file.with_name("moved").rename(file)
    assert words(engine) == ["first"]
    engine.dispose()
    # Nobody has it open: what comes there now is a beginning.
    file.unlink()
    with engine.begin() as connection:
        connection.execute(text("create table words (word text)"))
    engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_journal_goes_into_the_copy_that_was_put_there_and_tells_of_it(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    with Session(engine) as session:
        save_installation(session, empty_installation("供水热线", "Asia/Shanghai"))
        session.commit()

    def told(call: str) -> Event:
        return Event.of(CallEnded(call, "normal"), utc_now())

    with engine.begin() as connection:
        event_log.append(connection, [Event.of(CoreStarted("1"), utc_now()), told("long ago")])
    file = Path(str(engine.url.database))
    with engine.connect() as connection:
        connection.exec_driver_sql("vacuum into ?", (str(tmp_path / "older"),))
    with engine.begin() as connection:
        event_log.append(connection, [told("yesterday")])
    engine.dispose()
    journal = Journal(tmp_path / "journal")
    seen: list[bool] = []
    writer = JournalWriter(journal, database_url, memory=Memory(tmp_path / "state"), replaced=lambda: seen.append(True))
    writer.start()
    journal.append([told("a")])
    wait_for(lambda: "a" in in_database(database_url))
    (tmp_path / "older").replace(file)
    journal.append([told("b")])
    # What the journal still has is in the copy, too; what was only in the file before is gone with it.
    wait_for(lambda: in_database(database_url) == ["system", "long ago", "a", "b"])
    writer.stop()
    journal.close()
    assert seen == [True]
    assert writer.state == "up"
