"""Nobody can be recognised while the database is away: people get a page that asks again, programs a problem."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from core.db import database_away
from core.web.auth import SESSION_COOKIE
from core.web.guard import Guard


class AwaySessions:
    async def by_cookie(self, _cookie: str) -> None:
        raise database_away()


async def inner(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("nobody unknown comes this far")


@pytest.fixture
def client() -> httpx.AsyncClient:
    guard = Guard(inner, AwaySessions(), "zh_CN")
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(guard), base_url="http://test", cookies={SESSION_COOKIE: "somebody"}
    )


async def test_a_page_says_so_in_words_and_asks_again_by_itself(client: httpx.AsyncClient) -> None:
    answer = await client.get("/floor")
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert '<meta http-equiv="refresh" content="5">' in answer.text
    assert "数据库没有响应" in answer.text
    assert "The database does not answer." in (await client.get("/floor?lang=en")).text


@pytest.mark.parametrize("path", ["/api/v1/live", "/_dash-layout", "/assets/floor.js"])
async def test_a_script_gets_a_problem(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"


async def test_a_change_gets_a_problem_also_at_a_page_s_path(client: httpx.AsyncClient) -> None:
    assert (await client.post("/floor")).json()["code"] == "unavailable"
