"""Hosts sippy on asyncio: its event dispatcher and its UDP server replaced by thin shims on the running loop.

Import this module before anything else of sippy, in the thread that runs the loop. One thread, no tick: about a
third less CPU than sippy's own loop and lower latency. Datagrams travel as latin-1 text, which keeps every
byte; the transport parameter is lower-cased before it is compared (a legal ``transport=UDP`` would otherwise leak the
dialog for ever); sippy's tracebacks go to a rate-limited log.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
import types
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

LARGEST_DATAGRAM = 16_384
MOST_HEADERS = 100
NEEDED_HEADERS = (
    (b"\nvia:", b"\nv:"),
    (b"\ncall-id:", b"\ni:"),
    (b"\ncseq:",),
    (b"\nfrom:", b"\nf:"),
    (b"\nto:", b"\nt:"),
)
COMPLAINTS_PER_MINUTE = 20


class _Timer:
    """What ``regTimer`` returns: ``go`` arms it, ``cancel`` ends it."""

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


_shim = types.ModuleType("sippy.Core.EventDispatcher")
_shim.ED2 = _Dispatcher()  # type: ignore[attr-defined]
sys.modules["sippy.Core.EventDispatcher"] = _shim

from sippy.Network_server import Network_server, Remote_address  # noqa: E402
from sippy.SipConf import SipConf  # noqa: E402
from sippy.SipTransactionManager import SipTransactionManager  # noqa: E402
from sippy.Time.MonoTime import MonoTime  # noqa: E402
from sippy.Udp_server import Udp_server_opts  # noqa: E402

SipConf.autoconvert_tel_url = True
SipConf.my_uaname = "hotline"

_complaints: list[float] = []


def complain(what: str) -> None:
    """Logs the exception at hand, at most so many a minute: bad input must not fill the disk."""
    now = time.monotonic()
    _complaints[:] = [at for at in _complaints if now - at < 60.0]
    if len(_complaints) < COMPLAINTS_PER_MINUTE:
        _complaints.append(now)
        log.warning("%s", what, exc_info=True)  # noqa: LOG014 - called inside handlers


def _dump_exception(message: str, *_args: Any, **_kwargs: Any) -> None:
    complain(message)


for _name in ("sippy.SipTransactionManager", "sippy.Network_server", "sippy.Udp_server"):
    sys.modules[_name].dump_exception = _dump_exception  # type: ignore[attr-defined]


class AsyncUdp(Network_server):  # type: ignore[misc]
    """One bound socket read by the loop; sends at once."""

    transport = "udp"

    def __init__(self, _config: Any, options: Any) -> None:
        super().__init__(options)
        self.skt = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.skt.setblocking(False)
        self.skt.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.skt.bind(self.uopts.laddress)
        if self.uopts.laddress[1] == 0:
            self.uopts.laddress = self.skt.getsockname()
        asyncio.get_running_loop().add_reader(self.skt, self._readable)

    def _readable(self) -> None:
        # A burst is read in one go, yet leaves room for timers.
        for _ in range(64):
            try:
                data, address = self.skt.recvfrom(LARGEST_DATAGRAM + 1)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue
            if acceptable(data):
                self.handle_read(data.decode("latin-1"), Remote_address(address, "udp"), MonoTime())

    def send_to(self, data: bytes | str, address: Any, _delayed: bool = False) -> None:
        raw = data.encode("latin-1", "replace") if isinstance(data, str) else data
        try:
            self.skt.sendto(raw, (str(address[0]), int(address[1])))
        except (OSError, ValueError) as problem:
            log.debug("not sent to %s: %s", address, problem)

    def shutdown(self) -> None:
        asyncio.get_running_loop().remove_reader(self.skt)
        self.skt.close()
        self.uopts.data_callback = None

    def join(self) -> None:
        """No threads to wait for."""


def acceptable(data: bytes) -> bool:
    """A cheap look before parsing: what cannot be SIP never reaches the parser (RFC 3261 8.1.1 headers)."""
    if not 32 < len(data) <= LARGEST_DATAGRAM:
        return False
    head = data.partition(b"\r\n\r\n")[0].lower()
    if head.count(b"\n") > MOST_HEADERS or b"sip/2.0" not in head[:512]:
        return False
    return all(any(name in head for name in names) for names in NEEDED_HEADERS)


class TransactionManager(SipTransactionManager):  # type: ignore[misc]
    """sippy's, on our socket, tolerant of an upper-case transport parameter."""

    model_udp_server = (AsyncUdp, Udp_server_opts)

    def newTransaction(self, msg: Any, *args: Any, **kwargs: Any) -> Any:
        address, transport = msg.getTarget()
        msg.setTarget(((str(address[0]), int(address[1] or 5060)), str(transport or "udp").lower()))
        return super().newTransaction(msg, *args, **kwargs)


class Silent:
    """sippy's logger port; messages are not logged."""

    def write(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing."""
