"""Backups that are sealed, and files that are no backups of ours: restore writes nothing outside of its folder."""

import fcntl
import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.commands.backup import back_up
from core.commands.init import ensure_installation, init_installation
from core.commands.restore import put_back
from core.config import load_settings
from core.db import connect
from core.db.tables import AccountRow
from core.errors import BadInput, ConfigError, Conflict
from core.installation.service import digest_secret
from core.people.sealing import installation_vault
from core.people.service import NewUser, add_user
from core.telephony.agent_snapshot import AgentSnapshot
from core.vault import is_sealed, read_vault
from tests.core.commands.archives import members, rewritten, with_tail, writer

WORD = "correct horse battery"


def say(word: str) -> Callable[[], str]:
    return lambda: word


def secret_of(home: Path, extension: str = "8100") -> str:
    """What the registrar would check with."""
    settings = load_settings(home)
    engine = connect(settings.database)
    with Session(engine) as session:
        row = session.get_one(AccountRow, extension)
        assert is_sealed(row.ha1)
        found = read_vault(settings.key_path).open(row.ha1, f"{extension}:ha1")
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
        request = NewUser("bo", "geheim1234", "agent", "波", "8100", "sip-geheim", ("general",))
        add_user(session, request, installation_vault(session, settings))
    engine.dispose()
    (made / "recordings").mkdir()
    (made / "recordings" / "a.wav").write_bytes(b"RIFF")
    return made


def fresh(tmp_path: Path, name: str = "again") -> Path:
    made = tmp_path / name
    made.mkdir()
    (made / "hotline.toml").write_text("")
    return made


@pytest.mark.parametrize("word", [None, WORD])
def test_phones_of_a_restored_site_register_again(tmp_path: Path, home: Path, word: str | None) -> None:
    file = tmp_path / "site.backup"
    rows = back_up(home, file, word)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = fresh(tmp_path)
    assert put_back(again, file, say(WORD)).rows == rows
    assert secret_of(again) == digest_secret("8100", "hotline", "sip-geheim")
    assert (again / "recordings" / "a.wav").read_bytes() == b"RIFF"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in again.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_evidence_of_scores_goes_along_and_stays_closed(tmp_path: Path, home: Path) -> None:
    file = home / "evidence" / "ab" / "abcd"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF-1.7")
    back_up(home, tmp_path / "site.tar.gz")
    again = fresh(tmp_path)
    put_back(again, tmp_path / "site.tar.gz")
    taken = again / "evidence" / "ab" / "abcd"
    assert taken.read_bytes() == b"%PDF-1.7"
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600


def test_a_folder_with_a_key_of_its_own_keeps_it(tmp_path: Path, home: Path) -> None:
    back_up(home, tmp_path / "site.tar.gz")
    again = tmp_path / "again"
    init_installation(again, demo=False)
    before = (again / "secrets.key").read_text()
    put_back(again, tmp_path / "site.tar.gz")
    assert (again / "secrets.key").read_text() == before != (home / "secrets.key").read_text()
    assert secret_of(again) == digest_secret("8100", "hotline", "sip-geheim")


def test_a_sealed_backup_opens_with_its_passphrase_only(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "site.sealed"
    back_up(home, file, WORD)
    assert b"RIFF" not in file.read_bytes()
    again = tmp_path / "again"
    for word in ("correct horse batters", "x"):
        with pytest.raises(BadInput) as refused:
            put_back(again, file, say(word))
        assert refused.value.field == "--passphrase-file"
    with pytest.raises(BadInput, match="sealed"):
        put_back(again, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) - 40])
    with pytest.raises(BadInput, match="not a whole backup"):
        put_back(again, file, say(WORD))
    assert not again.exists()
    with pytest.raises(BadInput, match="too short"):
        back_up(home, tmp_path / "short", "short")


def hostile(kind: str, tmp_path: Path) -> tarfile.TarInfo:
    info = tarfile.TarInfo("recordings/evil")
    match kind:
        case "absolute":
            info.name = str(tmp_path / "evil")
        case "upwards":
            info.name = "recordings/../../evil"
        case "plain upwards":
            info.name = "../evil"
        case "symlink":
            info.type, info.linkname = tarfile.SYMTYPE, str(tmp_path)
        case "symlink inside":
            info.type, info.linkname = tarfile.SYMTYPE, "a.wav"
        case "hard link":
            info.type, info.linkname = tarfile.LNKTYPE, "../../victim"
        case "device":
            info.type, info.devmajor, info.devminor = tarfile.CHRTYPE, 1, 3
        case "pipe":
            info.type = tarfile.FIFOTYPE
    return info


