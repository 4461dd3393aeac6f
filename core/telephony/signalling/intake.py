"""sippy's messages made of what ``wire`` has read: its parsers replaced from outside, the package stays as it is.

Stock code cuts a message with ``splitlines``, which also cuts at 0x85, VT, FF and 0x1C, strips octets that happen to be
white space in latin-1, and writes From and To anew in its own way. Here the parts come from ``wire`` and
``addresses``, and From and To leave as the peer wrote them (RFC 3261 8.2.6.2). ``host`` applies it before the first
message. Knows nothing of legs or calls.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from sippy.MsgBody import DEFAULT_CTYPE, MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipAddressHF import SipAddressHF
from sippy.SipConf import SipConf
from sippy.SipContentType import SipContentType
from sippy.SipFrom import SipFrom
from sippy.SipGenericHF import SipGenericHF
from sippy.SipHeader import SipHeader, hf_types
from sippy.SipMsg import SipMsg
from sippy.SipRequest import SipRequest
from sippy.SipURL import USERNAME_SAFE, SipURL
from sippy.SipVia import SipVia

from core.telephony.signalling import addresses, bodies, wire
from core.telephony.signalling.octets import carried, octets


@lru_cache(maxsize=4096)
def quote(text: str, safe: str = "/") -> str:
    """Octets are escaped as they are, whatever encoding they are in."""
    return quote_from_bytes(octets(text), safe)


@lru_cache(maxsize=4096)
def unquote(text: str) -> str:
    return carried(unquote_to_bytes(octets(text)))


class Written(SipAddress):  # type: ignore[misc]
    """An address of From or To that leaves as it came; a tag of ours is only added to it."""

    written: str | None = None

    def setParam(self, name: str, value: str | None = None) -> None:
        if self.written is not None:
            addition = f";{name}" if value is None else f";{name}={value}"
            self.written = None if name in self.params else self.written + addition
        super().setParam(name, value)

    def delParam(self, name: str) -> None:
        self.written = None
        super().delParam(name)

    def localStr(self, local_addr: Any = None) -> str:
        return super().localStr(local_addr) if self.written is None else self.written


def _copied_address(address: Any) -> Any:
    copy = address.__class__.__new__(address.__class__)
    names = vars(copy)
    names.update(vars(address))
    names.update(params=dict(address.params), url=address.url.getCopy(), params_order=address.params_order[:])
    return copy


def _parse_address(header: Any) -> None:
    found = addresses.address(header.body)
    parameters = dict(found.parameters)
    kind = Written if isinstance(header, SipFrom) else SipAddress
    made = kind.__new__(kind)
    made.name, made.url, made.hadbrace = found.name or None, SipURL(found.uri), found.bracketed
    made.params, made.params_order = parameters, list(parameters)
    if kind is Written:
        made.written = header.body
    header.address, header.parsed = made, True


def _address_header(header: Any, body: str | None = None, address: Any = None) -> None:
    """Stock code looks for comma lists here, at the whole text again for every comma; ``wire`` has cut them."""
    SipGenericHF.__init__(header, body)
    if body is None:
        header.parsed, header.address = True, address


def _url(url: Any, text: str | None = None, **parts: Any) -> None:
    if text is None:
        _stock_url(url, **parts)
        return
    read = _read_url(text)
    names = vars(url)
    names.update(read)
    names["other"], names["userparams"] = read["other"][:], read["userparams"][:]
    if read["headers"]:
        names["headers"] = dict(read["headers"])


@lru_cache(maxsize=addresses.REMEMBERED)
def _read_url(text: str) -> dict[str, Any]:
    """The attributes of an address that comes again and again."""
    url = SipURL.__new__(SipURL)
    found = addresses.uri(text if ":" in text else f"sip:{text}")
    if found.scheme == "tel":
        _stock_url(url, username=unquote(found.user or ""))
    else:
        _stock_url(
            url,
            username=None if found.user is None else unquote(found.user.partition(";")[0]),
            userparams=(found.user or "").split(";")[1:],
            password=found.password,
            host=found.host,
            port=found.port,
            scheme=found.scheme,
        )
        url.setParams([name if value is None else f"{name}={value}" for name, value in found.parameters])
    if found.headers:
        url.headers = {name: unquote(value) for name, value in found.headers}
    url.original_uri = text
    return dict(vars(url))


def _copied_url(url: Any) -> Any:
    """As stock code does it, by way of no parameters."""
    copy = SipURL.__new__(SipURL)
    names = vars(copy)
    names.update(vars(url))
    names.update(scheme="sip", original_uri=None, other=url.other[:], userparams=url.userparams[:])
    return copy


def _url_text(url: Any, local_addr: Any = None) -> str:
    """The usual address in one go: a user at a host and port, nothing behind it."""
    bare = url.usertype is url.transport is url.ttl is url.maddr is url.method is url.tag is url.password is None
    if not bare or url.other or url.lr or url.headers or url.userparams or type(url.host) is not str:
        return str(_stock_url_text(url, local_addr))
    port = url.port
    if port is not None and type(port) is not int:
        return str(_stock_url_text(url, local_addr))
    user = "" if url.username is None else f"{quote(url.username, USERNAME_SAFE)}@"
    return f"{url.scheme}:{user}{url.host}" if port is None else f"{url.scheme}:{user}{url.host}:{port}"


_stock_url_text = SipURL.localStr
_stock_url = SipURL.__init__


def _parse_via(via: Any) -> None:
    found = addresses.via(via.body)
    via.sipver, via.transport, via.hostname, via.port = found.version, found.transport, found.host, found.port
    via.params = dict(found.parameters)
    via.parsed = True


def _via(via: Any, body: str | None = None, cself: Any = None) -> None:
    if body is None:
        _stock_via(via, None, cself)
    else:
        SipGenericHF.__init__(via, body)


_stock_via = SipVia.__init__


# Headers that sippy or we look into as objects; of all others (credentials, which sippy's own class cannot read, among
# them) nobody here wants more than the text.
_LOOKED_INTO = frozenset(
    (*wire.ONCE, *wire.LISTS, "max-forwards", "expires", "user-agent", "server", "refer-to", "referred-by", "replaces")
)
# Of these nothing is made beforehand but the text.
_PLAIN = {name: hf_types[name] for name in ("via", "from", "to", "cseq", "max-forwards", "record-route")}


def _header(name: str, _written: str, value: str) -> Any:
    """A header object without the detours of stock code."""
    header = SipHeader.__new__(SipHeader)
    header.name = name
    if (kind := _PLAIN.get(name)) is not None:
        header.body = body = kind.__new__(kind)
        body.body = value
    else:
        header.body = hf_types[name](value) if name in _LOOKED_INTO else SipGenericHF(value, name)
    return header


_DONE = ("content-type", "content-length", "content-encoding", "content-disposition")


def _message(message: Any, buf: str | None = None) -> None:
    message.headers = []
    if buf is None:
        return
    if not isinstance(buf, wire.Datagram):
        found = wire.read(octets(buf), ("", 0))
        if not isinstance(found, wire.Datagram):
            raise addresses.Malformed("no message")
        buf = found
    message.setSL(buf.start)
    message.headers = [_header(*field) for field in buf.fields if field[0] not in _DONE]
    if isinstance(message, SipRequest):
        # Where it came from is ours to say (RFC 3261 18.2.1): a peer's word would send the answer to a third party.
        next(header for header in message.headers if header.name == "via").getBody().params.pop("received", None)
    if buf.body is not None:
        message.body = MsgBody(buf.body.text, DEFAULT_CTYPE if buf.body.kind == bodies.SDP else _kind(buf.body.kind))


def _kind(name: str) -> Any:
    kind = SipContentType(None)
    kind.name, kind.params, kind.parsed = name, {}, True
    return kind


def apply() -> None:
    SipConf.autoconvert_tel_url = True
    SipMsg.__init__ = _message
    SipMsg.init_body = lambda _message: None
    SipAddressHF.__init__ = _address_header
    SipAddressHF.parse = _parse_address
    SipAddress.getCopy = _copied_address
    SipURL.__init__ = _url
    SipURL.getCopy = _copied_url
    SipURL.localStr = _url_text
    SipVia.__init__ = _via
    SipVia.parse = _parse_via
