"""Bare SIP peers at a running house: they say what no decent phone says, and see every packet that comes to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

from core.demo.sip_text import SipMessage, digest, response
from tests.core.telephony.signalling.house import Dialog, Peer
from tests.house.running import House


class Wire(Peer):
    """A house on a crowded machine takes its time."""

    async def get(self, *, timeout: float = 40.0, **what: Any) -> SipMessage:
        return await super().get(timeout=timeout, **what)


@asynccontextmanager
async def wire(house: House, ip: str = "127.0.0.1") -> AsyncIterator[Peer]:
    """One UDP socket of a stranger's."""
    made = Wire(cast(Any, SimpleNamespace(address=house.server, sip=SimpleNamespace(port=house.sip))), ip)
    async with made as peer:
        yield peer


async def register(peer: Peer, extension: str, *, expires_s: int = 120, contact: str = "") -> None:
    """The peer is this extension's phone from now on."""
    there = contact or f"<sip:{extension}@{peer.ip}:{peer.port}>"

    def ask(*extra: tuple[str, str]) -> SipMessage:
        message = peer.request(
            "REGISTER", extension, ("contact", there), ("expires", str(expires_s)), *extra, user=extension
        )
        peer.send(message)
        return message

    first = ask()
    challenge = (await peer.get(status=401, of="REGISTER")).get("www-authenticate")
    ask(("authorization", digest(challenge, "REGISTER", first.uri, extension, f"demo-{extension}")))
    await peer.get(status=200, of="REGISTER")


async def calls(peer: Peer, extension: str, number: str) -> Dialog:
    """This extension's phone calls, with its password."""
    first = peer.invite(number, user=extension)
    challenge = (await first.refused(407)).get("proxy-authenticate")
    proof = digest(challenge, "INVITE", first.invite.uri, extension, f"demo-{extension}")
    return peer.invite(number, ("proxy-authorization", proof), user=extension)


def moved(peer: Peer, invite: SipMessage, contact: str) -> None:
    """302 with this contact alone."""
    answer = response(invite, 302, "Moved Temporarily", tag="moved")
    answer.headers.append(("contact", contact))
    peer.send(answer)


def invites(peer: Peer) -> list[str]:
    """Whom the house has called here and nobody has taken yet."""
    return [message.uri for message in peer.inbox if message.method == "INVITE"]


async def answer_options(peer: Peer) -> None:
    for message in [one for one in peer.inbox if one.method == "OPTIONS"]:
        peer.inbox.remove(message)
        peer.respond(message, 200)
