import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.private import close_to_others


def modes(home: Path) -> dict[str, int]:
    return {str(path.relative_to(home)): stat.S_IMODE(path.lstat().st_mode) for path in (home, *home.rglob("*"))}


@pytest.mark.flickered
def test_what_lay_open_from_before_is_closed_also_behind_the_link_to_another_disk(tmp_path: Path) -> None:
    home, disk, stranger = tmp_path / "home", tmp_path / "disk", tmp_path / "stranger"
    # By chmod: a site made earlier in this process has left its umask.
    for folder, mode in ((home, 0o755), (disk, 0o755), (stranger, 0o755), (home / "log", 0o777)):
        folder.mkdir()
        folder.chmod(mode)
    for file in (
        home / "hotline.db",
        home / "hotline.db-wal",
        home / "log" / "web.log",
        disk / "a.wav",
        stranger / "x",
    ):
        file.write_text("")
        file.chmod(0o644)
    (home / "recordings").symlink_to(disk)
    (home / "log" / "elsewhere.log").symlink_to(stranger / "x")
    close_to_others(home)
    assert {
        mode for path, mode in modes(home).items() if not (home / path).is_symlink() and (home / path).is_file()
    } == {0o600}
    assert [modes(home)[name] for name in (".", "log")] == [0o700, 0o700]
    assert modes(disk) == {".": 0o700, "a.wav": 0o600}
    assert modes(stranger) == {".": 0o755, "x": 0o644}, "a link leads out of the site"


def test_a_site_is_made_closed_whatever_the_umask(tmp_path: Path) -> None:
    code = "import os, sys; os.umask(0); from core.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "init", "--home", str(tmp_path / "site")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOTLINE_LANGUAGE": "en"},
    )
    assert done.returncode == 0, done.stderr
    found = modes(tmp_path / "site")
    assert found.pop(".") == 0o700
    assert "secrets.key" in found
    assert set(found.values()) == {0o600}
