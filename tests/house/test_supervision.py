"""A supervisor listens, whispers, barges in and takes over, by phone and in the browser: three tones, and who hears which.

The site has TLS: every request and every voice in the browser goes over it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.error
from typing import Self

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from core.demo.phone import Phone, PhoneCall
from core.demo.rtp_stream import tone
from core.telephony.media.recorder import HEADER_BYTES
from tests.house.running import House, free_port, until
from tests.house.tones import alaw, mulaw, tones_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervision"), pytest.mark.timeout(150)]

CALLER, AGENT, BOSS = 1000.0, 500.0, 700.0
ALL = (CALLER, AGENT, BOSS)
SETTLE_S, LISTEN_S = 0.4, 0.8


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    secure = {"HOTLINE_HTTPS_PORT": str(free_port(socket.SOCK_STREAM))}
    house = House(tmp_path_factory.mktemp("supervision") / "site", environment=secure)
    house.start()
    yield house
    assert house.stop() == 0


def socket_of(house: House, answer, scene) -> str:
    return f"{house.pages.replace('http', 'ws', 1)}{answer['socket']}?token={scene.token}"


async def in_thread(work, *arguments, **named):
    return await asyncio.to_thread(work, *arguments, **named)


class Scene:
    """A citizen and agent 8001 talk; the supervisor's phone 8090 picks up by itself. Each hums a tone of its own."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.token = ""
        self.call_id = ""
        self.agent_call: PhoneCall | None = None
        self.boss_call: PhoneCall | None = None
        self.agent = Phone(house.server, "8001", "demo-8001", on_call=self._agent)
        self.boss = Phone(house.server, "8090", "demo-8090", on_call=self._boss, payload_type=0)
        self.citizen = Phone(house.server, "13900004711")

    async def _agent(self, call: PhoneCall) -> None:
        self.agent_call = call
        await call.answer()
        call.rtp.say = tone(AGENT)
        call.rtp.keep = True

    async def _boss(self, call: PhoneCall) -> None:
        self.boss_call = call
        await call.answer()
        call.rtp.say = tone(BOSS, 0)
        call.rtp.keep = True

    async def __aenter__(self) -> Self:
        self.token = await in_thread(self.house.token)
        for phone in (self.agent, self.boss):
            await phone.open()
            assert await phone.register() == 200
        await self.ask("/api/v1/agents/8001/state", {"state": "ready", "reason": ""})
        await self.citizen.open()
        self.call = await self.citizen.call("96001")
        await asyncio.wait_for(self.call.answered.wait(), 5)
        self.call.rtp.say = tone(CALLER)
        self.call.rtp.keep = True
        row = await in_thread(until, lambda: self.row("talking"), 8)
        self.call_id = row["id"]
        return self

    async def __aexit__(self, *_error) -> None:
        await self.call.hang_up()
        await self.citizen.close()
        for phone in (self.boss, self.agent):
            await phone.register(0)
            await phone.close()
        await in_thread(until, lambda: not self.house.live(self.token)["calls"], 8)

    def row(self, state: str = "") -> dict:
        calls = self.house.live(self.token)["calls"]
        return next((one for one in calls if one["caller"] == "13900004711" and state in ("", one["state"])), {})

    async def ask(self, path: str, body: dict):
        return await in_thread(self.house.ask, "POST", path, body, self.token)

    async def supervise(self, mode: str, **more) -> dict:
        body = {"mode": mode, "reason": "新人陪听", **more}
        answer = await self.ask(f"/api/v1/calls/{self.call_id}/supervision", body)
        if not more.get("browser"):
            wanted = [] if mode in ("stop", "take_over") else [mode]
            await in_thread(until, lambda: [s["mode"] for s in self.row().get("supervision", [])] == wanted, 8)
        return answer

    async def heard(self) -> tuple[set[float], set[float], set[float]]:
        """The tones that citizen, agent and supervisor hear from now on."""
        await asyncio.sleep(SETTLE_S)
        streams = [call.rtp for call in (self.call, self.agent_call, self.boss_call) if call is not None]
        for stream in streams:
            stream.heard.clear()
        await asyncio.sleep(LISTEN_S)
        found = [tones_in((mulaw if s.payload_type == 0 else alaw)(bytes(s.heard)), *ALL) for s in streams]
        return tuple((*found, set(), set())[:3])


def channels(house: House, path: str) -> tuple[np.ndarray, np.ndarray]:
    raw = np.frombuffer((house.home / "recordings" / path).read_bytes()[HEADER_BYTES:], np.uint8).reshape(-1, 2)
    return alaw(raw[:, 0].tobytes()), alaw(raw[:, 1].tobytes())


