import io
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.cli import main
from core.commands.init import init_installation
from core.commands.running import running_installation
from core.commands.user import add_to_running
from core.config import load_settings
from core.db import connect
from core.errors import Conflict, NotFound, Unavailable
from core.installation.service import digest_secret, load_installation
from core.people.service import NewUser
from core.people.users import authenticate, create_session, list_users, session_user
from core.vault import read_vault

BO = NewUser("bo", "geheim1234", "agent", "", "8100", "x", ("general",))


class FakeSite:
    """Answers like the running web process."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answer: tuple[int, dict[str, Any]] = (201, {})
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.asked.append((self.path, self.headers["Authorization"], body))
                status, told = fake.answer
                text = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_words: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()


@pytest.fixture
def fake() -> Iterator[FakeSite]:
    made = FakeSite()
    yield made
    made.close()


def running(home: Path, port: int, pid: int) -> None:
    (home / "run").mkdir(parents=True)
    about = {"http": f"http://127.0.0.1:{port}", "pid": pid, "token": "key"}
    (home / "run" / "site.json").write_text(json.dumps(about))


def test_a_running_site_is_asked_and_its_database_left_alone(tmp_path: Path, fake: FakeSite) -> None:
    running(tmp_path, fake.server.server_port, os.getpid())
    add_to_running(tmp_path, BO)
    path, key, body = fake.asked[0]
    assert (path, key) == ("/api/v1/users", "Bearer key")
    assert body["name"] == "bo"
    assert body["queues"] == ["general"]
    assert not (tmp_path / "hotline.db").exists()


def test_what_the_running_site_refuses_is_told_in_its_words(tmp_path: Path, fake: FakeSite) -> None:
    running(tmp_path, fake.server.server_port, os.getpid())
    fake.answer = (409, {"title": "Conflict", "detail": "用户已存在 {x}", "field": "name", "remedy": "换"})
    with pytest.raises(Conflict) as refused:
        add_to_running(tmp_path, BO)
    assert str(refused.value) == "用户已存在 {x} 换"
    assert refused.value.field == "name"


def test_a_running_site_that_does_not_answer_is_said(tmp_path: Path) -> None:
    running(tmp_path, 1, os.getpid())
    with pytest.raises(Unavailable):
        add_to_running(tmp_path, BO)


def test_what_a_killed_run_left_behind_does_not_count(tmp_path: Path) -> None:
    running(tmp_path, 1, 2**22 + 5)
    assert running_installation(tmp_path) is None


def test_without_a_site_nobody_is_added(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        add_to_running(tmp_path / "none", BO)


def test_the_same_on_both_databases(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "hotline.toml").write_text(f'database_url = "{database_url}"')
    assert init_installation(tmp_path, demo=False)
    assert not init_installation(tmp_path, demo=False)
    add_to_running(tmp_path, BO)
    engine = connect(database_url)
    with Session(engine) as session:
        installation = load_installation(session)
        assert not installation.demo
        assert installation.agents["8100"].queues == {"general": 1}
        assert [user.name for user in list_users(session)] == ["bo"]
    engine.dispose()


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


@pytest.fixture
def made(tmp_path: Path) -> str:
    (tmp_path / "word").write_text("losungswort\nmore\n", "utf-8")
    home = str(tmp_path / "site")
    init_installation(Path(home), demo=False)
    return home


def test_a_password_on_the_command_line_works_with_a_warning(made: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "add", "bo", "--home", made, "--role", "qa", "--password", "losungswort") == 0
    told = capsys.readouterr()
    assert "--password" in told.err
    assert "losungswort" not in told.out + told.err


def test_a_password_from_a_file_gives_none_and_the_phone_s_is_printed_once(
    made: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    word = str(tmp_path / "word")
    run("user", "add", "bo", "--home", made, "--role", "agent", "--password-file", word, "--extension", "8100")
    told = capsys.readouterr()
    assert told.err == ""
    secret = told.out.strip().rpartition(" ")[2].rpartition("：")[2]
    settings = load_settings(Path(made))
    engine = connect(settings.database)
    with Session(engine) as session:
        account = read_vault(settings.key_path).opened(load_installation(session).accounts["8100"])
        assert account.ha1 == digest_secret("8100", "hotline", secret)
        assert authenticate(session, "bo", "losungswort").extension == "8100"
    assert run("user", "end", "bo", "--home", made, "--reason", "left") == 0
    with Session(engine) as session:
        assert list_users(session) == []
        assert load_installation(session).accounts == {}
    engine.dispose()


def test_without_a_terminal_the_missing_password_is_said(
    made: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run("user", "add", "bo", "--home", made, "--role", "qa") == 1
    assert "--password-file" in capsys.readouterr().err


def test_a_password_changed_and_sessions_ended_while_the_site_rests(made: str, tmp_path: Path) -> None:
    word = str(tmp_path / "word")
    run("user", "add", "bo", "--home", made, "--role", "qa", "--password-file", word)
    engine = connect(load_settings(Path(made)).database)
    with Session(engine) as session:
        token = create_session(session, list_users(session)[0].id, 1)
        assert run("user", "sessions", "bo", "--home", made, "--list") == 0
        assert session_user(session, token) is not None
        session.rollback()
        assert run("user", "sessions", "bo", "--home", made) == 0
        assert session_user(session, token) is None
        session.rollback()
        (tmp_path / "word").write_text("ein anderes wort")
        assert run("user", "password", "bo", "--home", made, "--password-file", word) == 0
        assert authenticate(session, "bo", "ein anderes wort").name == "bo"
    engine.dispose()
    assert run("user", "end", "nobody", "--home", made) == 1
