"""A backup of which one bit has changed is found, whatever the bit; a restore is all or nothing, whenever it stops."""

import gzip
import io
import os
import random
import signal
import stat
import subprocess
import tarfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.cli import main
from core.commands import restoring
from core.commands.backup import back_up, verified
from core.commands.backup_file import MANIFEST, inspect_file
from core.commands.init import init_installation
from core.commands.restore import put_back
from core.commands.restoring import finish_restore
from core.config import load_settings
from core.db import connect
from core.errors import BadInput, Conflict, HotlineError, Unavailable
from core.whole_file import TAIL_BYTES, whole_bytes
from tests.core.commands.archives import members, rewritten, with_tail

WORD = "correct horse battery"
POSITIONS = 60
SEED = 96_000


def name_of(home: Path) -> str:
    """The site's name tells two sites apart."""
    engine = connect(load_settings(home).database)
    try:
        with engine.connect() as connection:
            return str(connection.scalar(text("select name from site")))
    finally:
        engine.dispose()


def make(home: Path, name: str, sound: bytes, toml: str = "# ours\n") -> Path:
    home.mkdir(parents=True)
    (home / "hotline.toml").write_text(toml)
    init_installation(home, demo=False)
    engine = connect(load_settings(home).database)
    with engine.begin() as connection:
        connection.execute(text("update site set name = :name"), {"name": name})
    engine.dispose()
    for number in range(4):
        path = home / "recordings" / "2026" / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound * 2000)
    return home


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("made") / "home", "old", b"old ")


