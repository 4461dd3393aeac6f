import json
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.cli import main
from core.commands.backup import back_up, put_back
from core.commands.init import ensure_installation, init_installation
from core.db import connect, event_log
from core.db.tables import CustomerRow, EventRow, UserRow
from core.errors import BadInput, Conflict, NotFound, Unavailable
from core.installation.service import load_installation
from core.people.users import authenticate
from tests.core.commands.archives import rewritten


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "site"
    began = time.monotonic()
    assert init_installation(home, demo=True)
    assert time.monotonic() - began < 30
    return home


def test_the_demo_site_holds_people_customers_and_days_of_calls(demo_home: Path) -> None:
    engine = connect(f"sqlite:///{demo_home}/hotline.db")
    with Session(engine) as session:
        installation = load_installation(session)
        assert installation.demo
        assert list(installation.queues) == ["general", "repair", "billing", "complaint"]
        assert set(installation.agents) == {str(n) for n in range(8001, 8013)}
        assert "8090" in installation.accounts
        assert installation.dids["96000"].target == "flow:main"
        assert installation.dids["96001"].target == "queue:general"
        about = json.loads((demo_home / "demo.json").read_text("utf-8"))
        for user in about["users"]:
            assert authenticate(session, user["name"], user["password"]).role == user["role"]
        assert {user["role"] for user in about["users"]} == set(session.scalars(select(UserRow.role)))
        assert session.scalar(select(func.count()).select_from(CustomerRow)) == 200
        first, last = session.execute(select(func.min(EventRow.at_us), func.max(EventRow.at_us))).one()
        assert last - first > 7 * 86_400e6
    engine.dispose()


def test_a_second_init_changes_nothing(demo_home: Path) -> None:
    before = (demo_home / "hotline.toml").read_text()
    assert not init_installation(demo_home, demo=True)
    assert (demo_home / "hotline.toml").read_text() == before


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Conflict):
        init_installation(tmp_path, demo=False)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_real_site_is_not_filled_with_a_demo(tmp_path: Path) -> None:
    home = tmp_path / "site"
    assert init_installation(home, demo=False)
    with pytest.raises(Conflict):
        init_installation(home, demo=True)


def test_run_wants_a_site_or_the_word_demo(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as missing:
        ensure_installation(tmp_path / "none", demo=False)
    assert missing.value.remedy


def test_a_database_that_cannot_be_opened_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "hotline.toml").write_text(f'database_url = "sqlite:///{tmp_path}/no/such/folder/x.db"')
    with pytest.raises(Unavailable) as down:
        init_installation(tmp_path, demo=False)
    assert down.value.field == "database_url"


def test_refusals_are_printed_in_words_with_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_LANGUAGE", "en")
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SystemExit) as ended:
        main(["init", "--home", str(tmp_path)])
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "holds files that are not of a site" in told
    assert "Choose an empty folder." in told


def test_a_user_is_added_to_a_site_that_does_not_run(tmp_path: Path) -> None:
    home = str(tmp_path / "site")
    init_installation(Path(home), demo=False)
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "user",
                "add",
                "bo",
                "--home",
                home,
                "--role",
                "agent",
                "--password",
                "geheim1234",
                "--extension",
                "8100",
                "--sip-password",
                "x",
                "--queue",
                "general",
                "--queue",
                "repair",
            ]
        )
    assert ended.value.code == 0
    engine = connect(f"sqlite:///{home}/hotline.db")
    with Session(engine) as session:
        assert load_installation(session).agents["8100"].queues == {"general": 1, "repair": 1}
    engine.dispose()


