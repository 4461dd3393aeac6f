"""``python -m core.drivers.tts.pyttsx3_once FILE ENGINE VOICE WORDS_A_MINUTE``: standard input said into one file.

Loads nothing but pyttsx3: it is started for every text.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

# Ends so when pyttsx3 cannot be used at all; why stands on standard error.
NO_ENGINE = 3
TOLD_WITHIN_S = 2.0


def say_once(text: str, file: str, engine: str, voice: str, words_a_minute: int) -> None:
    """In the process of this text."""
    try:
        with contextlib.suppress(ImportError, OSError):
            _lend_espeak()
        import pyttsx3

        speaker: Any = pyttsx3.init(engine or None)
        speaker.setProperty("voice", voice)
        speaker.setProperty("rate", words_a_minute)
    except Exception as problem:
        give_up(problem)
    over = threading.Event()
    speaker.connect("finished-utterance", lambda **_told: over.set())
    speaker.connect("error", lambda **told: give_up(told["exception"]))
    speaker.save_to_file(text, file)
    speaker.runAndWait()
    # With espeak that returns as soon as the library has begun, on a thread of its own, and who went now would lose the
    # file; other engines write it first and may tell nothing.
    over.wait(TOLD_WITHIN_S if Path(file).exists() else None)
    # Without the engine's own end: it is known to fall there.
    os._exit(0)


def give_up(problem: Exception) -> NoReturn:
    sys.stderr.write(f"{type(problem).__name__}: {problem}")
    sys.stderr.flush()
    os._exit(NO_ENGINE)


def _lend_espeak() -> None:
    """A library that is loaded by this name is not looked for (dlopen(3)); its voices are where the variable says."""
    try:
        ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        import espeakng_loader

        ctypes.CDLL(espeakng_loader.get_library_path())
        os.environ.setdefault("ESPEAK_DATA_PATH", str(espeakng_loader.get_data_path()))


if __name__ == "__main__":
    say_once(sys.stdin.buffer.read().decode(), sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