@pytest.fixture(scope="module", params=[None, WORD], ids=["open", "sealed"])
def backup(request: pytest.FixtureRequest, made: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    file = tmp_path_factory.mktemp("file") / "site.backup"
    back_up(made, file, request.param)
    return file, request.param


def flipped(whole: bytes, bit: int) -> bytes:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def refusals(file: Path, whole: bytes, bits: list[int], check: Callable[[], object]) -> list[int]:
    """Bits that nobody missed; what is raised is always in words."""
    passed = []
    for bit in bits:
        file.write_bytes(flipped(whole, bit))
        try:
            check()
        except HotlineError:
            continue
        passed.append(bit)
    return passed


def test_any_flipped_bit_is_found_and_said_in_words(backup: tuple[Path, str], tmp_path: Path) -> None:
    whole, word = backup[0].read_bytes(), backup[1]
    file = tmp_path / "site.backup"
    chosen = random.Random(SEED)
    bits = [*range(8 * 24), *range(8 * (len(whole) - TAIL_BYTES), 8 * len(whole), 7)]
    bits += [chosen.randrange(8 * len(whole)) for _ in range(POSITIONS)]
    assert refusals(file, whole, bits, lambda: verified(file, None)) == []
    # Where the passphrase is at hand, too; its key costs half a second each.
    bits = [chosen.choice(bits) for _ in range(6 if word else POSITIONS)]
    assert refusals(file, whole, bits, lambda: put_back(tmp_path / "again", file, lambda: word or "")) == []
    assert not (tmp_path / "again").exists()
    file.write_bytes(whole)
    assert put_back(tmp_path / "again", file, lambda: word or "").parts == len(inspect_file(file, word).small) + 5


def test_a_bit_that_changed_inside_and_was_packed_again_is_found_in_every_part(made: Path, tmp_path: Path) -> None:
    back_up(made, tmp_path / "site.tar.gz")
    file = tmp_path / "bad.tar.gz"
    inside = members(tmp_path / "site.tar.gz")
    chosen = random.Random(SEED)
    for changed, _content in inside:
        for _ in range(6):
            tar = io.BytesIO()
            with tarfile.open(fileobj=tar, mode="w") as target:
                for member, content in inside:
                    told = content
                    if member is changed and content:
                        told = flipped(content, chosen.randrange(8 * len(content)))
                    target.addfile(member, io.BytesIO(told))
            with_tail(file, tar.getvalue())
            with pytest.raises(BadInput) as refused:
                inspect_file(file, None)
            assert str(file) in str(refused.value)
    assert not list(tmp_path.glob("again*"))


def test_flipped_bits_in_the_tar_itself_never_end_in_a_traceback(made: Path, tmp_path: Path) -> None:
    back_up(made, tmp_path / "site.tar.gz")
    size = whole_bytes(tmp_path / "site.tar.gz")
    tar = gzip.decompress((tmp_path / "site.tar.gz").read_bytes()[:size])
    chosen = random.Random(SEED)
    file = tmp_path / "bad.tar.gz"
    starts = [at for at in range(0, len(tar), 512) if tar[at + 257 : at + 262] == b"ustar"]
    assert len(starts) > 6
    for at in starts:
        for _ in range(12):
            with_tail(file, flipped(tar, 8 * at + chosen.randrange(8 * 345)))
            # Nobody but a stranger makes such a file: what it says about its parts is right, or it is refused in words.
            try:
                found = inspect_file(file, None)
            except HotlineError:
                continue
            assert found.parts == inspect_file(tmp_path / "site.tar.gz", None).parts


@pytest.mark.parametrize("what", ["one left out", "one twice", "in another order", "no manifest", "something behind"])
def test_parts_left_out_doubled_or_moved_are_found(made: Path, tmp_path: Path, what: str) -> None:
    back_up(made, tmp_path / "site.tar.gz")
    inside = members(tmp_path / "site.tar.gz")
    sounds = [place for place, (member, _) in enumerate(inside) if member.name.endswith(".wav")]
    match what:
        case "one left out":
            del inside[sounds[1]]
        case "one twice":
            inside.insert(sounds[0], inside[sounds[0]])
        case "in another order":
            inside[sounds[0]], inside[sounds[1]] = inside[sounds[1]], inside[sounds[0]]
        case "no manifest":
            assert inside.pop()[0].name == MANIFEST
        case _:
            inside.append(inside[sounds[0]])
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as target:
        for member, content in inside:
            target.addfile(member, io.BytesIO(content))
    with_tail(tmp_path / "bad.tar.gz", tar.getvalue())
    with pytest.raises(BadInput):
        inspect_file(tmp_path / "bad.tar.gz", None)


def test_verify_says_that_a_file_is_whole_and_exits_with_1_when_not(
    backup: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["backup", "--verify", str(backup[0])])
    assert ended.value.code == 0
    assert str(backup[0]) in capsys.readouterr().out
    bad = tmp_path / "bad"
    bad.write_bytes(flipped(backup[0].read_bytes(), 8 * 5000))
    with pytest.raises(SystemExit) as ended:
        main(["backup", "--verify", str(bad)])
    assert ended.value.code == 1
    assert str(bad) in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["backup", "--verify", str(tmp_path / "none")])
    assert ended.value.code == 1


def test_other_programs_read_an_open_backup(made: Path, tmp_path: Path) -> None:
    back_up(made, tmp_path / "site.tar.gz")
    done = subprocess.run(["tar", "-tzf", tmp_path / "site.tar.gz"], capture_output=True, text=True, check=True)
    assert "recordings/2026/0.wav" in done.stdout.split()
    subprocess.run(["gzip", "-t", tmp_path / "site.tar.gz"], check=True)


def test_a_backup_from_before_there_were_checksums_is_put_back(made: Path, tmp_path: Path) -> None:
    back_up(made, tmp_path / "site.tar.gz")
    with tarfile.open(tmp_path / "before.tar.gz", "w:gz") as target:
        for member, content in members(tmp_path / "site.tar.gz"):
            told = content.replace(b'"format": 2', b'"format": 1') if member.name == "about.json" else content
            if member.name != MANIFEST:
                member.size = len(told)
                target.addfile(member, io.BytesIO(told))
    assert not put_back(tmp_path / "again", tmp_path / "before.tar.gz").has_checksums
    assert name_of(tmp_path / "again") == "old"


