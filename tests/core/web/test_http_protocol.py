"""Half-sent requests end, large ones are refused unread, and who goes away leaves no traceback."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.responses import StreamingResponse

from core.web import http_protocol
from core.web.app import build
from core.web.body_limit import OF_STRANGERS, USUAL
from core.web.http_protocol import MOST_HALF_SENT, PatientProtocol
from core.web.tls import certificate
from tests.core.web.conftest import PASSWORD, FakeCore, Running, until

SOON_S = 0.4


@pytest.fixture
async def site(home: Path, core: FakeCore) -> AsyncIterator[Running]:
    """As ``core.web.__main__`` serves it."""
    app = build(home, group="no.upper.folders")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, http=PatientProtocol, timeout_graceful_shutdown=1, proxy_headers=False)
        )
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:
            assert not task.done(), task.result()
            await asyncio.sleep(0.01)
        made = Running(app, listening.getsockname()[1])
        yield made
        for client in made.clients:
            await client.aclose()
        server.should_exit = True
        await task
    assert not PatientProtocol.half_sent
    assert not PatientProtocol.open_ones


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_S", SOON_S)


async def connected(site: Running) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(site.url.rpartition(":")[2]))


async def rest(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(60):
        with contextlib.suppress(ConnectionError):
            return await reader.read()
    return b""


HEAD = b"POST /api/v1/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", b""),
        (b"GET /healthz HTTP/1.1\r\nHost:", b"HTTP/1.1 408 "),
        (HEAD + b"Content-Length: 100\r\n\r\nusername=qa", b"HTTP/1.1 408 "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nusern\r\n", b"HTTP/1.1 408 "),
        (b"GET /login HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT", b"HTTP/1.1 200 "),
    ],
)
async def test_a_request_that_is_never_whole_ends(site: Running, sent: bytes, said: bytes) -> None:
    reader, writer = await connected(site)
    writer.write(sent)
    got = await rest(reader)
    assert got.startswith(said)
    assert bool(got) == bool(said)
    writer.close()


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("begin", [b"GET /login HTTP/1.1\r\nX: ", HEAD + b"Content-Length: 5000\r\n\r\n"])
async def test_a_trickle_gains_no_time(site: Running, begin: bytes) -> None:
    reader, writer = await connected(site)
    writer.write(begin)
    ended = asyncio.create_task(rest(reader))
    for _ in range(200):
        writer.write(b"a")
        done, _pending = await asyncio.wait({ended}, timeout=SOON_S / 4)
        if done:
            break
    assert (await ended).startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_a_connection_may_be_used_again(site: Running) -> None:
    reader, writer = await connected(site)
    for _ in range(3):
        writer.write(b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


async def test_half_sent_requests_of_one_address_give_way_to_the_next(site: Running) -> None:
    held = [await connected(site) for _ in range(MOST_HALF_SENT + 8)]
    for _reader, writer in held:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost:")
        await writer.drain()
    answer = await site.anonymous(timeout=60).get("/login")
    assert answer.status_code == 200
    assert (await rest(held[0][0])).startswith((b"", b"HTTP/1.1 408 "))
    assert sum(len(waiting) for waiting in PatientProtocol.half_sent.values()) <= MOST_HALF_SENT
    for _reader, writer in held:
        writer.close()


@pytest.fixture
async def sealed(home: Path, core: FakeCore, tmp_path: Path) -> AsyncIterator[tuple[int, ssl.SSLContext]]:
    """The port of a site over TLS, and what a client needs to trust it."""
    app = build(home, group="no.upper.folders")
    crt, key = certificate(tmp_path / "tls", "127.0.0.1")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        made: Any = {
            "log_config": None,
            "http": PatientProtocol,
            "ssl_certfile": crt,
            "ssl_keyfile": str(key),
            "timeout_graceful_shutdown": 1,
        }
        server = uvicorn.Server(uvicorn.Config(app, **made))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:
            assert not task.done(), task.result()
            await asyncio.sleep(0.01)
        yield listening.getsockname()[1], ssl.create_default_context(cafile=str(crt))
        server.should_exit = True
        await task
    assert not PatientProtocol.open_ones


async def test_pages_over_tls_know_that_they_are(sealed: tuple[int, ssl.SSLContext]) -> None:
    port, context = sealed
    async with httpx.AsyncClient(base_url=f"https://localhost:{port}", verify=context, timeout=60) as client:
        for _ in range(3):
            answer = await client.get("/login")
            assert answer.status_code == 200
        assert "Strict-Transport-Security" in answer.headers


async def test_what_comes_with_the_last_message_of_the_handshake_is_read(sealed: tuple[int, ssl.SSLContext]) -> None:
    port, context = sealed
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
        writer.write(b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
        writer.close()


async def test_who_reads_too_slowly_is_let_go(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "READ_S", SOON_S)

    @site.app.get("/long", dependencies=[])
    async def long() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(400):
                yield b"x" * 65536

        return StreamingResponse(pieces())

    site.app.router.routes.insert(0, site.app.router.routes.pop())
    token = (await site.program("qa")).headers["Authorization"].encode()
    ask = b"GET /long HTTP/1.1\r\nHost: x\r\nAuthorization: " + token + b"\r\nConnection: close\r\n\r\n"
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", int(site.url.rpartition(":")[2])))
        slow.sendall(ask)
        await until(lambda: bool(PatientProtocol.open_ones), 60)
        await until(lambda: not PatientProtocol.open_ones, 60)
    # A quick one gets all of it.
    reader, writer = await connected(site)
    writer.write(ask)
    assert len(await rest(reader)) > 400 * 65536
    writer.close()


@pytest.mark.parametrize("path", ["/login", "/password", "/api/v1/token", "/api/v1/calls", "/_dash-update-component"])
async def test_a_stranger_s_large_body_is_refused_unread(site: Running, path: str) -> None:
    reader, writer = await connected(site)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    writer.write(head.encode() + f"Content-Length: {OF_STRANGERS + 1}\r\n\r\nusername=".encode())
    async with asyncio.timeout(60):
        line = await reader.readline()
    # Nobody has sent the body.
    assert line.split(b" ")[1] in (b"413", b"401")
    writer.close()


async def test_a_body_without_a_length_is_counted(site: Running) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"username="
        for _ in range(40):
            yield b"a" * 1024

    client = site.anonymous(timeout=60)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/api/v1/token", content=endless(), headers=kind)
    assert answer.status_code == 413
    assert answer.json()["status"] == 413


async def test_who_is_signed_in_may_send_more_and_not_without_end(site: Running) -> None:
    supervisor = await site.program("supervisor")
    for size, status in ((OF_STRANGERS * 2, 422), (USUAL + 1, 413)):
        answer = await supervisor.post("/api/v1/announcements", json={"text": "停" * (size // 3)})
        assert answer.status_code == status, answer.text
    assert (answer.headers["content-type"], answer.json()["code"]) == ("application/problem+json", "too_large")
    site.web.body_limits["/api/v1/announcements"] = 2 * USUAL
    answer = await supervisor.post("/api/v1/announcements", json={"text": "停" * (USUAL // 3 + 1)})
    assert answer.status_code == 422


def reset(writer: asyncio.StreamWriter) -> None:
    """As a machine that is switched off: RST instead of a farewell."""
    raw: Any = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_a_client_that_goes_away_is_no_traceback(site: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    user, token = await site.web.sessions.sign_in("supervisor", PASSWORD, "127.0.0.1")
    assert user.name == "supervisor"
    cookie = f"Cookie: hotline_session={site.web.sessions.cookie(token)}\r\n".encode()
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
    origin = f"Origin: {site.url}\r\nHost: {site.url.removeprefix('http://')}\r\n".encode()
    for sent in (
        b"GET /login HTT",
        b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"Content-Length: 100\r\n\r\nusername=qa",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nusername",
        b"GET /api/v1/live HTTP/1.1\r\nHost: x\r\n" + cookie + b"\r\n",
        b"GET /ws/live HTTP/1.1\r\n" + origin + upgrade + b"\r\n",
        b"GET /ws/live HTTP/1.1\r\n" + origin + upgrade + cookie + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ):
        for wait_for_answer in (False, True):
            reader, writer = await connected(site)
            writer.write(sent)
            await writer.drain()
            if wait_for_answer and sent.endswith(b"\r\n\r\n"):
                async with asyncio.timeout(60):
                    await reader.readline()
            reset(writer)
    async with asyncio.timeout(60):
        while PatientProtocol.open_ones or site.web.live.listeners:
            await asyncio.sleep(0.01)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
