"""One leg: a SIP dialog that comes in, or the INVITEs of a dial of which the first to answer becomes the dialog.

Turns sippy's events into our inputs and our commands into its events, and keeps the leg's SDP. Knows no call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal, Protocol

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventInfo,
    CCEventPreConnect,
    CCEventRedirect,
    CCEventRing,
    CCEventTry,
    CCEventUpdate,
)
from sippy.MsgBody import MsgBody
from sippy.SipContentType import SipContentType

from core.errors import PeerError, Unavailable
from core.ports import LegMedia
from core.telephony import inputs as inp
from core.telephony.signalling import headers, sdp
from core.telephony.signalling.agent import LegAgent, Try
from core.telephony.signalling.info import InfoKeys
from core.telephony.signalling.nat import NatMode
from core.telephony.signalling.octets import carried, octets

Destination = tuple[Any, tuple[str, int]]
# A gateway that says so, or nothing, is passed over; what it says of the number or the called party counts.
NEXT_GATEWAY = (408, 500, 502, 503, 504)
GATEWAY_REPLY_S = 3.0


class LegOwner(Protocol):
    """What a leg asks of the signalling that owns it."""

    config: dict[str, Any]
    media: LegMedia
    on_input: Callable[[inp.Input], None]

    def contact(self, user: str) -> Any:
        """Our Contact header."""

    def forget(self, leg: Leg) -> None:
        """The leg is over."""

    def leg_of_dialog(self, replaces: Any) -> inp.LegId | None:
        """The leg that a Replaces header names."""

    def follow(self, number: str, urls: list[Any]) -> list[Destination]:
        """Where a gateway's redirect may lead."""

    def nat_of(self, extension: str) -> NatMode:
        """Whether this phone, or with no extension a trunk, is behind NAT."""


