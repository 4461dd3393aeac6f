"""Scores that were published, appealed against and decided on are there after kill -9, to the byte, and by command."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request

import pytest

from tests.house.running import HOTLINE, House, until
from tests.kpi.asking import day

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("scores"), pytest.mark.timeout(240)]
PATH = "/api/v1/kpi/periods"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("scores") / "site")
    house.start()
    yield house
    assert house.stop() == 0


def killed(house):
    house.kill("web")

    def answers():
        try:
            return house.ask("GET", "/healthz")["status"]
        except (OSError, urllib.error.URLError):
            return None

    until(answers, 60)


def text_of(house, period, token):
    request = urllib.request.Request(
        f"{house.pages}{PATH}/{period}/record", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def command(house, *words):
    done = subprocess.run(
        [HOTLINE, "kpi", *words, "--home", house.home, "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=house.environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_what_was_acknowledged_outlives_kill_9(house):
    draft = command(house, "make", "--scheme", "example-agents", "--from", day(-3), "--to", day(0))
    killed(house)
    # Beside those that the demo has.
    assert draft["id"] in [one["id"] for one in command(house, "periods")["items"]]
    published = command(house, "publish", draft["id"])
    before = text_of(house, draft["id"], house.token("director"))
    killed(house)
    assert text_of(house, draft["id"], house.token("director")) == before
    agent = house.token("agent8001")
    appeal = house.ask("POST", f"{PATH}/{draft['id']}/appeals", {"line": 0, "reason": "两通电话不是我的"}, agent)
    killed(house)
    assert house.ask("GET", f"{PATH}/{draft['id']}/appeals", token=agent)["items"] == [appeal]
    said = {"decision": "upheld", "words": "改正", "effect": 2}
    decided = house.ask("POST", f"{PATH}/{draft['id']}/appeals/1/decide", said, house.token("supervisor"))
    killed(house)
    now = command(house, "period", draft["id"])
    assert (now["edition"], now["intact"], now["appeals"]) == (2, True, [decided])
    assert now["published_at"] == published["published_at"]