@pytest.mark.parametrize(
    "kind",
    ["absolute", "upwards", "plain upwards", "symlink", "symlink inside", "hard link", "device", "pipe"],
)
def test_a_file_that_leads_elsewhere_is_refused_before_anything_is_written(
    kind: str, tmp_path: Path, home: Path
) -> None:
    file, bad = tmp_path / "site.tar.gz", tmp_path / "bad.tar.gz"
    back_up(home, file)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as target:
        for member, content in members(file):
            target.addfile(member, io.BytesIO(content))
        target.addfile(hostile(kind, tmp_path), io.BytesIO(b""))
    with_tail(bad, tar.getvalue())
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(BadInput, match="nothing was put back"):
        put_back(tmp_path / "again", bad)
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("address", ["sqlite:///{}/victim.db", "sqlite:///file:{}/victim.db?uri=true"])
def test_settings_of_a_strange_file_name_no_database_elsewhere(
    tmp_path: Path, home: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, bad = tmp_path / "site.tar.gz", tmp_path / "bad.tar.gz"
    back_up(home, file)
    toml = f'database_url = "{address.format(tmp_path)}"\n'.encode()
    rewritten(file, bad, lambda name, content: toml if name == "hotline.toml" else content)
    (tmp_path / "again").mkdir()
    # What looks like a path below the working folder may be an address of SQLite's own.
    monkeypatch.chdir(tmp_path / "again")
    with pytest.raises(Conflict, match="outside"):
        put_back(tmp_path / "again", bad)
    assert not (tmp_path / "victim.db").exists()
    assert not (tmp_path / "again").exists()


def test_a_link_inside_the_recordings_is_not_written_through(tmp_path: Path, home: Path) -> None:
    (home / "recordings" / "2026").mkdir()
    (home / "recordings" / "2026" / "b.wav").write_bytes(b"RIFF")
    back_up(home, tmp_path / "site.tar.gz")
    again, outside = fresh(tmp_path), tmp_path / "outside"
    outside.mkdir()
    (again / "recordings").mkdir()
    (again / "recordings" / "2026").symlink_to(outside)
    (again / "recordings" / "a.wav").symlink_to(outside / "a.wav")
    with pytest.raises(Conflict, match="link"):
        put_back(again, tmp_path / "site.tar.gz")
    assert not list(outside.iterdir())


def test_open_secrets_from_before_are_sealed_and_leave_no_trace_in_the_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    init_installation(home, demo=True)
    plain = digest_secret("8001", "hotline", "demo-8001")
    engine = connect(load_settings(home).database)
    with Session(engine) as session:
        for row in session.scalars(select(AccountRow)):
            row.ha1 = digest_secret(row.extension, "hotline", f"demo-{row.extension}")
        session.commit()
    engine.dispose()
    (home / "secrets.key").unlink()
    with pytest.raises(ConfigError):  # the other column is sealed: its key must come back first
        ensure_installation(home, demo=True)
    with Session(engine) as session:
        for row in session.scalars(select(AccountRow)):
            row.ha1_sha256 = ""
        session.commit()
    engine.dispose()
    ensure_installation(home, demo=True)
    assert secret_of(home, "8001") == plain
    left = [path.name for path in home.glob("hotline.db*") if plain.encode() in path.read_bytes()]
    assert left == []


def test_a_lost_key_stops_the_start_with_its_place(tmp_path: Path, home: Path) -> None:
    (home / "secrets.key").unlink()
    with pytest.raises(ConfigError) as refused:
        ensure_installation(home, demo=False)
    assert refused.value.field == "secrets_key_file"
    assert not (home / "secrets.key").exists()


def test_rows_that_are_no_rows_leave_the_database_as_it_was(tmp_path: Path, home: Path) -> None:
    bad = tmp_path / "bad.tar.gz"
    about = json.dumps({"format": 2, "rows": 1}).encode()
    with writer(bad) as target:
        for name, content in (("about.json", about), ("database.jsonl", b'["users", {"id": "x"}]\n')):
            target.add(name, io.BytesIO(content), len(content))
    with pytest.raises(BadInput, match="not a whole backup"):
        put_back(home, bad)
    assert secret_of(home) == digest_secret("8100", "hotline", "sip-geheim")
    assert not (home / ".restore").exists()


def test_nothing_of_the_replaced_site_goes_into_the_one_that_is_put_back(tmp_path: Path, home: Path) -> None:
    back_up(home, tmp_path / "site.tar.gz")
    settings = load_settings(home)
    aside = settings.journal_dir / "refused.log"
    for path in (settings.agents_path, aside, aside.with_suffix(".taking"), settings.journal_dir / "0000000001.jsonl"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}\n")
    put_back(home, tmp_path / "site.tar.gz")
    # That moment would end the calls that were open in the copy.
    assert AgentSnapshot(settings.agents_path).read(0.0).last_alive is None
    assert not list(settings.journal_dir.iterdir())


def test_a_folder_with_recordings_alone_does_not_cost_the_live_site_its_rows(
    tmp_path: Path, home: Path, database_url: str
) -> None:
    back_up(home, tmp_path / "site.tar.gz")
    again = tmp_path / "again"
    again.mkdir()
    (tmp_path / "disk").mkdir()
    (again / "recordings").symlink_to(tmp_path / "disk")
    refused = "outside" if database_url.startswith("sqlite") else "holds a site already"
    with pytest.raises(Conflict, match=refused):
        put_back(again, tmp_path / "site.tar.gz")
    assert secret_of(home) == digest_secret("8100", "hotline", "sip-geheim")
    assert [path.name for path in again.iterdir()] == ["recordings"]


def test_a_site_without_settings_of_its_own_is_replaced_where_it_stands(tmp_path: Path) -> None:
    home = tmp_path / "home"
    init_installation(home, demo=False)
    back_up(home, tmp_path / "site.tar.gz")
    (home / "hotline.toml").unlink()
    put_back(home, tmp_path / "site.tar.gz")
    assert (home / "hotline.toml").exists()


def test_a_refused_restore_leaves_the_running_site_its_sign_of_life(tmp_path: Path, home: Path) -> None:
    back_up(home, tmp_path / "site.tar.gz")
    lock = home / "run" / "lock"
    lock.parent.mkdir()
    lock.write_text("00000000000000123.456")
    with lock.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="running"):
            put_back(home, tmp_path / "site.tar.gz")
    assert lock.read_text() == "00000000000000123.456"
