"""What ``hotline status`` says when nobody answers it, and what ``hotline run`` does when nobody reads it."""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.commands.run import say
from core.commands.status import as_text, ask


def installation(home: Path, **about: object) -> Path:
    (home / "run").mkdir(parents=True)
    known = {"http": "http://127.0.0.1:9", "processes": {"web": {"pid": None, "restarts": 3}}, "pid": os.getpid()}
    (home / "run" / "site.json").write_text(json.dumps(known | about))
    return home


def test_no_site_is_said_with_its_folder(tmp_path: Path) -> None:
    found = ask(tmp_path)
    assert found["status"] == "down"
    assert as_text(found) == f"{tmp_path} 没有正在运行的站点。"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"http": 5}'])
def test_a_file_that_makes_no_sense_is_no_site(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "site.json").write_text(text)
    assert ask(tmp_path)["status"] == "down"


def test_a_page_process_that_is_being_started_again_is_said_so(tmp_path: Path) -> None:
    home = installation(tmp_path)
    (home / "run" / "lock").write_text(f"{time.monotonic():020.3f}")
    text = as_text(ask(home))
    assert "正在重新启动" in text
    assert "3" in text


@pytest.mark.parametrize("looked_s", [None, 60.0, -60.0])
def test_a_run_that_watches_nobody_any_more_is_said_so(tmp_path: Path, looked_s: float | None) -> None:
    home = installation(tmp_path)
    if looked_s is not None:
        (home / "run" / "lock").write_text(f"{time.monotonic() - looked_s:020.3f}")
    found = ask(home)
    assert found["status"] == "down"
    assert f"kill -CONT {os.getpid()}" in as_text(found)


def test_a_run_that_was_killed_is_said_so(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert "hotline run 已结束" in as_text(ask(installation(tmp_path, pid=gone.pid)))


def test_every_word_of_an_unwell_part_is_said_with_its_remedy() -> None:
    parts = {
        "recording": {"status": "down", "detail": "disk_full"},
        "journal": {"status": "degraded", "state": "spilling"},
        "feed": {"status": "degraded", "state": "database_away", "lag_s": 12.5},
        "novel": {"status": "down", "detail": "odd"},
    }
    lines = as_text({"status": "down", "parts": parts}).splitlines()
    assert "停止" in lines[0]
    assert "磁盘已满" in lines[1]
    assert "journal/" in lines[2]
    assert "滞后 12.5 秒" in lines[3]
    assert lines[4].split() == ["novel", "停止", "odd"]


def test_every_gateway_is_said_by_name_with_its_state() -> None:
    parts = {"trunks": {"status": "degraded", "gateways": 3, "away": 1, "detail": "gateway_away"}}
    trunks = {"city": {"10.20.0.5:5060": "up", "10.20.0.6:5060": "down"}, "new": {"10.20.0.7": None}}
    lines = as_text({"status": "degraded", "parts": parts, "trunks": trunks}).splitlines()
    assert "网关 3 个; 有网关无响应" in lines[1]
    assert [line.split() for line in lines[2:]] == [
        ["city", "正常", "10.20.0.5:5060"],
        ["city", "无响应", "10.20.0.6:5060"],
        ["new", "状态未知", "10.20.0.7"],
    ]


class Nobody(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


def test_a_reader_who_left_is_no_reason_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Nobody())
    say("a line")
