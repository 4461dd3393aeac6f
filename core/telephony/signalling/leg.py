"""One SIP dialog on sippy's user agent, with the overrides that its edges need (docs/decisions/sippy.md).

Turns sippy's events into our inputs and our commands into its events, and keeps the leg's SDP. Knows no call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventInfo,
    CCEventPreConnect,
    CCEventRing,
    CCEventTry,
    CCEventUpdate,
)
from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipContentType import SipContentType
from sippy.SipHeader import SipHeader
from sippy.SipReplaces import SipReplaces
from sippy.SipURL import SipURL
from sippy.UA import UA
from sippy.UaStateConnected import UaStateConnected

from core.errors import PeerError, Unavailable
from core.telephony import inputs as inp
from core.telephony.signalling import host, sdp

if TYPE_CHECKING:
    from core.telephony.signalling.shell import Signalling

INFO_TYPES = ("application/dtmf-relay", "application/dtmf")
DIGITS = "0123456789*#ABCD"


def _refer(state: Any, req: Any) -> None:
    """RFC 3515: 202, then NOTIFY as the transfer goes on; sippy's own would hang up at once."""
    if req.countHFs("refer-to") == 0:
        req.sendResponse(400, "Bad Request")
        return
    url = req.getHFBody("refer-to").getUrl()
    req.sendResponse(202, "Accepted")
    replaces = (url.headers or {}).get("Replaces") or (url.headers or {}).get("replaces")
    state.ua.leg.referred(url.username or "", SipReplaces(replaces) if replaces else None)


def _refuse_method(_state: Any, req: Any) -> None:
    """sippy drops what it does not know; the peer would repeat it for half a minute."""
    req.sendResponse(405, "Method Not Allowed")


def _late_offer(state: Any, req: Any) -> Any:
    """A re-INVITE without SDP asks for our offer (RFC 3261 14.2); sippy takes it for hold."""
    ua = state.ua
    if req.getBody() is not None:
        return UaStateConnected._recvRequestInvite(state, req)
    ua.uasResp = req.genResponse(100, "Trying", server=ua.local_ua)
    ua.global_config["_sip_tm"].sendResponse(ua.uasResp)
    ua.sendUasResponse(200, "OK", ua.leg.offer(), (ua.lContact,), ack_wait=True)
    return None


class Connected(UaStateConnected):  # type: ignore[misc]
    recv_request_handlers = {  # noqa: RUF012 - sippy's own form
        **UaStateConnected.recv_request_handlers,
        "REFER": _refer,
        "INVITE": _late_offer,
        "UPDATE": _refuse_method,
        "MESSAGE": _refuse_method,
        "PRACK": _refuse_method,
        "SUBSCRIBE": _refuse_method,
        "NOTIFY": _refuse_method,
    }


class LegAgent(UA):  # type: ignore[misc]
    """sippy's user agent with our connected state; ``leg`` is its owner."""

    UaStateConnected = Connected
    leg: Leg


class _Try(CCEventTry):  # type: ignore[misc]
    """Sends the INVITE to the whole registered contact, its parameters included."""

    target: Any = None
    number: str = ""

    def onUacSetupComplete(self, uac: Any) -> None:
        if self.target is not None:
            uac.rTarget = self.target


