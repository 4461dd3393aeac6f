"""A full disk: calls go on unrecorded, everybody can see it, and with room again all is as before."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import shutil
import subprocess
import urllib.error
from collections import Counter
from pathlib import Path
from typing import IO

import pytest
from playwright.async_api import async_playwright, expect

from tests.clock import page_clock
from tests.house.front import Front
from tests.house.line import desk, ready_again, soon
from tests.house.running import HOTLINE, House
from tests.house.test_sound_phones import sound_bytes

pytestmark = [pytest.mark.deep, pytest.mark.slow, pytest.mark.xdist_group("disk"), pytest.mark.timeout(240)]

# The demo's own recordings find room.
SITE_BYTES, RECORDINGS_BYTES = 240 << 20, 64 << 20
# Six seconds of a talk.
LEFT_BYTES = 96 << 10


def is_written(file: IO[bytes]) -> bool:
    try:
        return bool(file.write(bytes(1 << 16)))
    except OSError as full:
        if full.errno == errno.ENOSPC:
            return False
        raise


class Disk:
    """A small file system of its own in memory; ``NotPossible`` where this user may not mount one."""

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self.folder = folder
        self.filler = folder / "filler"
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", folder], capture_output=True, check=False
        )
        if done.returncode:
            raise NotPossible(done.stderr.decode())

    def fill(self, leave_bytes: int = 0) -> None:
        with self.filler.open("wb", buffering=0) as file:
            # As much as there is, to the last block.
            while is_written(file):
                pass
            if leave_bytes:
                file.truncate(file.tell() - leave_bytes)

    def free(self) -> None:
        self.filler.unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", self.folder], check=True)


class NotPossible(Exception):
    pass


@pytest.fixture(scope="module")
def disks(tmp_path_factory):
    """The site's disk and that of the recordings, or nothing."""
    folder = tmp_path_factory.mktemp("disk")
    made: list[Disk] = []
    try:
        made.append(Disk(folder / "big", SITE_BYTES))
        made.append(Disk(folder / "big" / "site" / "recordings", RECORDINGS_BYTES))
    except (NotPossible, FileNotFoundError):
        pass
    yield made
    for disk in reversed(made):
        disk.unmount()


@pytest.fixture(scope="module")
def house(disks, tmp_path_factory):
    home = disks[0].folder / "site" if len(disks) == 2 else tmp_path_factory.mktemp("disk") / "site"
    house = House(home)
    house.start()
    yield house
    assert house.stop() == 0


@pytest.fixture(scope="module")
def front(house):
    return Front(house)


async def test_without_room_for_recordings_calls_go_on_and_everybody_can_see_it(house, front, disks):
    if len(disks) < 2:
        pytest.skip("this user may not mount a small disk")
    disk = disks[1]
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            # Half of it was recorded before the disk was full.
            await asyncio.to_thread(disk.fill, LEFT_BYTES)
            failed = await soon(lambda: front.fact(talk.caller, "recording_failed", 30), 31)
            assert failed["reason"] == "disk_full"
            await talk.goes_on()
            kept = house.home / "recordings" / failed["path"]
            assert sound_bytes(kept.read_bytes()) > 16000

            found = await soon(lambda: (h := house.health())["parts"]["recording"]["status"] != "ok" and h)
            assert found["status"] == "down"
            with pytest.raises(urllib.error.HTTPError, match="503"):
                house.ask("GET", "/healthz")
            assert found["parts"]["recording"] == {"status": "down", "detail": "disk_full"}
            assert {found["parts"][name]["status"] for name in ("sip", "media", "database", "journal")} == {"ok"}
            await soon(lambda: house.live(front.token)["health"]["recording"] == "disk_full")
            said = await asyncio.to_thread(status, house)
            assert said.returncode == 1
            assert "磁盘已满" in said.stdout
            await the_wall_says(house, "磁盘已满")
        await ready_again(front)
        async with agent.talk() as second:
            await second.goes_on()
        await ready_again(front)

        await asyncio.to_thread(disk.free)
        # Nobody need call for this to be seen.
        await soon(lambda: house.health()["parts"]["recording"]["status"] == "ok", 30)
        await soon(lambda: house.health()["status"] in ("ok", "degraded"))
        async with agent.talk() as third:
            await third.goes_on()
        saved = await soon(lambda: front.fact(third.caller, "recording_saved"))
        assert sound_bytes((house.home / "recordings" / saved["path"]).read_bytes()) > 8000
        await ready_again(front)
        assert "recording_failed" not in front.kinds(third.caller)
        assert house.health()["parts"]["recording"] == {"status": "ok"}


