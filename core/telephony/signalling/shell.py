"""The shell around sippy: requests in become inputs, commands become requests out. No call rules.

Phones are known by digest, trunks by address. Every leg is one ``Leg``; this class finds it, and does what
belongs to no dialog: REGISTER, OPTIONS, keep-alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sippy.SipHeader import SipHeader
from sippy.SipRequest import SipRequest
from sippy.SipURL import SipURL

from core.errors import Unavailable
from core.events import new_uid
from core.ports import LegMedia
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import host
from core.telephony.signalling.digest import Digest, parse
from core.telephony.signalling.leg import Leg, make_contact
from core.telephony.signalling.registrar import LONGEST_S, SHORTEST_S, USUAL_S, Contact, Registrar
from core.telephony.site import Site

log = logging.getLogger(__name__)

KEEP_ALIVE_EVERY_S = 30.0
KEEP_ALIVE_LIMIT_S = 4.0
MISSES_ALLOWED = 2
BAD_ATTEMPTS = 30
BAD_WINDOW_S = 60.0
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, REFER, NOTIFY"


class Signalling:
    """See ``core.telephony.commands`` for what it obeys and ``inputs`` for what it tells."""

    def __init__(
        self,
        bind: tuple[str, int],
        site: Callable[[], Site],
        media: LegMedia,
        on_input: Callable[[inp.Input], None],
        state_dir: Path,
    ) -> None:
        self.bind = bind
        self.site = site
        self.media = media
        self.on_input = on_input
        self.registrar = Registrar(state_dir / "registrations.json", on_input)
        self.config: dict[str, Any] = {}
        self.digest = Digest(site().realm)
        self._legs: dict[inp.LegId, Leg] = {}
        self._bad: dict[str, deque[float]] = {}
        self._rings: dict[inp.LegId, asyncio.TimerHandle] = {}
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.config.update(
            {
                "_sip_address": self.bind[0],
                "_sip_port": self.bind[1],
                "_sip_logger": host.Silent(),
            },
        )
        self.tm = host.TransactionManager(self.config, self._request)
        self.config["_sip_tm"] = self.tm
        self.registrar.restore(time.time())
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        for leg in list(self._legs.values()):
            leg.hang_up()
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        # Let the BYEs of the calls above leave the socket.
        await asyncio.sleep(0.05)
        self.tm.shutdown()

    @property
    def port(self) -> int:
        """The bound port, of interest when 0 was asked for."""
        server = next(iter(self.tm.l4r.cache_l2s.values()))
        return int(server.uopts.laddress[1])

    def legs_up(self) -> int:
        return len(self._legs)

    def contacts(self, extension: str) -> list[str]:
        return [contact.uri for contact in self.registrar.of(extension, time.time())]

    def contact(self, user: str) -> Any:
        return make_contact(user, self.bind[0], self.port)

    # --- commands -------------------------------------------------------------------------------------------

    def execute(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.Dial):
            self._dial(command)
            return
        leg = self._legs.get(command.leg)  # type: ignore[attr-defined]
        if leg is None:
            return
        match command:
            case cmd.Ring():
                leg.ring(early_media=command.early_media)
            case cmd.Answer():
                leg.answer()
            case cmd.Reject():
                leg.reject(command.status, command.reason)
            case cmd.HangUp():
                leg.hang_up()
            case cmd.TransferProgress():
                leg.notify(command.status, command.reason)
            case cmd.TalkEvent():
                leg.talk_event(command.event)

    def _dial(self, command: cmd.Dial) -> None:
        targets = self._targets(command)
        if not targets:
            asyncio.get_running_loop().call_soon(self.on_input, inp.LegFailed(command.leg, 480, "not registered"))
            return
        leg = Leg(self, command.leg)
        self._legs[leg.id] = leg
        headers: dict[str, str] = {}
        if command.auto_answer:
            headers["Call-Info"] = "<sip:hotline>;answer-after=0"
        if command.demo:
            headers["X-Hotline-Demo"] = "1"
        try:
            leg.dial(targets, command.caller or "anonymous", command.caller_name, headers)
        except (Unavailable, ValueError, OSError) as problem:
            log.warning("dialling failed: %s", problem)
            leg.over()
            asyncio.get_running_loop().call_soon(self.on_input, inp.LegFailed(command.leg, 503, str(problem)))
            return
        self._rings[leg.id] = asyncio.get_running_loop().call_later(command.ring_s, self._ring_over, leg)

    def _targets(self, command: cmd.Dial) -> list[tuple[Any, tuple[str, int]]]:
        if command.extension is not None:
            found = []
            for contact in self.registrar.of(command.extension, time.time()):
                url = SipURL(contact.uri)
                found.append((url, contact.source))
            return found
        trunk = self.site().trunks.get(command.trunk or "")
        if trunk is None or not trunk.gateway:
            return []
        ip, _, port = trunk.gateway.partition(":")
        address = (ip, int(port or 5060))
        return [(SipURL(username=command.number, host=address[0], port=address[1]), address)]

    def _ring_over(self, leg: Leg) -> None:
        if leg.state in ("new", "early"):
            leg.hang_up()
            self.on_input(inp.LegFailed(leg.id, 408, "no answer"))

    def forget(self, leg: Leg) -> None:
        self._legs.pop(leg.id, None)
        if (timer := self._rings.pop(leg.id, None)) is not None:
            timer.cancel()

    def leg_of_dialog(self, replaces: Any) -> inp.LegId | None:
        """The leg that a Replaces header names (RFC 3891): its tags are seen from the peer that wrote it."""
        for leg in self._legs.values():
            if leg.agent is None:
                continue
            call_id, ours, theirs = leg.agent.getCID()
            if call_id == replaces.call_id and {ours, theirs} == {replaces.from_tag, replaces.to_tag}:
                return leg.id
        return None

    # --- requests outside a dialog ------------------------------------------------------------------------------

    def _request(self, req: Any, transaction: Any) -> Any:
        try:
            match req.getMethod():
                case "INVITE":
                    return self._invite(req, transaction)
                case "REGISTER":
                    return (self._register(req), None, None)
                case "OPTIONS":
                    response = req.genResponse(200, "OK", server="hotline")
                    response.appendHeader(SipHeader(f"Allow: {ALLOW}"))
                    return (response, None, None)
                case "BYE" | "NOTIFY" | "INFO" | "REFER" | "UPDATE":
                    return (req.genResponse(481, "Call/Transaction Does Not Exist"), None, None)
                case _:
                    return (req.genResponse(405, "Method Not Allowed"), None, None)
        except (ValueError, AttributeError, IndexError, KeyError, TypeError):
            host.complain(f"bad request from {req.getSource()}")
            return (req.genResponse(400, "Bad Request"), None, None)

    def _invite(self, req: Any, transaction: Any) -> Any:
        if req.getHFBody("to").getTag():
            return (req.genResponse(481, "Call/Transaction Does Not Exist"), None, None)
        if req.countHFs("contact") != 1 or req.getHFBody("contact").asterisk:
            return (req.genResponse(400, "Missing or Bad Contact"), None, None)
        if any("100rel" in str(body).lower() for body in req.getHFBodys("require")):
            refused = req.genResponse(420, "Bad Extension")
            refused.appendHeader(SipHeader("Unsupported: 100rel"))
            return (refused, None, None)
        caller = req.getHFBody("from").getUrl().username or "anonymous"
        site, ip = self.site(), req.getSource()[0]
        if caller in site.accounts:
            refusal = self._refusal(req, caller, "proxy-authorization", 407)
            if refusal is not None:
                return (refusal, None, None)
            kind, origin = "extension", caller
        else:
            origin = next((trunk.id for trunk in site.trunks.values() if _matches(trunk.peers, req.getSource())), "")
            if not origin:
                log.info("INVITE from unknown %s refused", ip)
                return (req.genResponse(403, "Forbidden"), None, None)
            kind = "trunk"
        replaces = self.leg_of_dialog(req.getHFBody("replaces")) if req.countHFs("replaces") else None
        leg = Leg(self, inp.LegId(new_uid()))
        self._legs[leg.id] = leg
        invited = inp.LegInvited(
            leg.id,
            req.getRURI().username or "",
            caller,
            _display_name(req),
            kind,  # type: ignore[arg-type]
            origin,
            replaces,
            demo=any("1" in str(body) for body in req.getHFBodys("x-hotline-demo")),
        )
        try:
            return leg.accept(req, transaction, invited)
        except Exception:
            leg.over()
            raise

    def _register(self, req: Any) -> Any:
        extension = req.getHFBody("to").getUrl().username or ""
        refusal = self._refusal(req, extension, "authorization", 401)
        if refusal is not None:
            return refusal
        now = time.time()
        call_id, cseq = str(req.getHFBody("call-id")), req.getHFBody("cseq").getCSeqNum()
        usual = _number(req.getHFBody("expires").getNum(), USUAL_S) if req.countHFs("expires") else USUAL_S
        for body in req.getHFBodys("contact"):
            if body.asterisk:
                self.registrar.unbind(extension, None, "asked")
                continue
            uri = str(body.getUrl())
            wanted = _number(_parameters(body).get("expires", usual), usual)
            if wanted == 0:
                self.registrar.unbind(extension, uri, "asked")
                continue
            if wanted < SHORTEST_S:
                brief = req.genResponse(423, "Interval Too Brief")
                brief.appendHeader(SipHeader(f"Min-Expires: {SHORTEST_S}"))
                return brief
            expires = min(wanted, LONGEST_S)
            self.registrar.bind(extension, Contact(uri, tuple(req.getSource()), now + expires, call_id, cseq), now)
        response = req.genResponse(200, "OK", server="hotline")
        for contact in self.registrar.of(extension, now):
            response.appendHeader(SipHeader(f"Contact: <{contact.uri}>;expires={int(contact.expires_at - now)}"))
        return response

    def _refusal(self, req: Any, extension: str, header: str, status: int) -> Any:
        """``None`` when the digest is right, else the response to send."""
        ip = req.getSource()[0]
        account = self.site().accounts.get(extension)
        if self._too_many(ip):
            return req.genResponse(403, "Too Many Attempts")
        given = _raw_header(req, header)
        verdict = "none"
        if given:
            right_user = account is not None and parse(given).get("username") == extension
            verdict = self.digest.check(given, req.getMethod(), account.ha1) if right_user and account else "bad"
        if verdict == "good":
            return None
        if verdict == "bad":
            self._bad.setdefault(ip, deque(maxlen=BAD_ATTEMPTS)).append(time.monotonic())
        response = req.genResponse(status, "Unauthorized" if status == 401 else "Proxy Authentication Required")
        name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
        response.headers.append(_PlainHeader(name, self.digest.challenge(stale=verdict == "stale")))
        return response

    def _too_many(self, ip: str) -> bool:
        tries = self._bad.get(ip)
        return tries is not None and len(tries) == BAD_ATTEMPTS and time.monotonic() - tries[0] < BAD_WINDOW_S

    # --- keep-alive -----------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE_EVERY_S)
            self.registrar.expire(time.time())
            for extension in list(self.registrar.contacts):
                for contact in self.registrar.of(extension, time.time()):
                    self._ping(extension, contact)
            for leg in list(self._legs.values()):
                if leg.state == "up":
                    leg.ping(lambda status, leg=leg: self._pinged(leg, status))

    def _pinged(self, leg: Leg, status: int) -> None:
        if status in (408, 481) and leg.state == "up":
            leg.hang_up()
            self.on_input(inp.LegEnded(leg.id, "dead_peer"))

    def _ping(self, extension: str, contact: Contact) -> None:
        answered = asyncio.Event()
        req = SipRequest(
            method="OPTIONS",
            ruri=SipURL(contact.uri),
            target=(contact.source, "udp"),
            user_agent="hotline",
        )
        self.tm.newTransaction(req, resp_cb=lambda resp: answered.set() if resp.getSCode()[0] != 408 else None)

        def look() -> None:
            contact.misses = 0 if answered.is_set() else contact.misses + 1
            if contact.misses >= MISSES_ALLOWED:
                self.registrar.unbind(extension, contact.uri, "keep_alive_failed")

        asyncio.get_running_loop().call_later(KEEP_ALIVE_LIMIT_S, look)


def _matches(peers: tuple[str, ...], source: tuple[str, int]) -> bool:
    return any(peer in (source[0], f"{source[0]}:{source[1]}") for peer in peers)


def _display_name(req: Any) -> str:
    name = req.getHFBody("from").getUri().name or ""
    return str(name).strip('"').encode("latin-1", "replace").decode("utf-8", "replace")


def _number(value: Any, usual: int) -> int:
    found = re.match(r"\d+", str(value))
    return int(found.group()) if found else usual


def _parameters(contact: Any) -> dict[str, Any]:
    """The contact header's own parameters, whatever form sippy holds them in."""
    return dict(contact.getUri().params)


def _raw_header(req: Any, name: str) -> str:
    """The header as it came: sippy's own parser of it fails on commas inside quotes."""
    for header in req.headers:
        if header.name == name:
            return str(header.body)
    return ""


class _PlainHeader:
    """A header written as given; for the challenge, whose quoting sippy gets wrong."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name.lower(), value
        self._text = f"{name}: {value}"

    def __str__(self) -> str:
        return self._text

    def localStr(self, *_args: Any, **_kwargs: Any) -> str:
        return self._text

    def getCopy(self) -> _PlainHeader:
        return self
