"""A site is backed up before the first start of a newer program, as it stands; put back, it is a site of today."""

import json
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy.orm import Session

from core.commands import backup
from core.commands.backup import back_up, verified
from core.commands.backup_file import inspect_file
from core.commands.init import ensure_installation, init_installation
from core.commands.restore import put_back
from core.commands.rows import rows_of
from core.config import load_settings
from core.db import connect, event_log, migrate
from core.db.migrate import alembic_config, newest, revision_of
from core.db.tables import AccountRow
from core.errors import BadInput
from core.events import Event
from core.events.calls import CallEnded
from core.people.sealing import installation_vault
from core.people.service import NewUser, add_user

# The last state of the tables before today's, the one before the chain of the audit, and one from before secrets were
# sealed.
OLDER = [("sqlite", "0012"), ("postgres", "0012"), ("sqlite", "0009"), ("sqlite", "0006")]
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def set_back(url: str, revision: str) -> None:
    """As a program of that time had left it."""
    engine, config = connect(url), alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
    engine.dispose()


def standing(url: str) -> tuple[str | None, list[tuple[str, dict[str, Any]]]]:
    engine = connect(url)
    with engine.connect() as connection:
        found = revision_of(connection), list(rows_of(connection))
    engine.dispose()
    return found


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    (made / "hotline.toml").write_text(f'database_url = "{database_url}"\n')
    init_installation(made, demo=False)
    settings = load_settings(made)
    engine = connect(settings.database)
    with Session(engine) as session:
        user = NewUser("bo", "geheim1234", "agent", "波", "8100", "sip-geheim", ("general",))
        add_user(session, user, installation_vault(session, settings))
    with engine.begin() as connection:
        event_log.append(connection, [Event.of(CallEnded("c1", "normal", "caller"), 1_790_000_000.5)])
    engine.dispose()
    return made


@pytest.mark.parametrize(("database_url", "revision"), OLDER, indirect=["database_url"])
def test_a_site_of_older_tables_is_backed_up_as_it_stands_and_put_back_as_one_of_today(
    tmp_path: Path, home: Path, database_url: str, revision: str
) -> None:
    set_back(database_url, revision)
    before = standing(database_url)
    assert before[0] == revision
    file = tmp_path / "site.tar.gz"
    assert back_up(home, file) == len(before[1])
    # Nothing was changed by it.
    assert standing(database_url) == before
    assert verified(file, None)

    again = tmp_path / "again"
    again.mkdir()
    (again / "hotline.toml").write_text("")
    put_back(again, file)
    assert not list(again.glob("*.restore*"))
    url = load_settings(again).database
    got, found = standing(url)
    assert got == newest()
    # The rows are those that the site itself would have had after its start.
    engine = connect(database_url)
    migrate(engine)
    engine.dispose()
    sealed = {AccountRow.__tablename__}
    kept = [row for row in standing(database_url)[1] if row[0] not in sealed]
    assert [row for row in found if row[0] not in {*sealed, "audit_head"}] == [r for r in kept if r[0] != "audit_head"]
    assert ("event_log", "c1") in {(name, row.get("subject")) for name, row in found}
    assert len([row for name, row in found if name in sealed]) == 1
    ensure_installation(again, demo=False)


@ONLY_SQLITE
def test_a_backup_of_a_newer_program_is_refused_before_anything_is_written(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "revision_of", lambda _connection: "9999")
    file = tmp_path / "site.tar.gz"
    back_up(home, file)
    again = tmp_path / "again"
    with pytest.raises(BadInput, match=r"newer version of this program \(9999\)"):
        put_back(again, file)
    assert not again.exists()


@ONLY_SQLITE
def test_a_database_from_a_newer_program_is_backed_up_with_what_only_that_one_knows(
    tmp_path: Path, home: Path, database_url: str
) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table of_tomorrow (id integer primary key, word varchar(9))")
        connection.exec_driver_sql("insert into of_tomorrow values (1, 'word')")
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    engine.dispose()
    back_up(home, tmp_path / "site.tar.gz")
    parts = inspect_file(tmp_path / "site.tar.gz", None).read()
    lines = [json.loads(line) for name, content in parts if name == "database.jsonl" for line in content]
    assert ["of_tomorrow", {"id": 1, "word": "word"}] in lines
