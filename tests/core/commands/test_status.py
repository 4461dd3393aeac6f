"""What ``hotline status`` says when nobody answers it, and what ``hotline run`` does when nobody reads it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.commands.run import say
from core.commands.status import as_text, ask


def site(home: Path, **about: object) -> Path:
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
    text = as_text(ask(site(tmp_path)))
    assert "正在重新启动" in text
    assert "3" in text


def test_a_run_that_was_killed_is_said_so(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert "hotline run 已结束" in as_text(ask(site(tmp_path, pid=gone.pid)))


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


class Nobody(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


def test_a_reader_who_left_is_no_reason_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Nobody())
    say("a line")
