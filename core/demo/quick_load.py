"""Calls for benchmarks at a fraction of what a phone of ``phone`` costs: so that the core is measured, not its peers.

Two bare sockets in a process of its own: all callers behind one, all agents behind the other. Messages are cut by
search, repeated as RFC 3261 17 asks, and what came of every call is counted. No voice is sent.

``python -m core.demo.quick_load HOST:PORT NUMBER AGENTS`` reads orders as JSON lines, ``{"rate": calls a second}`` or
``{"at_once": calls}`` with ``"seconds"``, and answers each with one JSON line.
"""

from __future__ import annotations

import heapq
import json
import os
import re
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from core.demo.sip_text import SipMessage, digest, parse, sdp

T1_S, T2_S = 0.5, 4.0
LIMIT_S = 32.0
WARM_S = 1.0
READ_AT_ONCE = 64
BUFFER = 8 << 20
HOST = "127.0.0.1"
_CALLER = re.compile(rb"\r\nFrom:[^\r]*sip:138(\d{8})@", re.IGNORECASE)
_STATUS = slice(8, 11)

Address = tuple[str, int]


@dataclass(slots=True)
class LoadCall:
    """One call as its caller sees it."""

    number: int
    began: float
    call_id: bytes
    invite: bytes
    wait: float = T1_S
    status: int = 0
    to: bytes = b""
    target: bytes = b""
    bye: bytes = b""
    bridged_at: float = 0.0


@dataclass(slots=True)
class Seen:
    """``said`` counts final answers by status, 408 for none; ``after_s`` lists from INVITE to the agent's ACK."""

    offered: int = 0
    bridged: int = 0
    in_time: int = 0
    repeats: int = 0
    said: Counter[int] = field(default_factory=Counter)
    after_s: list[float] = field(default_factory=list)


