"""One leg: its socket, whom it hears there and in which order, its voice and its keys, what it is to hear itself.

Whose voice it is (symmetric RTP) is settled by rank, never by silence: the address that the SDP names; the machine
that the SDP or the signalling came from; anybody else, who has to be the first to speak. A higher rank is believed at
once. At one rank only the machine that is heard already may move to another port, as a NAT makes it do, and then
its own stream goes on there: the number that it sends under is not known to anybody off the path (RFC 3550 8).
"""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from core.telephony.media import g711, linux, rtp
from core.telephony.media.clips import Prompt
from core.telephony.media.dtmf import KeyEar
from core.telephony.media.keys import EventDecoder
from core.telephony.media.playout import Playout
from core.telephony.media.speaker import Speaker

STRANGERS_BEFORE_LATCH = 5
# A socket that is bound to its peer is set free when nothing comes: the peer's port may have moved.
PART_AFTER_S = 0.5
_buffer = memoryview(bytearray(2048))


class Stream:
    """``frame`` is what the leg says in this tick, in its own law."""

    __slots__ = (
        *("leg", "sock", "payload_type", "dtmf_payload_type", "sends", "receives"),
        *("remote", "signalled", "latched", "_joined", "_moved", "_stranger", "_strangers", "_target"),
        *("_arrivals", "_sender", "_keys", "_playout", "_events", "ear", "listens", "frame", "silence"),
        *("last_heard", "silences_told", "received", "refused", "sent"),
        *("hears", "prompt", "prompt_token", "speaker"),
    )

    def __init__(self, leg: str, sock: socket.socket, now: float) -> None:
        self.leg, self.sock = leg, sock
        self.payload_type = g711.PCMA
        self.dtmf_payload_type: int | None = None
        self.sends = self.receives = False
        self.remote: tuple[str, int] | None = None
        self.signalled = ""
        self.latched: tuple[str, int] | None = None
        self._joined = self._moved = False
        self._stranger: tuple[str, int] | None = None
        self._strangers = 0
        self._target: tuple[str, int] | None = None
        self._arrivals = rtp.Arrivals()
        self._sender = -1
        self._keys = EventDecoder()
        self._playout = Playout()
        self._events = self.listens = False
        self.ear = KeyEar()
        self.frame = self.silence = g711.SILENCE[g711.PCMA]
        self.last_heard = now
        self.silences_told = 0
        self.received = self.refused = self.sent = 0
        self.hears: tuple[str, ...] = ()
        self.prompt: Prompt | None = None
        self.prompt_token = ""
        self.speaker = Speaker()

    @property
    def lost(self) -> int:
        return self._arrivals.lost

    def connect(
        self,
        remote: tuple[str, int] | None,
        payload_type: int,
        dtmf: int | None,
        *,
        sends: bool,
        receives: bool,
        signalled: str = "",
    ) -> None:
        """What the peer's SDP says, and the machine that it came from; again after every re-INVITE.

        ``KeyError`` for a codec that is not ours.
        """
        silence = g711.SILENCE[payload_type]
        moved = remote != self.remote
        self.signalled, self._moved = signalled, True
        if moved:
            self._part()
            self.latched, self._strangers = None, 0
        if payload_type != self.payload_type:
            self._playout.change_law(self.payload_type, payload_type)
        self.remote = remote
        self.payload_type, self.dtmf_payload_type = payload_type, dtmf
        self.silence = silence
        self.sends, self.receives = sends, receives
        self._target = (self.latched or remote) if receives else None
        self.speaker.speak(payload_type, dtmf, anew=moved)

    # --- heard -----------------------------------------------------------------------------------------------

    def receive(self, now: float) -> str:
        """The next datagram from the socket; a key that it says, or an empty string."""
        source: Any
        if self._joined:
            size, source = self.sock.recv_into(_buffer), self.latched
        else:
            size, source = self.sock.recvfrom_into(_buffer)
        return self.take(_buffer[:size].tobytes(), source, now)

    def take(self, packet: bytes, source: Any, now: float) -> str:
        """One datagram; a key that it says, or an empty string."""
        if len(packet) < rtp.HEADER_BYTES:
            return ""
        first, second, number, stamp, sender = rtp.HEADER.unpack_from(packet)
        kind = second & 0x7F
        if first & 0xC0 != rtp.PLAIN:
            return ""
        if source != self.latched and not self._latch(source, number, sender, voice=not rtp.is_rtcp(kind)):
            self.refused += 1
            return ""
        if rtp.is_rtcp(kind):
            return ""
        self._moved = False
        if sender != self._sender:
            self._sender = sender
            self._arrivals.begin()
            self._keys.begin()
        self.last_heard = now
        self.received += 1
        body = packet[rtp.HEADER_BYTES :] if first == rtp.PLAIN else rtp.payload(packet)
        gap = self._arrivals.gap(number)
        if kind == self.payload_type:
            self._playout.put(body, gap)
        elif kind == self.dtmf_payload_type:
            self._events = True
            return self._keys.take(body, stamp, late=gap < 0)
        elif kind in g711.SILENCE:
            # A peer may send any codec that it named, and goes on in the old one for a moment after a re-INVITE.
            self._playout.put(g711.translate(body, kind, self.payload_type), gap)
        return ""

    def listen(self, *, on: bool) -> None:
        """To tones, from here on."""
        if on and not self.listens:
            self.ear = KeyEar()
        self.listens = on

    @property
    def by_ear(self) -> bool:
        """Its keys come as tones for all that is known: an offer of events is no promise to send them."""
        return self.listens and not self._events

    def next_frame(self) -> bytes:
        """What is heard of this leg in this tick."""
        self.frame = self._playout.next() or self.silence
        return self.frame

    def _latch(self, source: Any, number: int, sender: int, *, voice: bool) -> bool:
        """Whether this source is the peer from now on."""
        if not voice or not self._may_be(source, number, sender):
            return False
        self.latched, self._strangers = source, 0
        self._target = source if self.receives else None
        return True

    def _may_be(self, source: Any, number: int, sender: int) -> bool:
        rank, known = self._rank(source), self.latched
        if known is None:
            # Whoever is the first to speak; of machines that nobody named only one that goes on speaking.
            return rank > 0 or self._goes_on(source)
        before = self._rank(known)
        if source[0] == known[0] and sender == self._sender and self._arrivals.follows(number):
            return True
        return rank > before or (rank == before > 0 and self._moved)

    def _rank(self, source: Any) -> int:
        if source == self.remote:
            return 2
        return int(source[0] == self.signalled or (self.remote is not None and source[0] == self.remote[0]))

    def _goes_on(self, source: Any) -> bool:
        if source != self._stranger:
            self._stranger, self._strangers = source, 0
        self._strangers += 1
        return self._strangers >= STRANGERS_BEFORE_LATCH

    def settle(self, now: float) -> None:
        """Twice a second: the buffer finds its level, and a socket whose peer is heard from where its SDP says hears
        nobody else, which spares the tick an address with every packet."""
        self._playout.shorten()
        peer = self.latched
        if peer is None or peer != self.remote or now - self.last_heard >= PART_AFTER_S:
            self._part()
        elif not self._joined:
            with contextlib.suppress(OSError):
                self.sock.connect(peer)
                self._joined = True

    def _part(self) -> None:
        if self._joined:
            linux.part(self.sock)
            self._joined = False

    # --- said ------------------------------------------------------------------------------------------------

    def send(self, codes: bytes) -> None:
        """One frame to the peer."""
        if self._target is None:
            self.speaker.skip()
            return
        packet = self.speaker.packet(codes)
        try:
            if self._joined:
                self.sock.send(packet)
            else:
                self.sock.sendto(packet, self._target)
            self.sent += 1
        except OSError:
            # A full buffer or an unreachable peer: voice that is late is worth nothing.
            return
