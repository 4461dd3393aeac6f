"""Hosts sippy on asyncio: its event dispatcher and its UDP server replaced by thin shims on the running loop.

Import this module before anything else of sippy, in the thread that runs the loop. One thread, no tick: about a
third less CPU than sippy's own loop and lower latency. Every datagram is read by ``wire`` before sippy sees it, and
what cannot be taken is answered from there; the transport parameter is lower-cased before it is compared (a legal
``transport=UDP`` would otherwise leak the dialog for ever); sippy's tracebacks and prints go to a rate-limited log.
Knows nothing of legs or calls.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import socket
import sys
import time
import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any

log = logging.getLogger(__name__)

MOST_FORKS = 8  # of one INVITE, that are taken leave of
READ_AT_ONCE = 64
WORKED_AT_ONCE = 16
RECEIVE_BUFFER = 4 << 20
TRYING_AFTER_S = 0.15
COMPLAINTS_PER_MINUTE = 20
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}\Z")


def is_address(host: object) -> bool:
    """An IPv4 literal. Names are never looked up on the call path: a slow name server would stop every call."""
    return _is_ipv4(str(host))


@lru_cache(maxsize=4096)
def _is_ipv4(text: str) -> bool:
    return _IPV4.match(text) is not None


class _Timer:
    """What ``regTimer`` returns: ``go`` arms it, ``cancel`` ends it."""

    __slots__ = ("args", "call", "delay", "handle", "ticks")

    def __init__(
        self, call: Callable[..., Any], interval: Any, ticks: int | None, absolute: bool, args: tuple[Any, ...]
    ) -> None:
        self.call, self.args = call, args
        self.ticks = 1 if ticks is None else ticks
        self.delay = max(interval.monot - MonoTime().monot, 0.0) if absolute else float(interval)
        self.handle: asyncio.TimerHandle | None = None

    def go(self) -> None:
        self.handle = asyncio.get_running_loop().call_later(self.delay, self._fire)

    def cancel(self) -> None:
        if self.handle is not None:
            self.handle.cancel()
        self.handle = None

    def spread_runs(self, _spread: float) -> None:
        """Random spreading of periodic runs is not needed here."""

    def _fire(self) -> None:
        self.handle = None
        if self.ticks > 0:
            self.ticks -= 1
        if self.ticks != 0:
            self.go()
        try:
            self.call(*self.args)
        except Exception:
            complain("timer failed")


class _Dispatcher:
    """The part of sippy's ED2 that its SIP code uses."""

    def regTimer(self, call: Any, interval: Any, ticks: Any, absolute: bool, *args: Any) -> _Timer:
        return _Timer(call, interval, ticks, absolute, args)

    def callFromThread(self, call: Any, *args: Any, **kwargs: Any) -> None:
        asyncio.get_running_loop().call_soon_threadsafe(lambda: call(*args, **kwargs))

    def breakLoop(self, *_args: Any) -> None:
        """asyncio owns the loop."""


_complaints: list[float] = []


def _may_complain() -> bool:
    now = time.monotonic()
    _complaints[:] = [at for at in _complaints if now - at < 60.0]
    if len(_complaints) >= COMPLAINTS_PER_MINUTE:
        return False
    _complaints.append(now)
    return True


def complain(what: str) -> None:
    """Logs the exception at hand, at most so many a minute: bad input must not fill the disk."""
    if _may_complain():
        log.warning("%s: %r", what, sys.exc_info()[1])
        log.debug("%s", what, exc_info=True)  # noqa: LOG014 - called inside handlers


def _dump_exception(message: str, *_args: Any, **_kwargs: Any) -> None:
    complain(message)


def _note(*what: object, **_kwargs: object) -> None:
    """Stands in for ``print`` inside sippy."""
    if _may_complain():
        log.info("sippy: %s", " ".join(map(str, what))[:200])


def _names(thing: object) -> tuple[str, ...]:
    """Stands in for ``dir`` inside sippy, which only ever asks it for ``my``; a tenth of the CPU of a call."""
    return ("my",) if hasattr(thing, "my") else ()


