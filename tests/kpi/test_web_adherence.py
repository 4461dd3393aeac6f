"""Adherence over HTTP: the past adds up, and now is compared with the live floor."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import utc_now
from tests.clock import ZONE
from tests.core.web.conftest import until
from tests.kpi.asking import ask, day


async def test_the_past_adds_up_and_each_shift_opens_to_its_stretches(office):
    client = await office.program("supervisor")
    found = await ask(client, "GET", f"/api/v1/rosters/adherence?from={day(-8)}&days=9")
    whole = found["whole"]
    assert 0.5 < whole["adherence"] < 1
    assert whole["scheduled_s"] == pytest.approx(sum(one["scheduled_s"] for one in found["agents"]), abs=20)
    looked = 0
    for agent in found["agents"][:4]:
        assert agent["adherent_s"] == pytest.approx(sum(one["adherent_s"] for one in agent["by_shift"]), abs=10)
        for one in agent["by_shift"][:3]:
            opened = await ask(client, "GET", f"/api/v1/rosters/adherence/shifts/{one['shift']['id']}")
            # A shift that goes on is a moment longer by now.
            for name in ("scheduled_s", "adherent_s", "worked_s", "late_s"):
                assert opened["sums"][name] == pytest.approx(one[name], abs=30)
            pieces = opened["pieces"]
            adherent = sum(piece["seconds"] for piece in pieces if piece["adherent"])
            assert adherent == pytest.approx(opened["sums"]["adherent_s"], abs=len(pieces) + 1)
            looked += len(pieces)
    assert looked > 100


async def test_an_agent_sees_the_own_adherence_only(office):
    client, other = await office.program("agent8001"), await office.program("agent8002")
    found = await ask(client, "GET", f"/api/v1/rosters/adherence?from={day(-8)}&days=9")
    assert [one["extension"] for one in found["agents"]] == ["8001"]
    shift = found["agents"][0]["by_shift"][0]["shift"]["id"]
    assert (await other.get(f"/api/v1/rosters/adherence/shifts/{shift}")).status_code == 404
    now = await ask(client, "GET", "/api/v1/rosters/adherence/now")
    assert [one["extension"] for one in now["agents"]] == ["8001"]


async def test_now_compares_the_roster_with_the_live_floor(office, core):
    client = await office.program("supervisor")
    now = datetime.fromtimestamp(utc_now(), ZONE)
    around = await ask(client, "GET", f"/api/v1/rosters?from={day(-2)}&days=5")
    for shift in around["shifts"]:
        if shift["extension"] == "8001":
            await ask(client, "DELETE", f"/api/v1/rosters/shifts/{shift['id']}")
    begin, end = now - timedelta(hours=1), now + timedelta(hours=2)
    body = {"extension": "8001", "day": begin.date().isoformat(), "start": f"{begin:%H:%M}", "end": f"{end:%H:%M}"}
    await ask(client, "POST", "/api/v1/rosters/shifts", 201, json=body)

    async def here(state, **more):
        seat = {"extension": "8001", "name": "王芳", "state": state, "call_id": None, **more}
        core.push(agents=[seat])
        await until(lambda: (office.web.live.agent("8001") or {}).get("state") == state)
        found = await ask(client, "GET", "/api/v1/rosters/adherence/now")
        return next(one for one in found["agents"] if one["extension"] == "8001")

    since = (now - timedelta(minutes=20)).astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z")
    ready = await here("ready", since=since)
    assert (ready["plan"], ready["adherent"], ready["off_since"]) == ("work", True, None)
    rests = await here("break", since=since, reason="小休")
    assert (rests["adherent"], rests["reason"]) == (False, "小休")
    assert datetime.fromisoformat(rests["off_since"]) == pytest.approx(
        now - timedelta(minutes=20), abs=timedelta(seconds=2)
    )
