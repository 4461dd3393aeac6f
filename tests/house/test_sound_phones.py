"""Two real phones with tones of their own: who hears whom, what is on each channel, and that it is on disk at once."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.demo.phone import Phone
from core.demo.rtp_stream import RtpStream
from tests.house.baresip import RATE, Baresip, apart, is_there
from tests.house.front import Front
from tests.house.running import House, until
from tests.house.tones import alaw, level_db

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("sound"),
    pytest.mark.timeout(180),
    pytest.mark.skipif(not is_there(), reason="baresip is not installed"),
]

CALLER, AGENT, COLLEAGUE = 1030.0, 1730.0, 630.0
# The promise is a second; recordings are handed over twice a second, and phone and file are read one after the other.
ON_DISK_WITHIN_S = 2.0
# While a killed media process starts again nothing is heard and nothing recorded; baresip fills the pause.
PAUSE_OF_A_RESTART_S = 3.0
RIFF = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
numbers = itertools.count(13900011000)


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("sound") / "site")
    house.start()
    yield house
    assert house.stop() == 0


class Talk:
    """A citizen and agent 8001 talk, each through a real phone."""

    def __init__(self, house: House, front: Front, citizen: Baresip, agent: Baresip) -> None:
        self.house, self.front, self.citizen, self.agent = house, front, citizen, agent
        self.id: str = until(lambda: self.row("talking"), 10)["id"]

    def row(self, state: str) -> dict | None:
        rows = self.front.live("calls")
        return next((r for r in rows if r["caller"] == self.citizen.number and r["state"] == state), None)

    @property
    def file(self) -> Path:
        started = self.front.fact(self.citizen.number, "recording_started")
        return self.house.home / "recordings" / started["path"]

    def channels(self, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """The end of the recording, as it is on disk now."""
        data = self.file.read_bytes()[RIFF.size :]
        data = data[: len(data) & ~1][-2 * round(seconds * RATE) :]
        return alaw(data[::2]), alaw(data[1::2])

    def recorded_s(self) -> float:
        """By the file's length alone: what a crash at this moment would leave."""
        path = self.file
        return max(0, path.stat().st_size - RIFF.size) / (2 * RATE) if path.exists() else 0.0

    def playable_s(self) -> float:
        """By the header, once it tells the truth about the file (it follows each piece of sound)."""
        return until(lambda: sound_bytes(self.file.read_bytes())) / (2 * RATE)


@contextmanager
def talk(house: House, where: Path, codecs: tuple[str, str]) -> Iterator[Talk]:
    front = Front(house)
    with ExitStack() as phones:
        citizen = phones.enter_context(Baresip(house, where / "citizen", str(next(numbers)), CALLER, codecs[0]))
        agent = phones.enter_context(Baresip(house, where / "8001", "8001", AGENT, codecs[1], "demo-8001"))
        until(lambda: front.agent("8001")["registered"], 30)
        front.ready("8001")
        front.becomes("8001", "ready")
        citizen.dial("96001")
        yield Talk(house, front, citizen, agent)
        citizen.press("hangup")
        front.over(citizen.number)
        front.sign_off("8001")