_shim = types.ModuleType("sippy.Core.EventDispatcher")
_shim.ED2 = _Dispatcher()  # type: ignore[attr-defined]
sys.modules["sippy.Core.EventDispatcher"] = _shim

import sippy.Core.Exceptions  # noqa: E402

# Before the other modules copy the name.
sippy.Core.Exceptions.dump_exception = _dump_exception

import sippy.UA  # noqa: E402 - brings in nearly every module, for the loop below
from sippy.Network_server import Network_server, Remote_address  # noqa: E402
from sippy.SipConf import SipConf  # noqa: E402
from sippy.SipHeader import SipHeader  # noqa: E402
from sippy.SipRequest import SipRequest  # noqa: E402
from sippy.SipResponse import SipResponse  # noqa: E402
from sippy.SipTransactionManager import SipTMRetransmitO, SipTransactionManager  # noqa: E402
from sippy.SipURL import SipURL  # noqa: E402
from sippy.Time.MonoTime import MonoTime  # noqa: E402
from sippy.Udp_server import Udp_server_opts  # noqa: E402

# sippy asks libc through ctypes; the interpreter's own call gives the same clock for a tenth of the time.
sys.modules["sippy.Time.MonoTime"].clock_getdtime = time.clock_gettime  # type: ignore[attr-defined]
SipConf.my_uaname = "hotline"
for _name, _module in tuple(sys.modules.items()):
    if _name.startswith("sippy."):
        vars(_module).update(print=_note, dir=_names)

from core.telephony.signalling import intake, thrift, wire  # noqa: E402 - sippy must be there
from core.telephony.signalling.octets import octets  # noqa: E402
from core.telephony.signalling.overload import BUSY, Admission, CallsToBegin, begins_call  # noqa: E402
from core.telephony.signalling.repeats import AcceptedCall, Lately, ServerTransaction  # noqa: E402
from core.telephony.signalling.turns import Turns  # noqa: E402

thrift.apply()
intake.apply()


class AsyncUdp(Network_server):  # type: ignore[misc]
    """One bound socket read by the loop; sends at once."""

    transport = "udp"

    def __init__(self, _config: Any, options: Any) -> None:
        super().__init__(options)
        self.skt = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.skt.setblocking(False)
        self.skt.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            self.skt.bind(self.uopts.laddress)
        except OSError:
            self.skt.close()
            raise
        if self.uopts.laddress[1] == 0:
            self.uopts.laddress = self.skt.getsockname()
        self.refused = 0
        self._turns = Turns()
        self.calls = CallsToBegin()
        self._next: asyncio.Handle | None = None
        asyncio.get_running_loop().add_reader(self.skt, self._readable)

    def _readable(self) -> None:
        """Empties the socket before anything is worked on, so that a flood from one place crowds nobody else out."""
        second = int(time.monotonic())
        for _ in range(READ_AT_ONCE):
            try:
                data, address = self.skt.recvfrom(65_535)
            except OSError:
                break
            if not self._turns.put(data, address, second):
                self.refused += 1
        if self._next is None:
            self._work()

    def _work(self) -> None:
        """A few, from each place in turn, and one call that begins; then the loop goes round, with its timers."""
        self._next = None
        now, worked = time.monotonic(), time.thread_time()
        for _ in range(WORKED_AT_ONCE):
            if not self._turns:
                break
            data, address = self._turns.take()
            if begins_call(data):
                self._begin(data, address, self.calls.put(data, address, now, worked))
                continue
            if self.calls.absorbs(data, address):
                continue
            if (invite := self.calls.cancelled(data, address)) is not None:
                self._begin(invite, address, "begun")
            self._try(self.take, data, address)
        for _ in range(WORKED_AT_ONCE):
            if not self.calls:
                break
            data, address, verdict = self.calls.take(time.monotonic(), time.thread_time())
            self._begin(data, address, verdict)
            if verdict == "begun":
                break
        if self._turns or self.calls:
            self._next = asyncio.get_running_loop().call_soon(self._work)

    def _begin(self, data: bytes, address: tuple[str, int], verdict: Admission) -> None:
        if verdict != "waits":
            self._try(self.take if verdict == "begun" else self.refuse, data, address)

    def _try(self, do: Callable[[bytes, tuple[str, int]], None], data: bytes, address: tuple[str, int]) -> None:
        try:
            do(data, address)
        except Exception:
            complain(f"datagram from {address} failed")

    def refuse(self, data: bytes, address: tuple[str, int]) -> None:
        """A call that would begin, without anything being remembered of it."""
        answer = wire.refuse(data, address, BUSY)
        if answer is not None:
            self.send_to(answer.raw, (address[0], answer.port))
        if _may_complain():
            log.warning("busy: a call from %s is refused, %d so far", address, self.calls.refused)

    def take(self, data: bytes, address: tuple[str, int]) -> None:
        """What one datagram does."""
        if len(data) <= 4:
            return  # RFC 5626 keep-alive: CRLF or CRLFCRLF
        found = wire.read(data, address)
        if isinstance(found, wire.Datagram):
            self.handle_read(found, Remote_address(address, "udp"), MonoTime())
            return
        self.refused += 1
        if found is not None:
            self.send_to(found.raw, (address[0], found.port))
        if _may_complain():
            log.warning("bad datagram of %d bytes from %s refused", len(data), address)

    def send_to(self, data: bytes | str, address: Any, _delayed: bool = False) -> None:
        raw = octets(data) if isinstance(data, str) else data
        try:
            if not is_address(address[0]):
                raise ValueError("not an address")
            self.skt.sendto(raw, (str(address[0]), int(address[1] or SipConf.default_port)))
        except (OSError, ValueError, OverflowError, TypeError) as problem:
            log.debug("not sent to %s: %s", address, problem)

    def shutdown(self) -> None:
        asyncio.get_running_loop().remove_reader(self.skt)
        self._turns.clear()
        self.calls.clear()
        if self._next is not None:
            self._next.cancel()
        self.skt.close()
        self.uopts.data_callback = None

    def join(self) -> None:
        """No threads to wait for."""


