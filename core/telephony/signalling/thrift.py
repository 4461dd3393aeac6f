"""What sippy does dearer than a call needs, done cheaper: names of its modules replaced, behaviour kept.

A two-leg call is a dozen messages; parsing and printing them is nearly all that signalling costs. Each stand-in says
what the stock code spends. ``host`` applies them when it brings sippy in. Knows nothing of legs or calls.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sippy.SipHeader import SipHeader
from sippy.SipMsg import SipMsg
from sippy.SipTransactionManager import SipTransaction
from sippy.Time.clock_dtime import CLOCK_MONOTONIC
from sippy.Time.MonoTime import MonoTime

from core.telephony.signalling import intake

CHANCE_BYTES = 4096


class Tokens:
    """``secrets.token_hex`` from a supply: tags and branches (RFC 3261 19.3) cost a system call only now and then."""

    def __init__(self) -> None:
        self._supply = ""
        self._at = 0

    def __call__(self, size: int = 16) -> str:
        end = self._at + 2 * size
        if end > len(self._supply):
            self._supply, self._at, end = os.urandom(CHANCE_BYTES).hex(), 0, 2 * size
        token, self._at = self._supply[self._at : end], end
        return token


def _body(message: Any, name: str, idx: int = 0) -> Any:
    """Stock code collects every header of the name to take one; this is asked for a hundred times a call."""
    for header in message.headers:
        if header.name == name:
            if idx == 0:
                if type(header) is not SipHeader:
                    return header.getBody()
                body = header.body
                if not body.parsed:
                    body.parse()
                return body
            idx -= 1
    raise IndexError(name)


def _body_copy(message: Any, name: str, idx: int = 0) -> Any:
    for header in message.headers:
        if header.name == name:
            if idx == 0:
                return header.getBCopy()
            idx -= 1
    raise IndexError(name)


def _text(message: Any, local_addr: Any = None, compact: bool = False) -> str:
    """Stock code adds to one text, header by header, each by way of three methods."""
    lines = [message.getSL(local_addr)]
    for header in message.headers:
        if type(header) is SipHeader:
            body = header.body
            lines.append(f"{body.getCanName(header.name, compact)}: {body.localStr(local_addr)}")
        else:
            lines.append(header.localStr(local_addr, compact))
    text = "" if message.body is None else message.body.localStr(local_addr)
    if message.body is not None:
        lines.append(f"{'c' if compact else 'Content-Type'}: {message.body.mtype}")
    lines += (f"{'l' if compact else 'Content-Length'}: {len(text)}", "", text)
    return "\r\n".join(lines)


class _Later:
    """An attribute that holds how to make its value until somebody asks for it."""

    def __init__(self, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, owner: Any, _kind: type) -> Any:
        value = vars(owner).get(self.name)
        if isinstance(value, LazyMessage):
            value = vars(owner)[self.name] = value.make()
        return value

    def __set__(self, owner: Any, value: Any) -> None:
        vars(owner)[self.name] = value


class LazyMessage:
    """A message that can be made from the request it answers or ends."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class Transaction(SipTransaction):  # type: ignore[misc]
    """Stock code makes an ACK, a CANCEL, a 408 or a 487 beforehand for every transaction; most are never sent."""

    ack = _Later("ack")
    cancel = _Later("cancel")
    r408 = _Later("r408")
    r487 = _Later("r487")
    trying: Any = None


@contextmanager
def putting_off(request: Any) -> Iterator[None]:
    """Inside, what may have to be sent about a request of ours is only promised."""
    ack, cancel, response = request.genACK, request.genCANCEL, request.genResponse
    request.genACK = lambda: LazyMessage(ack)
    request.genCANCEL = lambda: LazyMessage(cancel)
    request.genResponse = lambda *what: LazyMessage(lambda: response(*what))
    try:
        yield
    finally:
        del request.genACK, request.genCANCEL, request.genResponse


@contextmanager
def putting_off_487(request: Any) -> Iterator[None]:
    """Inside, the answer to a CANCEL that may come for a peer's request is only promised."""
    response = request.genResponse

    def promised(status: int, reason: str, *more: Any, **named: Any) -> Any:
        if status == 487:
            return LazyMessage(lambda: response(status, reason, *more, **named))
        return response(status, reason, *more, **named)

    request.genResponse = promised
    try:
        yield
    finally:
        del request.genResponse


def _named(message: Any) -> tuple[str, str | None, int, str]:
    """Call-ID, tag of From, number and method, in one pass."""
    call_id = tag = cseq = None
    for header in message.headers:
        name = header.name
        if name == "call-id":
            call_id = header.body.body
        elif name == "from":
            if not header.body.parsed:
                header.body.parse()
            tag = header.body.address.params.get("tag")
        elif name == "cseq":
            cseq = header.body
            if not cseq.parsed:
                cseq.parse()
    if call_id is None or cseq is None:
        raise IndexError("call-id or cseq")
    return call_id, tag, cseq.cseq, cseq.method


def _transaction_id(message: Any, wCSM: bool = False, wBRN: bool = False, wTTG: bool = False) -> tuple[Any, ...]:  # noqa: N803
    """Stock code makes a dictionary of the headers first."""
    call_id, tag, sequence, method = _named(message)
    found = [call_id, tag, sequence]
    if wCSM:
        found.append(method)
    if wBRN:
        found.append(_body(message, "via").getBranch())
    if wTTG:
        found.append(_body(message, "to").getTag())
    return tuple(found)


def _transaction_ids(message: Any) -> tuple[tuple[Any, ...], ...]:
    """One for each Via; there is hardly ever more than one."""
    call_id, tag, sequence, method = _named(message)
    return tuple((call_id, tag, sequence, method, via.getBranch()) for via in message.getHFBodys("via"))


def _moment(moment: Any, s: Any = None, monot: Any = None, realt: Any = None, trust_realt: bool = False) -> None:
    """Stock code smooths the difference of two clocks at every look; nobody here asks for the second one."""
    if s is monot is realt is None:
        moment.monot = time.clock_gettime(CLOCK_MONOTONIC)
        moment.realt = moment.monot + moment.globals.realt_flt.lastval
        return
    _stock_moment(moment, s, monot, realt, trust_realt)


_stock_moment = MonoTime.__init__


def apply() -> None:
    """Into every module of sippy that is there by now."""
    stand_ins = {"token_hex": Tokens(), "quote": intake.quote, "unquote": intake.unquote}
    for name, module in tuple(sys.modules.items()):
        if name.startswith("sippy."):
            names = vars(module)
            names.update({key: value for key, value in stand_ins.items() if key in names})
    vars(sys.modules["sippy.SipTransactionManager"])["SipTransaction"] = Transaction
    MonoTime.__init__ = _moment
    SipMsg.localStr = _text
    SipMsg.getTId = _transaction_id
    SipMsg.getTIds = _transaction_ids
    SipMsg.getHFBody = _body
    SipMsg.getHFBCopy = _body_copy