def sound_bytes(data: bytes) -> int:
    """How many bytes of two-channel A-law a whole WAV file holds; 0 when its header and its length differ."""
    riff, riff_size, wave, fmt, fmt_size, form, channels, rate, a_second, step, bits, _, fact, _, n, begin, size = (
        RIFF.unpack_from(data)
    )
    assert (riff, wave, fmt, fact, begin) == (b"RIFF", b"WAVE", b"fmt ", b"fact", b"data")
    assert (fmt_size, form, channels, rate, a_second, step, bits) == (18, 6, 2, 8000, 16000, 2, 8)
    return size if (riff_size, n, size) == (len(data) - 8, size // 2, len(data) - RIFF.size) else 0


@pytest.mark.parametrize(
    "codecs", [("pcma", "pcma"), ("pcma", "pcmu"), ("pcmu", "pcma"), ("pcmu", "pcmu")], ids="-".join
)
def test_each_hears_the_other_alone_and_the_recording_parts_them(house, tmp_path, codecs):
    with talk(house, tmp_path, codecs) as call:
        apart(call.citizen.listen(), AGENT, CALLER)
        apart(call.agent.listen(), CALLER, AGENT)
        left, right = call.channels(0.8)
        apart(left, CALLER, AGENT)
        apart(right, AGENT, CALLER)


@pytest.mark.parametrize("way", ["desk", "phone"])
def test_on_hold_the_caller_hears_music_and_the_agent_nothing(house, tmp_path, way):
    with talk(house, tmp_path, ("pcmu", "pcma")) as call:
        press = call.agent.press if way == "phone" else partial(call.front.act, call.id, by="8001")
        press("hold")
        until(lambda: call.row("held"))
        music = call.citizen.listen()
        loudness_db = 20 * np.log10(np.sqrt(np.mean(music**2)) / 32768)
        assert loudness_db > -40
        assert level_db(music, AGENT) < loudness_db - 20
        if way == "desk":
            # A phone that holds by its own key is sent nothing, and baresip keeps no more of what it hears afterwards.
            assert np.abs(call.agent.listen()).max() < 100
        press("resume")
        until(lambda: call.row("talking"))
        apart(call.citizen.listen(), AGENT, CALLER)
        if way == "desk":
            apart(call.agent.listen(), CALLER, AGENT)


def test_in_a_conference_everybody_hears_the_two_others(house, tmp_path):
    with (
        Baresip(house, tmp_path / "8002", "8002", COLLEAGUE, "pcmu", "demo-8002") as colleague,
        talk(house, tmp_path, ("pcma", "pcma")) as call,
    ):
        until(lambda: call.front.agent("8002")["registered"], 30)
        call.front.act(call.id, "consult", "8001", "8002")
        call.front.becomes("8002", "talking")
        apart(colleague.listen(), AGENT, CALLER)
        until(lambda: call.front.act(call.id, "conference", "8001"))
        for phone, tones in (
            (call.citizen, (AGENT, COLLEAGUE)),
            (call.agent, (CALLER, COLLEAGUE)),
            (colleague, (CALLER, AGENT)),
        ):
            (own,) = {CALLER, AGENT, COLLEAGUE} - set(tones)
            sound = phone.listen()
            for tone in tones:
                apart(sound, tone, own)
        left, right = call.channels(0.8)
        apart(left, CALLER, AGENT, COLLEAGUE)
        apart(right, AGENT, CALLER)
        apart(right, COLLEAGUE, CALLER)


def test_what_was_heard_is_on_disk_a_moment_later_and_outlives_kill_9(house, tmp_path):
    with talk(house, tmp_path, ("pcma", "pcmu")) as call:
        behind = []
        while call.citizen.heard_s() < 4:
            behind.append(call.citizen.heard_s() - call.recorded_s())
            time.sleep(0.1)
        assert max(behind) < ON_DISK_WITHIN_S, behind

        before_s = call.playable_s()
        house.kill("media")
        apart(call.citizen.listen(), AGENT, CALLER)
        until(lambda: call.playable_s() > before_s + 1)
        apart(call.channels(0.8)[0], CALLER, AGENT)

        heard_s, killed = call.citizen.heard_s(), {name: house.pid(name) for name in ("sip", "media")}
        for pid in killed.values():
            os.kill(pid, signal.SIGKILL)
        # The core that comes back knows nothing of the talk: it is closed in the log, and its sound is there.
        assert call.front.over(call.citizen.number, 20)["reason"] == "core_restarted"
        assert call.playable_s() > heard_s - ON_DISK_WITHIN_S - PAUSE_OF_A_RESTART_S
        until(lambda: house.health()["status"] in ("ok", "degraded"), 30)
        until(lambda: call.front.agent("8001")["registered"], 30)


class Counted(RtpStream):
    """Keeps the number and the time stamp of each packet heard."""

    def __init__(self, payload_type: int) -> None:
        super().__init__(payload_type)
        self.packets: list[tuple[int, int]] = []

    def datagram_received(self, data: bytes, address: Any) -> None:
        super().datagram_received(data, address)
        self.packets.append(struct.unpack_from("!xxHI", data))

    def missing(self) -> int:
        """Packets that should have come between the first and the last."""
        pairs = itertools.pairwise(self.packets)
        return sum((b[0] - a[0] & 0xFFFF) - 1 for a, b in pairs)

    def skipped(self) -> int:
        """Frames of time that no packet stands for."""
        pairs = itertools.pairwise(self.packets)
        return sum((b[1] - a[1] & 0xFFFFFFFF) // 160 - 1 for a, b in pairs)


async def test_a_busy_machine_costs_no_packet_and_calls_still_come_through(house):
    front = Front(house)
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 2)]
    desk = Phone(house.server, "8003", "demo-8003", voice=Counted, on_call=lambda call: call.answer())
    citizens = [Phone(house.server, str(next(numbers)), voice=Counted) for _ in range(3)]
    try:
        await desk.open()
        assert await desk.register() == 200
        await asyncio.to_thread(front.ready, "8003")
        for citizen in citizens:
            await citizen.open()
        calls = [await citizen.call("96001") for citizen in citizens]
        for call in calls:
            await asyncio.wait_for(call.answered.wait(), 15)
        # The first one talks to the agent, the others hear music.
        await asyncio.to_thread(until, lambda: front.agent("8003")["state"] == "talking", 15)
        await asyncio.sleep(6)
        for call in calls:
            assert call.rtp.missing() == call.rtp.skipped() == 0, call.rtp.packets
            assert len(call.rtp.packets) > 150
        for call in calls:
            await call.hang_up()
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
        for phone in (desk, *citizens):
            await phone.close()
        await asyncio.to_thread(front.sign_off, "8003")
