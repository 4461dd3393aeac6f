"""The voice's own process: all that it loads is this and its driver."""

from __future__ import annotations

import ctypes
import signal

from core.chosen import Tables, driver
from core.ports import SpeechSynthesizer

PR_SET_PDEATHSIG = 1


# The one voice of this process, made at its start.
_voice: list[SpeechSynthesizer] = []


def in_worker(name: str, tables: Tables) -> None:
    """The worker ends with the sip process, even when that is killed, and leaves Ctrl-C to it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _voice[:] = [driver("tts", name, tables)]


def synthesize(text: str, language: str) -> bytes:
    return _voice[0].synthesize(text, language)
