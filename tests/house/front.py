"""A running house seen from the office: what the log says of a call, what the live rows show, what desks press."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
import urllib.error
from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from core.db import connect
from core.installation.editing import By
from tests.house.running import House, until

Fact = dict[str, Any]


OFFICE = By("office", 0.0)


class Front:
    def __init__(self, house: House) -> None:
        self.house = house

    @cached_property
    def token(self) -> str:
        return self.house.token()

    # --- the log --------------------------------------------------------------------------------------------

    def log(self, where: str, *values: object) -> list[tuple[str, Fact]]:
        with sqlite3.connect(f"file:{self.house.home / 'hotline.db'}?mode=ro", uri=True) as db:
            rows = db.execute(f"select kind, payload from event_log where {where} order by id", values).fetchall()
        return [(kind, json.loads(payload)) for kind, payload in rows]

    def calls(self, caller: str) -> list[str]:
        """The calls that came from this number, oldest first."""
        found = self.log("kind = 'call_arrived' and json_extract(payload, '$.caller') = ?", caller)
        return [payload["call_id"] for _kind, payload in found]

    def story(self, caller: str) -> list[tuple[str, Fact]]:
        """Everything of the caller's newest call."""
        calls = self.calls(caller)
        return self.log("subject = ?", calls[-1]) if calls else []

    def kinds(self, caller: str) -> list[str]:
        return [kind for kind, _fact in self.story(caller)]

    def fact(self, caller: str, kind: str, limit_s: float = 30, **having: object) -> Fact:
        """The newest fact of this kind (with these values) of the caller's newest call, as soon as it is there."""

        def look() -> Fact | None:
            found = [f for k, f in self.story(caller) if k == kind and having.items() <= f.items()]
            return found[-1] if found else None

        try:
            return until(look, limit_s)  # type: ignore[no-any-return]
        except AssertionError:
            raise AssertionError(f"no {kind} {having} in {self.story(caller)}") from None

    def over(self, caller: str, limit_s: float = 30) -> Fact:
        return self.fact(caller, "call_ended", limit_s)

    def states(self, extension: str) -> list[tuple[str, str]]:
        """The states that the agent has been in, with their reasons."""
        found = self.log("kind = 'agent_state_changed' and subject = ?", extension)
        return [(fact["state"], fact["reason"]) for _kind, fact in found]

    # --- live -----------------------------------------------------------------------------------------------

    def live(self, rows: str) -> list[Fact]:
        return self.house.live(self.token)[rows]  # type: ignore[no-any-return]

    def agent(self, extension: str) -> Fact:
        return next(row for row in self.live("agents") if row["extension"] == extension)

    def call(self, caller: str) -> Fact:
        """The caller's live row, as soon as it is there."""
        return until(lambda: next((row for row in self.live("calls") if row["caller"] == caller), None))  # type: ignore[no-any-return]

    def becomes(self, extension: str, state: str, limit_s: float = 30) -> Fact:
        """The agent's row once it is in this state."""
        try:
            return until(lambda: (row := self.agent(extension))["state"] == state and row, limit_s)  # type: ignore[no-any-return]
        except AssertionError:
            raise AssertionError(f"{extension} is {self.agent(extension)}, not {state}") from None

    # --- desks ----------------------------------------------------------------------------------------------

    def post(self, path: str, **body: object) -> Fact:
        return self.house.ask("POST", f"/api/v1/{path}", body, self.token)  # type: ignore[no-any-return]

    def state(self, extension: str, state: str, reason: str = "") -> Fact:
        return self.post(f"agents/{extension}/state", state=state, reason=reason)

    def ready(self, *extensions: str) -> None:
        for extension in extensions:
            self.state(extension, "ready")

    def act(self, call_id: str, action: str, by: str, target: str = "") -> Fact:
        return self.post(f"calls/{call_id}/actions", action=action, by=by, target=target)

    def end(self, caller: str) -> None:
        """A supervisor ends whatever this caller still has."""
        for row in self.control(do="live")["result"]["calls"]:
            if row["caller"] == caller:
                self.control(do="end", call_id=row["id"])

    def end_all(self) -> None:
        """Whatever a test left; the peers are still there to be told."""
        for row in self.control(do="live")["result"]["calls"]:
            self.control(do="end", call_id=row["id"])

    def sign_off(self, *extensions: str) -> None:
        """Whatever the test left: off the floor, and not rung in the next one."""
        for extension in extensions:
            try:
                self.state(extension, "offline")
            except urllib.error.HTTPError:
                continue

    # --- the site -------------------------------------------------------------------------------------------

    def edit(self, *changes: Callable[[Session], object]) -> None:
        """Edits the site in its database and tells the running house."""
        engine = connect(f"sqlite:///{self.house.home / 'hotline.db'}")
        with Session(engine) as session:
            for change in changes:
                change(session)
        engine.dispose()
        answer = self.control(do="reload")
        assert answer["ok"], answer

    def control(self, **request: object) -> Fact:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(10)
            line.connect(str(self.house.home / "run" / "sip.sock"))
            line.sendall(json.dumps({"id": 1, **request}).encode() + b"\n")
            return json.loads(line.makefile("rb").readline())  # type: ignore[no-any-return]


def wait(seconds: float) -> None:
    """For people who take their time: a caller who listens, an agent who thinks."""
    time.sleep(seconds)