class Leg:
    def __init__(self, house: LegOwner, leg_id: inp.LegId) -> None:
        self.house = house
        self.id = leg_id
        self.state: Literal["new", "early", "up", "over"] = "new"
        self.incoming = False
        self.held = False
        self.number = ""  # what we dialled outside
        self._gateways: list[Destination] = []  # those that have not been tried yet
        self._reply_s: float | None = None  # who says nothing at all within it is not there
        self.ask_at = 0.0
        self.extension = ""  # whose phone it is
        self._asking = False
        self._info_keys = InfoKeys()
        self.agents: list[LegAgent] = []  # those of a dial that may still answer
        self.agent: LegAgent | None = None  # the dialog
        self._invited: inp.LegInvited | None = None
        self._caller: tuple[str, str, tuple[Any, ...]] = ("", "", ())
        self._late = False
        self._rung = False
        self._early_media = False
        self._redirected = False
        self._worst: tuple[int, int, str] | None = None
        self._version = 0
        self._local: tuple[str, int] | None = None
        self._answer_refer: Callable[[int, str], None] | None = None
        self._session: sdp.Session | None = None

    # --- coming in ------------------------------------------------------------------------------------------

    def accept(self, req: Any, transaction: Any, invited: inp.LegInvited) -> Any:
        """The first INVITE; returns what sippy's transaction layer wants."""
        self.incoming = True
        self._invited = invited
        self.agent = self._agent()
        self.agent.lContact = self.house.contact(invited.dialled)
        return self.agent.recvRequest(req, transaction)

    # --- going out ------------------------------------------------------------------------------------------

    def dial(
        self,
        targets: list[Destination],
        caller: str,
        name: str,
        extra: tuple[Any, ...],
    ) -> None:
        """One INVITE for each ``(URL, address)``; the first to answer wins."""
        self._caller = (caller, name, extra)
        body = self.offer()
        for url, address in targets:
            agent = self._agent(nh_address=address)
            agent.no_reply_time = self._reply_s
            agent.lContact = self.house.contact(caller)
            agent.extra_headers = [headers.ALLOW, headers.SUPPORTED, *extra]
            self.agents.append(agent)
            event = Try((None, caller, url.username or caller, body, None, None))
            event.target, event.shown = url, headers.name_out(name)
            agent.recvEvent(event)

    def dial_gateways(self, gateways: list[Destination], caller: str, name: str, extra: tuple[Any, ...]) -> None:
        """One after the other, until one takes the call or says no to it."""
        self._gateways = gateways[1:]
        if self._gateways:
            self._reply_s = GATEWAY_REPLY_S
        self.dial(gateways[:1], caller, name, extra)

    # --- commands -------------------------------------------------------------------------------------------

    def ring(self, *, early_media: bool) -> None:
        if not self.incoming or self.agent is None or self._late or self.state not in ("new", "early"):
            return
        self.state = "early"
        if early_media and self._session is not None:
            self.agent.recvEvent(CCEventRing((183, "Session Progress", self._answer())))
        else:
            self.agent.recvEvent(CCEventRing((180, "Ringing", None)))

    def answer(self) -> None:
        if not self.incoming or self.agent is None or self._late or self.state not in ("new", "early"):
            return
        if self._session is None:
            # An INVITE without SDP: our offer now, the answer comes with the ACK.
            event = CCEventPreConnect((200, "OK", self.offer()))
            self._late = True
        else:
            event = CCEventConnect((200, "OK", self._answer()))
            self.state = "up"
        event.extra_headers = (headers.ALLOW, headers.SUPPORTED)
        self.agent.recvEvent(event)
        if not self._late:
            self.house.on_input(inp.LegAnswered(self.id))

    def reject(self, status: int, reason: str) -> None:
        if self.incoming and self.agent is not None and not self._late and self.state in ("new", "early"):
            self.agent.recvEvent(CCEventFail((status, headers.one_line(reason))))
            self.over()

    def hang_up(self) -> None:
        """BYE, CANCEL or 480; a 200 that crosses our CANCEL is ended by sippy's cancelling state."""
        if self.incoming and self.state in ("new", "early") and not self._late:
            self.reject(480, "Temporarily Unavailable")
            return
        agents = [self.agent] if self.agent is not None else self.agents
        for agent in agents:
            agent.recvEvent(CCEventDisconnect())
        self.over()

    def notify(self, status: int, reason: str) -> None:
        """A message/sipfrag body (RFC 3420) that tells a transferring phone how it goes."""
        if self.agent is None or self.state != "up":
            return
        self.answer_refer(202, "Accepted")
        kind = SipContentType("message/sipfrag;version=2.0")
        kind.parse()
        ended = "terminated;reason=noresource" if status >= 200 else "active;expires=60"
        extra = [headers.PlainHeader("Event", "refer"), headers.PlainHeader("Subscription-State", ended)]
        text = f"SIP/2.0 {status} {headers.one_line(reason)}\r\n"
        self.agent.request("NOTIFY", extra, MsgBody(carried(octets(text)), kind))

    def answer_refer(self, status: int, reason: str) -> None:
        """To the REFER that still waits for its answer, if one does."""
        answer, self._answer_refer = self._answer_refer, None
        if answer is not None:
            answer(status, headers.one_line(reason))

    def talk_event(self, event: str) -> None:
        """To every phone that rings, or to the one that talks."""
        extra = [headers.PlainHeader("Event", event), headers.PlainHeader("Subscription-State", "active")]
        for agent in [self.agent] if self.agent is not None else self.agents:
            if agent.early is not None or agent.isConnected():
                agent.request("NOTIFY", extra)

    def ask_alive(self, limit_s: float) -> None:
        """OPTIONS inside the dialog, one at a time; no answer within the limit is told as 408."""
        if self._asking or self.state != "up" or self.agent is None or not self.agent.isConnected():
            return
        self._asking = True

        def told(status: int) -> None:
            timer.cancel()
            self._asking = False
            if self.state == "up":
                self.house.on_input(inp.LegProbed(self.id, status))

        def late() -> None:
            self.house.config["_sip_tm"].abandon(transaction)
            told(408)

        timer = asyncio.get_running_loop().call_later(limit_s, late)
        transaction = self.agent.request("OPTIONS", [], None, lambda resp: told(resp.getSCode()[0]))

    # --- sippy's events -------------------------------------------------------------------------------------

    def event(self, event: Any, agent: LegAgent) -> None:
        if self.state == "over":
            return
        match event:
            case CCEventTry():
                self._tried(event)
            case CCEventRing():
                self._rang(event)
            case CCEventConnect() | CCEventPreConnect():
                self._connected(event, agent)
            case CCEventUpdate():
                self._updated(event, agent)
            case CCEventInfo():
                self._info(event.getData())
            case CCEventRedirect():
                self._redirect(event.getData(), agent)
            case CCEventFail():
                self._failed(event.getData()[0], headers.text_in(event.getData()[1]), agent)
            case CCEventDisconnect():
                self._disconnected(agent)

    def _tried(self, event: Any) -> None:
        assert self._invited is not None
        assert self.agent is not None
        body = event.getData()[3]
        try:
            if body is not None:
                self._negotiate(str(body), self.agent)
        except PeerError as no:
            self.reject(no.sip_status, "Not Acceptable Here" if no.sip_status == 488 else "Bad SDP")
            return
        except Unavailable:
            self.reject(503, "Service Unavailable")
            return
        self.house.on_input(self._invited)

    def _rang(self, event: Any) -> None:
        status, _reason, body = event.getData()[:3]
        if status == 100 or self.state == "up" or self.incoming:
            return
        early = False
        if body is not None and len(self.agents) == 1:
            try:
                self._negotiate(str(body), self.agents[0])
                early = True
            except PeerError:
                early = False
        self.state = "early"
        # Phones repeat 180, and several may ring: told once, and once more when tones begin.
        if not self._rung or (early and not self._early_media):
            self._rung, self._early_media = True, early
            self.house.on_input(inp.LegRinging(self.id, early))

    def _connected(self, event: Any, agent: LegAgent) -> None:
        status, _reason, body = event.getData()[:3]
        if self.agent is not None and agent is not self.agent:
            agent.recvEvent(CCEventDisconnect())
            return
        if self.state == "up":
            # The answer to the offer that a re-INVITE without SDP asked for.
            if body is not None:
                self._renegotiate(str(body), agent)
            return
        if self.agent is None:
            self.agent = agent
            for other in self.agents:
                if other is not agent:
                    other.recvEvent(CCEventDisconnect())
            self.agents = []
        try:
            if body is not None:
                self._negotiate(str(body), agent)
            if self._session is None:
                raise PeerError("No SDP in the answer.", sip_status=488)
        except PeerError:
            self._give_up(488, "no common codec")
            return
        if status == "ACK" and not self._late:
            return
        self._late = False
        self.state = "up"
        self.house.on_input(inp.LegAnswered(self.id))

    def _give_up(self, status: int, reason: str) -> None:
        """We end a leg that its peer has just accepted."""
        incoming = self.incoming
        self.hang_up()
        self.house.on_input(inp.LegEnded(self.id, "failed") if incoming else inp.LegFailed(self.id, status, reason))

    def _updated(self, event: Any, agent: LegAgent) -> None:
        """A re-INVITE: hold, resume, a new address."""
        if agent is not self.agent:
            return
        try:
            self._negotiate(str(event.getData()), agent)
        except PeerError as no:
            agent.recvEvent(CCEventFail((no.sip_status, "Not Acceptable Here")))
            return
        agent.recvEvent(CCEventConnect((200, "OK", self._answer())))
        self._say_held()

    def _renegotiate(self, body: str, agent: LegAgent) -> None:
        try:
            self._negotiate(body, agent)
        except PeerError:
            return
        self._say_held()

    def _say_held(self) -> None:
        assert self._session is not None
        if self._session.held != self.held:
            self.held = self._session.held
            self.house.on_input(inp.LegHeld(self.id) if self.held else inp.LegUnheld(self.id))

    def _info(self, body: Any) -> None:
        if body is not None and (digit := self._info_keys.take(body.getType() or "", octets(str(body)))):
            self.house.on_input(inp.DigitPressed(self.id, digit, "info"))

    def _redirect(self, data: Any, agent: LegAgent) -> None:
        """RFC 3261 8.1.3.4. A gateway's is followed once; where a phone's leads is not for us to say."""
        if self.incoming or self.state == "up" or agent not in self.agents:
            return
        urls = [address.url for address in data[3] or ()]
        if self.number:
            targets = [] if self._redirected else self.house.follow(self.number, urls)
            self._redirected = True
            if targets:
                self.dial(targets, *self._caller)
            self._failed(data[0], "redirected", agent)
            return
        target = next((url.username for url in urls if url.username), None)
        if target is None:
            self._failed(data[0], "redirected", agent)
            return
        for other in self.agents:
            if other is not agent:
                other.recvEvent(CCEventDisconnect())
        self.agents = []
        self.over()
        self.house.on_input(inp.LegDiverted(self.id, headers.text_in(target)))

    def _failed(self, status: int, reason: str, agent: LegAgent) -> None:
        if self.state == "up" or self.incoming or agent not in self.agents:
            return
        self.agents.remove(agent)
        if self._gateways and not self.agents and not self._rung and status in NEXT_GATEWAY:
            self.dial_gateways(self._gateways, *self._caller)
            return
        verdict = (_weight(status), status, reason)
        if self._worst is None or verdict[0] < self._worst[0]:
            self._worst = verdict
        if status >= 600:
            # RFC 3261 21.6: nobody else needs to be asked.
            for other in self.agents:
                other.recvEvent(CCEventDisconnect())
            self.agents = []
        if not self.agents:
            self.over()
            self.house.on_input(inp.LegFailed(self.id, self._worst[1], self._worst[2]))

    def _disconnected(self, agent: LegAgent) -> None:
        if self.agent is None:
            self._failed(503 if agent.unanswered else 487, "ended", agent)
            return
        if agent is not self.agent:
            return
        cancelled = self.incoming and self.state != "up"
        self.over()
        self.house.on_input(inp.LegEnded(self.id, "cancel" if cancelled else "bye"))

    def referred(self, target: str, replaces: Any, answer: Callable[[int, str], None]) -> None:
        """Answered by the floor's first word: a refusal, or 202 and a NOTIFY."""
        if self.state != "up":
            answer(603, "Decline")
            return
        self._answer_refer = answer
        other = self.house.leg_of_dialog(replaces) if replaces is not None else None
        if replaces is not None and other is None:
            # RFC 3891 3: a call that is gone cannot be replaced.
            self.answer_refer(202, "Accepted")
            self.notify(481, "Call/Transaction Does Not Exist")
            return
        self.house.on_input(inp.TransferRequested(self.id, headers.text_in(target), other))
        self.answer_refer(202, "Accepted")

    def dialogs(self) -> list[tuple[str, str | None, str | None]]:
        """Call-ID, our tag, the peer's tag."""
        return [agent.getCID() for agent in ([self.agent] if self.agent is not None else self.agents)]

    # --- SDP ------------------------------------------------------------------------------------------------

    def offer(self) -> Any:
        """A fresh offer; RFC 3264 8: its version must be higher than the last one's."""
        self._version += 1
        ip, port = self._address()
        return MsgBody(sdp.write(ip, port, self._version))

    def _answer(self) -> Any:
        ip, port = self._address()
        return MsgBody(sdp.write(ip, port, self._version, answer_to=self._session))

    def _address(self) -> tuple[str, int]:
        if self._local is None:
            self._local = self.house.media.open(self.id)
        return self._local

    def _negotiate(self, text: str, agent: LegAgent) -> None:
        session = sdp.read(text, agent.source[0] if agent.source is not None else "").keeping(self._session)
        self._address()
        if session != self._session:
            self._version += 1
            self._session = session
            self.house.media.connect(self.id, session.media)

    def _agent(self, **kwargs: Any) -> LegAgent:
        agent = LegAgent(self.house.config, event_cb=self.event, **kwargs)
        agent.leg = self
        agent.nat = self.house.nat_of(self.extension)
        agent.local_ua = "hotline"
        return agent

    def over(self) -> None:
        if self.state != "over":
            self.state = "over"
            self.house.media.close(self.id)
            self.house.forget(self)

    def drop(self) -> None:
        """After an exception: nothing of the leg may stay."""
        for agent in [*self.agents, *([self.agent] if self.agent is not None else [])]:
            agent.kill()
        self.over()


def _weight(status: int) -> int:
    """Of several phones' refusals the most telling is reported: declined, busy, others, away, forwarded."""
    if status >= 600:
        return 0
    if status == 486:
        return 1
    if status in (408, 480, 487):
        return 3
    return 2 if status >= 400 else 4