# --- all or nothing ------------------------------------------------------------------------------------------------

# What changes something on the disk, or takes long.
STEPS = (
    (os, ("fsync", "unlink", "mkdir", "rmdir")),
    (Path, ("replace", "unlink", "mkdir")),
    (restoring, ("stage_file", "load", "sync_disk", "sync_folder", "remove")),
)


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """``work`` in a process of its own that ends at its ``step``-th step, as by kill -9; false when it came to its end
    before."""
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
        return os.WIFSIGNALED(status)
    left = [step]

    def counted(real: Any) -> Any:
        def call(*given: Any, **options: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **options)

        return call

    for owner, names in STEPS:
        for name in names:
            setattr(owner, name, counted(getattr(owner, name)))
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def state(home: Path) -> dict[str, bytes]:
    """All that a restore replaces."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.suffix in (".wav", ".key", ".toml", ".duckdb")
    }


@pytest.mark.timeout(400)
@pytest.mark.parametrize("every", [9, pytest.param(2, marks=pytest.mark.deep)])
def test_a_restore_that_is_killed_anywhere_is_undone_or_finished(
    made: Path, tmp_path: Path, database_url: str, every: int
) -> None:
    toml = f'database_url = "{database_url}"\n'
    file = tmp_path / "site.tar.gz"
    back_up(made, file)
    home = make(tmp_path / "home", "mine", b"mine", toml)
    (home / "warehouse.duckdb").write_bytes(b"mine")
    mine = state(home)
    copy = tmp_path / "mine.tar.gz"
    back_up(home, copy)
    seen = []
    for step in range(1, 400, every):
        if not killed_at(step, lambda: put_back(home, file)):
            break
        finished = finish_restore(home)
        name, found = name_of(home), state(home)
        seen.append(name)
        assert not [path for path in home.rglob("*") if ".restore" in path.name], step
        if name == "mine":
            assert (finished, found) == (False, mine), step
            continue
        assert {content for path, content in found.items() if path.endswith(".wav")} == {b"old " * 2000}, step
        assert "warehouse.duckdb" not in found
        # Back to the beginning, for the next step.
        put_back(home, copy)
        (home / "warehouse.duckdb").write_bytes(b"mine")
    assert len(seen) > 5
    assert seen == sorted(seen), "once it is swapped in it stays so"
    assert set(seen) == {"mine", "old"}


def test_a_full_disk_leaves_everything_as_it_was(made: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.tar.gz"
    back_up(made, file)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        home = make(disk / "home", "mine", b"mine")
        mine = state(home)
        filler = disk / "filler"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        for left in range(0, 5_000_000, 500_000):
            filler.write_bytes(bytes(max(0, free - left)))
            try:
                put_back(home, file)
            except Unavailable:
                pass
            else:
                break
            filler.unlink()
            assert name_of(home) == "mine"
            assert state(home) == mine
            assert not list(disk.rglob("*.restore*"))
        else:
            pytest.fail("there was room in the end")
        assert name_of(home) == "old"
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_restore_that_goes_on_is_not_disturbed(made: Path, tmp_path: Path) -> None:
    back_up(made, tmp_path / "site.tar.gz")
    home = make(tmp_path / "home", "mine", b"mine")
    with restoring.only_restore(home):
        for act in (lambda: finish_restore(home), lambda: put_back(home, tmp_path / "site.tar.gz")):
            with pytest.raises(Conflict, match="going on"):
                act()
    finish_restore(home)
    assert name_of(home) == "mine"


def test_what_is_replaced_stays_closed_to_others(made: Path, tmp_path: Path) -> None:
    back_up(made, tmp_path / "site.tar.gz")
    put_back(tmp_path / "again", tmp_path / "site.tar.gz")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert modes == {0o600}
    rewritten(tmp_path / "site.tar.gz", tmp_path / "same.tar.gz", lambda _name, content: content)
    assert verified(tmp_path / "same.tar.gz", None)
