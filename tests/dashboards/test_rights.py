"""Every route, websocket and callback × every role, by really asking; what is printed is the whole matrix (``-s``)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import dash
import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from core.rights import SHIPPED, Right
from core.web import doors
from core.web.app import build
from core.web.doors import Undeclared
from dashboards.pages import PAGES
from tests.core.web.conftest import (  # noqa: F401 - fixtures
    FakeCore,
    Running,
    core,
    home,
    people_db,
    serving,
    until,
)

ROLES = tuple(SHIPPED)
USERS = {role: "agent8001" if role == "agent" else role for role in ROLES}
# They end what the others sign in with: asked last.
LAST = ("/api/v1/wall-links", "/logout")
# What our own pages send, so that a callback runs as far as its door.
CALL = {"outputs": {"id": "x", "property": "children"}, "inputs": [], "changedPropIds": []}


@pytest.fixture
async def house(home: Path, core: FakeCore) -> AsyncIterator[Running]:  # noqa: F811
    """All folders, on a real port."""
    dash.page_registry.clear()
    app = build(home)
    async with serving(app) as port:
        made = Running(app, port)
        await until(lambda: made.web.parts["feeder"].status()["state"] == "up", 20)
        yield made
        for client in made.clients:
            await client.aclose()


def permitted(role: str, rights: tuple[Right, ...]) -> bool:
    return any(right in SHIPPED[role] for right in rights)


def filled_in(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "1", path)


async def asked(client: httpx.AsyncClient, method: str, path: str) -> str:
    body = {"json": {}} if method not in ("GET", "HEAD", "DELETE") else {}
    answer = await client.request(method, filled_in(path), headers={"Accept-Language": "en"}, **body)
    return verdict(answer)


def verdict(answer: httpx.Response) -> str:
    """``yes`` is everything that is no refusal of the door: also what is missing, or wrong in the body."""
    problem = answer.json() if answer.content and "problem+json" in answer.headers.get("content-type", "") else {}
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/login"):
        return "who"
    if problem.get("code") == "no_right" or (answer.request.method == "HEAD" and answer.status_code == 403):
        return "no"
    return "yes"


async def knocked(house: Running, client: httpx.AsyncClient, path: str) -> str:
    """403 before the handshake is the door's; a ticket that is none is refused behind it, by the handler."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    try:
        async with connect(
            f"{house.ws}{filled_in(path)}", additional_headers={"Cookie": cookies}, origin=house.url
        ) as socket:
            await socket.close()
    except InvalidStatus as refused:
        return "no" if refused.response.status_code == 403 else str(refused)
    return "yes"


async def test_every_route_is_opened_by_its_right_and_by_nothing_else(house: Running) -> None:
    clients = {role: await house.browser(USERS[role]) for role in ROLES}
    nobody = house.anonymous()
    found = [one for one in doors.doors(house.app) if one.kind == "http"]
    found.sort(key=lambda one: (one.path in LAST, "DELETE" in one.methods))
    assert len(found) > 100
    wrong = []
    for one in found:
        for method in one.methods:
            if one.path in ("/login", "/logout", "/password", "/api/v1/token"):
                continue
            path = "/1" if one.path == "{path:path}" else one.path
            said = {role: await asked(client, method, path) for role, client in reversed(clients.items())}
            said["nobody"] = await asked(nobody, method, path)
            due = {role: "yes" if one.public or permitted(role, one.rights) else "no" for role in ROLES}
            due["nobody"] = "yes" if one.public else "who"
            if one.path.startswith("/wall/open/"):
                due = dict.fromkeys(due, "who")  # the link is its own proof, and this one is none
            print(f"{method:6} {one.path:60} {','.join(one.rights) or 'public':24} {said}")
            if said != due:
                wrong.append((method, one.path, said, due))
            if one.path in LAST:
                clients["wallboard"] = await house.browser("wallboard")
    assert not wrong, "\n".join(map(str, wrong))


async def test_every_websocket_is_opened_by_its_right_and_by_nothing_else(house: Running) -> None:
    found = [one for one in doors.doors(house.app) if one.kind == "websocket"]
    assert {one.path for one in found} >= {"/ws/live", "/ws/listen/{name}"}
    for one in found:
        said = {role: await knocked(house, await house.browser(USERS[role]), one.path) for role in ROLES}
        print(f"WS     {one.path:60} {','.join(one.rights):24} {said}")
        assert await knocked(house, house.anonymous(), one.path) == "no"
        if one.path == "/ws/listen/{name}":
            # Its handler also asks for a ticket, and refuses in the same way.
            assert set(said.values()) == {"no"}
            continue
        assert said == {role: "yes" if permitted(role, one.rights) else "no" for role in ROLES}


