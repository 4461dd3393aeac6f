"""A person leaves while on a call: the call goes on, and nothing new begins by the closed account."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.parse

import pytest

from core.demo.phone import Phone
from tests.house.running import House
from tests.house.test_first_call import Desk, talk, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("house"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("leaving") / "site")
    house.start()
    yield house
    assert house.stop() == 0


def form_of(user: str) -> bytes:
    return urllib.parse.urlencode({"username": user, "password": f"demo-{user}"}).encode()


async def test_who_leaves_ends_the_call_in_peace_and_begins_nothing_new(house):
    desk = Desk(house)
    await desk.sign_on()
    citizen, call = await talk(house, desk)
    theirs = await asyncio.to_thread(house.token, "agent8001")
    admin = await asyncio.to_thread(house.token, "admin")
    told = await asyncio.to_thread(house.ask, "POST", "/api/v1/users/agent8001/end", {"reason": "left"}, admin)
    assert told["telephony"] == "reloaded"
    gone = await wait_for(lambda: [p for k, p in house.events() if k == "extension_unregistered"])
    assert (gone[-1]["extension"], gone[-1]["reason"]) == ("8001", "account_closed")
    with pytest.raises(urllib.error.HTTPError) as over:
        await asyncio.to_thread(house.ask, "GET", "/api/v1/me", None, theirs)
    assert over.value.code == 401
    with pytest.raises(urllib.error.HTTPError) as refused:
        await asyncio.to_thread(house.ask, "POST", "/api/v1/token", form_of("agent8001"))
    assert refused.value.code == 401
    # The call that is up is not cut: both still hear each other.
    before = len(call.rtp.heard), len(desk.calls[-1].rtp.heard)
    await wait_for(lambda: len(call.rtp.heard) > before[0] + 8000 and len(desk.calls[-1].rtp.heard) > before[1] + 8000)
    assert not call.ended.is_set()
    # And nothing new: neither a registration nor a call.
    assert await desk.phone.register() != 200
    other = Phone(house.server, "8001", "demo-8001")
    await other.open()
    assert await other.register() != 200
    await other.close()
    await call.hang_up()
    await wait_for(lambda: "8001" not in {one["extension"] for one in house.live(admin)["agents"]}, 40)
    lines = (await asyncio.to_thread(house.ask, "GET", "/api/v1/audit?subject=agent8001", None, admin))["items"]
    assert {"user_ended", "sign_in_refused"} <= {one["action"] for one in lines}
    await desk.phone.close()
    await citizen.close()
