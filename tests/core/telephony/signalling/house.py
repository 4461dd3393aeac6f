"""A house under test: signalling on a free port with a trivial switchboard, and a bare SIP peer to speak to it.

The peer sends what it is told to, right or wrong, so that tests can say things that no decent phone would.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from core.clock import utc_now
from core.demo.sip_text import SipMessage, parse, response, sdp, tag_of, uri_of
from core.installation.definition import Installation, SipAccount, Trunk
from core.ports import RemoteMedia
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import KeepAlive, Signalling
from core.telephony.signalling.digest import ha1
from core.telephony.signalling.registrar import Contact


def installation_of(gateway: str | None = None) -> Installation:
    accounts = {n: SipAccount(n, ha1(n, "hotline", f"demo-{n}")) for n in ("8001", "8002", "8003")}
    accounts["8009"] = SipAccount("8009", "", ha1("8009", "hotline", "demo-8009", "SHA-256"))
    return Installation(1, "test", demo=True, accounts=accounts, trunks={"gw": Trunk("gw", ("127.0.0.1",), gateway)})


class StubMedia:
    def __init__(self) -> None:
        self.port = 40000
        self.open_legs: dict[str, int] = {}
        self.connected: dict[str, list[RemoteMedia]] = {}

    def open(self, leg: str) -> tuple[str, int]:
        self.port += 2
        self.open_legs[leg] = self.port
        return "127.0.0.1", self.port

    def connect(self, leg: str, remote: RemoteMedia) -> None:
        self.connected.setdefault(leg, []).append(remote)

    def close(self, leg: str) -> None:
        self.open_legs.pop(leg, None)


class House:
    """``async with House(tmp_path) as house``. ``switch`` joins every call that comes in with the number dialled."""

    def __init__(self, state: Path, *, keep_alive: KeepAlive | None = None, ring_s: float = 5.0) -> None:
        self.installation = installation_of()
        self.media = StubMedia()
        self.inputs: list[inp.Input] = []
        self.on: Callable[[Any], None] | None = self.switch
        self.ring_s = ring_s
        self.other: dict[str, inp.LegId] = {}
        self._news = asyncio.Event()
        self.sip = Signalling(
            ("127.0.0.1", 0), lambda: self.installation, self.media, self._take, state, keep_alive=keep_alive
        )

    async def __aenter__(self) -> Self:
        await self.sip.start()
        return self

    async def __aexit__(self, *_args: object) -> None:
        await self.sip.stop()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.sip.port

    def _take(self, given: inp.Input) -> None:
        self.inputs.append(given)
        if self.on is not None:
            self.on(given)
        self._news.set()

    def switch(self, given: inp.Input) -> None:
        run = self.sip.execute
        match given:
            case inp.LegInvited():
                out = inp.LegId(f"out-{given.leg}")
                self.other[given.leg], self.other[out] = out, given.leg
                to = given.dialled
                known = to in self.installation.accounts
                run(
                    cmd.Dial(
                        out,
                        given.caller,
                        given.caller_name,
                        extension=to if known else None,
                        number=None if known else to,
                        trunk=None if known else "gw",
                        ring_s=self.ring_s,
                        demo=given.demo,
                    )
                )
            case inp.LegRinging():
                run(cmd.Ring(self.other[given.leg], early_media=given.early_media))
            case inp.LegAnswered() if given.leg.startswith("out-"):
                run(cmd.Answer(self.other[given.leg]))
            case inp.LegFailed():
                run(cmd.Reject(self.other[given.leg], given.status, "as told"))
            case inp.LegEnded():
                run(cmd.HangUp(self.other[given.leg]))
            case _:
                pass

    def answer_all(self, given: inp.Input) -> None:
        """Instead of ``switch``: the house itself picks up."""
        if isinstance(given, inp.LegInvited):
            self.sip.execute(cmd.Answer(given.leg))

    async def seen(self, kind: type[Any], timeout: float = 3.0) -> Any:
        """The first input of this kind, waiting for it if need be; it is seen only once."""
        async with asyncio.timeout(timeout):
            while True:
                for given in self.inputs:
                    if isinstance(given, kind):
                        self.inputs.remove(given)
                        return given
                self._news.clear()
                await self._news.wait()

    def kinds(self) -> list[str]:
        return [type(given).__name__ for given in self.inputs]

    async def quiet(self, timeout: float = 3.0) -> None:
        """Every leg is gone and has given its port back."""
        async with asyncio.timeout(timeout):
            while self.sip.legs_up() or self.media.open_legs:
                await asyncio.sleep(0.01)

    def place(self, extension: str, peer: Peer, parameters: str = "", expires_s: float = 300.0) -> str:
        """The peer counts as registered, without the ceremony."""
        uri = f"sip:{extension}@127.0.0.1:{peer.port}{parameters}"
        self.sip.registrar.bind(
            extension, Contact(uri, ("127.0.0.1", peer.port), utc_now() + expires_s, "c", 1, ask_at=1e12), utc_now()
        )
        return uri


class Peer(asyncio.DatagramProtocol):
    """One UDP socket; what arrives waits in ``inbox`` until ``get`` takes it."""

    def __init__(self, house: House, ip: str = "127.0.0.1") -> None:
        self.house = house
        self.ip = ip
        self.inbox: list[SipMessage] = []
        self.port = 0
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.ip, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_args: object) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, _address: Any) -> None:
        self.inbox.append(parse(data))
        self._news.set()

    def send(self, what: SipMessage | bytes | str) -> None:
        raw = what.to_bytes() if isinstance(what, SipMessage) else what.encode() if isinstance(what, str) else what
        self._transport.sendto(raw, self.house.address)

    async def get(self, *, status: int = 0, method: str = "", of: str = "", timeout: float = 3.0) -> SipMessage:
        """The first response with ``status`` (to a request ``of`` that method) or request with ``method``."""
        async with asyncio.timeout(timeout):
            while True:
                for message in self.inbox:
                    if message.status == status and message.method == method and (not of or message.cseq[1] == of):
                        self.inbox.remove(message)
                        return message
                self._news.clear()
                await self._news.wait()

    @property
    def contact(self) -> str:
        return f"<sip:peer@127.0.0.1:{self.port}>"

    def via(self, branch: str = "") -> str:
        return f"SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch or 'z9hG4bK' + os.urandom(6).hex()}"

    def sdp(self, direction: str = "sendrecv", version: int = 1, port: int = 30000) -> str:
        return sdp("127.0.0.1", port, version, direction)

    def request(
        self, method: str, to: str, *extra: tuple[str, str], user: str = "13900001111", body: str = ""
    ) -> SipMessage:
        """A request of its own, outside any dialog."""
        uri = f"sip:{to}@127.0.0.1:{self.house.sip.port}"
        message = SipMessage(method, uri, body=body)
        message.headers = [
            ("via", self.via()),
            ("from", f"<sip:{user}@127.0.0.1>;tag={os.urandom(4).hex()}"),
            ("to", f"<{uri}>"),
            ("call-id", os.urandom(8).hex()),
            ("cseq", f"1 {method}"),
            *extra,
        ]
        if body:
            message.headers.append(("content-type", "application/sdp"))
        return message

    def invite(self, to: str, *extra: tuple[str, str], user: str = "13900001111", body: str | None = None) -> Dialog:
        message = self.request(
            "INVITE",
            to,
            ("contact", self.contact),
            ("max-forwards", "70"),
            *extra,
            user=user,
            body=self.sdp() if body is None else body,
        )
        self.send(message)
        return Dialog(self, message)

    def respond(
        self, request: SipMessage, status: int, *extra: tuple[str, str], body: str = "", tag: str = "peer"
    ) -> None:
        answer = response(request, status, "Told", tag=tag, contact=self.contact, body=body)
        answer.headers += extra
        self.send(answer)

    async def pick_up(self, *, ring: bool = True, tag: str = "peer") -> Dialog:
        """Answers the next INVITE and hears its ACK."""
        invite = await self.get(method="INVITE")
        if ring:
            self.respond(invite, 180, tag=tag)
        self.respond(invite, 200, body=self.sdp(), tag=tag)
        await self.get(method="ACK")
        return Dialog(self, invite, tag=tag, ours=False)


class Dialog:
    """The peer's side of one INVITE: of its own (``ours``) or of the house."""

    def __init__(self, peer: Peer, invite: SipMessage, *, tag: str = "", ours: bool = True) -> None:
        self.peer, self.invite, self.number = peer, invite, 1
        self.call_id = invite.get("call-id")
        if ours:
            self.local, self.remote, self.target = invite.get("from"), invite.get("to"), invite.uri
        else:
            self.local, self.remote = f"{invite.get('to')};tag={tag}", invite.get("from")
            self.target = uri_of(invite.get("contact"))

    @property
    def replaces(self) -> str:
        """The dialog as another phone names it (RFC 3891)."""
        return f"{self.call_id};to-tag={tag_of(self.remote)};from-tag={tag_of(self.local)}"

    async def connected(self) -> SipMessage:
        """The house's 200, acknowledged."""
        answer = await self.peer.get(status=200, of="INVITE")
        self.remote, self.target = answer.get("to"), uri_of(answer.get("contact"))
        self.peer.send(self.request("ACK", number=answer.cseq[0]))
        return answer

    async def refused(self, status: int) -> SipMessage:
        answer = await self.peer.get(status=status, of="INVITE")
        ack = SipMessage("ACK", self.invite.uri)
        copied = {"via", "from", "call-id"}
        ack.headers = [(k, v) for k, v in self.invite.headers if k in copied]
        ack.headers += [("to", answer.get("to")), ("cseq", f"{answer.cseq[0]} ACK")]
        self.peer.send(ack)
        return answer

    def request(self, method: str, *extra: tuple[str, str], body: str = "", number: int = 0) -> SipMessage:
        if not number:
            self.number += 1
        message = SipMessage(method, self.target, body=body)
        message.headers = [
            ("via", self.peer.via()),
            ("max-forwards", "70"),
            ("from", self.local),
            ("to", self.remote),
            ("call-id", self.call_id),
            ("cseq", f"{number or self.number} {method}"),
            *extra,
        ]
        if body and not any(name == "content-type" for name, _ in extra):
            message.headers.append(("content-type", "application/sdp"))
        return message

    def send(self, method: str, *extra: tuple[str, str], body: str = "") -> SipMessage:
        message = self.request(method, *extra, body=body)
        self.peer.send(message)
        return message

    def cancel(self) -> None:
        message = SipMessage("CANCEL", self.invite.uri)
        message.headers = [(k, v) for k, v in self.invite.headers if k in {"via", "from", "to", "call-id"}]
        message.headers.append(("cseq", f"{self.invite.cseq[0]} CANCEL"))
        self.peer.send(message)

    async def bye(self) -> None:
        self.send("BYE")
        await self.peer.get(status=200, of="BYE")

    async def hung_up(self) -> None:
        """The house says BYE."""
        self.peer.respond(await self.peer.get(method="BYE"), 200)

    async def again(self, body: str, *extra: tuple[str, str]) -> SipMessage:
        """A re-INVITE that is accepted."""
        message = self.send("INVITE", *(extra or [("contact", self.peer.contact)]), body=body)
        answer = await self.peer.get(status=200, of="INVITE")
        self.peer.send(self.request("ACK", number=message.cseq[0]))
        return answer


async def joined(house: House, caller: Peer, phone: Peer) -> tuple[Dialog, Dialog, str]:
    """A call from the trunk to 8001 that is up; also the id of the caller's leg."""
    house.place("8001", phone)
    theirs = caller.invite("8001")
    mine = await phone.pick_up()
    await theirs.connected()
    leg = (await house.seen(inp.LegInvited)).leg
    house.inputs.clear()
    return theirs, mine, leg
