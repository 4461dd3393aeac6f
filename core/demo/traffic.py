"""Demo traffic: caller robots and agent robots as real SIP phones against the running core, so the floor lives.

Every call carries ``X-Hotline-Demo`` and is labelled as demo wherever a person sees it. Agent robots take only
extensions that no phone has registered. Arrivals are a Poisson process; patience and talk times are drawn from
exponential and log-normal distributions (Gans, Koole, Mandelbaum 2003), everything from one seed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.demo.phone import Phone, PhoneCall
from core.demo.rtp_stream import tone
from core.demo.voices import Voices
from core.errors import HotlineError, NotFound, Unavailable
from core.telephony.control_client import ControlClient
from core.workorders.categories import SHIPPED_TREE, leaves

MENU_SHARE = 0.7
MENU_KEYS = (("1", 0.4), ("4", 0.25), ("2", 0.15), ("3", 0.1), ("0", 0.1))
MEAN_PATIENCE_S = 90.0
MEDIAN_TALK_S = 70.0
TALK_SIGMA = 0.6
LONGEST_TALK_S = 600.0
HOLD_SHARE = 0.15
WRAP_UP_S = (3.0, 12.0)
CATEGORIES_LIMIT = 12
# Who is stopped lets the callers who wait be answered, says good-bye, and signs off: nothing is left in trouble.
DRAIN_S = 20.0
SIGN_OFF_S = 8.0


@dataclass(slots=True)
class Score:
    """What the robots saw from outside."""

    placed: int = 0
    answered: int = 0
    gave_up: int = 0
    failed: int = 0
    agents: list[str] = field(default_factory=list)


class Traffic:
    """``talk_scale`` shortens or lengthens conversations; ``tell`` gets one line for people now and then.

    Without ``voices`` the robots hum.
    """

    def __init__(
        self,
        server: tuple[str, int],
        control: ControlClient,
        passwords: dict[str, str],
        callers: list[str],
        *,
        seed: int,
        talk_scale: float = 1.0,
        voices: Voices | None = None,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.server = server
        self.control = control
        self.passwords = passwords
        self.callers = callers or [f"1390000{n:04d}" for n in range(200)]
        self.random = random.Random(seed)
        self.talk_scale = talk_scale
        self.voices = voices
        self.tell = tell
        self.score = Score()
        self._phones: list[Phone] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._categories = [one.id for one in leaves(SHIPPED_TREE)][:CATEGORIES_LIMIT]
        self._floor_at = -10.0
        self._floor_rows: dict[str, Any] = {"calls": [], "agents": []}
        self._closing = asyncio.Event()

    def stop(self) -> None:
        """No more callers; those who talk hang up, those who wait are answered first."""
        self._closing.set()

    async def run(self, calls_per_hour: float, seconds: float, agents: int) -> Score:
        """Signs agent robots on, calls for ``seconds``, waits for the calls still up, signs off."""
        if calls_per_hour <= 0:
            return self.score
        await self._sign_on(agents)
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        try:
            while (now := loop.time()) < end and not self._closing.is_set():
                wait = self.random.expovariate(calls_per_hour / 3600)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), min(wait, end - now))
                if loop.time() < end and not self._closing.is_set():
                    self._start(self._caller())
            if self._tasks and not self._closing.is_set():
                await self._talks_over(loop.time() + LONGEST_TALK_S * self.talk_scale)
        finally:
            await self._sign_off()
        return self.score

    async def _talks_over(self, until: float) -> None:
        """The conversations come to their end, unless somebody stops them."""
        loop = asyncio.get_running_loop()
        while self._tasks and loop.time() < until and not self._closing.is_set():
            await asyncio.wait(self._tasks, timeout=1.0)

    async def _sign_on(self, wanted: int) -> None:
        floor = await self.control.request("live")
        free = [
            row["extension"] for row in floor["agents"] if not row["registered"] and row["extension"] in self.passwords
        ]
        if not free:
            raise NotFound(
                "Every demo extension has a phone already.",
                remedy="End the other demo traffic, or unregister a phone.",
            )
        for extension in free[:wanted]:
            phone = Phone(self.server, extension, self.passwords[extension])
            phone.on_call = self._agent(extension)
            await phone.open()
            status = await phone.register(3600)
            if status != 200:
                raise Unavailable(
                    "Extension {extension} could not register: SIP status {status}.",
                    extension=extension,
                    status=status,
                )
            self._phones.append(phone)
            self.score.agents.append(extension)
            with contextlib.suppress(HotlineError):
                await self.control.request("agent_state", extension=extension, state="ready", reason="")

    async def _sign_off(self) -> None:
        """Callers first, then seats, then phones: a phone that goes while its seat is at work leaves it in trouble."""
        self._closing.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_S)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._seats_off()
        for phone in self._phones:
            with contextlib.suppress(OSError):
                await phone.register(0)
            await phone.close()

    async def _seats_off(self) -> None:
        loop = asyncio.get_running_loop()
        own, until = {phone.user for phone in self._phones}, loop.time() + SIGN_OFF_S
        while own and loop.time() < until:
            rows: list[dict[str, Any]] = []
            with contextlib.suppress(HotlineError, OSError):
                rows = (await self.control.request("live"))["agents"]
            on = [row for row in rows if row["extension"] in own and row["state"] != "offline"]
            if rows and not on:
                return
            for row in on:
                about = {"extension": row["extension"]}
                with contextlib.suppress(HotlineError, OSError):
                    if row["state"] == "wrap_up":
                        await self.control.request("wrap_up_done", **about, category="", note="")
                    await self.control.request("agent_state", **about, state="offline", reason="")
            await asyncio.sleep(0.3)

    def _agent(self, extension: str) -> Callable[[PhoneCall], Any]:
        """How one agent robot deals with a ringing phone."""
        hum = tone(300 + 20 * (int(extension) % 20))

        async def answer(call: PhoneCall) -> None:
            await asyncio.sleep(self.random.uniform(0.8, 4.0))
            if call.ended.is_set():
                return
            await call.answer()
            if call.rtp is not None:
                call.rtp.begin(self.voices.agent(self.random) if self.voices else hum)
            if self.random.random() < HOLD_SHARE:
                await self._hold_a_while(call)
            await call.ended.wait()
            with contextlib.suppress(TimeoutError):
                pause = self.random.uniform(*WRAP_UP_S) * min(self.talk_scale, 1.0)
                await asyncio.wait_for(self._closing.wait(), pause)
            with contextlib.suppress(HotlineError):
                await self.control.request(
                    "wrap_up_done",
                    extension=extension,
                    category=self.random.choice(self._categories),
                    note="",
                )

        return answer

    async def _hold_a_while(self, call: PhoneCall) -> None:
        for on, pause in ((True, 10.0), (False, 8.0)):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(call.ended.wait(), pause * self.talk_scale)
                return
            await call.hold(on=on)

    async def _caller(self) -> None:
        """One citizen: dials, presses a key, waits, talks, hangs up."""
        self.score.placed += 1
        phone = Phone(self.server, self.random.choice(self.callers))
        await phone.open()
        call: PhoneCall | None = None
        try:
            menu = self.random.random() < MENU_SHARE
            call = await phone.call("96000" if menu else "96001", {"x-hotline-demo": "1"})
            await call.answered.wait()
            if call.ended.is_set():
                self.score.failed += 1
                return
            assert call.rtp is not None
            if menu:
                await asyncio.sleep(self.random.uniform(1.5, 5.0))
                call.press(self.random.choices([k for k, _ in MENU_KEYS], [w for _, w in MENU_KEYS])[0])
            await self._wait_and_talk(call)
        finally:
            if call is not None and not call.ended.is_set():
                with contextlib.suppress(OSError):
                    await call.hang_up()
            await phone.close()

    async def _wait_and_talk(self, call: PhoneCall) -> None:
        """Outside, waiting sounds like talking: the floor's live row says which of the two it is."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self.random.expovariate(1 / MEAN_PATIENCE_S)
        talk_s = min(self.random.lognormvariate(0, TALK_SIGMA) * MEDIAN_TALK_S, LONGEST_TALK_S) * self.talk_scale
        talking = False
        while not call.ended.is_set():
            if not talking and await self._is_answered(call):
                talking = True
                if call.rtp is not None:
                    call.rtp.begin(self.voices.caller(self.random) if self.voices else tone(440))
                self.score.answered += 1
                give_up_at = loop.time() + talk_s
            if loop.time() >= give_up_at or (talking and self._closing.is_set()):
                if not talking:
                    self.score.gave_up += 1
                await call.hang_up()
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(call.ended.wait(), 1.0)

    async def _is_answered(self, call: PhoneCall) -> bool:
        floor = await self._floor()
        return any(row["caller"] == call.phone.user and row["answered_at"] for row in floor["calls"])

    async def _floor(self) -> dict[str, Any]:
        """The live rows, asked for at most once a second for all robots together."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._floor_at > 1.0:
            self._floor_at = loop.time()
            with contextlib.suppress(HotlineError):
                self._floor_rows = await self.control.request("live")
        return self._floor_rows

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
