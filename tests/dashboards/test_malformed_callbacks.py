"""A body that is no call of a page's function is answered with 400, in words, and has a line in the log; never 500."""

import logging

import pytest

from dashboards.pages.categories import callbacks
from tests.core.web.conftest import core, home, people_db  # noqa: F401 - fixtures
from tests.dashboards.test_rights import house  # noqa: F401 - a fixture

PATH = "/_dash-update-component"
ASKED = {
    "output": "categories-body.children",
    "outputs": {"id": "categories-body", "property": "children"},
    "inputs": [{"id": "categories-dialog-done", "property": "data", "value": {"at": 1}}],
    "changedPropIds": ["categories-dialog-done.data"],
}


def without(name):
    return {key: value for key, value in ASKED.items() if key != name}


ODD = (None, 1, "x", [], [1], [None], {}, {"id": 1}, [{"id": "x"}], [{}], [[]], True)
BODIES = {
    "null": None,
    "number": 7,
    "text": "x",
    "list": [ASKED],
    "empty": {},
    **{f"without {name}": without(name) for name in ASKED},
    **{f"{name}={value!r}": {**ASKED, name: value} for name in ASKED for value in ODD},
    "another input": {**ASKED, "inputs": [{"id": "nothing", "property": "data", "value": 1}]},
    "too many inputs": {**ASKED, "inputs": ASKED["inputs"] * 3},
    "an input without a property": {**ASKED, "inputs": [{"id": "categories-dialog-done"}]},
    "odd changes": {**ASKED, "changedPropIds": ["nodot", 3]},
    "odd state": {**ASKED, "state": 4},
    "an odd pattern": {**ASKED, "output": '{"type":"x"', "outputs": {"id": {"type": "x"}, "property": "y"}},
    "another function": {**ASKED, "output": "nothing.children"},
    "several": {**ASKED, "output": "..a.b...c.d..", "outputs": []},
}
RAW = {
    "junk": b"{not json",
    "nothing": b"",
    "bytes": b"\xff\xfe\x00",
    "half a sign": b'{"output": "\\ud800", "inputs": []}',
    "deep": b"[" * 3000,
    "not a number": b'{"output": NaN}',
}


@pytest.fixture
async def client(house):  # noqa: F811
    return await house.browser("director")


async def test_whatever_is_sent_is_refused_in_words_and_logged(client, caplog, monkeypatch):
    async def drawn():
        return "drawn"

    monkeypatch.setattr(callbacks, "body", drawn)
    went_on, wrong = set(), []
    for name, body in BODIES.items():
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            answer = await client.post(PATH, json=body)
        if answer.status_code in (200, 204):
            went_on.add(name)
        else:
            wrong += refused(name, answer, caplog)
    assert wrong == []
    # What changed need not be said; without it the call is one all the same.
    assert {name for name in went_on if "changedPropIds" not in name and "outputs" not in name} == set()
    assert (await client.post(PATH, json=ASKED)).status_code == 200


@pytest.mark.parametrize("name", RAW)
async def test_what_is_no_json_is_refused_in_words_and_logged(client, caplog, name):
    with caplog.at_level(logging.WARNING):
        answer = await client.post(PATH, content=RAW[name], headers={"Content-Type": "application/json"})
    assert refused(name, answer, caplog) == []


async def test_the_words_are_in_the_language_of_who_asks(client):
    for sent in ({"json": {}}, {"content": b"{junk"}):
        chinese = (await client.post(PATH, **sent)).json()
        assert ("页面功能" in chinese["detail"], bool(chinese["remedy"])) == (True, True)
        english = (await client.post(PATH, **sent, params={"lang": "en"})).json()
        assert english["detail"].startswith("The body is no call")


def refused(name, answer, caplog):
    """What is wrong with the refusal."""
    found = []
    if answer.status_code not in (400, 404):
        return [(name, answer.status_code, answer.text[:200])]
    if answer.headers["content-type"] != "application/problem+json" or "detail" not in answer.json():
        found.append((name, answer.text[:200]))
    if not [one for one in caplog.records if PATH in one.getMessage()]:
        found.append((name, "no line in the log"))
    return found
