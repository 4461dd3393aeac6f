"""Signalling without a network: keeps what it was told to do. For tests of everything above it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.telephony import commands as cmd
from core.telephony import inputs as inp


class FakeSignalling:
    """``phones`` maps extension to contact URIs; with ``on_input`` a dial to nobody fails with 480, as the real one."""

    def __init__(self, on_input: Callable[[inp.Input], None] | None = None) -> None:
        self.commands: list[cmd.Command] = []
        self.phones: dict[str, list[str]] = {}
        self.on_input = on_input
        self.running = False

    async def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False

    def execute(self, command: cmd.Command) -> None:
        self.commands.append(command)
        if (
            isinstance(command, cmd.Dial)
            and self.on_input
            and command.extension
            and not self.contacts(command.extension)
        ):
            asyncio.get_running_loop().call_soon(self.on_input, inp.LegFailed(command.leg, 480, "not registered"))

    def contacts(self, extension: str) -> list[str]:
        return self.phones.get(extension, [])

    def legs_up(self) -> int:
        ended = {command.leg for command in self.commands if isinstance(command, cmd.HangUp | cmd.Reject)}
        return len({command.leg for command in self.commands if isinstance(command, cmd.Dial)} - ended)

    def of(self, kind: type[cmd.Command]) -> list[cmd.Command]:
        return [command for command in self.commands if isinstance(command, kind)]
