"""sippy's user agent with the overrides that its edges need. Each override says what the stock code does wrong.

Knows dialogs, not legs: what happens is told to ``leg``, the owner.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sippy.CCEvents import CCEventDisconnect, CCEventTry
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipReplaces import SipReplaces
from sippy.SipURL import SipURL
from sippy.UA import UA
from sippy.UaStateConnected import UaStateConnected
from sippy.UaStateDisconnected import UaStateDisconnected

from core.telephony.signalling import headers, host, nat
from core.telephony.signalling.nat import NatMode


class Owner(Protocol):
    """What the user agent asks of its leg."""

    def offer(self) -> Any:
        """A body with a new offer of ours."""

    def referred(self, target: str, replaces: Any, answer: Callable[[int, str], None]) -> None:
        """REFER came; ``answer`` sends its final response."""


def _refer(state: Any, req: Any) -> None:
    """RFC 3515: 202, then NOTIFY as the transfer goes on, or a refusal; sippy's own would hang up at once."""
    if req.countHFs("refer-to") != 1:
        req.sendResponse(400, "Bad Request")
        return
    url = req.getHFBody("refer-to").getUrl()
    if not url.username:
        req.sendResponse(400, "Bad Refer-To")
        return
    replaces = next((value for key, value in (url.headers or {}).items() if key.lower() == "replaces"), None)
    state.ua.leg.referred(url.username, read_replaces(replaces) if replaces else None, req.sendResponse)


def _invite_again(state: Any, req: Any) -> Any:
    """A re-INVITE may move the peer (RFC 3261 12.2.2), which sippy ignores; one without SDP asks for our offer
    (14.2), which sippy takes for hold."""
    ua = state.ua
    if ua.offering:
        # RFC 3261 14.2: our offer of the last one still waits for its answer.
        req.sendResponse(491, "Request Pending")
        return None
    if not ua.routes and req.countHFs("contact") == 1:
        ua.rTarget = req.getHFBody("contact").getUrl().getCopy()
        ua.rAddr = ua.rTarget.getTAddr()
    if req.getBody() is not None:
        return UaStateConnected._recvRequestInvite(state, req)
    ua.uasResp = req.genResponse(100, "Trying", server=ua.local_ua)
    ua.global_config["_sip_tm"].sendResponse(ua.uasResp)
    ua.lSDP = ua.leg.offer()
    ua.offering = True
    ua.sendUasResponse(200, "OK", ua.lSDP, (ua.lContact,), ack_wait=True)
    return None


class Connected(UaStateConnected):  # type: ignore[misc]
    recv_request_handlers = {  # noqa: RUF012 - sippy's own form
        **UaStateConnected.recv_request_handlers,
        "REFER": _refer,
        "INVITE": _invite_again,
    }


