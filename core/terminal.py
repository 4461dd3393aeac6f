"""What the terminal can show. One without Chinese characters gets English; a name that it cannot show, its code points.

``LANG=C``, a serial console, a cron job's pipe: words for people must never end what they tell of.
"""

from __future__ import annotations

import io
import sys

from core.i18n import LANGUAGES, set_language


def never_fail() -> None:
    """What the standard streams cannot encode is written as ``\\uXXXX``, which JSON reads back."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def speak(wanted: str, chosen: str = "") -> None:
    """The language of this process's words: what somebody has ``chosen``, else ``wanted`` where it can be shown."""
    if chosen in LANGUAGES:
        set_language(chosen)
    else:
        set_language(wanted if shows(wanted) else "en")


def shows(language: str) -> bool:
    try:
        ("热线" if language == "zh_CN" else "").encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
