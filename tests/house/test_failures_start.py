"""A house without a voice: calls connect all the same. A second ``hotline run`` on it, its status, its backup."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess

import pytest

from tests.house.front import Front
from tests.house.line import BEEP_HZ, desk, dial, hears_anew, soon
from tests.house.running import HOTLINE, House, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("start"), pytest.mark.timeout(150)]

# Stands before the real package on Python's path.
NO_ESPEAK = """
def get_library_path():
    return "/nowhere/libespeak-ng.so"

def get_data_path():
    return "/nowhere"
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("start")
    (folder / "broken").mkdir()
    (folder / "broken" / "espeakng_loader.py").write_text(NO_ESPEAK)
    house = House(folder / "site", environment={"PYTHONPATH": str(folder / "broken")}, fresh=True)
    house.start()
    yield house
    assert house.stop() == 0


@pytest.fixture(scope="module")
def front(house):
    return Front(house)


def hotline(house: House, *words: object) -> subprocess.CompletedProcess[str]:
    command = [str(HOTLINE), *map(str, words)]
    return subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60, check=False)


async def test_without_a_voice_callers_hear_tones_and_health_says_so(house, front):
    citizen, call = await dial(house, "96000")
    await hears_anew(call, BEEP_HZ)
    call.press("1")
    await soon(lambda: front.call(citizen.user)["queue"] == "repair")
    await call.hang_up()
    await citizen.close()
    async with desk(house, front) as agent, agent.talk() as talk:
        await talk.goes_on()
    found = await soon(lambda: (now := house.health())["parts"]["voice"]["status"] != "ok" and now)
    assert found["parts"]["voice"] == {"status": "degraded", "detail": "missing"}
    assert found["status"] == "degraded"
    assert front.house.live(front.token)["health"]["voice"] == "missing"


def test_the_status_is_said_in_words_and_as_json(house):
    said = hotline(house, "status", "--home", house.home)
    assert said.returncode == 1
    assert "站点可用，但有部分需要查看" in said.stdout
    assert "播报" in said.stdout
    assert "重新安装 espeakng-loader" in said.stdout
    house.environment["HOTLINE_LANGUAGE"] = "en"
    english = hotline(house, "status", "--home", house.home).stdout
    house.environment["HOTLINE_LANGUAGE"] = "zh_CN"
    assert "callers hear tones" in english
    told = json.loads(hotline(house, "status", "--home", house.home, "--json").stdout)
    assert told["status"] == "degraded"
    assert {"sip", "media", "recording", "voice", "journal", "database", "disk", "feed"} <= told["parts"].keys()
    assert {name: process["restarts"] for name, process in told["processes"].items()} == {
        "media": 0,
        "sip": 0,
        "web": 0,
    }


def test_a_second_run_of_the_same_site_is_refused_and_the_first_goes_on(house):
    second = House(house.home)
    done = subprocess.run(
        second.command(), env=second.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "该站点已在运行" in done.stderr
    assert "--home" in done.stderr
    assert json.loads((house.home / "run" / "site.json").read_text())["pid"] == house.process.pid
    assert house.health()["parts"]["sip"]["status"] == "ok"


async def test_a_backup_of_the_running_house_is_a_house_that_runs(house, front, tmp_path):
    async with desk(house, front) as agent, agent.talk() as talk:
        await soon(lambda: front.fact(talk.caller, "recording_started"))
        # A recording that grows meanwhile.
        done = await asyncio.to_thread(hotline, house, "backup", tmp_path / "site.tar.gz", "--home", house.home)
        assert done.returncode == 0, done.stderr
        await talk.goes_on()
    assert [path.name for path in tmp_path.iterdir()] == ["site.tar.gz"]

    refused = await asyncio.to_thread(hotline, house, "restore", tmp_path / "site.tar.gz", "--home", house.home)
    assert refused.returncode == 1
    assert "正在运行" in refused.stderr

    restored = House(tmp_path / "restored", environment={"HOTLINE_TTS": "alto"})
    done = await asyncio.to_thread(hotline, house, "restore", tmp_path / "site.tar.gz", "--home", restored.home)
    assert done.returncode == 0, done.stderr
    await asyncio.to_thread(restored.start)
    try:
        there = Front(restored)
        assert there.calls(talk.caller)
        # The call that was up when the copy was made has ended there.
        assert (await soon(lambda: there.over(talk.caller)))["reason"] == "core_restarted"
        started = there.fact(talk.caller, "recording_started")
        assert (restored.home / "recordings" / started["path"]).stat().st_size > 58
        rows = await soon(
            lambda: restored.ask("GET", f"/api/v1/calls?caller={talk.caller}", token=there.token)["items"]
        )
        assert [row["caller"] for row in rows] == [talk.caller]
        # The unknown voice of this one keeps nobody from talking either.
        async with desk(restored, there) as agent, agent.talk() as again:
            await again.goes_on()
        assert restored.health()["parts"]["voice"] == {"status": "degraded", "detail": "missing"}
    finally:
        assert await asyncio.to_thread(restored.stop) == 0


def test_after_the_end_the_status_says_so(house):
    about = json.loads((house.home / "run" / "site.json").read_text())
    os.kill(house.process.pid, signal.SIGKILL)
    house.process.wait(10)
    until(lambda: not any(alive(process["pid"]) for process in about["processes"].values()), 30)
    said = hotline(house, "status", "--home", house.home)
    assert said.returncode == 1
    assert "hotline run 已结束" in said.stdout
    house.start()
    assert house.health()["parts"]["sip"]["status"] == "ok"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