def fact(house: House, kind: str, call_id: str) -> dict:
    return until(lambda: next((p for k, p in house.events() if k == kind and p.get("call_id") == call_id), None), 30)


async def test_every_mode_and_every_switch_lets_hear_exactly_who_should(house):
    async with Scene(house) as scene:
        expected = {
            "listen": ({AGENT}, {CALLER}, {CALLER, AGENT}),
            "whisper": ({AGENT}, {CALLER, BOSS}, {CALLER, AGENT}),
            "barge": ({AGENT, BOSS}, {CALLER, BOSS}, {CALLER, AGENT}),
        }
        for mode in ("listen", "whisper", "listen", "barge", "whisper", "barge", "listen"):
            await scene.supervise(mode)
            assert await scene.heard() == expected[mode], mode
        await scene.supervise("stop")
        citizen, agent, _boss = await scene.heard()
        assert (citizen, agent) == ({AGENT}, {CALLER})
        assert not scene.call.ended.is_set()


async def test_switching_loses_no_packet_and_makes_no_click_for_the_caller(house):
    async with Scene(house) as scene:
        await scene.supervise("listen")
        await asyncio.sleep(SETTLE_S)
        scene.call.rtp.heard.clear()
        before = scene.call.rtp.received
        for mode in ("whisper", "listen", "whisper", "listen"):
            await scene.supervise(mode)
        await asyncio.sleep(0.3)
        heard = alaw(bytes(scene.call.rtp.heard))
        assert scene.call.rtp.received - before == len(heard) // 160
        # The agent's pure tone, sample by sample: a click would be a step that the tone never makes.
        steepest = np.max(np.abs(np.diff(heard)))
        assert steepest <= 1.25 * np.max(np.abs(heard)) * 2 * np.pi * AGENT / 8000


@pytest.mark.parametrize("mode", ["whisper", "barge"])
async def test_supervision_has_its_own_track_and_is_in_the_calls_channels_only_when_barged(house, mode):
    async with Scene(house) as scene:
        await scene.supervise(mode)
        await asyncio.sleep(2.0)
        await scene.supervise("stop")
        await asyncio.sleep(0.3)
        call_id = scene.call_id
    saved = await in_thread(fact, house, "recording_saved", call_id)
    left, right = channels(house, saved["path"])
    assert tones_in(left, *ALL) == {CALLER}
    assert tones_in(right, *ALL) == ({AGENT, BOSS} if mode == "barge" else {AGENT})
    track = await in_thread(fact, house, "supervision_recorded", call_id)
    own, other = channels(house, track["path"])
    assert tones_in(own, *ALL) == {BOSS}
    assert tones_in(other, *ALL) == set()


async def test_a_take_over_leaves_the_caller_with_the_supervisor_and_frees_the_agent(house):
    async with Scene(house) as scene:
        await scene.supervise("listen")
        await scene.supervise("take_over")
        citizen, _agent, boss = await scene.heard()
        assert (citizen, boss) == ({BOSS}, {CALLER})
        assert scene.agent_call.ended.is_set()
        agents = {one["extension"]: one["state"] for one in (await in_thread(house.live, scene.token))["agents"]}
        assert agents["8001"] == "wrap_up"
        ended = await in_thread(fact, house, "segment_ended", scene.call_id)
        assert ended["reason"] == "taken_over"


async def test_a_browser_listens_speaks_and_leaves_by_its_socket(house):
    async with Scene(house) as scene:
        answer = await scene.supervise("listen", browser=True)
        url = socket_of(house, answer, scene)
        async with connect(url, ssl=house.trusted) as socket:
            await in_thread(until, lambda: scene.row().get("supervision"), 8)
            heard = await frames(socket, 50)
            assert tones_in(mulaw(b"".join(heard[10:])), *ALL) == {CALLER, AGENT}
            await scene.supervise("barge")
            speaking = asyncio.create_task(speak(socket))
            citizen, agent, _ = await scene.heard()
            speaking.cancel()
            assert (citizen, agent) == ({AGENT, BOSS}, {CALLER, BOSS})
        await in_thread(until, lambda: not scene.row().get("supervision"), 8)
        citizen, agent, _ = await scene.heard()
        assert (citizen, agent) == ({AGENT}, {CALLER})


