"""``state/`` or ``journal/`` that may not be written: refused at the start; later it is said, and calls and facts go on."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.commands.run import see_that_we_may_write
from core.config import Settings
from core.db import connect, identity, migrate
from core.db.identity import Memory
from core.demo.installation import empty_installation
from core.errors import ConfigError, Conflict
from core.events import CallEnded, CoreStarted, Event
from core.installation.service import save_installation
from core.telephony import journal as journal_module
from core.telephony.installation_cache import InstallationCache
from core.telephony.journal import Journal, JournalWriter
from core.web.routes.health import folders
from tests.closed_folders import closed, folder_of_somebody
from tests.core.telephony.test_journal import in_database, wait_for


@pytest.fixture
def settings() -> Iterator[Settings]:
    with folder_of_somebody() as home:
        made = Settings(home=home)
        see_that_we_may_write(made)
        yield made


@pytest.mark.parametrize("name", ["state", "journal"])
def test_a_start_is_refused_with_the_folder_s_name(settings: Settings, name: str) -> None:
    with closed(settings.home, name):
        with pytest.raises(ConfigError) as refused:
            see_that_we_may_write(settings)
        assert refused.value.values["home"] == settings.home / name
        assert refused.value.remedy
    (settings.home / name).rmdir()
    (settings.home / name).write_text("a letter")
    with pytest.raises(Conflict, match="not a folder"):
        see_that_we_may_write(settings)


def test_health_names_the_folders_and_leaves_nothing_in_them(settings: Settings) -> None:
    assert folders(settings) == {"status": "ok"}
    with closed(settings.home, "state"):
        assert folders(settings) == {"status": "degraded", "detail": "not_writable", "folders": "state"}
    with closed(settings.home, "state", "journal"):
        assert folders(settings)["folders"] == "state, journal"
    assert folders(settings) == {"status": "ok"}
    assert not [*settings.state_dir.iterdir(), *settings.journal_dir.iterdir()]


def test_facts_go_on_to_the_database_from_folders_that_were_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 600)
    engine = connect(settings.database)
    migrate(engine)
    with Session(engine) as session:
        save_installation(session, empty_installation("供水热线", "Asia/Shanghai"))
        session.commit()
    engine.dispose()
    assert in_database(settings.database) == []
    journal = Journal(settings.journal_dir)
    for number in range(6):
        journal.append([Event.of(CallEnded(f"a{number}", "normal"), utc_now())])
    with closed(settings.home, "journal", "state"):
        for number in range(20):
            journal.append([Event.of(CallEnded(f"b{number}", "normal"), utc_now())])
        assert not journal.unwritten()
        writer = JournalWriter(journal, settings.database, memory=Memory(settings.state_dir))
        writer.start()
        wait_for(lambda: len(in_database(settings.database)) == 26)
        journal.append([Event.of(CoreStarted("1"), utc_now())])
        wait_for(lambda: len(in_database(settings.database)) == 27)
        assert writer.state == "up"
        assert identity.read(settings.state_dir) is None
    # Open again, what was only looked at is taken away and remembered.
    journal.append([Event.of(CallEnded("c", "normal"), utc_now())])
    wait_for(lambda: journal.segments() == [journal.current()])
    wait_for(lambda: identity.read(settings.state_dir) is not None)
    writer.stop()
    journal.close()
    assert [one for one in in_database(settings.database) if one != "system"] == [
        *(f"a{n}" for n in range(6)),
        *(f"b{n}" for n in range(20)),
        "c",
    ]


def test_a_changed_site_holds_though_its_copy_cannot_be_kept(settings: Settings) -> None:
    installation = empty_installation("供水热线", "Asia/Shanghai")
    cache = InstallationCache(settings.state_dir / "site.json", lambda: installation)
    with closed(settings.home, "state"):
        assert asyncio.run(cache.reload()) is installation
    assert not cache.stale
    assert not cache.path.exists()