class Leg:
    """``state``: new, early, up, over."""

    def __init__(self, house: Signalling, leg_id: inp.LegId) -> None:
        self.house = house
        self.id = leg_id
        self.state = "new"
        self.incoming = False
        self.held = False
        self.late = False
        self.version = 1
        self.local: tuple[str, int] | None = None
        self.session: sdp.Session | None = None
        self.agents: list[LegAgent] = []
        self.agent: LegAgent | None = None
        self.pending: int = 0
        self.last_status = 480
        self.invited: inp.LegInvited | None = None

    # --- coming in ------------------------------------------------------------------------------------------

    def accept(self, req: Any, transaction: Any, invited: inp.LegInvited) -> Any:
        """The first INVITE; returns what sippy's transaction layer wants."""
        self.incoming = True
        self.invited = invited
        agent = self._agent()
        agent.lContact = self.house.contact(invited.dialled)
        self.agent = agent
        return agent.recvRequest(req, transaction)

    # --- going out ------------------------------------------------------------------------------------------

    def dial(self, targets: list[tuple[Any, tuple[str, int]]], caller: str, name: str, headers: dict[str, str]) -> None:
        """One INVITE for each ``(URL, address)``; the first to answer wins."""
        self.pending = len(targets)
        for url, address in targets:
            agent = self._agent(nh_address=address)
            agent.lContact = self.house.contact(caller)
            agent.extra_headers = [SipHeader(f"{key}: {value}") for key, value in headers.items()] or None
            self.agents.append(agent)
            event = _Try(
                (None, caller, url.username or caller, self.offer(), None, f'"{quoted(name)}"' if name else None)
            )
            event.target = url
            agent.recvEvent(event)

    # --- commands -------------------------------------------------------------------------------------------

    def ring(self, *, early_media: bool) -> None:
        if self.agent is not None and self.state in ("new", "early"):
            self.state = "early"
            body = self._answer() if early_media and self.session else None
            self.agent.recvEvent(CCEventRing((183 if body else 180, "Session Progress" if body else "Ringing", body)))

    def answer(self) -> None:
        if self.agent is None or self.state not in ("new", "early"):
            return
        if self.session is None:
            self.late = True
            self.agent.recvEvent(CCEventPreConnect((200, "OK", self.offer())))
            return
        self.agent.recvEvent(CCEventConnect((200, "OK", self._answer())))
        self.state = "up"
        self.house.on_input(inp.LegAnswered(self.id))

    def reject(self, status: int, reason: str) -> None:
        if self.agent is not None and self.state != "up":
            self.agent.recvEvent(CCEventFail((status, reason)))
            self.over()

    def hang_up(self) -> None:
        if self.incoming and self.state != "up" and not self.late and self.agent is not None:
            self.agent.recvEvent(CCEventFail((480, "Temporarily Unavailable")))
        else:
            for agent in [self.agent, *self.agents]:
                if agent is not None:
                    agent.recvEvent(CCEventDisconnect())
        self.over()

    def notify(self, status: int, reason: str) -> None:
        """A message/sipfrag body (RFC 3420) that tells a transferring phone how it goes."""
        if self.agent is None or self.state != "up":
            return
        kind = SipContentType("message/sipfrag;version=2.0")
        kind.parse()
        ended = "terminated;reason=noresource" if status >= 200 else "active;expires=60"
        headers = [SipHeader("Event: refer"), SipHeader(f"Subscription-State: {ended}")]
        self._request("NOTIFY", headers, MsgBody(f"SIP/2.0 {status} {reason}\r\n", kind))

    def talk_event(self, event: str) -> None:
        if self.agent is not None and self.state == "up":
            self._request("NOTIFY", [SipHeader(f"Event: {event}"), SipHeader("Subscription-State: active")], None)

    def ping(self, on_status: Callable[[int], None]) -> None:
        """OPTIONS inside the dialog: 481 or silence means that the peer is dead."""
        if self.agent is not None and self.agent.isConnected():
            self._request("OPTIONS", [], None, lambda resp: on_status(resp.getSCode()[0]))

    def _request(self, method: str, headers: list[Any], body: Any, on_response: Any = None) -> None:
        assert self.agent is not None
        req = self.agent.genRequest(method, body, extra_headers=headers)
        self.agent.global_config["_sip_tm"].newTransaction(req, resp_cb=on_response or (lambda _resp: None))

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
            case CCEventFail():
                self._failed(event.getData()[0], agent)
            case CCEventDisconnect():
                self._disconnected(agent)

    def _tried(self, event: Any) -> None:
        assert self.invited is not None
        body = event.getData()[3]
        try:
            if body is not None:
                self._negotiate(sdp.read(str(body)))
        except (PeerError, Unavailable) as no:
            status = no.sip_status if isinstance(no, PeerError) else 503
            assert self.agent is not None
            self.agent.recvEvent(CCEventFail((status, "Not Acceptable Here" if status == 488 else "Unavailable")))
            self.over()
            return
        self.house.on_input(self.invited)

    def _rang(self, event: Any) -> None:
        status, _reason, body = event.getData()[:3]
        if status == 100 or self.state == "up":
            return
        early = False
        if body is not None and len(self.agents) == 1:
            try:
                self._negotiate(sdp.read(str(body)))
                early = True
            except PeerError:
                early = False
        self.state = "early"
        self.house.on_input(inp.LegRinging(self.id, early))

    def _connected(self, event: Any, agent: LegAgent) -> None:
        status, _reason, body = event.getData()[:3]
        if self.state == "up":
            if body is not None:
                self._renegotiate(str(body))
            return
        if self.agent is None:
            self.agent = agent
            for other in self.agents:
                if other is not agent:
                    other.recvEvent(CCEventDisconnect())
        try:
            if body is not None:
                self._negotiate(sdp.read(str(body)))
        except PeerError:
            self.hang_up()
            self.house.on_input(inp.LegFailed(self.id, 488, "no common codec"))
            return
        if status == "ACK" and not self.late:
            return
        self.late = False
        self.state = "up"
        self.house.on_input(inp.LegAnswered(self.id))

    def _updated(self, event: Any, agent: LegAgent) -> None:
        """A re-INVITE: hold, resume, a new address."""
        try:
            session = sdp.read(str(event.getData()))
        except PeerError as no:
            agent.recvEvent(CCEventFail((no.sip_status, "Not Acceptable Here")))
            return
        self.version += 1
        self._negotiate(session)
        agent.recvEvent(CCEventConnect((200, "OK", self._answer())))
        self._say_held()

    def _renegotiate(self, body: str) -> None:
        try:
            self._negotiate(sdp.read(body))
        except PeerError:
            return
        self._say_held()

    def _say_held(self) -> None:
        assert self.session is not None
        if self.session.held != self.held:
            self.held = self.session.held
            self.house.on_input(inp.LegHeld(self.id) if self.held else inp.LegUnheld(self.id))

    def _info(self, body: Any) -> None:
        if body is None or body.getType() not in INFO_TYPES:
            return
        text = str(body)
        digit = next(
            (line.partition("=")[2].strip() for line in text.splitlines() if line.lower().startswith("signal")),
            text.strip(),
        ).upper()
        digit = {"10": "*", "11": "#"}.get(digit, digit)
        if len(digit) == 1 and digit in DIGITS:
            self.house.on_input(inp.DigitPressed(self.id, digit, "info"))

    def _failed(self, status: int, agent: LegAgent) -> None:
        if self.state == "up" or self.incoming:
            return
        self.last_status = min(self.last_status, status) if self.last_status != 480 else status
        self.pending -= 1
        if agent in self.agents:
            self.agents.remove(agent)
        if self.pending <= 0:
            self.over()
            self.house.on_input(inp.LegFailed(self.id, self.last_status))

    def _disconnected(self, agent: LegAgent) -> None:
        if self.agent is None:
            self._failed(487, agent)
            return
        if agent is not self.agent:
            return
        cancelled = self.incoming and self.state != "up"
        self.over()
        self.house.on_input(inp.LegEnded(self.id, "cancel" if cancelled else "bye"))

    def referred(self, target: str, replaces: Any) -> None:
        other = self.house.leg_of_dialog(replaces) if replaces is not None else None
        self.house.on_input(inp.TransferAsked(self.id, target, other))

    # --- SDP ------------------------------------------------------------------------------------------------

    def offer(self) -> Any:
        ip, port = self._local()
        return MsgBody(sdp.write(ip, port, self.version))

    def _answer(self) -> Any:
        ip, port = self._local()
        return MsgBody(sdp.write(ip, port, self.version, answer_to=self.session))

    def _local(self) -> tuple[str, int]:
        if self.local is None:
            self.local = self.house.media.open(self.id)
        return self.local

    def _negotiate(self, session: sdp.Session) -> None:
        self._local()
        self.session = session
        self.house.media.connect(self.id, session.media)

    def _agent(self, **kwargs: Any) -> LegAgent:
        agent = LegAgent(self.house.config, event_cb=self.event, **kwargs)
        agent.leg = self
        agent.local_ua = "hotline"
        return agent

    def over(self) -> None:
        if self.state != "over":
            self.state = "over"
            self.house.media.close(self.id)
            self.house.forget(self)


def quoted(name: str) -> str:
    """A display name for a quoted string (RFC 3261 25.1), in UTF-8 carried as latin-1."""
    return name.replace("\\", "\\\\").replace('"', '\\"').encode().decode("latin-1")


def make_contact(user: str, ip: str, port: int) -> Any:
    return SipContact(address=SipAddress(url=SipURL(username=user, host=ip, port=port)))


__all__ = ["Leg", "host", "make_contact"]