# Where a socket on every address sends from, to itself.
LOCAL = "127.0.0.1"


class TransactionManager(SipTransactionManager):  # type: ignore[misc]
    """sippy's, on our socket, tolerant of an upper-case transport parameter and of names as hosts."""

    model_udp_server = (AsyncUdp, Udp_server_opts)
    tclient: dict[Any, Any]
    tserver: dict[Any, Any]
    req_consumers: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._heard: Lately[ServerTransaction] = Lately()
        self._taken: Lately[AcceptedCall] = Lately()
        super().__init__(*args, **kwargs)

    @property
    def server(self) -> AsyncUdp:
        return next(iter(self.l4r.cache_l2s.values()))  # type: ignore[no-any-return]

    def newTransaction(self, msg: Any, *args: Any, **kwargs: Any) -> Any:
        address, _transport = msg.getTarget()
        # A Contact may ask for TCP; over an edge proxy or not at all, we have only UDP.
        msg.setTarget(((str(address[0]), int(address[1] or SipConf.default_port)), "udp"))
        with thrift.putting_off(msg):
            return super().newTransaction(msg, *args, **kwargs)

    def incomingRequest(self, msg: Any, checksum: Any, tids: Any, server: Any) -> None:
        # A Via that names another address than the packet's is behind NAT: its port is of no use (RFC 3581 4).
        parameters = msg.getHFBody("via").params
        if "received" in parameters and parameters.get("rport") is None:
            parameters["rport"] = str(msg.getSource()[1])
        # What leads back to us by a trunk of ours is meant to: sippy would take it for a loop (482).
        if tids and self._is_own(msg.getSource()):
            tids = ()
        if msg.getMethod() not in ("ACK", "CANCEL") and self._again(msg, checksum, server):
            return
        if msg.getMethod() != "INVITE":
            super().incomingRequest(msg, checksum, tids, server)
            return
        with thrift.putting_off_487(msg):
            super().incomingRequest(msg, checksum, tids, server)

    def _again(self, msg: Any, checksum: Any, server: Any) -> bool:
        """A request outside a dialog that was here before: it is answered, and nothing else happens."""
        tid = msg.getTId(wBRN=True)
        if tid in self.tserver or msg.getHFBody("to").getTag() is not None:
            return False
        now, branch = time.monotonic(), tid[-1]
        key = (*tid[:-1], msg.getMethod())
        before = self._heard.get(key, now)
        if before is None or (before.refused and before.branch != branch):
            self._heard.put(key, ServerTransaction(branch), now)
            return False
        if before.branch != branch:
            merged = msg.genResponse(482, "Loop Detected", server=SipConf.my_uaname)
            merged.getHFBody("to").setTag(wire.tag_for(*map(str, tid)))
            self.transmitMsg(server, merged, merged.getHFBody("via").getTAddr(), checksum)
        elif before.said is not None:
            self.transmitData(server, *before.said, checksum)
        return True

    def handleIncoming(self, data_in: Any, ra: Any, server: Any, rtime: Any) -> None:
        """A 2xx behind the first of its INVITE is nothing that stock code knows. The rest is as there, without its log,
        its looks at NAT (ours are in ``nat``) and what ``wire`` has refused already."""
        if data_in.startswith("SIP/2.0 2"):
            number, _, method = data_in.first("cseq").partition(" ")
            if method.strip() == "INVITE":
                taken = self._taken.get((data_in.first("call-id"), int(number)), time.monotonic())
                if taken is not None:
                    self._another(SipResponse(data_in), taken, int(number), ra.address, server)
                    return
        checksum = hashlib.md5(data_in.encode("utf-8"), usedforsecurity=False).digest()
        said = self.l1rcache.get(checksum) or self.l2rcache.get(checksum)
        if said is not None:
            if said.data is not None:
                self.transmitData(said.userv, said.data, said.address)
        elif data_in.startswith("SIP/2.0 "):
            response = SipResponse(data_in)
            response.rtime = rtime
            transaction = self.tclient.get(response.getTId(True, True))
            if transaction is None:
                self.l1rcache[checksum] = SipTMRetransmitO()
                return
            response.setSource(ra)
            self.incomingResponse(response, transaction, checksum)
        else:
            request = SipRequest(data_in)
            request.rtime = rtime
            via = request.getHFBody("via")
            if via.hostname != ra.address[0]:
                via.params["received"] = ra.received
            if "rport" in via.params:
                via.params["rport"] = str(ra.address[1])
            request.setSource(ra)
            self.incomingRequest(request, checksum, request.getTIds(), server)

    def transmitData(self, userv: Any, data: Any, address: Any, cachesum: Any = None, lossemul: int = 0) -> None:
        """Stock code writes every message to a log, and loses some when told to."""
        userv.send_to(data, address)
        if cachesum is not None:
            self.l1rcache[cachesum] = SipTMRetransmitO(userv, data, address, None, lossemul)

    def incomingResponse(self, msg: Any, t: Any, checksum: Any) -> None:
        if t.method == "INVITE" and msg.getSCode()[0] // 100 == 2:
            self._taken.put((t.tid[0], t.tid[2]), AcceptedCall(msg.getHFBody("to").getTag()), time.monotonic())
        elif t.method == "INVITE" and msg.getSCode()[0] >= 300:
            t.refused = (t.ack.getRURI().getCopy(), [route.getCopy() for route in t.ack.getHFBodys("route")])
            # Another phone of a fork may answer all the same (RFC 3261 16.7, 5).
            self._taken.put((t.tid[0], t.tid[2]), AcceptedCall(None), time.monotonic())
        super().incomingResponse(msg, t, checksum)

    def timerB(self, t: Any) -> None:
        """Who takes a call that we have given up is told so."""
        if t.method == "INVITE":
            self._taken.put((t.tid[0], t.tid[2]), AcceptedCall(None), time.monotonic())
        super().timerB(t)

    def _another(self, response: Any, taken: AcceptedCall, number: int, source: Any, server: Any) -> None:
        tag = response.getHFBody("to").getTag()
        if tag == taken.tag:
            if taken.ack is not None:
                self.transmitMsg(server, *taken.ack, None)
            return
        if tag is None:
            return
        routes = [body.getCopy() for body in reversed(response.getHFBodys("record-route"))]
        contact = response.getHFBody("contact").getUrl() if response.countHFs("contact") else None
        first = routes[0].getUrl() if routes else contact
        address = first.getAddr() if first is not None and is_address(first.host) else source

        def request(method: str, cseq: int) -> Any:
            return SipRequest(
                method=method,
                ruri=contact.getCopy() if contact is not None else SipURL(host=source[0], port=source[1]),
                to=response.getHFBCopy("to"),
                fr0m=response.getHFBCopy("from"),
                callid=response.getHFBCopy("call-id"),
                cseq=cseq,
                routes=tuple(routes),
                target=(address, "udp"),
                user_agent=SipConf.my_uaname,
            )

        self.transmitMsg(server, request("ACK", number), address, None)
        if tag not in taken.others and len(taken.others) < MOST_FORKS:
            taken.others.add(tag)
            self.newTransaction(request("BYE", number + 1))

    def _is_own(self, source: tuple[str, int]) -> bool:
        address, port = self.server.uopts.laddress
        return int(source[1]) == int(port) and source[0] in (address, LOCAL)

    def sendResponse(self, resp: Any, t: Any = None, *args: Any, **kwargs: Any) -> None:
        """100 is owed only when nothing else is said within 200 ms (RFC 3261 17.2.1), as it nearly always is."""
        if t is None:
            t = self.tserver[resp.getTId(wBRN=True)]
        if resp.getSCode()[0] == 100 and t.method == "INVITE":
            t.trying = asyncio.get_running_loop().call_later(TRYING_AFTER_S, self._say_trying, resp, t)
            return
        if t.trying is not None:
            t.trying.cancel()
            t.trying = None
        key = (*t.tid[:-1], t.method)
        super().sendResponse(resp, t, *args, **kwargs)
        status = resp.getSCode()[0]
        if status >= 200 and (heard := self._heard.get(key, time.monotonic())) is not None:
            heard.refused, heard.said = status >= 300, (t.data, resp.getHFBody("via").getTAddr())

    def _say_trying(self, resp: Any, t: Any) -> None:
        t.trying = None
        if t.data is None and t.tid is not None:
            super().sendResponse(resp, t)

    def transmitReq(self, t: Any, msg: Any, address: Any, *args: Any, **kwargs: Any) -> None:
        """The ACK of a 2xx goes to the Contact; where that is a name, to where the INVITE went, and where it is behind
        NAT, to where the 2xx came from. The ACK of a refusal goes where the INVITE went and says what it said (RFC 3261
        17.1.1.3); stock code sends it to the Contact, so that a phone that forwards a call never gets it."""
        agent = getattr(t, "agent", None)
        refused = getattr(t, "refused", None)
        if msg.getMethod() == "ACK" and refused is not None:
            uri, routes = refused
            msg.setRURI(uri)
            msg.delHFs("route")
            msg.appendHeaders([SipHeader(name="route", body=route) for route in routes])
            address = t.address
        elif msg.getMethod() == "ACK" and agent is not None and agent.symmetric():
            address = agent.source
        address = address if is_address(address[0]) else t.address
        if refused is None and (taken := self._taken.get((t.tid[0], t.tid[2]), time.monotonic())) is not None:
            taken.ack = (msg, address)
        super().transmitReq(t, msg, address, *args, **kwargs)

    def abandon(self, transaction: Any) -> None:
        """Stops a client transaction whose answer no longer matters."""
        if transaction.tid is None:
            return
        for timer in (transaction.teA, transaction.teB, transaction.teC):
            if timer is not None:
                timer.cancel()
        self.tclient.pop(transaction.tid, None)
        transaction.cleanup()

    def shutdown(self) -> None:
        self.cp_timer.cancel()
        self.l4r.shutdown()
        for transaction in [*self.tclient.values(), *self.tserver.values()]:
            for name in ("teA", "teB", "teC", "teD", "teE", "teF", "teG"):
                timer = getattr(transaction, name, None)
                if timer is not None:
                    timer.cancel()
        self.tclient, self.tserver, self.req_consumers = {}, {}, {}


class Silent:
    """sippy's logger port; messages are not logged."""

    def write(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing."""
