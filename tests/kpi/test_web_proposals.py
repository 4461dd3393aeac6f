"""Proposals over HTTP: worked out beside the pages, compared, taken over; a solver that is gone is told."""

import asyncio

import pytest

from core.web import app as app_module
from core.web.app import build
from tests.core.web.conftest import Running, serving, until
from tests.kpi.asking import ask, day
from tests.kpi.conftest import ENTRIES


async def finished(client, draft_id):
    async with asyncio.timeout(100):
        while True:
            found = await ask(client, "GET", f"/api/v1/rosters/proposals/{draft_id}")
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.2)


async def test_a_proposal_is_worked_out_beside_the_pages_compared_and_taken_over_once(office):
    client = await office.program("supervisor")
    assert (await client.get("/api/v1/rosters/proposals/newest")).status_code == 404
    # Still ahead when midnight comes meanwhile.
    first = day(2)
    body = {"from": first, "days": 7, "limit_s": 5}
    asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json=body)
    # The pages go on being served meanwhile, and a second one has to wait.
    assert (await client.post("/api/v1/rosters/proposals", json=body)).status_code == 409
    assert (await client.get("/api/v1/me")).status_code == 200
    done = await finished(client, asked["id"])
    assert done["state"] == "done", done["report"]
    report = done["report"]
    assert sum(report["after"]["short_h"].values()) <= sum(report["before"]["short_h"].values())
    assert report["after"]["shifts"] == len(done["shifts"]) == report["added"] + report["kept"]
    counts = await ask(client, "POST", f"/api/v1/rosters/proposals/{asked['id']}/take-over")
    assert counts == {name: report[name] for name in ("added", "removed", "kept", "rested")}
    found = await ask(client, "GET", f"/api/v1/rosters?from={first}&days=7")
    place = ("extension", "starts_at", "ends_at", "name", "template")
    standing = sorted(tuple(shift[name] for name in place) for shift in found["shifts"])
    assert standing == sorted(tuple(shift[name] for name in place) for shift in done["shifts"])
    assert (await client.post(f"/api/v1/rosters/proposals/{asked['id']}/take-over")).status_code == 409
    coverage = await ask(client, "GET", f"/api/v1/rosters/coverage?from={first}&days=7")
    assert sum(coverage["short_h"]) == pytest.approx(report["after"]["short_h"]["all"], abs=0.3)


async def test_a_proposal_can_be_cancelled_and_its_process_is_gone(office):
    client = await office.program("supervisor")
    body = {"from": day(2), "days": 14, "limit_s": 120}
    asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json=body)
    proposals = office.web.parts["proposals"]
    await until(lambda: asked["id"] in proposals.processes, 20)
    process = proposals.processes[asked["id"]]
    done = await ask(client, "POST", f"/api/v1/rosters/proposals/{asked['id']}/cancel")
    assert done["state"] == "cancelled"
    assert process.returncode is not None
    body["limit_s"] = 5
    again = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json={**body, "days": 2})
    assert (await finished(client, again["id"]))["state"] == "done"


async def test_days_that_have_begun_are_not_proposed_for(office):
    client = await office.program("supervisor")
    said = await client.post("/api/v1/rosters/proposals", json={"from": day(0)})
    assert (said.status_code, said.json()["field"]) == (422, "from")


async def test_a_killed_solver_is_told_in_words_and_the_next_one_works(office):
    client = await office.program("supervisor")
    asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json={"from": day(2), "limit_s": 120})
    proposals = office.web.parts["proposals"]
    await until(lambda: asked["id"] in proposals.processes, 20)
    proposals.processes[asked["id"]].kill()
    done = await finished(client, asked["id"])
    assert done["state"] == "failed"
    assert done["report"]["error"]["remedy"]


async def test_a_house_that_ends_meanwhile_leaves_no_solver_and_no_running_draft(home, core):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_module, "entry_points", lambda group: ENTRIES)
        app = build(home)
        async with serving(app) as port:
            made = Running(app, port)
            client = await made.program("supervisor")
            asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json={"from": day(2), "limit_s": 120})
            proposals = made.web.parts["proposals"]
            await until(lambda: asked["id"] in proposals.processes, 20)
            process = proposals.processes[asked["id"]]
            await client.aclose()
        assert process.returncode is not None
        app = build(home)
        async with serving(app) as port:
            client = await Running(app, port).program("supervisor")
            found = await ask(client, "GET", f"/api/v1/rosters/proposals/{asked['id']}")
            assert found["state"] == "failed"
            await client.aclose()
