"""The package pyttsx3: the voices of the machine it runs on (espeak-ng, SAPI5 on Windows, NSSpeech on macOS).

Its engine remembers one text and one file at a time: a second one that is given before the first is done takes its
place and the first file never appears; ``runAndWait`` comes back before the file is there; an exception of the C
callback leaves its loop for ever. So every text has a process of its own, which says one text into one file and ends,
and one that does not end is killed. Where the machine has no espeak-ng, the one of ``espeakng_loader`` stands in.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from core.chosen import DriverSettings
from core.drivers.tts.pyttsx3_once import NO_ENGINE
from core.errors import BadInput, DriverRejected, DriverUnavailable
from core.telephony import pcm

ONCE = "core.drivers.tts.pyttsx3_once"
MOST_WORDS_OF_TROUBLE = 200


def _package_version() -> str:
    try:
        return version("pyttsx3")
    except PackageNotFoundError:
        return "none"


class Pyttsx3Settings(DriverSettings):
    """``[drivers.pyttsx3]``. ``engine`` as pyttsx3 names them, empty for the machine's own; ``voice_zh`` and
    ``voice_en`` are ids of its voices."""

    engine: str = ""
    voice_zh: str = "cmn"
    voice_en: str = "en"
    words_a_minute: int = Field(default=160, ge=80, le=450)
    timeout_s: float = Field(default=20.0, gt=0, le=60)


class Pyttsx3Tts:
    Settings = Pyttsx3Settings
    VERSION: ClassVar[str] = f"{_package_version()}/1"

    def __init__(self, settings: Pyttsx3Settings | None = None) -> None:
        self._settings = settings or Pyttsx3Settings()

    def synthesize(self, text: str, language: str) -> bytes:
        if not text.strip():
            raise DriverRejected("There is nothing to say.")
        given = self._settings
        voice = given.voice_zh if language.startswith("zh") else given.voice_en
        with tempfile.TemporaryDirectory(prefix="hotline-voice-") as folder:
            file = Path(folder) / "said.wav"
            program = [sys.executable, "-m", ONCE, str(file), given.engine, voice, str(given.words_a_minute)]
            try:
                done = subprocess.run(
                    program, input=text.encode(), capture_output=True, timeout=given.timeout_s, check=False
                )
            except subprocess.TimeoutExpired as stuck:
                raise DriverUnavailable("pyttsx3 did not end within {seconds} s.", seconds=given.timeout_s) from stuck
            if done.returncode == NO_ENGINE:
                raise DriverUnavailable(
                    "pyttsx3 cannot be used: {problem}.",
                    remedy="Correct [drivers.pyttsx3] or install the voice, or set tts to espeak.",
                    problem=done.stderr.decode(errors="replace").strip()[-MOST_WORDS_OF_TROUBLE:],
                )
            try:
                heard = pcm.read_wav(file.read_bytes())
            except (OSError, BadInput) as lost:
                raise DriverRejected("pyttsx3 could not say: {text}", text=text) from lost
        if not heard.any():
            raise DriverRejected("pyttsx3 could not say: {text}", text=text)
        return pcm.write_wav(heard)