def test_a_backup_put_back_is_the_same_site(demo_home: Path, tmp_path: Path, database_url: str) -> None:
    heard = demo_home / "recordings" / "2026" / "a.wav"
    heard.parent.mkdir(parents=True, exist_ok=True)
    heard.write_bytes(b"RIFF")
    file = tmp_path / "site.tar.gz"
    rows = back_up(demo_home, file)
    home = tmp_path / "again"
    home.mkdir()
    # Also from one kind of database into the other, and over what is there.
    settings = demo_home / "hotline.toml"
    before = settings.read_text()
    try:
        settings.write_text(f'database_url = "{database_url}"\n')
        (home / "hotline.toml").write_text(settings.read_text())
        file_of_other = tmp_path / "other.tar.gz"
        toml = settings.read_bytes()
        rewritten(file, file_of_other, lambda name, content: toml if name == "hotline.toml" else content)
    finally:
        settings.write_text(before)
    for _twice in range(2):
        assert put_back(home, file_of_other).rows == rows
    assert (home / "recordings" / "2026" / "a.wav").read_bytes() == b"RIFF"
    old, new = connect(f"sqlite:///{demo_home}/hotline.db"), connect(database_url)
    with Session(old) as one, Session(new) as two:
        assert load_installation(one) == load_installation(two)
        assert event_log.last_id(one.connection()) == event_log.last_id(two.connection())
        assert event_log.read_after(one.connection(), 0, 50) == event_log.read_after(two.connection(), 0, 50)
        # The numbering goes on behind what was put back.
        two.add(UserRow(name="new", display_name="new", role="qa", password_hash="", created_at=0.0))
        two.commit()
    old.dispose()
    new.dispose()


def test_a_file_that_is_no_backup_or_only_a_part_of_one_is_refused_and_nothing_is_written(
    demo_home: Path, tmp_path: Path
) -> None:
    (tmp_path / "x.tar.gz").write_text("nothing")
    back_up(demo_home, tmp_path / "whole.tar.gz")
    whole = (tmp_path / "whole.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) * 2 // 3])
    for name in ("x.tar.gz", "cut.tar.gz"):
        with pytest.raises(BadInput, match="not a whole backup"):
            put_back(tmp_path / "home", tmp_path / name)
    with pytest.raises(NotFound):
        put_back(tmp_path / "home", tmp_path / "none.tar.gz")
    assert not (tmp_path / "home").exists()


def test_recordings_on_another_disk_are_in_the_backup(tmp_path: Path) -> None:
    init_installation(tmp_path / "home", demo=False)
    (tmp_path / "big" / "2026").mkdir(parents=True)
    (tmp_path / "big" / "2026" / "a.wav").write_bytes(b"RIFF")
    (tmp_path / "home" / "recordings").symlink_to(tmp_path / "big")
    back_up(tmp_path / "home", tmp_path / "site.tar.gz")
    put_back(tmp_path / "again", tmp_path / "site.tar.gz")
    assert (tmp_path / "again" / "recordings" / "2026" / "a.wav").read_bytes() == b"RIFF"


def test_a_copy_in_a_new_folder_does_not_touch_the_database_that_its_settings_name(
    tmp_path: Path, database_url: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "hotline.toml").write_text(f'database_url = "{database_url}"\n')
    init_installation(home, demo=False)
    back_up(home, tmp_path / "site.tar.gz")
    with pytest.raises(Conflict, match=r"holds a site already|a database outside"):
        put_back(tmp_path / "again", tmp_path / "site.tar.gz")
    assert not (tmp_path / "again").exists()
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "hotline.toml").write_text("")
    assert put_back(tmp_path / "again", tmp_path / "site.tar.gz")
    assert (tmp_path / "again" / "hotline.db").exists()


def test_what_the_replaced_site_had_not_taken_in_does_not_get_into_the_one_put_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    init_installation(home, demo=False)
    back_up(home, tmp_path / "site.tar.gz")
    (home / "journal").mkdir()
    (home / "journal" / "0000000007.jsonl").write_text("{}\n")
    put_back(home, tmp_path / "site.tar.gz")
    assert not list((home / "journal").iterdir())


def test_a_backup_into_a_folder_that_is_not_there_is_refused(demo_home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        back_up(demo_home, tmp_path / "nowhere" / "site.tar.gz")
    assert not list(tmp_path.iterdir())
