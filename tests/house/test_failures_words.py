"""What ``hotline run`` cannot do it says in words, with the remedy, and leaves nothing half written."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.house.running import House

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("words"), pytest.mark.timeout(120)]

NOBODY = 65534


def refused(house: House, *options: str, before: tuple[str, ...] = ()) -> str:
    """What was said; the exit code is 1, and no traceback."""
    command = [*before, *house.command(), *options]
    done = subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert not done.stdout
    return done.stderr


def settings_of(house: House, text: str) -> None:
    house.home.mkdir()
    (house.home / "hotline.toml").write_text(text)


def files(house: House) -> list[str]:
    return sorted(path.name for path in house.home.iterdir()) if house.home.exists() else []


@pytest.fixture
def house(tmp_path) -> House:
    """Not started: it will not come to that."""
    return House(tmp_path / "site")


@pytest.fixture
def taken(house) -> Iterator[dict[str, int]]:
    """Another program on both ports."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as page,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip,
    ):
        page.bind(("127.0.0.1", 0))
        page.listen()
        sip.bind(("127.0.0.1", 0))
        yield {"http": page.getsockname()[1], "sip": sip.getsockname()[1]}


@pytest.mark.parametrize("kind", ["http", "sip"])
def test_a_port_in_use_is_named_and_nothing_is_written(house, taken, kind):
    setattr(house, kind, taken[kind])
    said = refused(house)
    assert f"127.0.0.1 的端口 {taken[kind]} 已被其他程序占用" in said
    assert f"--{kind}" in said
    assert files(house) == []


def test_a_range_of_voice_ports_in_use_is_named(house):
    house.rtp = "12700-12705"
    holders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(6)]
    for port, holder in enumerate(holders, 12700):
        holder.bind(("127.0.0.1", port))
    said = refused(house)
    for holder in holders:
        holder.close()
    assert "12700 到 12705 全部被其他程序占用" in said
    assert "--rtp-ports" in said
    assert files(house) == []


@pytest.mark.parametrize(
    ("language", "line", "said"),
    [
        ("zh_CN", "htpp_port = 1", "未知的设置项 htpp_port"),
        ("zh_CN", 'session_hours = "long"', "设置项 session_hours 须为数字"),
        ("zh_CN", "rtp_host = 5", "设置项 rtp_host 须为加引号的文字"),
        # The line itself would say which language, and cannot.
        ("", 'language = "de"', "设置项 language 须为以下之一：zh_CN, en"),
        ("zh_CN", "notify log", "第 1 行有误"),
        ("en", "htpp_port = 1", "Unknown setting htpp_port"),
        ("en", "notify log", "line 1 is not right"),
    ],
)
def test_a_wrong_line_of_the_settings_is_named_in_the_keeper_s_language(house, language, line, said):
    settings_of(house, f"{line}\n")
    house.environment["HOTLINE_LANGUAGE"] = language
    assert said in refused(house)
    assert files(house) == ["hotline.toml"]


def test_a_folder_that_this_user_may_not_use_is_named(house, tmp_path):
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may use every folder, and there is no setpriv to be somebody else")
        before = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        # Down to the folder in question everybody may pass.
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_mode & 0o005 != 0o005 and folder.owner() == "root":
                folder.chmod(folder.stat().st_mode | 0o005)
    house.home.mkdir(mode=0o700)
    (house.home / "hotline.toml").write_text("")
    house.home.chmod(0o700 if before else 0)
    said = refused(house, before=before)
    house.home.chmod(0o700)
    assert "当前用户无权" in said
    assert str(house.home) in said
    assert "--home" in said or "hotline 的用户" in said
    assert files(house) == ["hotline.toml"]


def test_a_home_that_is_no_folder_or_somebody_elses_is_left_alone(house):
    house.home.write_text("a letter")
    assert "不是文件夹" in refused(house)
    assert house.home.read_text() == "a letter"
    house.home.unlink()
    house.home.mkdir()
    (house.home / "thesis.txt").write_text("mine")
    assert "--home" in refused(house) or "空文件夹" in refused(house)
    assert files(house) == ["thesis.txt"]


def test_a_database_that_is_away_at_the_first_start_leaves_an_empty_place(house):
    house.environment["HOTLINE_DATABASE_URL"] = "postgresql://nobody@/nothing?host=/nowhere"
    said = refused(house)
    assert "无法打开业务数据库" in said
    assert "database_url" in said
    assert files(house) == []


@pytest.mark.parametrize(("option", "value"), [("--http", "8050"), ("--sip", "127.0.0.1:0"), ("--rtp-ports", "9-5")])
def test_an_option_that_makes_no_sense_is_named(house, option, value):
    said = refused(house, option, value)
    assert value in said
    assert files(house) == []
