"""A terminal that cannot print Chinese: every command says what it has to say, without a traceback."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.cli import main
from core.commands import run
from core.commands.init import init_installation
from core.commands.status import as_text
from core.config import load_settings
from core.db import connect
from core.i18n import _, language, set_language
from core.terminal import never_fail, speak
from tests.house.running import HOTLINE

NARROW = pytest.mark.parametrize("encoding", ["ascii", "latin-1"])


Narrow = Callable[[str], io.BytesIO]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Narrow]:
    """Both streams of an encoding, from the call on: what was printed."""

    def become(encoding: str) -> io.BytesIO:
        printed = io.BytesIO()
        for name in ("stdout", "stderr"):
            stream = io.TextIOWrapper(printed, encoding=encoding, errors="strict", write_through=True)
            monkeypatch.setattr(sys, name, stream)
        return printed

    monkeypatch.delenv("HOTLINE_LANGUAGE", raising=False)
    before = language()
    yield become
    set_language(before)


@NARROW
def test_a_narrow_terminal_gets_english_and_code_points_for_names(narrow: Narrow, encoding: str) -> None:
    printed = narrow(encoding)
    never_fail()
    speak("zh_CN")
    assert language() == "en"
    run.say(_("A restore that was cut short is finished.") + " 张三")
    print(json.dumps({"name": "张三"}, ensure_ascii=False))
    said, as_json = printed.getvalue().decode("ascii").splitlines()
    assert said == r"A restore that was cut short is finished. \u5f20\u4e09"
    assert json.loads(as_json) == {"name": "张三"}


@NARROW
def test_who_has_chosen_chinese_gets_it_as_code_points(narrow: Narrow, encoding: str) -> None:
    printed = narrow(encoding)
    never_fail()
    speak("en", "zh_CN")
    print(as_text({"status": "ok", "parts": {"sip": {"status": "ok", "calls": 3}}}))
    assert rb"\u" in printed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_terminal_with_chinese_gets_it(narrow: Narrow, encoding: str) -> None:
    narrow(encoding)
    never_fail()
    speak("zh_CN")
    assert language() == "zh_CN"


def test_commands_work_there_from_the_first_to_the_refused(narrow: Narrow, tmp_path: Path) -> None:
    printed = narrow("ascii")
    home = tmp_path / "站点"

    def hotline(*words: object) -> int:
        with pytest.raises(SystemExit) as done:
            main([str(word) for word in words])
        return int(done.value.code or 0)

    init_installation(home, demo=False)
    (tmp_path / "word").write_text("geheim1234")
    user = ("--display-name", "张三", "--role", "director", "--password-file", tmp_path / "word")
    code = hotline("user", "add", "bo", "--home", home, *user)
    assert code == 0, printed.getvalue()
    assert hotline("status", "--home", home) == 1
    assert hotline("backup", tmp_path / "备份.tar.gz", "--home", home) == 0
    assert hotline("backup", tmp_path / "备份.tar.gz", "--verify") == 0
    assert hotline("run", "--home", tmp_path / "word") == 1
    assert hotline("--help") == 0
    said = printed.getvalue().decode("ascii")
    assert "Traceback" not in said
    assert "No running site" in said
    settings = load_settings(home)
    engine = connect(settings.database)
    with Session(engine) as session:
        assert (
            session.connection().exec_driver_sql("select display_name from users where name = 'bo'").scalar() == "张三"
        )
    engine.dispose()


def test_a_whole_process_under_lang_c_says_it(tmp_path: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON", "HOTLINE_L"))}
    bare = {**plain, "LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = [str(HOTLINE), "status", "--home", str(tmp_path / "站点")]
    done = subprocess.run(command, env=bare, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"No running site in ")
