"""What answers say to browsers: scripts by nonce or file, what may be kept, TLS for good."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from core.web.answer_headers import ASK_FIRST, FOR_GOOD, NEVER, cacheable
from core.web.app import build
from core.web.guard import Guard
from tests.core.web.conftest import PASSWORD, FakeCore, Running, serving, until

NONCE = re.compile(r"script-src 'self' 'nonce-([\w-]{20,})'")


async def test_the_log_in_page_runs_only_scripts_of_this_very_answer(site: Running) -> None:
    client = site.anonymous()
    answers = [await client.get("/login"), await client.get("/login")]
    nonces = []
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        (nonce,) = NONCE.findall(policy)
        nonces.append(nonce)
        assert "unsafe-eval" not in policy
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
        assert {"object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'"} <= set(policy.split("; "))
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert scripts == [f'<script nonce="{nonce}">']
        assert answer.headers["cache-control"] == NEVER
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize("path", ["/login", "/healthz", "/api/v1/me", "/floor", "/assets/x.js"])
async def test_every_answer_is_no_guess_no_frame_and_no_leak_of_where_one_was(site: Running, path: str) -> None:
    answer = await site.anonymous().get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == NEVER


async def test_a_host_that_is_none_comes_into_no_policy(site: Running) -> None:
    answer = await site.anonymous().get("/login", headers={"Host": "a.example; script-src *"})
    assert "a.example" not in answer.headers["content-security-policy"]
    answer = await site.anonymous().get("/login", headers={"Host": "hotline.example:8050"})
    assert "wss://hotline.example:8050" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/res/live-0123456789abcdef.js", "", 200, FOR_GOOD),
        ("/res/live-0123456789abcdef.js", "", 404, NEVER),
        ("/res/theme-0123456789abcdef.css", "", 200, FOR_GOOD),
        ("/_dash-component-suites/dash/dcc/dash_renderer-0123456789abcdef.js", "", 200, FOR_GOOD),
        ("/res/plain.js", "", 200, ASK_FIRST),
        ("/_dash-component-suites/dash/deps/react@18.v4_4_1m1764345600.3.1.min.js", "", 200, FOR_GOOD),
        ("/_dash-component-suites/dash/dcc/async-graph.js", "", 304, ASK_FIRST),
        ("/floor", "m=1", 200, NEVER),
        ("/api/v1/calls.csv", "", 200, NEVER),
    ],
)
def test_only_what_is_named_by_its_content_is_kept_for_good(path: str, query: str, status: int, said: str) -> None:
    assert cacheable({"path": path, "query_string": query.encode()}, status) == said


class NobodysSessions:
    async def by_bearer(self, _token: str) -> None:
        return None


async def inner(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b""})


def guarded(scheme: str, client: str = "198.51.100.7") -> httpx.AsyncClient:
    guard = Guard(inner, NobodysSessions(), "zh_CN", https_port=8443)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(guard, client=(client, 50000))
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://hotline.example:8050")


@pytest.mark.parametrize("client", ["198.51.100.7", "127.0.0.1"])
@pytest.mark.parametrize("path", ["/login", "/", "/calls?queue=a%20b&x=1", "/api/v1/me", "/%E6%B1%82//evil.example"])
async def test_plain_http_turns_to_tls(client: str, path: str) -> None:
    answer = await guarded("http", client).get(path)
    assert (answer.status_code, answer.headers["location"]) == (308, f"https://hotline.example:8443{path}")
    assert "strict-transport-security" not in answer.headers
    posted = await guarded("http", client).post("/login", data={"username": "a", "password": "b"})
    assert posted.status_code == 308


async def test_the_house_asks_for_its_own_health_in_plain_words_on_its_own_machine() -> None:
    assert (await guarded("http", "127.0.0.1").get("/healthz")).status_code == 200
    assert (await guarded("http").get("/healthz")).status_code == 308


async def test_over_tls_a_browser_is_told_to_stay_there() -> None:
    answer = await guarded("https").get("/login")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_no_websocket_is_opened_in_plain_words_where_there_is_tls(home: Path, core: FakeCore) -> None:
    (home / "hotline.toml").write_text("https_port = 8443\n")
    app = build(home, group="no.upper.folders")
    async with serving(app) as port:
        made = Running(app, port)
        await until(lambda: not made.web.live.stale)
        user, token = await made.web.sessions.sign_in("supervisor", PASSWORD, "127.0.0.1")
        assert user.name == "supervisor"
        cookie = {"Cookie": f"hotline_session={made.web.sessions.cookie(token)}"}
        with pytest.raises(InvalidStatus):
            async with connect(f"{made.ws}/ws/live", additional_headers=cookie, origin=made.url):  # type: ignore[arg-type]
                pass
