"""Whoever stops the demo's robots finds the floor quiet: nobody in trouble, nobody registered, no red alert."""

from __future__ import annotations

import signal
import subprocess

import pytest

from core.db import connect, event_log
from tests.house.front import Front
from tests.house.running import HOTLINE, House, until

pytestmark = [pytest.mark.deep, pytest.mark.slow, pytest.mark.timeout(240)]

# Good-byes, after-call work and signing off.
LIMIT_S = 60


def seats(house: House, token: str) -> dict[str, str]:
    return {row["extension"]: row["state"] for row in house.live(token)["agents"]}


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.deep)])
def test_robots_that_are_stopped_in_the_middle_leave_no_seat_in_trouble_and_no_red_alert(
    peers_house: House, front: Front, how: signal.Signals
) -> None:
    log = connect(peers_house.database)
    with log.connect() as connection:
        told = event_log.last_id(connection)
    robots = subprocess.Popen(
        [
            *(HOTLINE, "demo", "traffic", "--home", str(peers_house.home)),
            *("--calls-per-hour", "1200", "--agents", "5", "--minutes", "5", "--seed", "7"),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        # In conversations, with callers that wait.
        until(lambda: list(seats(peers_house, front.token).values()).count("talking") >= 2, LIMIT_S)
        until(lambda: len(peers_house.live(front.token)["calls"]) >= 4, LIMIT_S)
        robots.send_signal(how)
        robots.wait(LIMIT_S)
    finally:
        robots.kill()
        robots.wait(10)
    floor = peers_house.live(front.token)
    assert [row for row in floor["agents"] if row["state"] not in ("offline", "break")] == []
    assert [row["extension"] for row in floor["agents"] if row["registered"]] == []
    until(lambda: not peers_house.live(front.token)["calls"], LIMIT_S)
    red = peers_house.ask("GET", "/api/v1/alerts?severity=alarm&open=true", token=front.token)["items"]
    assert [(row["figure"], row["subject"]) for row in red] == []
    with log.connect() as connection:
        facts = [event for _id, event in event_log.read_after(connection, told)]
    log.dispose()
    since = [one.payload for one in facts if one.kind == "agent_state_changed"]
    assert [fact["extension"] for fact in since if fact["state"] == "trouble"] == []
    assert {fact["state"] for fact in since} >= {"ready", "offline"}
