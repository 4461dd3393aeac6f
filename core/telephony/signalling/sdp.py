"""SDP as far as a G.711 house needs it (RFC 4566, RFC 3264): read an offer or answer, write ours. Pure.

One audio stream with PCMA or PCMU and telephone-event; every other stream is refused with port 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import PeerError
from core.ports import RemoteMedia

NAMES = {8: "PCMA", 0: "PCMU"}


@dataclass(frozen=True, slots=True)
class Session:
    """A peer's description: ``media`` is what the media process needs, ``held`` what a person would call on hold."""

    media: RemoteMedia
    held: bool
    other_streams: tuple[str, ...] = ()


def read(text: str) -> Session:
    """Raises ``PeerError`` 488 when there is no audio in a codec of ours, 400 when it cannot be read."""
    blocks = re.split(r"(?m)^(?=m=)", text.replace("\r\n", "\n"))
    default_ip = _address(blocks[0])
    others: list[str] = []
    found: Session | None = None
    for block in blocks[1:]:
        head = block.split("\n", 1)[0].split()
        if len(head) < 4 or not head[1].split("/")[0].isdigit():
            raise PeerError("The SDP cannot be read.", sip_status=400)
        if head[0] != "m=audio" or found is not None or not head[2].startswith("RTP/AVP"):
            others.append(" ".join([head[0][2:], "0", *head[2:]]))
            continue
        found = _audio(block, head, _address(block) or default_ip)
    if found is None:
        raise PeerError("The SDP offers no audio.", sip_status=488)
    return Session(found.media, found.held, tuple(others))


def _audio(block: str, head: list[str], ip: str) -> Session:
    maps = {int(n): name.upper() for n, name in re.findall(r"(?m)^a=rtpmap:(\d+) ([\w-]+)/8000", block)}
    offered = [int(n) for n in head[3:] if n.isdigit()]
    codec = next((n for n in offered if n in NAMES), None)
    if codec is None:
        raise PeerError("No common codec: this house speaks PCMA and PCMU.", sip_status=488)
    events = next((n for n in offered if maps.get(n) == "TELEPHONE-EVENT"), None)
    direction = re.findall(r"(?m)^a=(sendrecv|sendonly|recvonly|inactive)\s*$", block)
    way = direction[-1] if direction else "sendrecv"
    port = int(head[1].split("/")[0])
    nowhere = ip in ("0.0.0.0", "") or port == 0
    held = nowhere or way in ("sendonly", "inactive")
    media = RemoteMedia(
        ip="" if nowhere else ip,
        port=0 if nowhere else port,
        payload_type=codec,
        dtmf_payload_type=events,
        sends=way in ("sendrecv", "sendonly") and not nowhere,
        receives=way in ("sendrecv", "recvonly") and not nowhere,
    )
    return Session(media, held)


def _address(block: str) -> str:
    found = re.search(r"(?m)^c=IN IP4 (\S+)", block)
    return found.group(1).split("/")[0] if found else ""


def write(ip: str, port: int, version: int, *, answer_to: Session | None = None) -> str:
    """Our description; as an answer it names only the peer's codec and mirrors its direction."""
    if answer_to is None:
        codecs, events, way, others = [8, 0], 101, "sendrecv", ()
    else:
        remote = answer_to.media
        codecs, events, others = [remote.payload_type], remote.dtmf_payload_type, answer_to.other_streams
        way = {
            (True, True): "sendrecv",
            (True, False): "recvonly",
            (False, True): "sendonly",
            (False, False): "inactive",
        }[(remote.sends, remote.receives)]
    numbers = [*codecs, *([events] if events is not None else [])]
    lines = [
        "v=0",
        f"o=hotline {port} {version} IN IP4 {ip}",
        "s=-",
        f"c=IN IP4 {ip}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(map(str, numbers))}",
        *(f"a=rtpmap:{n} {NAMES[n]}/8000" for n in codecs),
    ]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-16"]
    lines += ["a=ptime:20", f"a={way}", *(f"m={other}" for other in others), ""]
    return "\r\n".join(lines)
