"""A trunk whose far end is away raises an alert that everybody on the floor sees, and is over when it is back."""

from __future__ import annotations

import subprocess

import pytest

from tests.house.front import Front
from tests.house.running import HOTLINE, House, until
from tests.house.sipp import Sipp, needs_sipp, udp_port

pytestmark = [pytest.mark.peers, pytest.mark.slow, needs_sipp, pytest.mark.timeout(240)]

# It is asked every 30 s, may miss twice, and the shipped rule waits 10 s more.
LIMIT_S = 100


def alerts(house: House, token: str, *, is_open: bool) -> list[dict[str, object]]:
    found = house.ask("GET", f"/api/v1/alerts?figure=trunk_down&open={str(is_open).lower()}", token=token)["items"]
    return [alert for alert in found if alert["subject"] == "city"]


def test_a_gateway_that_does_not_answer_is_an_alert_until_it_answers(
    peers_house: House, front: Front, sipp: Sipp
) -> None:
    port = udp_port()
    where = ["--peer", "127.0.0.1", "--gateway", f"127.0.0.1:{port}"]
    subprocess.run([HOTLINE, "trunk", "set", "city", "--home", str(peers_house.home), *where], check=True, timeout=60)
    (raised,) = until(lambda: alerts(peers_house, front.token, is_open=True), LIMIT_S)
    assert raised["cleared_at"] is None

    sipp.run("gateway", port=port, limit_s=LIMIT_S)
    until(lambda: not alerts(peers_house, front.token, is_open=True), LIMIT_S)
    (over,) = alerts(peers_house, front.token, is_open=False)
    assert over["id"] == raised["id"]
    kinds = [kind for kind, fact in peers_house.events() if fact.get("alert") == raised["id"]]
    assert kinds == ["alert_raised", "alert_cleared"]
