"""Orders over the running site while its web process is killed: what was answered is there, a repeat makes none twice."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from typing import Any, Self

import pytest

from tests.house.running import House, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PATH = "/api/v1/work-orders"
LEAK = {
    "category": "repair.leak_visible",
    "summary": "路面冒水",
    "address": "演示城东区城东清泉路1号",
    "then": "dispatch",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("orders") / "site")
    house.start()
    yield house
    assert house.stop() == 0


def post(house: House, token: str, path: str, body: dict[str, Any], key: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    request = urllib.request.Request(
        f"http://127.0.0.1:{house.http}{path}", json.dumps(body).encode(), headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


class Integrator:
    """Another system that reports one order after the other, each under a key of its own."""

    def __init__(self, house: House, token: str) -> None:
        self.house, self.token = house, token
        self.asked = 0
        self.answered: dict[str, str] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.is_set():
            key = f"report-{self.asked}"
            self.asked += 1
            try:
                self.answered[key] = post(self.house, self.token, PATH, {**LEAK, "channel": "web"}, key)["id"]
            except (OSError, urllib.error.HTTPError):
                self._closing.wait(0.1)


def everything(house: House, token: str) -> list[dict[str, Any]]:
    found, cursor = [], ""
    while cursor is not None:
        page = house.ask("GET", f"{PATH}?channel=web&limit=200&cursor={cursor}", token=token)
        found += page["items"]
        cursor = page["next"]
    return found


def test_no_answered_order_is_lost_and_none_is_there_twice_when_web_is_killed(house):
    token = house.token("agent8001")
    with Integrator(house, token) as integrator:
        until(lambda: len(integrator.answered) >= 5, 30)
        house.kill("web")
        until(lambda: _answers(house), 40)
        before = len(integrator.answered)
        until(lambda: len(integrator.answered) >= before + 3, 30)
    # Whoever got no answer asks again, under the same key.
    for number in range(integrator.asked):
        key = f"report-{number}"
        found = post(house, token, PATH, {**LEAK, "channel": "web"}, key)["id"]
        assert integrator.answered.setdefault(key, found) == found
    ids = [one["id"] for one in everything(house, token)]
    assert sorted(ids) == sorted(integrator.answered.values())
    assert len(set(ids)) == integrator.asked


def _answers(house: House) -> bool:
    try:
        house.ask("GET", "/healthz")
    except OSError:
        return False
    return True


def test_an_order_is_stepped_by_agent_lead_and_worker_in_turn(house):
    agent, lead, worker = (house.token(name) for name in ("agent8001", "sitemanager", "worker"))
    number = post(house, agent, PATH, LEAK)["id"]
    steps = (
        (lead, {"event": "take", "fields": {"assignee": "worker"}}),
        (worker, {"event": "arrive", "position": {"longitude": 119.88, "latitude": 29.95}}),
        (worker, {"event": "work"}),
        (worker, {"event": "submit", "fields": {"result": "换阀门"}}),
        (lead, {"event": "close_out"}),
        (agent, {"event": "visit", "fields": {"no_call": "当面回访"}}),
    )
    for token, body in steps:
        order = post(house, token, f"{PATH}/{number}/events", body)
    assert (order["state"], len(order["events"])) == ("closed", 8)
    assert order["events"][3]["distance_m"] > 0
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(house, agent, f"{PATH}/{number}/events", {"event": "dispatch"})
    problem = json.load(refused.value)
    assert (refused.value.code, problem["allowed"]) == (409, ["note"])
    kinds = [kind for kind, payload in house.events() if payload.get("order_id") == number]
    assert kinds.count("order_stepped") == 8
