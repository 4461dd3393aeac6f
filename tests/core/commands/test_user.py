import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.commands.init import init_site
from core.commands.site_door import running_site
from core.commands.user import add_to_site
from core.db import connect
from core.errors import Conflict, NotFound, Unavailable
from core.people.service import NewUser
from core.people.site_service import load_site
from core.people.users import list_users

BO = NewUser("bo", "geheim123", "agent", "", "8100", "x", ("general",))


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
    add_to_site(tmp_path, BO)
    path, key, body = fake.asked[0]
    assert (path, key) == ("/api/v1/users", "Bearer key")
    assert body["name"] == "bo"
    assert body["queues"] == ["general"]
    assert not (tmp_path / "hotline.db").exists()


def test_what_the_running_site_refuses_is_told_in_its_words(tmp_path: Path, fake: FakeSite) -> None:
    running(tmp_path, fake.server.server_port, os.getpid())
    fake.answer = (409, {"title": "Conflict", "detail": "用户已存在 {x}", "field": "name", "remedy": "换"})
    with pytest.raises(Conflict) as refused:
        add_to_site(tmp_path, BO)
    assert str(refused.value) == "用户已存在 {x} 换"
    assert refused.value.field == "name"


def test_a_running_site_that_does_not_answer_is_said(tmp_path: Path) -> None:
    running(tmp_path, 1, os.getpid())
    with pytest.raises(Unavailable):
        add_to_site(tmp_path, BO)


def test_what_a_killed_run_left_behind_does_not_count(tmp_path: Path) -> None:
    running(tmp_path, 1, 2**22 + 5)
    assert running_site(tmp_path) is None


def test_without_a_site_nobody_is_added(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        add_to_site(tmp_path / "none", BO)


def test_the_same_on_both_databases(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "hotline.toml").write_text(f'database_url = "{database_url}"')
    assert init_site(tmp_path, demo=False)
    assert not init_site(tmp_path, demo=False)
    add_to_site(tmp_path, BO)
    engine = connect(database_url)
    with Session(engine) as session:
        site = load_site(session)
        assert not site.demo
        assert site.agents["8100"].queues == {"general": 1}
        assert [user.name for user in list_users(session)] == ["bo"]
    engine.dispose()
