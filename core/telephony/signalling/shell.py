"""The shell around sippy: requests in become inputs, commands become requests out. No call rules.

Every leg is one ``Leg``; this class finds it, and does what belongs to no dialog: REGISTER, OPTIONS, keep-alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sippy.SipURL import SipURL

from core.errors import Unavailable
from core.events import new_uid
from core.installation.definition import Installation, SipAccount
from core.numbering import normal
from core.ports import LegMedia
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_clock import CallClock
from core.telephony.signalling import agent, headers, host, identity
from core.telephony.signalling.doors import Doors
from core.telephony.signalling.gateways import Gateways, ask_alive
from core.telephony.signalling.leg import Destination, Leg
from core.telephony.signalling.nat import NatMode
from core.telephony.signalling.registrar import LONGEST_S, SHORTEST_S, USUAL_S, Contact, Registrar

log = logging.getLogger(__name__)

TICK_S = 1.0


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """OPTIONS to every phone ``every_s``, answered within ``limit_s``; so many ``misses`` and it counts as gone.

    ``legs_s`` and ``legs_limit_s`` are the same for calls in progress.
    """

    every_s: float = 30.0
    limit_s: float = 4.0
    misses: int = 2
    legs_s: float = 30.0
    legs_limit_s: float = 12.0


class Signalling:
    """See ``core.telephony.commands`` for what it obeys and ``inputs`` for what it tells."""

    def __init__(
        self,
        bind: tuple[str, int],
        installation: Callable[[], Installation],
        media: LegMedia,
        on_input: Callable[[inp.Input], None],
        state_dir: Path,
        *,
        keep_alive: KeepAlive | None = None,
        clock: CallClock | None = None,
    ) -> None:
        self.bind = bind
        self.installation = installation
        self.media = media
        self.on_input = on_input
        # A clock that is set takes no phone from its desk.
        self.clock = clock or CallClock()
        self.keep_alive = keep_alive or KeepAlive()
        self.registrar = Registrar(state_dir / "registrations.json", on_input)
        self.doors = Doors(installation, self._own)
        self.config: dict[str, Any] = {}
        self.address = bind
        self._legs: dict[inp.LegId, Leg] = {}
        self._rings: dict[inp.LegId, asyncio.TimerHandle] = {}
        alive = self.keep_alive
        self.gateways = Gateways(installation, self._own, alive.every_s, alive.limit_s, alive.misses)
        self._keeper: asyncio.Task[None] | None = None
        self._accounts: dict[str, SipAccount] = {}

    async def start(self) -> None:
        self.config.update(
            {"_sip_address": self.bind[0], "_sip_port": self.bind[1], "_sip_logger": host.Silent()},
        )
        self.tm = host.TransactionManager(self.config, self._request)
        self.config["_sip_tm"] = self.tm
        self.address = (self.bind[0], int(self.tm.server.uopts.laddress[1]))
        self.registrar.restore(self.clock.now())
        self.installation_changed()
        await self.gateways.resolve()
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        for leg in list(self._legs.values()):
            leg.hang_up()
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        self.registrar.write(self.registrar.dump(self.clock.ahead_s))
        # Let the BYEs of the calls above leave the socket.
        await asyncio.sleep(0.05)
        self.tm.shutdown()

    def installation_changed(self) -> None:
        """Registrations stand as long as the account that they were made with; calls that are up go on."""
        accounts = dict(self.installation().accounts)
        before = self._accounts
        self._accounts = accounts
        self.registrar.keep_only(
            lambda extension: (
                extension in accounts
                and _secrets(accounts[extension]) == _secrets(before.get(extension, accounts[extension]))
            )
        )

    @property
    def port(self) -> int:
        """The bound port, of interest when 0 was asked for."""
        return self.address[1]

    def legs_up(self) -> int:
        return len(self._legs)

    def contacts(self, extension: str) -> list[str]:
        return [contact.uri for contact in self.registrar.of(extension, self.clock.now())]

    # --- commands -------------------------------------------------------------------------------------------

    def execute(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.Dial):
            self._dial(command)
            return
        leg = self._legs.get(command.leg)  # type: ignore[attr-defined]
        if leg is None:
            return
        try:
            match command:
                case cmd.Ring():
                    leg.ring(early_media=command.early_media)
                case cmd.Answer():
                    leg.answer()
                case cmd.Reject():
                    leg.reject(command.status, command.reason)
                case cmd.HangUp():
                    leg.hang_up()
                case cmd.AskAlive():
                    leg.ask_alive(self.keep_alive.legs_limit_s)
                case cmd.TransferProgress():
                    leg.notify(command.status, command.reason)
                case cmd.RefuseTransfer():
                    leg.answer_refer(command.status, command.reason)
                case cmd.TalkEvent():
                    leg.talk_event(command.event)
        except Exception:
            # One leg's trouble ends that leg and nothing else.
            host.complain(f"{type(command).__name__} failed")
            leg.drop()
            if not isinstance(command, cmd.HangUp | cmd.Reject):
                self._soon(inp.LegEnded(leg.id, "failed"))

    def _dial(self, command: cmd.Dial) -> None:
        targets = self._targets(command)
        if not targets:
            reason = "not registered" if command.extension is not None else "no gateway"
            self._soon(inp.LegFailed(command.leg, 480 if command.extension is not None else 503, reason))
            return
        leg = Leg(self, command.leg)
        leg.extension = command.extension or ""
        leg.number = command.number or ""
        self._legs[leg.id] = leg
        extra: list[headers.PlainHeader] = []
        if command.auto_answer:
            extra.append(headers.PlainHeader("Call-Info", f"<sip:{self.address[0]}>;answer-after=0"))
        if command.demo:
            extra.append(headers.PlainHeader("X-Hotline-Demo", "1"))
        dial = leg.dial if command.extension is not None else leg.dial_gateways
        try:
            dial(targets, command.caller or "anonymous", command.caller_name, tuple(extra))
        except Unavailable as full:
            leg.drop()
            self._soon(inp.LegFailed(command.leg, 503, str(full)))
            return
        except Exception:
            host.complain("dialling failed")
            leg.drop()
            self._soon(inp.LegFailed(command.leg, 500, "dialling failed"))
            return
        self._rings[leg.id] = asyncio.get_running_loop().call_later(command.ring_s, self._ring_over, leg)

    def _soon(self, what: inp.Input) -> None:
        asyncio.get_running_loop().call_soon(self.on_input, what)

    def _targets(self, command: cmd.Dial) -> list[Destination]:
        if command.extension is not None:
            nat = self.nat_of(command.extension)
            found = []
            for contact in self.registrar.of(command.extension, self.clock.now()):
                url = SipURL(contact.uri)
                place = (str(url.host), int(url.port or 5060))
                plain = nat == "off" and host.is_address(url.host) and not self._leads_out(place)
                found.append((url, place if plain else contact.source))
            return found
        trunk = self.installation().trunks.get(command.trunk or "")
        if trunk is None or not command.number:
            return []
        ways = self.gateways.ways(trunk)
        return [(SipURL(username=command.number, host=way[0], port=way[1]), way) for way in ways]

    def _leads_out(self, place: tuple[str, int]) -> bool:
        """No phone is at a gateway, nor here: a Contact that says so would have numbers dialled on nobody's right."""
        ways = (way for way in self.gateways.every() if way is not None and way != self._own())
        return place == self._own() or place[0] in {way[0] for way in ways}

    def _ring_over(self, leg: Leg) -> None:
        if leg.state in ("new", "early"):
            # A phone that never even rang is not there: no agent let it ring.
            status = 408 if leg.state == "early" else 480
            leg.hang_up()
            self.on_input(inp.LegFailed(leg.id, status, "no answer"))

    # --- what legs ask --------------------------------------------------------------------------------------

    def _own(self) -> tuple[str, int]:
        """Where calls of ours that lead back arrive, and come from."""
        return (host.LOCAL if self.address[0] == "0.0.0.0" else self.address[0], self.address[1])

    def nat_of(self, extension: str) -> NatMode:
        account = self.installation().accounts.get(extension)
        return account.nat if account is not None else "trunk"

    def contact(self, user: str) -> Any:
        return agent.make_contact(user, self.address)

    def forget(self, leg: Leg) -> None:
        self._legs.pop(leg.id, None)
        if (timer := self._rings.pop(leg.id, None)) is not None:
            timer.cancel()

    def leg_of_dialog(self, replaces: Any) -> inp.LegId | None:
        """The leg that a Replaces header names (RFC 3891): its tags are seen from the peer that wrote it."""
        tags = {replaces.from_tag, replaces.to_tag}
        for leg in self._legs.values():
            if any(call_id == replaces.call_id and {ours, theirs} == tags for call_id, ours, theirs in leg.dialogs()):
                return leg.id
        return None

    def follow(self, number: str, urls: list[Any]) -> list[Destination]:
        """A gateway may send a call to another gateway of ours, with the same number: anything else would be a
        stranger's way to call on our bill."""
        gateways = self.gateways.every()
        found: list[Destination] = []
        for url in urls:
            address = (url.host, int(url.port or 5060))
            if address in gateways and normal(url.username or "") == normal(number):
                found.append((url, address))
        return found

    # --- requests outside a dialog ------------------------------------------------------------------------------

    def _request(self, req: Any, transaction: Any) -> Any:
        try:
            method, in_dialog = req.getMethod(), req.getHFBody("to").getTag() is not None
            if in_dialog and not self._knows(req):
                return (req.genResponse(481, "Call/Transaction Does Not Exist", server="hotline"), None, None)
            if method == "INVITE" and not in_dialog:
                return self._invite(req, transaction)
            if method == "REGISTER":
                return (self._register(req), None, None)
            return (agent.unsupported(req), None, None)
        except Exception:
            host.complain(f"bad request from {req.getSource()}")
            return (req.genResponse(400, "Bad Request", server="hotline"), None, None)

    def _knows(self, req: Any) -> bool:
        """A phone that rings may send requests of its own before sippy knows its tag."""
        call_id, ours, theirs = (
            str(req.getHFBody("call-id")),
            req.getHFBody("to").getTag(),
            req.getHFBody("from").getTag(),
        )
        known = [dialog for leg in self._legs.values() for dialog in leg.dialogs()]
        return any((call_id, ours) == dialog[:2] and dialog[2] in (None, theirs) for dialog in known)

    def _invite(self, req: Any, transaction: Any) -> Any:
        if (refused := self._unfit(req)) is not None:
            return (refused, None, None)
        source = (str(req.getSource()[0]), int(req.getSource()[1]))
        user, trunk = req.getHFBody("from").getUrl().username or "", self.doors.trunk(source)
        if user in self.installation().accounts and (trunk is None or self._is_phone(req, user, source)):
            if (refused := self.doors.refusal(req, user, proxy=True)) is not None:
                return (refused, None, None)
            kind, origin, caller = "extension", user, identity.of(req, trusted=False)
        else:
            if trunk is None:
                return (req.genResponse(403, "Forbidden", server="hotline"), None, None)
            kind, origin = "trunk", trunk
            caller = identity.of(req, trusted=self.installation().trunks[trunk].trusted)
        replaces = None
        if req.countHFs("replaces"):
            replaces = self.leg_of_dialog(req.getHFBody("replaces"))
            if replaces is None:
                # RFC 3891 3: a call that is gone cannot be replaced.
                return (req.genResponse(481, "Call/Transaction Does Not Exist", server="hotline"), None, None)
        leg = Leg(self, inp.LegId(new_uid()))
        leg.extension = origin if kind == "extension" else ""
        self._legs[leg.id] = leg
        invited = inp.LegInvited(
            leg.id,
            headers.text_in(req.getRURI().username or ""),
            caller.number,
            caller.name,
            kind,  # type: ignore[arg-type]
            origin,
            replaces,
            demo=self.installation().demo and headers.raw(req, "x-hotline-demo").strip() == "1",
        )
        try:
            return leg.accept(req, transaction, invited)
        except Exception:
            leg.drop()
            raise

    def _is_phone(self, req: Any, user: str, source: tuple[str, int]) -> bool:
        """From a trunk's address comes a number that one of our extensions has, too: is it that phone, or a caller?

        A phone shows its password, or is registered from this address. Before either it is told to, unless it calls one
        of our own numbers as callers do, or its phone is known to be elsewhere.
        """
        if self.doors.surely_trunk(source):
            return False
        if headers.raw(req, "proxy-authorization"):
            return True
        known = self.registrar.of(user, self.clock.now())
        if known:
            return any(contact.source[0] == source[0] for contact in known)
        return (req.getRURI().username or "") not in self.installation().dids

    def _unfit(self, req: Any) -> Any:
        """The response to an INVITE that cannot be taken (RFC 3261 8.2, 16.3), or ``None``."""
        if req.countHFs("contact") != 1 or req.getHFBody("contact").asterisk:
            return req.genResponse(400, "Missing or Bad Contact", server="hotline")
        req.getHFBody("contact").getUrl().getTAddr()
        if req.countHFs("max-forwards") and req.getHFBody("max-forwards").getNum() <= 0:
            return req.genResponse(483, "Too Many Hops", server="hotline")
        if (body := req.getBody()) is not None and body.getType() != "application/sdp":
            refused = req.genResponse(415, "Unsupported Media Type", server="hotline")
            refused.appendHeader(headers.ACCEPT)
            return refused
        return None

    def _register(self, req: Any) -> Any:
        if req.getHFBody("to").getUrl().scheme not in ("sip", "sips"):
            # RFC 3261 10.3, 5: an address of record is one of SIP.
            return req.genResponse(400, "Bad Address of Record", server="hotline")
        extension = req.getHFBody("to").getUrl().username or ""
        if (refused := self.doors.refusal(req, extension, proxy=False)) is not None:
            return refused
        now = self.clock.now()
        usual = headers.seconds(headers.raw(req, "expires"), USUAL_S)
        call_id, cseq = str(req.getHFBody("call-id")), req.getHFBody("cseq").getCSeqNum()
        # A phone may name other ways to reach its person (RFC 3261 10.2.1); we ring by SIP.
        contacts = [body for body in req.getHFBodys("contact") if body.asterisk or _is_sip(body)]
        if any(body.asterisk for body in contacts):
            if len(contacts) > 1 or usual != 0:
                return req.genResponse(400, "Bad Contact", server="hotline")
            self.registrar.unbind(extension, None, "asked")
            contacts = []
        # Everything is looked at before anything is changed (RFC 3261 10.3, 7).
        wanted = [(_uri(body), headers.seconds(body.getUri().params.get("expires", usual), usual)) for body in contacts]
        if any(0 < expires < SHORTEST_S for _uri_, expires in wanted):
            brief = req.genResponse(423, "Interval Too Brief", server="hotline")
            brief.appendHeader(headers.PlainHeader("Min-Expires", str(SHORTEST_S)))
            return brief
        for uri, expires in wanted:
            if expires == 0:
                self.registrar.unbind(extension, uri, "asked")
                continue
            until = now + min(expires, LONGEST_S)
            # Spread, so that a building's phones that came up together are not all asked at once.
            ask_at = time.monotonic() + self.keep_alive.every_s * random.uniform(0.5, 1.0)
            contact = Contact(uri, tuple(req.getSource()), until, call_id, cseq, ask_at=ask_at)
            if all(known.call_id != call_id for known in self.registrar.of(extension, now)):
                # A phone that began anew has forgotten its calls.
                for leg in self._legs.values():
                    if leg.extension == extension and leg.ask_at:
                        leg.ask_at = time.monotonic()
            if not self.registrar.bind(extension, contact, now):
                return req.genResponse(500, "Out of Order", server="hotline")
        response = req.genResponse(200, "OK", server="hotline")
        for contact in self.registrar.of(extension, now):
            expires = round(contact.expires_at - now)
            response.appendHeader(headers.PlainHeader("Contact", f"<{contact.uri}>;expires={expires}"))
        return response

    # --- keep-alive -----------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        tick = min(TICK_S, self.keep_alive.every_s)
        turns = 0
        while True:
            await asyncio.sleep(tick)
            turns += 1
            try:
                self._ask_around(time.monotonic())
                if turns % 60 == 0:
                    await self.gateways.resolve()
                if self.registrar.dirty:
                    await asyncio.to_thread(self.registrar.write, self.registrar.dump(self.clock.ahead_s))
            except Exception:
                host.complain("keep-alive failed")

    def _ask_around(self, now: float) -> None:
        self.registrar.expire(self.clock.now())
        self.gateways.ask(self.tm, now)
        for extension, contact in self.registrar.every():
            if now >= contact.ask_at:
                contact.ask_at = now + self.keep_alive.every_s
                self._ask(extension, contact)
        for leg in list(self._legs.values()):
            if leg.state == "up" and now >= leg.ask_at:
                if leg.ask_at:
                    leg.ask_alive(self.keep_alive.legs_limit_s)
                leg.ask_at = now + self.keep_alive.legs_s

    def _ask(self, extension: str, contact: Contact) -> None:
        def answered() -> None:
            contact.misses = 0

        def missed() -> None:
            contact.misses += 1
            # The phone may have registered anew since.
            if self.registrar.contacts.get(extension, {}).get(contact.uri) is not contact:
                return
            if contact.misses >= self.keep_alive.misses:
                self.registrar.unbind(extension, contact.uri, "keep_alive_failed")

        ask_alive(self.tm, SipURL(contact.uri), contact.source, self.keep_alive.limit_s, answered, missed)


def _secrets(account: SipAccount) -> tuple[str, str]:
    return account.ha1, account.ha1_sha256


def _is_sip(contact: Any) -> bool:
    """``tel`` is turned into an address of ours, which is no place of the phone's."""
    return str(contact.getUrl().original_uri).lower().startswith(("sip:", "sips:"))


def _uri(contact: Any) -> str:
    return str(contact.getUrl())
