"""SDP as far as a G.711 house needs it (RFC 4566, RFC 3264): read an offer or answer, write ours. Pure.

One audio stream with PCMA or PCMU and telephone-event; every other stream is refused with port 0, in its place.
"""

from __future__ import annotations

import re
from dataclasses import replace

from core.errors import PeerError
from core.frozen import dataclass
from core.ports import RemoteMedia

NAMES = {8: "PCMA", 0: "PCMU"}
USUAL_EVENTS = 101
PROFILES = ("RTP/AVP", "RTP/AVPF")
MOST_STREAMS = 16
_BLOCKS = re.compile(r"(?m)^(?=m=)")
_RTPMAP = re.compile(r"(?m)^a=rtpmap:([0-9]{1,3}) ([\w.-]+)/8000")
_M = re.compile(r"m=(\w+) ([0-9]{1,5})(?:/[0-9]+)? (\S+)((?: [\w.*-]+)+)\s*$")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}\Z")
_DIRECTION = re.compile(r"(?m)^a=(sendrecv|sendonly|recvonly|inactive)[ \t]*$")
_C = re.compile(r"(?m)^c=IN (IP4|IP6) (\S+)")
# RFC 3264 6.1: what we answer to what the peer (sends, receives).
_MIRROR = {
    (True, True): "sendrecv",
    (True, False): "recvonly",
    (False, True): "sendonly",
    (False, False): "inactive",
}


@dataclass(frozen=True, slots=True)
class Session:
    """A peer's description: ``media`` is what the media process needs, ``held`` what a person would call on hold.

    ``streams`` are the m-lines of the answer in the offer's order; ``None`` stands for the audio that we take.
    """

    media: RemoteMedia
    held: bool
    streams: tuple[str | None, ...] = (None,)
    profile: str = "RTP/AVP"

    def keeping(self, before: Session | None) -> Session:
        """A hold with 0.0.0.0 names no address; the old one stays until the resume."""
        if self.media.ip or before is None:
            return self
        return replace(self, media=replace(self.media, ip=before.media.ip, port=before.media.port))


def read(text: str, signalled: str = "") -> Session:
    """``signalled``: the machine it came from. Raises ``PeerError`` 488 when there is no audio in a codec of ours, 400
    when it cannot be read."""
    head, *blocks = _BLOCKS.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not head.startswith("v=0") or len(blocks) > MOST_STREAMS:
        raise PeerError("The SDP cannot be read.", sip_status=400)
    streams: list[str | None] = []
    found: tuple[RemoteMedia, bool] | None = None
    profile = "RTP/AVP"
    for block in blocks:
        line = _M.match(block.split("\n", 1)[0])
        if line is None or int(line.group(2)) > 65535:
            raise PeerError("The SDP cannot be read.", sip_status=400)
        kind, port, proto, formats = line.group(1), int(line.group(2)), line.group(3), line.group(4)
        if kind == "audio" and found is None and proto in PROFILES:
            found = _audio(head, block, port, formats.split(), signalled)
            if found is not None:
                profile = proto
                streams.append(None)
                continue
        streams.append(f"m={kind} 0 {proto}{formats}")
    if found is None:
        raise PeerError("No common codec: this house speaks PCMA and PCMU.", sip_status=488)
    return Session(*found, tuple(streams), profile)


def _audio(head: str, block: str, port: int, formats: list[str], signalled: str) -> tuple[RemoteMedia, bool] | None:
    """The audio stream and whether it is held, ``None`` when it has no codec of ours."""
    offered = [int(n) for n in formats if n.isascii() and n.isdigit() and len(n) < 4]
    names = {int(n): name.upper() for n, name in _RTPMAP.findall(block)}
    codec = next((n for n in offered if n in NAMES and names.get(n, NAMES[n]) == NAMES[n]), None)
    if codec is None:
        return None
    where = _C.search(block) or _C.search(head)
    family, ip = (where.group(1), where.group(2).split("/")[0]) if where is not None else ("IP4", "")
    if ip and (family == "IP6" or not _IPV4.match(ip)):
        # Names would have to be looked up while a call waits.
        return None
    events = next((n for n in offered if names.get(n) == "TELEPHONE-EVENT"), None)
    ways = _DIRECTION.findall(block) or _DIRECTION.findall(head)
    way = ways[-1] if ways else "sendrecv"
    # RFC 2543 hold; port 0 closes the stream.
    nowhere = ip in ("0.0.0.0", "") or port == 0
    media = RemoteMedia(
        ip="" if nowhere else ip,
        port=0 if nowhere else port,
        payload_type=codec,
        dtmf_payload_type=events,
        sends=way in ("sendrecv", "sendonly") and not nowhere,
        receives=way in ("sendrecv", "recvonly") and not nowhere,
        signalled=signalled,
    )
    return media, nowhere or way in ("sendonly", "inactive")


def write(ip: str, port: int, version: int, *, answer_to: Session | None = None) -> str:
    """Our description; as an answer it names only the peer's codec and mirrors its direction."""
    if answer_to is None:
        codecs, events, way = [8, 0], USUAL_EVENTS, "sendrecv"
        streams: tuple[str | None, ...] = (None,)
        profile = "RTP/AVP"
    else:
        remote = answer_to.media
        codecs, way = [remote.payload_type], _MIRROR[remote.sends, remote.receives]
        events = remote.dtmf_payload_type  # type: ignore[assignment]
        streams, profile = answer_to.streams, answer_to.profile
    numbers = [*codecs, *([events] if events is not None else [])]
    lines = ["v=0", f"o=hotline {port} {version} IN IP4 {ip}", "s=-", f"c=IN IP4 {ip}", "t=0 0"]
    for stream in streams:
        if stream is not None:
            lines.append(stream)
            continue
        lines.append(f"m=audio {port} {profile} {' '.join(map(str, numbers))}")
        lines += [f"a=rtpmap:{n} {NAMES[n]}/8000" for n in codecs]
        if events is not None:
            lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-16"]
        lines += ["a=ptime:20", f"a={way}"]
    return "\r\n".join([*lines, ""])
