"""What nobody expected in a page or in one of its functions: the log has it under a number that the person is told."""

import logging
import re
import sys

import pytest

from dashboards.pages.categories import callbacks
from tests.core.web.conftest import core, home, people_db  # noqa: F401 - fixtures
from tests.dashboards.test_rights import house  # noqa: F401 - a fixture

DRAWN_AGAIN = {
    "output": "categories-body.children",
    "outputs": {"id": "categories-body", "property": "children"},
    "inputs": [{"id": "categories-dialog-done", "property": "data", "value": {"at": 1}}],
    "changedPropIds": ["categories-dialog-done.data"],
}


@pytest.fixture
async def broken(house, monkeypatch):  # noqa: F811
    """The page's body fails, in the page as in its function."""

    async def fails():
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(callbacks, "body", fails)
    # The package calls its function by the same name.
    monkeypatch.setattr(sys.modules["dashboards.pages.categories.layout"], "body", fails)
    return await house.browser("director")


def number_in(words: str) -> str:
    return re.search(r"\b[0-9a-f]{8}\b", words)[0]


async def test_a_callback_that_fails_is_logged_with_its_traceback_under_the_number_that_is_told(broken, caplog):
    with caplog.at_level(logging.ERROR, "core.web.problems"):
        answer = await broken.post("/_dash-update-component", json=DRAWN_AGAIN, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    number = number_in(answer.json()["remedy"])
    (line,) = [one for one in caplog.records if number in one.getMessage()]
    assert "categories-body.children" in line.getMessage()
    assert "a bug of ours" in str(line.exc_info[1])


async def test_a_page_that_fails_tells_the_number_too(broken, caplog):
    router = next(
        one for one in (await broken.get("/_dash-dependencies")).json() if "_pages_content.children" in one["output"]
    )
    outputs = [
        dict(zip(("id", "property"), part.split("."), strict=True)) for part in router["output"].strip(".").split("...")
    ]
    with caplog.at_level(logging.ERROR, "core.web.problems"):
        answer = await broken.post(
            "/_dash-update-component",
            json={
                "output": router["output"],
                "outputs": outputs,
                "inputs": [
                    {**one, "value": {"pathname": "/categories", "search": ""}.get(one["property"])}
                    for one in router["inputs"]
                ],
                "state": [{**one, "value": None} for one in router["state"]],
                "changedPropIds": ["_pages_location.pathname"],
            },
        )
    assert answer.status_code == 200
    number = number_in(answer.text)
    assert [one for one in caplog.records if number in one.getMessage() and one.exc_info]


async def test_a_route_that_fails_is_told_in_the_same_way(house, monkeypatch, caplog):  # noqa: F811
    async def fails(_work):
        raise RuntimeError("a bug of ours")

    client = await house.browser("director")
    monkeypatch.setattr(house.web, "in_session", fails)
    with caplog.at_level(logging.ERROR, "core.web.problems"):
        answer = await client.get("/api/v1/categories")
    assert answer.status_code == 500
    assert [one for one in caplog.records if number_in(answer.json()["remedy"]) in one.getMessage()]


async def test_what_is_refused_on_purpose_is_no_failure(house, caplog):  # noqa: F811
    client = await house.browser("agent8001")
    with caplog.at_level(logging.ERROR, "core.web.problems"):
        answer = await client.post("/_dash-update-component", json=DRAWN_AGAIN)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_right")
    assert caplog.records == []