class LegAgent(UA):  # type: ignore[misc]
    """``source`` is where the peer's last message came from; ``early`` the tag and target of its provisional;
    ``offering`` while an offer of ours waits for the answer in the ACK; ``unacked`` while a 200 of ours waits for its
    ACK, and ``parting`` the hang-up that waits for it too."""

    UaStateConnected = Connected
    leg: Owner
    rCSeq: int | None  # noqa: N815 - sippy's name
    rAddr: Any  # noqa: N815 - sippy's name
    rUri: Any  # noqa: N815 - sippy's name
    rTarget: Any  # noqa: N815 - sippy's name
    source: tuple[str, int] | None = None
    nat: NatMode = ""
    unanswered = False
    early: tuple[str, Any] | None = None
    offering = False
    unacked = False
    _ack_speaks = False
    parting: CCEventDisconnect | None = None

    def sendUasResponse(self, scode: int, *args: Any, ack_wait: bool = False, **kwargs: Any) -> None:
        """The ACK is waited for after every 200; when it never comes, the call ends (RFC 3261 13.3.1.4, 14.2)."""
        if scode // 100 == 2:
            transaction = self.global_config["_sip_tm"].tserver[self.uasResp.getTId(wBRN=True)]
            super().sendUasResponse(scode, *args, ack_wait=True, **kwargs)
            self.unacked, self._ack_speaks = True, ack_wait
            transaction.noack_cb = self._never_acked
        else:
            super().sendUasResponse(scode, *args, ack_wait=ack_wait, **kwargs)

    def recvACK(self, req: Any) -> None:
        self.offering = self.unacked = False
        if self._ack_speaks:
            super().recvACK(req)
        self._part()

    def recvEvent(self, event: Any) -> None:
        """No BYE before the ACK of our 200, or before its time is over (RFC 3261 15)."""
        if self.unacked and isinstance(event, CCEventDisconnect) and self.isConnected():
            self.parting = event
            return
        super().recvEvent(event)

    def _never_acked(self) -> None:
        if not self.unacked:
            # It was no 200 that the peer left without its ACK: a refusal ends by itself.
            return
        self.unacked = False
        if self.parting is None:
            self.disconnect()
        self._part()

    def _part(self) -> None:
        event, self.parting = self.parting, None
        if event is not None and self.isConnected():
            super().recvEvent(event)

    def recvRequest(self, req: Any, transaction: Any) -> Any:
        """sippy drops a method that its state does not know: the peer would repeat it for half a minute.

        What an INVITE leads to is often sent before this returns, and the transaction then takes its callbacks from
        what is returned: the watch over the ACK has to stand there too.
        """
        result = self._receive_request(req, transaction)
        if result is None or req.getMethod() != "INVITE":
            return result
        response, cancelled, _unwatched = result
        return response, cancelled, self._never_acked

    def _receive_request(self, req: Any, transaction: Any) -> Any:
        self.source = req.getSource()
        method, state = req.getMethod(), self.state
        over = isinstance(state, UaStateDisconnected)
        if (state is None or method in ("INVITE", "BYE", "ACK") or method in state.recv_request_handlers) and not (
            over and method != "BYE"
        ):
            return super().recvRequest(req, transaction)
        if over:
            return (req.genResponse(481, "Call/Transaction Does Not Exist", server=self.local_ua), None, None)
        number = req.getHFBody("cseq").getCSeqNum()
        if self.rCSeq is not None and self.rCSeq >= number:
            return (req.genResponse(500, "Out of Order", server=self.local_ua), None, None)
        self.rCSeq = number
        return (unsupported(req), None, None)

    def recvResponse(self, resp: Any, transaction: Any) -> None:
        if resp.source is not None:
            self.source = resp.getSource()
        if 100 < resp.getSCode()[0] < 200 and (tag := resp.getHFBody("to").getTag()):
            target = resp.getHFBody("contact").getUrl().getCopy() if resp.countHFs("contact") else None
            self.early = (tag, target)
        super().recvResponse(resp, transaction)

    def genRequest(self, *args: Any, **kwargs: Any) -> Any:
        """A Contact that names a host, or an address behind NAT, is answered at the address that it sends from."""
        if self.source is not None and (self.symmetric() or not host.is_address(self.rAddr[0][0])):
            self.rAddr = (self.source, "udp")
        return super().genRequest(*args, **kwargs)

    def symmetric(self) -> bool:
        """What belongs to the dialog goes to where the peer's messages come from, not to its Contact."""
        if self.source is None or self.routes or self.rTarget is None:
            return False
        return nat.symmetric(self.nat, str(self.rTarget.host), self.source[0])

    def newTransaction(self, req: Any, *args: Any, **kwargs: Any) -> Any:
        """The transaction knows its dialog: the ACK of a 2xx is sent by it, and has to go the same way."""
        transaction = super().newTransaction(req, *args, **kwargs)
        transaction.agent = self
        return transaction

    def no_reply_expires(self) -> None:
        """Nobody there: the leg tries another gateway."""
        self.unanswered = True
        super().no_reply_expires()

    def request(self, method: str, extra: list[Any], body: Any = None, on_response: Any = None) -> Any:
        """One request inside the dialog, also inside the early one of a phone that rings."""
        to, target = self.rUri, self.rTarget
        if to.getTag() is None and self.early is not None:
            self.rUri = to.getCopy()
            self.rUri.setTag(self.early[0])
            self.rTarget = self.early[1] or target
        try:
            req = self.genRequest(method, body, extra_headers=extra)
        finally:
            self.rUri, self.rTarget = to, target
        return self.newTransaction(req, resp_cb=on_response or (lambda _resp: None))

    def kill(self) -> None:
        """For a dialog that broke while it was made: sippy must forget it."""
        if self.cId is not None and not self.isDead():
            self.changeState((self.UaStateDead,))


class Try(CCEventTry):  # type: ignore[misc]
    """Sends the INVITE to the whole registered contact, its parameters included, with a quoted display name."""

    target: Any = None
    shown: headers.QuotedName | None = None

    def onUacSetupComplete(self, uac: Any) -> None:
        if self.target is not None:
            uac.rTarget = self.target
        uac.lUri.getUri().name = self.shown


OF_A_CALL = ("BYE", "INFO", "REFER", "NOTIFY")


def unsupported(req: Any) -> Any:
    """OPTIONS is always answered; what is of a call needs one (RFC 3261 15.1.2, RFC 6086 4.2.2: 481); other methods are
    not ours (405) or nobody's (501)."""
    method = req.getMethod()
    if method == "OPTIONS":
        response = req.genResponse(200, "OK", server="hotline")
    elif method in OF_A_CALL and req.getHFBody("to").getTag() is None:
        return req.genResponse(481, "Call/Transaction Does Not Exist", server="hotline")
    elif method in ("UPDATE", "PRACK", "MESSAGE", "SUBSCRIBE", "PUBLISH", *headers.ALLOWED):
        response = req.genResponse(405, "Method Not Allowed", server="hotline")
    else:
        response = req.genResponse(501, "Not Implemented", server="hotline")
    response.appendHeaders([headers.ALLOW, headers.ACCEPT, headers.SUPPORTED])
    return response


def read_replaces(value: str) -> Any:
    """RFC 3891: call-id and the two tags."""
    replaces = SipReplaces(value)
    replaces.parse()
    return replaces


def make_contact(user: str, address: tuple[str, int]) -> Any:
    return SipContact(address=SipAddress(url=SipURL(username=user, host=address[0], port=address[1])))
