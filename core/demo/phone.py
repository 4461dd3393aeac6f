"""A small SIP phone for robots: registers, calls, answers, presses keys, holds, and speaks and hears G.711.

A user agent of its own on one UDP socket (RFC 3261 over asyncio), not built on the core's signalling, so that
robot traffic and tests exercise the core from outside. For demo traffic, benchmarks and tests only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Any

from core.demo.rtp_stream import RtpStream
from core.demo.sip_text import SipMessage, digest, media_address, parse, response, sdp, tag_of, uri_of

T1_S = 0.5
T2_S = 4.0
TRANSACTION_LIMIT_S = 32.0

Address = tuple[str, int]


class PhoneCall:
    """One dialog of a phone. ``answered`` and ``ended`` are events; ``status`` is the final status of our INVITE."""

    def __init__(self, phone: Phone, call_id: str, *, ours: bool) -> None:
        self.phone = phone
        self.call_id = call_id
        self.ours = ours
        self.tag = os.urandom(6).hex()
        self.remote_tag = ""
        self.remote_uri = ""
        self.target = ""
        self.remote = ""
        self.cseq = 0
        self.status = 0
        self.ringing = asyncio.Event()
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.rtp: RtpStream | None = None
        self.invite: SipMessage | None = None
        self.sdp_version = 1
        self.headers: dict[str, str] = {}

    def describe(self, direction: str = "sendrecv") -> str:
        """Our side, as SDP."""
        assert self.rtp is not None
        phone = self.phone
        return sdp(phone.host, self.rtp.port, self.sdp_version, direction, phone.payload_type, events=phone.events)

    async def answer(self) -> None:
        """200 to an incoming INVITE, repeated until its ACK comes (RFC 3261 13.3.1.4)."""
        assert self.invite is not None
        self.rtp = await self.phone.voice.open(self.phone.host, self.phone.payload_type)
        if address := media_address(self.invite.body):
            self.rtp.start(address)
        body = self.describe()
        answer = response(self.invite, 200, "OK", tag=self.tag, contact=self.phone.contact, body=body)
        self.phone.answers[self.invite.branch] = answer
        wait = T1_S
        for _ in range(8):
            self.phone.send(answer)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.answered.wait(), wait)
                return
            wait = min(wait * 2, T2_S)

    def reject(self, status: int, reason: str) -> None:
        assert self.invite is not None
        self.phone.reply(self.invite, status, reason, tag=self.tag)
        self.finish()

    async def hang_up(self) -> None:
        """BYE, or CANCEL while our INVITE is not answered."""
        if self.ended.is_set():
            return
        if self.ours and not self.answered.is_set():
            assert self.invite is not None
            cancel = SipMessage("CANCEL", self.invite.uri)
            cancel.headers = [
                *[(k, v) for k, v in self.invite.headers if k in {"via", "from", "to", "call-id"}],
                ("cseq", f"{self.invite.cseq[0]} CANCEL"),
                ("max-forwards", "70"),
            ]
            await self.phone.request(cancel)
            return
        self.finish()
        await self.phone.request(self._in_dialog("BYE"))

    async def hold(self, *, on: bool) -> int:
        """Re-INVITE with sendonly or sendrecv (RFC 3264 8.4); the final status."""
        assert self.rtp is not None
        self.sdp_version += 1
        again = self._in_dialog("INVITE")
        again.headers += [("contact", self.phone.contact), ("content-type", "application/sdp")]
        direction = "sendonly" if on else "sendrecv"
        again.body = self.describe(direction)
        final = await self.phone.request(again)
        if final is not None and final.status < 300:
            self.phone.send(self._ack(again))
            return final.status
        return final.status if final else 408

    async def refer(self, target: str, replaces: str = "") -> int:
        """Asks the core to transfer the call (RFC 3515); the status of the REFER."""
        ask = self._in_dialog("REFER")
        uri = f"sip:{target}@{self.phone.server[0]}:{self.phone.server[1]}{replaces}"
        ask.headers += [("refer-to", f"<{uri}>"), ("contact", self.phone.contact)]
        final = await self.phone.request(ask)
        return final.status if final else 408

    def press(self, digits: str) -> None:
        """RFC 4733 events, one after the other."""
        if self.rtp is not None:
            self.rtp.press(digits)

    def finish(self) -> None:
        self.ended.set()
        self.answered.set()
        self.phone.calls.pop(self.call_id, None)
        if self.rtp is not None:
            self.rtp.close()

    def _in_dialog(self, method: str) -> SipMessage:
        self.cseq += 1
        host, port = self.phone.server
        message = SipMessage(method, self.target or f"sip:{host}:{port}")
        message.headers = [
            ("via", self.phone.via()),
            ("max-forwards", "70"),
            ("from", f"<{self.phone.uri}>;tag={self.tag}"),
            ("to", f"{self.remote};tag={self.remote_tag}" if self.remote_tag else self.remote),
            ("call-id", self.call_id),
            ("cseq", f"{self.cseq} {method}"),
        ]
        return message

    def _ack(self, invite: SipMessage, *, branch: str = "") -> SipMessage:
        ack = SipMessage("ACK", self.target or invite.uri)
        ack.headers = [
            ("via", branch or self.phone.via()),
            ("max-forwards", "70"),
            ("from", f"<{self.phone.uri}>;tag={self.tag}"),
            ("to", f"{self.remote};tag={self.remote_tag}" if self.remote_tag else self.remote),
            ("call-id", self.call_id),
            ("cseq", f"{invite.cseq[0]} ACK"),
        ]
        return ack


class Phone(asyncio.DatagramProtocol):
    """A phone at ``host`` for account ``user`` of ``server``. ``on_call`` is told of every incoming call."""

    def __init__(
        self,
        server: Address,
        user: str,
        password: str = "",
        *,
        host: str = "127.0.0.1",
        payload_type: int = 8,
        on_call: Callable[[PhoneCall], Any] | None = None,
        voice: type[RtpStream] = RtpStream,
        events: bool = True,
    ) -> None:
        self.server = server
        self.user = user
        self.password = password
        self.host = host
        self.port = 0
        self.payload_type = payload_type
        self.on_call = on_call
        self.voice = voice
        self.events = events
        self.calls: dict[str, PhoneCall] = {}
        self.answers: dict[str, SipMessage] = {}
        self._waiting: dict[tuple[str, str], asyncio.Queue[SipMessage]] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._register_id = os.urandom(8).hex()
        self._register_seq = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def uri(self) -> str:
        return f"sip:{self.user}@{self.server[0]}:{self.server[1]}"

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{self.host}:{self.port}>"

    def via(self) -> str:
        return f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{os.urandom(8).hex()};rport"

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        for call in list(self.calls.values()):
            await call.hang_up()
        for task in tuple(self._tasks):
            task.cancel()
        if self._transport is not None:
            self._transport.close()

    async def register(self, expires_s: int = 300) -> int:
        """REGISTER with the digest answer (RFC 3261 10, 22); the final status, 408 without an answer."""
        final: SipMessage | None = None
        extra: list[tuple[str, str]] = []
        host, port = self.server
        for _ in range(3):
            self._register_seq += 1
            ask = SipMessage("REGISTER", f"sip:{host}:{port}")
            ask.headers = [
                ("via", self.via()),
                ("max-forwards", "70"),
                ("from", f"<{self.uri}>;tag={os.urandom(4).hex()}"),
                ("to", f"<{self.uri}>"),
                ("call-id", self._register_id),
                ("cseq", f"{self._register_seq} REGISTER"),
                ("contact", self.contact),
                ("expires", str(expires_s)),
                *extra,
            ]
            final = await self.request(ask)
            if final is None or final.status != 401 or (extra and "stale=true" not in final.get("www-authenticate")):
                break
            extra = [("authorization", self._credentials(final, "www-authenticate", "REGISTER", ask.uri))]
        return final.status if final else 408

    async def call(self, number: str, headers: dict[str, str] | None = None) -> PhoneCall:
        """Sends the INVITE; wait for ``answered`` or ``ended`` of the call."""
        call = PhoneCall(self, os.urandom(10).hex(), ours=True)
        call.headers = headers or {}
        host, port = self.server
        call.remote = f"<sip:{number}@{host}:{port}>"
        call.rtp = await self.voice.open(self.host, self.payload_type)
        self.calls[call.call_id] = call
        self._start(self._invite(call, f"sip:{number}@{host}:{port}"))
        return call

    async def _invite(self, call: PhoneCall, uri: str) -> None:
        extra: list[tuple[str, str]] = []
        for _ in range(2):
            assert call.rtp is not None
            invite = call._in_dialog("INVITE")
            invite.uri = uri
            invite.headers += [
                ("contact", self.contact),
                *call.headers.items(),
                *extra,
                ("content-type", "application/sdp"),
            ]
            invite.body = call.describe()
            call.invite = invite
            final = await self.request(invite, call)
            if final is None:
                call.status = 408
                break
            call.status = final.status
            if final.status < 300:
                call.remote_tag, call.target = tag_of(final.get("to")), uri_of(final.get("contact"))
                self.send(call._ack(invite))
                self._hear(call, final)
                call.answered.set()
                return
            ack = call._ack(invite, branch=invite.get("via"))
            ack.uri = invite.uri
            ack.headers = [(k, final.get("to") if k == "to" else v) for k, v in ack.headers]
            self.send(ack)
            if final.status not in (401, 407) or extra:
                break
            name = "www-authenticate" if final.status == 401 else "proxy-authenticate"
            answer = "authorization" if final.status == 401 else "proxy-authorization"
            extra = [(answer, self._credentials(final, name, "INVITE", uri))]
        call.finish()

    def _credentials(self, final: SipMessage, header: str, method: str, uri: str) -> str:
        return digest(final.get(header), method, uri, self.user, self.password)

    @staticmethod
    def _hear(call: PhoneCall, message: SipMessage) -> None:
        if call.rtp is not None and (address := media_address(message.body)):
            call.rtp.start(address)

    async def request(self, message: SipMessage, call: PhoneCall | None = None) -> SipMessage | None:
        """One client transaction with retransmission (RFC 3261 17.1); the final response or ``None``."""
        key = (message.branch, message.method)
        queue: asyncio.Queue[SipMessage] = asyncio.Queue()
        self._waiting[key] = queue
        loop = asyncio.get_running_loop()
        end, wait, provisional = loop.time() + TRANSACTION_LIMIT_S, T1_S, False
        self.send(message)
        try:
            while loop.time() < end or (provisional and message.method == "INVITE"):
                try:
                    got = await asyncio.wait_for(queue.get(), None if provisional and call else wait)
                except TimeoutError:
                    if not (provisional and message.method == "INVITE"):
                        self.send(message)
                        wait = min(wait * 2, T2_S if message.method != "INVITE" else wait * 2)
                    continue
                if got.status >= 200:
                    return got
                provisional = True
                if call is not None and got.status > 100:
                    if got.body:
                        self._hear(call, got)
                    call.ringing.set()
            return None
        finally:
            # Late retransmissions of a final response are still acknowledged for a while.
            loop.call_later(TRANSACTION_LIMIT_S, self._waiting.pop, key, None)

    def send(self, message: SipMessage) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message.to_bytes(), self.server)

    def reply(self, request: SipMessage, status: int, reason: str, *, tag: str = "") -> None:
        answer = response(request, status, reason, tag=tag or os.urandom(6).hex(), contact=self.contact)
        self.answers[request.branch] = answer
        self.send(answer)

    def datagram_received(self, data: bytes, _address: Any) -> None:
        if len(data) < 20:
            return
        try:
            message = parse(data)
            if message.status:
                self._responded(message)
            else:
                self._requested(message)
        except (ValueError, IndexError):
            return

    def _responded(self, message: SipMessage) -> None:
        _, method = message.cseq
        queue = self._waiting.get((message.branch, method))
        call = self.calls.get(message.get("call-id"))
        if method == "INVITE" and 200 <= message.status < 300 and call and call.answered.is_set() and call.invite:
            # Our ACK was lost (RFC 3261 13.2.2.4).
            again = call._ack(call.invite)
            again.headers = [(k, f"{message.cseq[0]} ACK" if k == "cseq" else v) for k, v in again.headers]
            self.send(again)
        if queue is not None:
            queue.put_nowait(message)

    def _requested(self, message: SipMessage) -> None:
        if message.method == "ACK":
            if call := self.calls.get(message.get("call-id")):
                call.answered.set()
            return
        if message.method != "CANCEL" and (known := self.answers.get(message.branch)):
            self.send(known)
            return
        call = self.calls.get(message.get("call-id"))
        match message.method:
            case "INVITE" if call is None:
                self._invited(message)
            case "INVITE":
                assert call is not None
                self._reinvited(call, message)
            case "BYE" | "CANCEL":
                self.reply(message, 200, "OK")
                if call is not None:
                    if message.method == "CANCEL" and call.invite is not None:
                        self.reply(call.invite, 487, "Request Terminated", tag=call.tag)
                    call.finish()
            case "NOTIFY" | "OPTIONS" | "INFO":
                self.reply(message, 200, "OK")
            case _:
                self.reply(message, 405, "Method Not Allowed")

    def _invited(self, message: SipMessage) -> None:
        if self.on_call is None:
            self.reply(message, 486, "Busy Here")
            return
        call = PhoneCall(self, message.get("call-id"), ours=False)
        call.invite = message
        call.remote, call.remote_tag = message.get("from").split(";tag=")[0], tag_of(message.get("from"))
        call.remote_uri, call.target = uri_of(message.get("from")), uri_of(message.get("contact"))
        self.calls[call.call_id] = call
        self.reply(message, 180, "Ringing", tag=call.tag)
        outcome = self.on_call(call)
        if asyncio.iscoroutine(outcome):
            self._start(outcome)

    def _reinvited(self, call: PhoneCall, message: SipMessage) -> None:
        assert call.rtp is not None
        call.sdp_version += 1
        self._hear(call, message)
        answer = response(message, 200, "OK", tag=call.tag, contact=self.contact, body=call.describe())
        self.answers[message.branch] = answer
        self.send(answer)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
