"""A voice for tests: a tone whose length tells the length of the text."""

from __future__ import annotations

from typing import ClassVar

from core.errors import DriverRejected
from core.telephony import pcm

SECONDS_A_LETTER = 0.05


class FakeTts:
    """Says every text but the empty one; ``[refuse]`` in it plays a driver that says no."""

    VERSION: ClassVar[str] = "1"

    def synthesize(self, text: str, language: str) -> bytes:
        if not text.strip() or "[refuse]" in text:
            raise DriverRejected("The fake voice does not say: {text}", text=text)
        hz = 500.0 if language.startswith("zh") else 600.0
        return pcm.write_wav(pcm.tone(hz, SECONDS_A_LETTER * len(text)))