async def test_a_recorder_that_may_write_no_more_costs_no_call(house, front, disks):
    if len(disks) == 2:
        pytest.skip("a really full disk is at hand")
    media = house.pid("media")
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            resource.prlimit(media, resource.RLIMIT_FSIZE, (LEFT_BYTES, resource.RLIM_INFINITY))
            try:
                failed = await soon(lambda: front.fact(talk.caller, "recording_failed", 30), 31)
                assert failed["reason"] == "disk_full"
                await talk.goes_on()
            finally:
                resource.prlimit(media, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await ready_again(front)
        async with agent.talk() as second:
            await second.goes_on()
        await soon(lambda: front.fact(second.caller, "recording_saved"))
        await ready_again(front)


async def the_wall_says(house: House, words: str) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page()
        await page.add_init_script(page_clock())
        await page.goto(f"http://127.0.0.1:{house.http}/login?next=/wall")
        await page.fill("#username", "wallboard")
        await page.fill("#password", "demo-wallboard")
        await page.click("button")
        await expect(page.locator('[data-live="banner"]')).to_contain_text(words, timeout=20_000)
        await browser.close()


def status(house: House) -> subprocess.CompletedProcess[str]:
    command = [str(HOTLINE), "status", "--home", str(house.home)]
    return subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60, check=False)


breaks: list[str] = []


def spills(house: House, front: Front) -> bool:
    for _ in range(20):
        breaks.append(f"{len(breaks)} {'x' * 50}")
        front.state("8012", "break", breaks[-1])
    return house.health()["parts"]["journal"]["status"] != "ok"


ONCE = ("call_arrived", "call_queued", "call_answered", "call_ended")


async def test_with_the_whole_site_s_disk_full_calls_go_on_and_their_facts_follow(house, front, disks):
    if len(disks) < 2:
        pytest.skip("this user may not mount a small disk")
    site = disks[0]
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            await soon(lambda: front.fact(talk.caller, "call_answered"))
            await asyncio.to_thread(site.fill)
            try:
                # Files that are there have room left in their last blocks: so many facts that it is used up.
                await soon(lambda: spills(house, front), 60)
                await talk.goes_on()
                await talk.call.hang_up()
                await ready_again(front)
                async with agent.talk() as second:
                    await second.goes_on()
                    assert house.health()["parts"]["sip"]["status"] == "ok"
                await ready_again(front)
            finally:
                await asyncio.to_thread(site.free)
        for one in (talk, second):
            await soon(lambda one=one: front.over(one.caller), 30)
            found = Counter(front.kinds(one.caller))
            assert {found[kind] for kind in ONCE} == {1}, found
        assert [state for state in front.states("8012") if state[1] in breaks] == [
            ("break", reason) for reason in breaks
        ]
        await soon(lambda: house.health()["status"] in ("ok", "degraded"), 60)
        rows = await soon(
            lambda: house.ask("GET", f"/api/v1/calls?caller={second.caller}", token=front.token)["items"], 30
        )
        assert len(rows) == 1


async def test_on_a_full_disk_killed_processes_come_back_and_take_calls(house, front, disks):
    if len(disks) < 2:
        pytest.skip("this user may not mount a small disk")
    site = disks[0]
    # Nobody can sign in while nothing can be written.
    assert front.token
    await asyncio.to_thread(site.fill)
    try:
        killed = {name: house.pid(name) for name in ("sip", "media")}
        for pid in killed.values():
            os.kill(pid, 9)
        await soon(lambda: house.health()["parts"]["sip"]["status"] != "ok", 30)
        await soon(lambda: (parts := house.health()["parts"])["sip"]["status"] == parts["media"]["status"] == "ok", 30)
        async with desk(house, front) as agent, agent.talk() as talk:
            await talk.goes_on()
        assert house.process.poll() is None
    finally:
        await asyncio.to_thread(site.free)
    # The commands find the new processes again.
    await soon(lambda: {house.pid(name) for name in killed}.isdisjoint(killed.values()), 30)
    await soon(lambda: front.over(talk.caller), 30)
    await soon(lambda: house.health()["status"] in ("ok", "degraded"), 60)
