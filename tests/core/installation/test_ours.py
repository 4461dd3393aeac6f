"""A house that has worked and finds another database: refused in words, with the way back, and nothing is written."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.cli import main
from core.clock import utc_now
from core.commands.init import ensure_installation, init_installation
from core.config import Settings, load_settings
from core.db import connect, event_log, identity, migrate
from core.demo.installation import empty_installation
from core.errors import Conflict
from core.events import CoreStarted, Event
from core.installation.ours import see_that_it_is_ours, see_that_it_is_there
from core.installation.service import save_installation
from core.telephony.agent_snapshot import AgentSnapshot, LastRun
from core.telephony.journal import Journal, JournalWriter
from tests.house.running import until


def started(count=1):
    return [Event.of(CoreStarted(version="1"), utc_now() + n) for n in range(count)]


def house(home, url):
    """A house whose core has run on this database."""
    settings = Settings(home=home, database_url=url)
    engine = connect(url)
    with Session(engine) as session:
        save_installation(session, empty_installation("one", "Asia/Shanghai"))
    with engine.begin() as connection:
        event_log.append(connection, started(5))
        assert identity.Memory(settings.state_dir).allows(connection)
    (settings.state_dir / "site.json").write_text("the copy")
    return settings, engine


def refusal(settings, engine):
    with pytest.raises(Conflict) as refused, engine.connect() as connection:
        see_that_it_is_ours(settings, connection)
    assert refused.value.field == "database_url"
    assert "restore" in refused.value.remedy
    assert (settings.state_dir / "site.json").read_text() == "the copy"
    return str(refused.value)


@pytest.fixture
def ours(tmp_path, database_url):
    settings, engine = house(tmp_path / "site", database_url)
    yield settings, engine
    engine.dispose()


def test_its_own_database_is_taken_however_far_it_has_gone_on(ours):
    settings, engine = ours
    for _ in range(3):
        with engine.begin() as connection:
            see_that_it_is_ours(settings, connection)
            event_log.append(connection, started(3))


def test_an_emptied_one_is_refused(ours):
    settings, engine = ours
    with engine.begin() as connection:
        connection.execute(text("delete from event_log"))
        connection.execute(text("delete from site"))
    assert "missing or empty" in refusal(settings, engine)


def test_one_of_another_installation_is_refused(ours):
    settings, engine = ours
    with engine.begin() as connection:
        connection.execute(text("delete from event_log"))
        event_log.append(connection, started(9))
    assert "another installation" in refusal(settings, engine)


def test_an_older_copy_is_refused_at_a_start_and_taken_while_it_runs(ours):
    settings, engine = ours
    with engine.begin() as connection:
        connection.execute(text("delete from event_log where id > 3"))
    assert "older copy" in refusal(settings, engine)
    with engine.begin() as connection:
        see_that_it_is_ours(settings, connection, old_will_do=True)
        memory = identity.Memory(settings.state_dir)
        assert memory.allows(connection)
        see_that_it_is_ours(settings, connection)


def test_the_writer_keeps_its_facts_from_another_house_and_brings_them_home(tmp_path, ours):
    settings, engine = ours
    with engine.begin() as connection:
        rows = connection.execute(text("select * from event_log")).mappings().all()
        connection.execute(text("delete from event_log"))
        event_log.append(connection, started(2))
    journal = Journal(tmp_path / "journal")
    writer = JournalWriter(
        journal, engine.url.render_as_string(hide_password=False), memory=identity.Memory(settings.state_dir)
    )
    kept = started(4)
    journal.append(kept)
    writer.start()
    until(lambda: writer.state == "not_ours")
    with engine.connect() as connection:
        assert event_log.last_id(connection) < 10
        assert not any(event_log.contains(connection, event.uid) for event in kept)
    with engine.begin() as connection:
        connection.execute(text("delete from event_log"))
        for row in rows:
            connection.execute(
                text("insert into event_log values (:id, :uid, :at_us, :kind, :version, :subject, :payload)"), dict(row)
            )
    until(lambda: writer.state == "up")

    def home_again():
        with engine.connect() as connection:
            return all(event_log.contains(connection, event.uid) for event in kept)

    until(home_again)
    writer.stop()
    journal.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("made") / "site"
    init_installation(home, demo=False)
    return home


def worked(made: Path, home: Path) -> Path:
    shutil.copytree(made, home)
    engine = connect(f"sqlite:///{home / 'hotline.db'}")
    with engine.begin() as connection:
        event_log.append(connection, started(3))
        assert identity.Memory(home / "state").allows(connection)
    engine.dispose()
    (home / "state" / "site.json").write_text("the copy")
    return home


def before_and_after(home: Path):
    return {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".db-shm"}


@pytest.mark.parametrize("what", ["missing", "no bytes", "another", "older", "newer program"])
def test_a_start_with_a_wrong_file_writes_nothing_and_accept_is_the_way_on(made, tmp_path, what):
    home = worked(made, tmp_path / "site")
    file = home / "hotline.db"
    if what == "missing":
        file.unlink()
    elif what == "no bytes":
        file.write_bytes(b"")
    elif what == "another":
        shutil.copy(worked(made, tmp_path / "other") / "hotline.db", file)
    elif what == "older":
        shutil.copy(made / "hotline.db", file)
    else:
        with sqlite3.connect(file) as db:
            db.execute("update alembic_version set version_num = '9999'")
    before = before_and_after(home)
    with pytest.raises(Conflict) as refused:
        ensure_installation(home, demo=False)
    assert "restore" in refused.value.remedy
    assert before_and_after(home) == before
    if what == "newer program":
        assert "9999" in str(refused.value)
        return
    settings = load_settings(home)
    settings.agents_path.write_text('{"calls": 3}\n')
    settings.journal_dir.mkdir(exist_ok=True)
    waiting = settings.journal_dir / "0000000001.jsonl"
    waiting.write_text("")
    main_code = 0
    try:
        main(["database", "accept", "--home", str(home)])
    except SystemExit as done:
        main_code = int(done.code or 0)
    assert main_code == 0
    # Nobody is said to sit where a shift of the other database sat, nor does its journal go into this one.
    assert AgentSnapshot(settings.agents_path).read(utc_now()) == LastRun()
    assert settings.agents_path.with_suffix(".before").read_text() == '{"calls": 3}\n'
    # Nothing stands in any of these logs: what waits is of another database.
    assert not waiting.exists()
    ensure_installation(home, demo=False)


def test_a_house_that_never_ran_has_nothing_to_compare(tmp_path):
    settings = Settings(home=tmp_path)
    see_that_it_is_there(settings)
    engine = connect(settings.database)
    migrate(engine)
    with engine.connect() as connection:
        see_that_it_is_ours(settings, connection)
    engine.dispose()


def test_what_is_remembered_and_cannot_be_read_is_nothing(tmp_path):
    for broken in ("", "{}", '{"first": 1}', "[]"):
        (tmp_path / identity.FILE).write_text(broken)
        assert identity.read(tmp_path) is None
    identity.store(tmp_path, identity.LogIdentity("a", 2, "b"))
    assert identity.read(tmp_path) == identity.LogIdentity("a", 2, "b")
    assert json.loads((tmp_path / identity.FILE).read_text())["last_id"] == 2