class QuickLoad:
    """``server`` is the core; calls to ``number`` ring one of ``agents`` (their passwords are their names)."""

    def __init__(self, server: Address, number: str, agents: list[str]) -> None:
        self.server, self.number, self.agents = server, number, agents
        self.callers, self.phones, self.voice = _bound(), _bound(), _bound(4096)
        self.port, self.phone_port = self.callers.getsockname()[1], self.phones.getsockname()[1]
        self.body = sdp(HOST, self.voice.getsockname()[1], 1, events=True).encode()
        self.salt = os.urandom(4).hex()
        self.calls: dict[bytes, LoadCall] = {}
        self.by_number: dict[int, LoadCall] = {}
        self.answers: dict[bytes, bytes] = {}
        self.timers: list[tuple[float, int, bytes, str]] = []
        self.counter = self.placed = 0
        self.seen = Seen()
        self.window = (0.0, 0.0)
        self.at_once = 0
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.callers, selectors.EVENT_READ, self._to_caller)
        self.ready.register(self.phones, selectors.EVENT_READ, self._to_phone)

    def sign_on(self) -> int:
        """How many of the agents registered."""
        self.phones.settimeout(2.0)
        done = sum(self._register(agent) for agent in self.agents)
        self.phones.setblocking(False)
        return done

    def _register(self, agent: str) -> bool:
        host, port = self.server
        extra: list[tuple[str, str]] = []
        for cseq in (1, 2):
            ask = SipMessage("REGISTER", f"sip:{host}:{port}")
            ask.headers = [
                ("via", f"SIP/2.0/UDP {HOST}:{self.phone_port};branch=z9hG4bK{os.urandom(6).hex()};rport"),
                ("from", f"<sip:{agent}@{host}>;tag={self.salt}"),
                ("to", f"<sip:{agent}@{host}>"),
                ("call-id", f"r{agent}{self.salt}"),
                ("cseq", f"{cseq} REGISTER"),
                ("contact", f"<sip:{agent}@{HOST}:{self.phone_port}>"),
                ("expires", "3600"),
                ("max-forwards", "70"),
                *extra,
            ]
            self.phones.sendto(ask.to_bytes(), self.server)
            while True:
                try:
                    answer = parse(self.phones.recv(65_535))
                except TimeoutError:
                    return False
                if answer.get("call-id") == f"r{agent}{self.salt}" and answer.cseq[0] == cseq:
                    break
            if answer.status == 200:
                return True
            challenge = answer.get("www-authenticate")
            extra = [("authorization", digest(challenge, "REGISTER", f"sip:{host}:{port}", agent, agent))]
        return False

    # --- orders ---------------------------------------------------------------------------------------------

    def run(self, seconds: float, rate: float = 0.0, at_once: int = 0) -> dict[str, Any]:
        """Calls at a rate, or so many at any time, each hung up as soon as its agent has answered. What is bridged is
        counted between ``WARM_S`` and the end of the offering; then everything is waited for."""
        self.seen, self.at_once = Seen(), at_once
        cpu, began = time.process_time(), time.monotonic()
        self.window = (began + WARM_S, began + seconds)
        due = began
        for _ in range(at_once):
            self._place()
        while (now := time.monotonic()) < began + seconds:
            while rate and due <= now:
                self._place()
                due += 1 / rate
            self._turn(min(due - now, 0.05) if rate else 0.05)
        self.at_once = 0
        while self.calls and time.monotonic() < began + seconds + LIMIT_S + 4.0:
            self._turn(0.05)
        seen, after = self.seen, sorted(self.seen.after_s)
        return {
            "offered": seen.offered,
            "offered_per_s": round(seen.offered / seconds, 1),
            "bridged": seen.bridged,
            "bridged_per_s": round(seen.in_time / (seconds - WARM_S), 1),
            "answers": {str(status): count for status, count in sorted(seen.said.items())},
            "no_end": len(self.calls),
            "repeats": seen.repeats,
            "invite_to_bridge_ms": {
                name: round(1000 * after[min(int(part * len(after)), len(after) - 1)], 1) if after else None
                for name, part in (("p50", 0.5), ("p95", 0.95))
            },
            "generator_cpu_s": round(time.process_time() - cpu, 2),
            "seconds": round(time.monotonic() - began, 1),
        }

    def _place(self) -> None:
        self.placed += 1
        n, call_id = self.placed, f"c{self.placed}-{self.salt}".encode()
        head = (
            f"INVITE sip:{self.number}@{self.server[0]}:{self.server[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK{n}i{self.salt};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:138{n:08d}@{HOST}>;tag={n}\r\nTo: <sip:{self.number}@{self.server[0]}>\r\n"
            f"Call-ID: {call_id.decode()}\r\nCSeq: 1 INVITE\r\nContact: <sip:138{n:08d}@{HOST}:{self.port}>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        call = LoadCall(n, time.monotonic(), call_id, head.encode() + self.body)
        self.calls[call_id] = self.by_number[n] = call
        self.seen.offered += 1
        self.callers.sendto(call.invite, self.server)
        self._later(call.wait, call_id, "invite")

    def _later(self, after_s: float, what: bytes, kind: str) -> None:
        self.counter += 1
        heapq.heappush(self.timers, (time.monotonic() + after_s, self.counter, what, kind))

    def _turn(self, wait_s: float) -> None:
        now = time.monotonic()
        while self.timers and self.timers[0][0] <= now:
            _due, _n, what, kind = heapq.heappop(self.timers)
            self._again(what, kind, now)
        if self.timers:
            wait_s = min(wait_s, self.timers[0][0] - now)
        for key, _events in self.ready.select(max(wait_s, 0.0)):
            for _ in range(READ_AT_ONCE):
                try:
                    data = key.fileobj.recv(65_535)  # type: ignore[union-attr]
                except BlockingIOError:
                    break
                key.data(data)

    def _again(self, what: bytes, kind: str, now: float) -> None:
        """What has not been answered is sent again, until nobody waits any more."""
        if kind == "answer":
            if what in self.answers:
                self.phones.sendto(self.answers[what], self.server)
                self._later(T2_S / 4, what, kind)
            return
        call = self.calls.get(what)
        if call is None or (kind == "invite" and call.status):
            return
        if kind == "limit" or now - call.began > LIMIT_S:
            self._over(call, 408 if call.status < 200 else call.status)
            return
        self.seen.repeats += 1
        self.callers.sendto(call.invite if kind == "invite" else call.bye, self.server)
        call.wait = 2 * call.wait if kind == "invite" else min(2 * call.wait, T2_S)
        self._later(min(call.wait, max(call.began + LIMIT_S - now, 0.0) + 0.01), what, kind)

    def _over(self, call: LoadCall, status: int) -> None:
        self.calls.pop(call.call_id, None)
        self.by_number.pop(call.number, None)
        self.seen.said[status] += 1
        if self.at_once:
            self._place()

    # --- a caller -------------------------------------------------------------------------------------------

    def _to_caller(self, data: bytes) -> None:
        call = self.calls.get(_value(data, b"Call-ID"))
        if not data.startswith(b"SIP/2.0 "):
            if data.startswith((b"BYE", b"OPTIONS")):
                self.callers.sendto(_response(data, b"200 OK", b""), self.server)
            if call is not None and data.startswith(b"BYE"):
                self._over(call, 200 if call.bridged_at else 480)
            return
        status, about = int(data[_STATUS]), _value(data, b"CSeq")
        if b"INVITE" not in about:
            if call is not None and status >= 200:
                self._over(call, 200)
            return
        if status < 200:
            if call is not None and not call.status:
                call.status = status
                self._later(LIMIT_S, call.call_id, "limit")
            return
        number = int(_value(data, b"From").rpartition(b"tag=")[2])
        ack = self._request(b"ACK", number, data, branch=b"i" if status >= 300 else b"a")
        self.callers.sendto(ack, self.server)
        if call is None or call.status >= 200:
            return
        call.status = status
        if status >= 300:
            self._over(call, status)
            return
        call.bye = self._request(b"BYE", number, data, branch=b"b")
        self._later(LIMIT_S, call.call_id, "limit")
        if call.bridged_at:
            self._hang_up(call)

    def _request(self, method: bytes, n: int, answer: bytes, *, branch: bytes) -> bytes:
        contact = _value(answer, b"Contact").strip(b"<>") or f"sip:{self.number}@{self.server[0]}".encode()
        salt = self.salt.encode()
        return b"\r\n".join(
            (
                method + b" " + contact + b" SIP/2.0",
                b"Via: SIP/2.0/UDP %s:%d;branch=z9hG4bK%d%s%s;rport" % (HOST.encode(), self.port, n, branch, salt),
                b"Max-Forwards: 70",
                b"From: " + _value(answer, b"From"),
                b"To: " + _value(answer, b"To"),
                b"Call-ID: " + _value(answer, b"Call-ID"),
                b"CSeq: %d %s" % (2 if method == b"BYE" else 1, method),
                b"Content-Length: 0\r\n\r\n",
            )
        )

    def _bridged(self, number: int) -> None:
        call = self.by_number.get(number)
        if call is None or call.bridged_at:
            return
        now = call.bridged_at = time.monotonic()
        self.seen.bridged += 1
        self.seen.in_time += self.window[0] <= now < self.window[1]
        self.seen.after_s.append(now - call.began)
        if call.status >= 200:
            self._hang_up(call)

    def _hang_up(self, call: LoadCall) -> None:
        call.wait = T1_S
        self.callers.sendto(call.bye, self.server)
        self._later(T1_S, call.call_id, "bye")

    # --- an agent's phone -----------------------------------------------------------------------------------

    def _to_phone(self, data: bytes) -> None:
        if data.startswith(b"SIP/2.0 "):
            return
        call_id = _value(data, b"Call-ID")
        if data.startswith(b"ACK"):
            self.answers.pop(call_id, None)
            if (found := _CALLER.search(data)) is not None:
                self._bridged(int(found.group(1)))
        elif data.startswith(b"INVITE"):
            if call_id not in self.answers:
                self.phones.sendto(_response(data, b"180 Ringing", b"p", contact=self._contact()), self.server)
                self.answers[call_id] = _response(data, b"200 OK", b"p", contact=self._contact(), body=self.body)
                self._later(T1_S, call_id, "answer")
            self.phones.sendto(self.answers[call_id], self.server)
        else:
            if data.startswith(b"CANCEL"):
                self.answers.pop(call_id, None)
            self.phones.sendto(_response(data, b"200 OK", b"p"), self.server)

    def _contact(self) -> bytes:
        return b"<sip:phone@%s:%d>" % (HOST.encode(), self.phone_port)


def _bound(buffer: int = BUFFER) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    found.bind((HOST, 0))
    found.setblocking(False)
    return found


def _value(data: bytes, name: bytes) -> bytes:
    """The first header of this name, written as the core writes it."""
    at = data.find(b"\r\n" + name + b": ")
    if at < 0:
        return b""
    at += len(name) + 4
    return data[at : data.find(b"\r\n", at)]


def _response(request: bytes, status: bytes, tag: bytes, *, contact: bytes = b"", body: bytes = b"") -> bytes:
    to = _value(request, b"To")
    if tag and b";tag=" not in to:
        to += b";tag=" + tag
    lines = [
        b"SIP/2.0 " + status,
        b"Via: " + _value(request, b"Via"),
        b"From: " + _value(request, b"From"),
        b"To: " + to,
        b"Call-ID: " + _value(request, b"Call-ID"),
        b"CSeq: " + _value(request, b"CSeq"),
    ]
    lines += [b"Contact: " + contact] if contact else []
    lines += [b"Content-Type: application/sdp"] if body else []
    return b"\r\n".join((*lines, b"Content-Length: %d" % len(body), b"", body))


def main() -> None:
    server, number, agents = sys.argv[1:4]
    host, _, port = server.partition(":")
    load = QuickLoad((host, int(port)), number, agents.split(","))
    _say({"signed_on": load.sign_on()})
    for line in sys.stdin:
        _say(load.run(**json.loads(line)))


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