async def test_every_callback_is_run_with_its_right_and_by_nobody_else(house: Running) -> None:
    pages: Any = dash.get_app()
    outputs = [output for output, about in pages.callback_map.items() if "callback" in about]
    assert {"calls-body.children", "order-dialog.children", "alerts-body.children"} <= set(outputs) <= set(pages.rights)
    for output in outputs:
        said = {}
        for role in ROLES:
            client = await house.browser(USERS[role])
            said[role] = verdict(await client.post("/_dash-update-component", json={"output": output, **CALL}))
        print(f"CALL   {output:60} {pages.rights[output]:24} {said}")
        assert said == {role: "yes" if permitted(role, (pages.rights[output],)) else "no" for role in ROLES}
        anonymous = await house.anonymous().post("/_dash-update-component", json={"output": output, **CALL})
        assert anonymous.status_code == 401


@pytest.mark.parametrize("role", ["worker", "site_manager", "wallboard"])
async def test_no_call_is_read_through_the_callback_of_its_page(house: Running, role: str) -> None:
    client = await house.browser(role)
    body = {
        "output": "calls-body.children",
        "outputs": {"id": "calls-body", "property": "children"},
        "inputs": [{"id": "calls-seen", "property": "data", "value": {"call": "c1"}}],
        "changedPropIds": ["calls-seen.data"],
    }
    answer = await client.post("/_dash-update-component", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_right")


async def test_another_site_s_order_asked_for_through_its_page_s_function_is_a_line_of_the_audit(
    house: Running,
) -> None:
    agent, manager = await house.program("agent8001"), await house.browser("site_manager")
    wanted = {"category": "repair.leak_visible", "summary": "x", "address": "1 Road"}
    order = (await agent.post("/api/v1/work-orders", json=wanted)).json()["id"]
    other = (await agent.post("/api/v1/work-orders", json={**wanted, "summary": "y"})).json()["id"]
    pages: Any = dash.get_app()
    outputs = [{"id": name, "property": said} for name, said in (("order-shown", "data"), ("order-said", "children"))]
    looks = {
        "output": next(output for output in pages.callback_map if output.startswith("..order-body.children.")),
        "outputs": [{"id": "order-body", "property": "children"}, [], *outputs],
        "inputs": [
            {"id": "order-seen", "property": "data", "value": {}},
            {"id": "order-look", "property": "n_intervals", "value": 1},
        ],
        "state": [{"id": "order-shown", "property": "data", "value": {"id": order}}],
        "changedPropIds": ["order-look.n_intervals"],
    }
    opens = {
        "output": "order-dialog.children",
        "outputs": {"id": "order-dialog", "property": "children"},
        "inputs": [{"id": "order-dialog-opened", "property": "data", "value": {"order": other, "event": "note"}}],
        "state": [{"id": "order-shown", "property": "data", "value": {}}],
        "changedPropIds": ["order-dialog-opened.data"],
    }
    for body in (looks, looks, opens):
        answer = await manager.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.text
    admin = await house.browser("admin")
    found = (await admin.get("/api/v1/audit", params={"who": "site_manager", "action": "refused"})).json()["items"]
    assert {one["subject"] for one in found} == {f"/orders/{order}", f"/orders/{other}"}
    assert len(found) == 2


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"output": "nothing.children", "inputs": []},
        {"output": 7},
        "x",
        {"output": "calls-body.children", "inputs": [7]},
        {"output": "calls-body.children", "inputs": [{"id": "calls-seen"}], "outputs": 7, "state": 9},
        {"output": "calls-body.children", "inputs": [], "changedPropIds": 5},
    ],
)
async def test_what_is_no_call_of_a_page_s_function_is_refused_in_words(house: Running, body: Any) -> None:
    client = await house.browser("supervisor")
    answer = await client.post("/_dash-update-component", json=body)
    assert answer.status_code in (400, 404), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_dash_s_own_socket_is_no_door_at_all(house: Running) -> None:
    assert await knocked(house, await house.browser("admin"), "/_dash-ws-callback") == "no"
    assert "/_dash-ws-callback" not in {one.path for one in doors.doors(house.app)}


async def test_pages_and_menu_follow_the_table(house: Running) -> None:
    for role in ROLES:
        client = await house.browser(USERS[role])
        menu = str((await client.get("/_dash-layout")).json())
        for page in PAGES:
            may = page.right in SHIPPED[role] and (not page.reach or SHIPPED[role][page.right] in page.reach)
            if page.in_menu:
                shown = may and (not page.menu_reach or SHIPPED[role][page.right] in page.menu_reach)
                assert (f"'href': '{page.path}'" in menu) == shown, (role, page.path)
                assert (await client.get(page.path)).status_code == (200 if may else 403), (role, page.path)


