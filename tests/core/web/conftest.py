"""A real web process's application on a real port, before a stand-in of the sip process on its control socket."""

import asyncio
import contextlib
import socket

import httpx
import orjson
import pytest
import uvicorn
from sqlalchemy.orm import Session

from core.config import load_settings
from core.db import connect, migrate
from core.installation.definition import BreakReason, Installation, Queue
from core.installation.service import save_installation
from core.people.users import create_user
from core.telephony import requests
from core.web.app import build

PASSWORD = "a-long-password"
ROLES = ("director", "supervisor", "site_manager", "worker", "qa", "admin", "wallboard")


def usual(do, request):
    """What the real one would answer, in short."""
    if do in ("agent_state", "wrap_up_done"):
        return {"extension": request["extension"], "state": request.get("state", "ready")}
    return {"call_id": "made"} if do == "originate" else {}


class FakeCore:
    """Answers on the control socket as told, and pushes what it is given."""

    def __init__(self, path):
        self.path = path
        self.asked = []
        self.answers = {}
        self.seq = 0
        self.calls = {}
        self.agents = {"8001": {"extension": "8001", "name": "张三", "state": "ready", "call_id": None}}
        self.mute = False
        self._writers = []
        self._watchers = []
        self._server = None

    async def start(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path)

    async def stop(self):
        if self._server is None:
            return
        self._server.close()
        for writer in self._writers:
            writer.close()
        self._writers, self._watchers, self._server = [], [], None
        self.path.unlink(missing_ok=True)

    def snapshot(self):
        queue = {"id": "general", "name": "综合服务", "waiting": 0}
        return {
            "type": "snapshot",
            "seq": self.seq,
            "at": "2026-11-23T00:00:00.000Z",
            "queues": [queue],
            "agents": list(self.agents.values()),
            "calls": list(self.calls.values()),
            "health": {"media": "up", "database": "up", "recording": "ok"},
        }

    def push(self, skip=0, **rows):
        self.seq += 1 + skip
        for row in rows.get("calls", ()):
            self.calls[row["id"]] = row
        for gone in rows.get("gone", ()):
            self.calls.pop(gone, None)
        self._tell(
            {
                "type": "change",
                "seq": self.seq,
                "at": "2026-11-23T00:00:00.000Z",
                "queues": [],
                "agents": [],
                "calls": [],
                "gone": [],
                **rows,
            }
        )

    def _tell(self, message):
        for writer in self._watchers:
            writer.write(orjson.dumps({"live": message}) + b"\n")

    async def _serve(self, reader, writer):
        self._writers.append(writer)
        while line := await reader.readline():
            request = orjson.loads(line)
            if request["do"] != "watch":
                # What the real one would not take.
                requests.read(request)
            if self.mute:
                continue
            number, do = request.pop("id"), request["do"]
            if do == "watch":
                writer.write(orjson.dumps({"id": number, "ok": True, "result": {}}) + b"\n")
                writer.write(orjson.dumps({"live": self.snapshot()}) + b"\n")
                self._watchers.append(writer)
                continue
            if do == "ping":
                answer = {
                    "ok": True,
                    "result": {
                        "version": "0",
                        "calls": len(self.calls),
                        "media": "up",
                        "database": "up",
                        "recording": "ok",
                        **self.answers.get("ping", {}),
                    },
                }
            elif do == "live":
                answer = {"ok": True, "result": self.snapshot()}
            else:
                self.asked.append(request)
                answer = self.answers.get(do, {"ok": True, "result": usual(do, request)})
            writer.write(orjson.dumps({"id": number, **answer}) + b"\n")


@pytest.fixture(scope="session")
def people_db(tmp_path_factory):
    """Made once: hashing ten passwords takes a second."""
    path = tmp_path_factory.mktemp("db") / "hotline.db"
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    with Session(engine) as session:
        queues, breaks = (
            {"general": Queue("general", "综合服务")},
            {"meeting": BreakReason("meeting", "会议", "Meeting")},
        )
        save_installation(session, Installation(1, "测试", queues=queues, break_reasons=breaks))
        for role in ROLES:
            create_user(session, role, PASSWORD, role)
        create_user(session, "agent8001", PASSWORD, "agent", extension="8001")
        create_user(session, "agent8002", PASSWORD, "agent", extension="8002")
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


@pytest.fixture
def home(tmp_path, people_db):
    (tmp_path / "hotline.db").write_bytes(people_db.read_bytes())
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
async def core(home):
    fake = FakeCore(load_settings(home).run_dir / "sip.sock")
    await fake.start()
    yield fake
    await fake.stop()


class Running:
    """The running web process: ``url``, ``app`` and clients that are signed in."""

    def __init__(self, app, port):
        self.app, self.web, self.url, self.ws = app, app.state.web, f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"
        self.clients = []

    def anonymous(self, **more):
        # A busy machine is no fault of the code: the interface's whole description takes seconds of it.
        client = httpx.AsyncClient(base_url=self.url, **{"timeout": 60, **more})
        self.clients.append(client)
        return client

    async def browser(self, name):
        """Signed in by cookie, sending the CSRF header as our pages do."""
        client = self.anonymous()
        answer = await client.post("/login", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        client.headers["X-CSRFToken"] = client.cookies["_csrf_token"]
        return client

    async def program(self, name):
        client = self.anonymous()
        answer = await client.post("/api/v1/token", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client


@contextlib.asynccontextmanager
async def serving(app):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, ws_per_message_deflate=False, timeout_graceful_shutdown=1)
        )
        server.install_signal_handlers = lambda: None
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:
            assert not task.done(), task.result()
            await asyncio.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await task


@pytest.fixture
async def site(home, core):
    app = build(home, group="no.upper.folders")
    async with serving(app) as port:
        made = Running(app, port)
        await until(lambda: not made.web.live.stale and made.web.live.ping is not None)
        yield made
        for client in made.clients:
            await client.aclose()


async def until(condition, limit_s=5.0):
    """Looks every few milliseconds; fails when it takes too long."""
    async with asyncio.timeout(limit_s):
        while not condition():
            await asyncio.sleep(0.005)
