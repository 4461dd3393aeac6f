"""espeak-ng 1.52 as the voice that is always there: library and voices from the package ``espeakng_loader``.

Blocking and not re-entrant (the library has one global state): one instance a process, one text at a time.
"""

from __future__ import annotations

import ctypes
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from core.chosen import DriverSettings
from core.errors import DriverRejected, DriverUnavailable
from core.telephony import pcm

# speak_lib.h
AUDIO_OUTPUT_SYNCHRONOUS = 2
POS_CHARACTER = 1
CHARS_UTF8 = 1
# Without it the library ends the process when it does not find its voices.
DO_NOT_EXIT = 0x8000
RATE_PARAMETER = 1
# Before 1.52 the voice cmn read tones and letters wrongly; the pinyin voice did not.
FIRST_GOOD_CMN = (1, 52)

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def _package_version() -> str:
    try:
        return version("espeakng-loader")
    except PackageNotFoundError:
        return "none"


class EspeakSettings(DriverSettings):
    """``[drivers.espeak]``. ``library`` and ``data`` together name a build of the site's own."""

    words_a_minute: int = Field(default=160, ge=80, le=450)
    library: str | None = None
    data: str | None = None


class EspeakTts:
    Settings = EspeakSettings
    VERSION: ClassVar[str] = f"{_package_version()}/160/1"
    # Who set the library's one state up last: it is not set up again for the same voices, and the callback whose
    # address it holds lives on.
    _ready: ClassVar[EspeakTts | None] = None

    def __init__(self, settings: EspeakSettings | None = None) -> None:
        self._settings = settings or EspeakSettings()
        self._espeak: Any = None
        self._rate = 0
        self._heard = bytearray()
        self._on_sound = _Callback(self._take)  # kept: the library holds only its address
        self._mandarin = "cmn"
        self._voices: tuple[str, str] = ("", "")

    def synthesize(self, text: str, language: str) -> bytes:
        if not text.strip():
            raise DriverRejected("There is nothing to say.")
        espeak = self._load()
        voice = self._mandarin if language.startswith("zh") else "en"
        if espeak.espeak_SetVoiceByName(voice.encode()) != 0:
            raise DriverUnavailable(
                "The voice {voice} of espeak-ng is missing.",
                remedy="Install the package espeakng-loader again.",
                voice=voice,
            )
        # The voice's own settings come with it, so the rate is set after it.
        espeak.espeak_SetParameter(RATE_PARAMETER, self._settings.words_a_minute, 0)
        self._heard.clear()
        said = text.encode().replace(b"\0", b" ")
        done = espeak.espeak_Synth(said, len(said) + 1, 0, POS_CHARACTER, 0, CHARS_UTF8, None, None)
        if done != 0 or espeak.espeak_Synchronize() != 0 or not self._heard:
            raise DriverRejected("espeak-ng could not say: {text}", text=text)
        samples = (np.frombuffer(bytes(self._heard), np.int16) / 32768).astype(np.float32)
        return pcm.write_wav(pcm.resample(samples, self._rate))

    def _take(self, sound: Any, count: int, _events: Any) -> int:
        if sound and count > 0:
            self._heard += ctypes.string_at(sound, 2 * count)
        return 0

    def _load(self) -> Any:
        if self._espeak is not None:
            return self._espeak
        try:
            library, data = self._places()
            ready, self._voices = EspeakTts._ready, (str(library), str(data))
            if ready is not None and ready._voices == self._voices:
                self._rate, self._heard, self._mandarin = ready._rate, ready._heard, ready._mandarin
                self._espeak = ready._espeak
                return self._espeak
            espeak = ctypes.CDLL(library)
        except (ImportError, OSError) as missing:
            raise DriverUnavailable(
                "espeak-ng cannot be loaded: {problem}.",
                remedy="Install the package espeakng-loader, or record clips.",
                problem=missing,
            ) from missing
        espeak.espeak_Info.restype = ctypes.c_char_p
        espeak.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        EspeakTts._ready = None
        self._rate = espeak.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, str(data).encode(), DO_NOT_EXIT)
        if self._rate <= 0:
            raise DriverUnavailable(
                "espeak-ng does not find its voices in {data}.",
                remedy="Install the package espeakng-loader again.",
                data=data,
            )
        espeak.espeak_SetSynthCallback(self._on_sound)
        found = re.match(r"(\d+)\.(\d+)", (espeak.espeak_Info(None) or b"").decode())
        if found is None or tuple(int(part) for part in found.groups()) < FIRST_GOOD_CMN:
            self._mandarin = "cmn-latn-pinyin"
        self._espeak, EspeakTts._ready = espeak, self
        return espeak

    def _places(self) -> tuple[str, Path]:
        if self._settings.library is not None and self._settings.data is not None:
            return self._settings.library, Path(self._settings.data)
        import espeakng_loader

        return espeakng_loader.get_library_path(), Path(espeakng_loader.get_data_path())