async def test_a_right_that_is_taken_away_closes_its_doors_and_is_written_down(house: Running) -> None:
    admin, director = await house.browser("admin"), await house.browser("director")
    assert (await director.get("/api/v1/alerts")).status_code == 200
    changed = await admin.put("/api/v1/rights/director", json={"rights": {"alerts": "none", "stand": "all"}})
    assert changed.status_code == 404  # all or nothing
    changed = await admin.put("/api/v1/rights/director", json={"rights": {"alerts": "none", "calls": "own"}})
    assert changed.json()["changed"] == {
        "alerts": {"from": "all", "to": "none"},
        "calls": {"from": "all", "to": "own"},
    }
    assert (await director.get("/api/v1/alerts")).json()["code"] == "no_right"
    assert (await director.get("/alerts")).status_code == 403
    # Reaching the own ones only, and having no phone.
    assert (await director.get("/api/v1/calls")).status_code == 403
    table = (await admin.get("/api/v1/rights")).json()
    assert table["roles"]["director"]["alerts"] == "none"
    assert table["roles"].keys() == SHIPPED.keys()
    assert table["rights"].keys() == set(Right)


async def test_nobody_locks_the_keeper_out(house: Running) -> None:
    admin = await house.browser("admin")
    for right in ("rights", "self"):
        refused = await admin.put("/api/v1/rights/admin", json={"rights": {right: "none"}})
        assert (refused.status_code, refused.json()["field"]) == (409, right)
    refused = await admin.put("/api/v1/rights/worker", json={"rights": {"alerts": "site"}})
    assert (refused.status_code, refused.json()["field"]) == (422, "alerts")


async def test_a_link_of_the_wall_opens_the_wall_and_is_no_token(house: Running) -> None:
    supervisor = await house.browser("supervisor")
    path = (await supervisor.post("/api/v1/wall-links")).json()["path"]
    link = path.rpartition("/")[2]
    program = house.anonymous(headers={"Authorization": f"Bearer {link}"})
    for asked_for in ("/api/v1/live", "/api/v1/wall", "/api/v1/calls", "/api/v1/me"):
        assert (await program.get(asked_for)).status_code == 401, asked_for
    with pytest.raises(InvalidStatus):
        async with connect(f"{house.ws}/ws/live?token={link}"):
            pass
    screen = house.anonymous()
    assert (await screen.get(path)).headers["location"] == "/wall"
    assert (await screen.get("/api/v1/wall")).status_code == 200
    assert (await screen.get("/wall")).status_code == 200
    for asked_for in (
        "/api/v1/calls",
        "/api/v1/work-orders",
        "/api/v1/indicators",
        "/api/v1/alerts",
        "/api/v1/rosters",
    ):
        assert (await screen.get(asked_for)).status_code in (403, 422), asked_for


def test_a_route_without_a_declared_right_fails_the_build(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    from core.web.routes import docs_page

    def forgetful(web: Any) -> None:
        @web.app.get("/api/v1/forgotten")
        async def forgotten() -> str:
            return "everybody's"

    monkeypatch.setattr(docs_page, "add_routes", forgetful)
    with pytest.raises(Undeclared, match="/api/v1/forgotten"):
        build(home, group="no.upper.folders")


def test_a_callback_without_a_declared_right_stops_the_start() -> None:
    from dashboards.app import Pages

    pages = object.__new__(Pages)
    pages.rights = {"a.children": Right.CALLS}
    pages.callback_map = {"a.children": {"callback": print}, "b.children": {"callback": print}, "clientside": {}}
    with pytest.raises(Undeclared, match=r"callbacks: b\.children$"):
        pages.check_callbacks()


async def test_every_kind_of_door_that_stays_shut_leaves_its_line(house: Running) -> None:
    worker = await house.browser("worker")
    outputs = ("calls-body.children", "alerts-body.children")
    for output in outputs * 2:
        assert (await worker.post("/_dash-update-component", json={"output": output, **CALL})).status_code == 403
    for _twice in range(2):
        assert (await worker.get("/floor")).status_code == 403
        assert await knocked(house, worker, "/ws/live") == "no"
    admin = await house.browser("admin")
    found = (await admin.get("/api/v1/audit", params={"who": "worker", "action": "refused"})).json()["items"]
    assert sorted((one["subject"], one["detail"].get("callback", "")) for one in found) == [
        ("/_dash-update-component", outputs[1]),
        ("/_dash-update-component", outputs[0]),
        ("/floor", ""),
        ("/ws/live", ""),
    ]
