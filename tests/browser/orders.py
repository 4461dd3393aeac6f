"""Work orders made over the interface, as other people and programs make them."""

from __future__ import annotations

import itertools
import urllib.request

import pytest

from tests.house.running import House, until

NUMBER = itertools.count(1)


@pytest.fixture
def orders(house: House) -> Orders:
    return Orders(house)


class Orders:
    """``open`` comes back when the list knows the order."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.tokens = {user: house.token(user) for user in ("supervisor", "agent8001", "worker")}

    def open(self, category: str = "repair.leak_visible", **more) -> str:
        number = next(NUMBER)
        given = {
            "category": category,
            "summary": f"路面冒水第 {number} 处",
            "address": f"演示城东区城东清泉路{900 + number}号",
            "district": "演示城东区",
            "longitude": 120.12,
            "latitude": 30.01,
            "caller": f"1391111{number:04d}",
            **more,
        }
        made = self.house.ask("POST", "/api/v1/work-orders", given, self.tokens["agent8001"])
        # The list reads the marts.
        until(lambda: made["id"] in self.file(), 15)
        return made["id"]

    def file(self) -> str:
        url = f"http://127.0.0.1:{self.house.http}/api/v1/work-orders.csv?now=all"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.tokens['supervisor']}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def step(self, order: str, event: str, user: str = "supervisor", **fields) -> dict:
        path = f"/api/v1/work-orders/{order}/events"
        return self.house.ask("POST", path, {"event": event, "fields": fields}, self.tokens[user])

    def read(self, order: str) -> dict:
        return self.house.ask("GET", f"/api/v1/work-orders/{order}", token=self.tokens["supervisor"])
