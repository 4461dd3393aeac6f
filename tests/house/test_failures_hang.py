"""Processes that hang, stopped or in an endless loop: noticed, said, replaced; and what only looks like a hang is not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.house.front import Front
from tests.house.line import desk, ready_again, soon
from tests.house.running import HOTLINE, House, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hang"), pytest.mark.timeout(300)]

# Every Python of this house: SIGUSR2 sends its main thread into an endless loop.
SPIN = """
import signal

def spin(*_all):
    while True:
        pass

signal.signal(signal.SIGUSR2, spin)
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hang")
    (folder / "spinning").mkdir()
    (folder / "spinning" / "sitecustomize.py").write_text(SPIN)
    path = os.pathsep.join([str(folder / "spinning"), *filter(None, [os.environ.get("PYTHONPATH")])])
    house = House(folder / "site", environment={"PYTHONPATH": path})
    house.start()
    yield house
    assert house.stop() == 0


@pytest.fixture(scope="module")
def front(house):
    return Front(house)


def status(house: House) -> tuple[int, str]:
    done = subprocess.run(
        [HOTLINE, "status", "--home", house.home],
        env={**house.environment, "HOTLINE_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def well(house: House) -> bool:
    parts = house.health()["parts"]
    return {parts.get(name, {}).get("status") for name in ("sip", "media", "feed", "keeper")} == {"ok"}


def restarts(house: House) -> dict[str, int]:
    processes = json.loads((house.home / "run" / "site.json").read_text())["processes"]
    return {name: one["restarts"] for name, one in processes.items()}


@pytest.mark.parametrize(
    ("name", "how"),
    [
        pytest.param("web", signal.SIGUSR2, id="web endless"),
        pytest.param("media", signal.SIGSTOP, id="media stopped"),
        pytest.param("sip", signal.SIGUSR2, id="sip endless"),
        pytest.param("web", signal.SIGSTOP, id="web stopped", marks=pytest.mark.deep),
        pytest.param("media", signal.SIGUSR2, id="media endless", marks=pytest.mark.deep),
        pytest.param("sip", signal.SIGSTOP, id="sip stopped", marks=pytest.mark.deep),
    ],
)
async def test_a_hanging_process_is_noticed_and_replaced(house, front, name, how):
    await soon(lambda: well(house), 120)
    before, counted = house.pid(name), restarts(house)
    os.kill(before, how)
    # Not well, in whatever words, before it is replaced; and never well while it hangs.
    await soon(lambda: house.pid(name) != before or not well(house), 15)
    code, said = await asyncio.to_thread(status, house)
    assert code == 1 or house.pid(name) != before, said
    # On a machine at its limits an endless loop needs its time to show what it is.
    await soon(lambda: house.pid(name) not in (None, before), 90)
    await soon(lambda: well(house), 90)
    assert restarts(house) == {**counted, name: counted[name] + 1}
    assert any(line.startswith(f"{name} 已无响应") for line in house.lines)
    if how == signal.SIGUSR2:
        # It said where it stood.
        assert "spin" in (house.home / "log" / f"{name}.log").read_text()
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            await talk.goes_on()
        await ready_again(front)


def test_a_keeper_that_is_stopped_is_told_of_and_wakes_without_harm(house):
    until(lambda: well(house), 60)
    counted = restarts(house)
    assert house.process is not None
    house.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: house.health()["parts"]["keeper"] == {"status": "degraded", "detail": "stopped"}, 30)
        assert house.health()["status"] == "degraded"
        code, said = status(house)
        assert code == 1
        assert "kill -CONT" in said
        os.kill(house.pid("web"), signal.SIGSTOP)
        code, said = status(house)
        assert code == 1
        assert f"process {house.process.pid}" in said
        assert "halted" in said
        os.kill(house.pid("web"), signal.SIGCONT)
    finally:
        house.process.send_signal(signal.SIGCONT)
    until(lambda: well(house), 30)
    assert restarts(house) == counted


def test_a_sleep_of_the_whole_house_costs_no_process(house):
    until(lambda: well(house), 60)
    counted = restarts(house)
    assert house.process is not None
    everybody = [house.process.pid, *(house.pid(name) for name in ("sip", "media", "web"))]
    for order in (everybody, everybody[::-1]):
        for pid in order:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(9)
        # The keeper may be the first that wakes, or the last.
        for pid in order:
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.3)
        until(lambda: well(house), 30)
        assert restarts(house) == counted


@pytest.mark.deep
async def test_a_machine_with_twenty_others_at_work_costs_no_process(house, front):
    await soon(lambda: well(house), 60)
    counted = restarts(house)
    with contextlib.ExitStack() as ends:
        for _ in range(20):
            busy = subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"])
            ends.callback(busy.wait)
            ends.callback(busy.kill)
        async with desk(house, front) as agent, agent.talk() as talk:
            await asyncio.sleep(20)
            assert not talk.call.ended.is_set()
    assert restarts(house) == counted
    assert not Path(house.home / "run" / "site.json.new").exists()
