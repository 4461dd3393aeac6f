"""Phones of agents and citizens for browser tests: real SIP in a thread of its own, steered from the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from core.demo.phone import Phone, PhoneCall
from core.demo.rtp_stream import tone
from tests.house.running import House, until

LIMIT_S = 20.0


class Phones:
    """``agent`` and ``citizen`` give phones; ``close`` hangs up and signs everybody off."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.token = house.token()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._agents: list[AgentPhone] = []
        self._citizens: list[CitizenPhone] = []

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT_S)

    def agent(self, extension: str, *, answers: bool = True, state: str = "ready") -> AgentPhone:
        """Registered and in ``state``; without ``answers`` it rings until told."""
        phone = AgentPhone(self, extension, answers=answers)
        self._agents.append(phone)
        phone.set(state)
        return phone

    def citizen(self, number: str = "13900000042") -> CitizenPhone:
        phone = CitizenPhone(self, number)
        self._citizens.append(phone)
        return phone

    def close(self) -> None:
        for citizen in self._citizens:
            self.do(citizen.phone.close())
        for agent in self._agents:
            agent.finish()
            agent.set("offline")
            self.do(agent.phone.register(0))
            self.do(agent.phone.close())
        self.do(self._all_silent())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT_S)
        self._loop.close()

    @staticmethod
    async def _all_silent() -> None:
        """One ticker serves the whole process: left behind unfinished it would keep the next test's phones mute."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), LIMIT_S / 2)


class AgentPhone:
    def __init__(self, phones: Phones, extension: str, *, answers: bool) -> None:
        self.phones, self.extension, self.answers = phones, extension, answers
        self.calls: list[PhoneCall] = []
        self.phone = Phone(phones.house.server, extension, f"demo-{extension}", on_call=self._rings)
        phones.do(self.phone.open())
        assert phones.do(self.phone.register()) == 200

    async def _rings(self, call: PhoneCall) -> None:
        self.calls.append(call)
        if self.answers:
            await self._pick_up(call)

    async def _pick_up(self, call: PhoneCall) -> None:
        await call.answer()
        if call.rtp is not None:
            call.rtp.say = tone(500)

    def rings(self, times: int = 1) -> None:
        until(lambda: len(self.calls) >= times, 10)

    def pick_up(self) -> None:
        self.phones.do(self._pick_up(self.calls[-1]))

    def set(self, state: str) -> None:
        body = {"state": state, "reason": ""}
        self.phones.house.ask("POST", f"/api/v1/agents/{self.extension}/state", body, self.phones.token)

    def finish(self, category: str = "", note: str = "") -> None:
        """Ends the wrap-up, if there is one."""
        row = next(a for a in self.phones.house.live(self.phones.token)["agents"] if a["extension"] == self.extension)
        if row["state"] == "wrap_up":
            body = {"category": category, "note": note}
            self.phones.house.ask("POST", f"/api/v1/agents/{self.extension}/wrap-up", body, self.phones.token)

    def state(self) -> str:
        rows = self.phones.house.live(self.phones.token)["agents"]
        return str(next(row["state"] for row in rows if row["extension"] == self.extension))


class CitizenPhone:
    def __init__(self, phones: Phones, number: str) -> None:
        self.phones, self.number = phones, number
        self.phone = Phone(phones.house.server, number)
        phones.do(self.phone.open())
        self.call: PhoneCall | None = None

    def dials(self, number: str = "96001") -> CitizenPhone:
        """96001 is the queue, an extension rings it; returns while it rings."""
        self.call = self.phones.do(self.phone.call(number, {"x-hotline-demo": "1"}))
        return self

    def talks(self) -> CitizenPhone:
        """Speaks as soon as somebody of the house has answered."""
        until(lambda: self._row() and self._row()["answered_at"], 15)
        assert self.call is not None
        assert self.call.rtp is not None
        self.call.rtp.say = tone(900)
        return self

    def call_id(self) -> str:
        return str(until(self._row, 10)["id"])

    def _row(self) -> dict[str, Any] | None:
        rows = self.phones.house.live(self.phones.token)["calls"]
        return next((row for row in rows if row["caller"] == self.number), None)

    def hangs_up(self) -> None:
        assert self.call is not None
        self.phones.do(self.call.hang_up())
