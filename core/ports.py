"""What the core asks of things outside its rules: protocols with a real and a fake implementation each.

A port holds only what we call. Fakes stand beside the real drivers and pass the same tests.
"""

from __future__ import annotations

from typing import Protocol

from core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """What a peer's SDP told us: where its RTP goes, and in which form.

    ``payload_type`` 0 is PCMU, 8 PCMA (RFC 3551). ``sends``: the peer sends us media; ``receives``: it wants ours.
    ``signalled`` is the machine that its signalling comes from: behind a NAT the voice comes from there too.
    """

    ip: str
    port: int
    payload_type: int
    dtmf_payload_type: int | None
    sends: bool = True
    receives: bool = True
    signalled: str = ""


class LegMedia(Protocol):
    """Ports for SDP. Neither call waits: addresses come from a pool that the media process bound beforehand."""

    def open(self, leg: str) -> tuple[str, int]:
        """Local address and RTP port for the leg; ``Unavailable`` when the pool is empty or media is down."""

    def connect(self, leg: str, remote: RemoteMedia) -> None:
        """From now on the leg's RTP goes to ``remote``. May be called again after a re-INVITE."""

    def close(self, leg: str) -> None:
        """Frees the leg's port; unknown legs are ignored."""


class SpeechSynthesizer(Protocol):
    """Text to speech. Blocking: called in a worker process."""

    def synthesize(self, text: str, language: str) -> bytes:
        """Mono 16-bit PCM WAV at 8,000 Hz; raises ``DriverUnavailable`` or ``DriverRejected``."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Words for people who are not looking at a page. ``id`` is ours: a second sending of it is harmless.

    ``recipients`` are role names and user names as the house knows them; ``at`` is epoch seconds.
    """

    id: str
    severity: str
    title: str
    text: str
    recipients: tuple[str, ...]
    at: float
    link: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """``reference`` is the outside system's own number for it, when it gives one."""

    reference: str = ""


class Notifier(Protocol):
    """Carries notices out of the house. Blocking: called in a thread."""

    def send(self, notice: Notice) -> Receipt:
        """Raises ``DriverUnavailable``, ``DriverRejected`` or ``DriverBadAnswer``."""