async def test_two_windows_of_one_person_hear_apart_and_one_leaves_without_the_other(house):
    async with Scene(house) as scene:

        async def window(tab: str):
            answer = await scene.supervise("listen", browser=True, tab=tab)
            return connect(socket_of(house, answer, scene), ssl=house.trusted)

        def tabs() -> list[str]:
            return sorted(one["tab"] for one in scene.row().get("supervision", []))

        async with await window("right") as right:
            async with await window("left") as left:
                await in_thread(until, lambda: tabs() == ["left", "right"], 8)
                await frames(left, 10)
            await in_thread(until, lambda: tabs() == ["right"], 8)
            # What came while the other window left is read first.
            heard = await frames(right, 150)
            assert tones_in(mulaw(b"".join(heard[-50:])), *ALL) == {CALLER, AGENT}
            async with await window("left") as left:
                await in_thread(until, lambda: tabs() == ["left", "right"], 8)
                path = f"/api/v1/calls/{scene.call_id}/supervision"
                await scene.ask(path, {"mode": "take_over", "reason": "投诉升级", "tab": "right"})
                await in_thread(until, lambda: scene.row().get("tabs") == ["right"], 8)
                await frames(left, 10)
            # The window that only listened has gone: the caller still talks with the other one.
            await in_thread(until, lambda: not tabs(), 8)
            speaking = asyncio.create_task(speak(right))
            citizen, _agent, _ = await scene.heard()
            speaking.cancel()
            assert citizen == {BOSS}
        await in_thread(until, lambda: not scene.row(), 8)


async def frames(socket, count: int) -> list[bytes]:
    found, numbers = [], []
    while len(found) < count:
        data = await asyncio.wait_for(socket.recv(), 5)
        numbers.append(int.from_bytes(data[:4], "big"))
        found.append(data[4:])
    assert numbers == list(range(numbers[0], numbers[0] + count))
    return found


async def speak(socket) -> None:
    voice = tone(BOSS, 0)
    loop = asyncio.get_running_loop()
    due, at = loop.time(), 0
    while True:
        await socket.send(voice[at : at + 160])
        at = (at + 160) % len(voice)
        due += 0.02
        await asyncio.sleep(max(0.0, due - loop.time()))


async def test_the_end_of_the_call_closes_the_listener_s_socket(house):
    async with Scene(house) as scene:
        answer = await scene.supervise("listen", browser=True)
        url = socket_of(house, answer, scene)
        async with connect(url, ssl=house.trusted) as socket:
            await in_thread(until, lambda: scene.row().get("supervision"), 8)
            await scene.call.hang_up()
            async with asyncio.timeout(8):
                while True:
                    try:
                        await socket.recv()
                    except Exception:
                        break
            assert socket.close_code == 4410


async def test_nobody_listens_in_the_clear_where_there_is_tls(house):
    async with Scene(house) as scene:
        answer = await scene.supervise("listen", browser=True)
        open_url = f"ws://127.0.0.1:{house.http}{answer['socket']}?token={scene.token}"
        with pytest.raises(InvalidStatus):
            await connect(open_url)
        async with connect(socket_of(house, answer, scene), ssl=house.trusted) as line:
            heard = await frames(line, 50)
            assert tones_in(mulaw(b"".join(heard[10:])), *ALL) == {CALLER, AGENT}


async def test_a_reason_is_asked_for_and_the_audit_holds_it(house):
    async with Scene(house) as scene:
        path = f"/api/v1/calls/{scene.call_id}/supervision"
        with pytest.raises(urllib.error.HTTPError) as refused:
            await scene.ask(path, {"mode": "listen"})
        assert json.load(refused.value)["field"] == "reason"
        await scene.supervise("listen")
        started = await in_thread(fact, house, "supervision_started", scene.call_id)
        assert (started["by"], started["reason"]) == ("supervisor", "新人陪听")
    import sqlite3

    with sqlite3.connect(f"file:{house.home / 'hotline.db'}?mode=ro", uri=True) as db:
        rows = db.execute("select user_name, detail from audit_log where action = 'supervision'").fetchall()
    assert ("supervisor", "新人陪听") in [(name, json.loads(detail)["reason"]) for name, detail in rows]


async def test_an_agent_may_neither_listen_nor_see_who_does(house):
    async with Scene(house) as scene:
        token = await in_thread(house.token, "agent8002")
        with pytest.raises(urllib.error.HTTPError) as refused:
            await in_thread(
                house.ask,
                "POST",
                f"/api/v1/calls/{scene.call_id}/supervision",
                {"mode": "listen", "reason": "x"},
                token,
            )
        assert refused.value.code == 403
        await scene.supervise("listen")
        agent = await in_thread(house.token, "agent8001")
        assert [row["supervision"] for row in (await in_thread(house.live, agent))["calls"]] == [[]]
