"""What callers hear: parts of prompts as WAV files ready to play, from clips, built-in tones or a voice.

Recorded clips of the site win over the voice: ``clips/NAME.wav`` for a clip's name, and for a text a file
named like the text itself or like ``text_key(text)``; ``digit_0.wav`` to ``digit_9.wav`` speak digit strings.
Everything made is kept in the cache folder under a hash, written beside and renamed, so a reader never sees
half a file. The voice runs in a worker process. Without a voice a beep is heard: a call never waits for it, and
``Prompts.voice`` says so.
"""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal, cast

from core.errors import BadInput, ConfigError, DriverRejected, DriverUnavailable, HotlineError
from core.i18n import translated
from core.ports import SpeechSynthesizer
from core.telephony import pcm
from core.telephony.commands import Say
from core.telephony.speech import spoken

log = logging.getLogger(__name__)

FORM = 1  # raise when the files' form or a built-in tone changes
# After a failure the voice is left alone for this long; beeps are played meanwhile.
VOICE_REST_S = 20.0
# One text may be unspeakable; so many one after the other are a voice that does not work.
REFUSALS_IN_A_ROW = 3
# Amounts and account numbers are said once and never again: only so many are kept.
VALUES_KEPT = 4000
PR_SET_PDEATHSIG = 1


def text_key(text: str) -> str:
    """The file name, without ``.wav``, under which a site may record a text."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


class Prompts:
    """One for the sip process. ``tts`` names a driver of the entry-point group ``hotline.drivers``."""

    def __init__(self, cache_dir: Path, clips_dir: Path, tts: str = "espeak", language: str = "zh_CN") -> None:
        self.cache_dir = cache_dir
        self.clips_dir = clips_dir
        self.language = language
        self.voice: Literal["up", "missing", "failed"] = "up"
        self._driver = f"tts.{tts}"
        self._version = ""
        self._refused = 0
        try:
            self._version = driver_version(self._driver)
        except ConfigError as unknown:
            # Calls are worth more than speech: tones are heard, and health says why.
            log.error("%s", unknown)
            self.voice = "missing"
        self._pool: ProcessPoolExecutor | None = None
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._rest_until = 0.0
        self._unreadable: set[Path] = set()
        try:
            self._make_tones()
        except OSError as full:
            log.error("tones not made, callers hear silence instead: %s", full)

    def _make_tones(self) -> None:
        for folder in ("values", "clips"):
            (self.cache_dir / folder).mkdir(parents=True, exist_ok=True)
        for name, make in pcm.BUILT_IN.items():
            if not self._built_in(name).exists():
                _write(self._built_in(name), pcm.write_wav(make()))

    def cached(self, parts: Sequence[Say]) -> list[Path] | None:
        """The files when all are there; ``None`` when ``render`` has work to do. Never waits, never raises."""
        found: list[Path] = []
        for file, _source in self._files(parts):
            if not file.exists():
                return None
            found.append(file)
        return found

    async def render(self, parts: Sequence[Say]) -> list[Path]:
        """As ``cached``, after making what is missing. What cannot be made is a beep."""
        done: list[Path] = []
        for file, source in self._files(parts):
            if not file.exists():
                try:
                    await self._make(file, source)
                except (HotlineError, OSError) as problem:
                    self._excuse(file, source, problem)
            done.append(file if file.exists() else self._built_in("beep"))
        return done

    async def warm(self, texts: Iterable[Say]) -> None:
        """Makes all of them, one after the other, so that a caller's own prompt waits for one at most."""
        for part in texts:
            await self.render([part])

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    # --- which file speaks a part --------------------------------------------------------------------------

    def _files(self, parts: Sequence[Say]) -> list[tuple[Path, Path | str]]:
        """Every file to play with what it is made from: a site's clip (path) or a text."""
        return [pair for part in parts for pair in self._files_of(part)]

    def _files_of(self, part: Say) -> list[tuple[Path, Path | str]]:
        if part.clip:
            return [self._clip(part.clip) or (self._built_in(part.clip), "")]
        if part.phrase:
            return [self._text(translated(part.phrase, self.language), "")]
        if not part.value:
            return [self._text(part.text, "")] if part.text.strip() else []
        if part.slot == "digits":
            recorded = [self._clip(f"digit_{digit}") for digit in part.value if digit.isdigit()]
            if recorded and all(recorded):
                return cast(list[tuple[Path, Path | str]], recorded)
        try:
            text = spoken(part.value, part.slot, self.language)
        except BadInput as problem:
            log.warning("prompt: %s", problem)
            text = part.value
        return [self._text(text, "values")]

    def _text(self, text: str, folder: str) -> tuple[Path, Path | str]:
        text = text.strip()
        for name in (text, text_key(text)):
            if clip := self._clip(name):
                return clip
        about = "\0".join((text, self.language, self._driver, self._version, str(FORM)))
        file = self.cache_dir / folder / f"{hashlib.sha256(about.encode()).hexdigest()[:32]}.wav"
        if time.monotonic() < self._rest_until and not file.exists():
            return self._built_in("beep"), ""
        return file, text

    def _clip(self, name: str) -> tuple[Path, Path] | None:
        """The site's recording by that name: its converted form and the original."""
        if not name or len(name) > 60 or "/" in name or "\0" in name or name.startswith("."):
            return None
        original = self.clips_dir / f"{name}.wav"
        try:
            about = original.stat()
        except OSError:
            return None
        mark = f"{name}\0{about.st_mtime_ns}\0{about.st_size}\0{FORM}"
        converted = self.cache_dir / "clips" / f"{text_key(mark)}.wav"
        return None if converted in self._unreadable else (converted, original)

    def _built_in(self, name: str) -> Path:
        known = name if name in pcm.BUILT_IN else "beep"
        return self.cache_dir / f"tone-{known}-{FORM}.wav"

    # --- making --------------------------------------------------------------------------------------------

    async def _make(self, file: Path, source: Path | str) -> None:
        """Once for everybody who waits for it; goes on when one of them gives up."""
        task = self._making.get(file)
        if task is None:
            task = self._making[file] = asyncio.create_task(self._make_now(file, source))
            task.add_done_callback(lambda _done: self._making.pop(file, None))
        await asyncio.shield(task)

    async def _make_now(self, file: Path, source: Path | str) -> None:
        if isinstance(source, Path):
            data = await asyncio.to_thread(_convert, source)
        else:
            data = await self._speak(source)
            self.voice, self._refused = "up", 0
        await asyncio.to_thread(self._keep, file, data)

    async def _speak(self, text: str) -> bytes:
        for attempt in (1, 2):
            if self._pool is None:
                self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _in_worker)
            pool = self._pool
            try:
                return await asyncio.wrap_future(pool.submit(_synthesize, self._driver, text, self.language))
            except BrokenProcessPool as fell:
                pool.shutdown(wait=False)
                if self._pool is pool:
                    self._pool = None
                if attempt == 2:
                    raise DriverRejected("The voice's process fell at: {text}", text=text) from fell
        raise AssertionError

    def _keep(self, file: Path, data: bytes) -> None:
        _write(file, data)
        values = self.cache_dir / "values"
        if file.parent == values and len(there := list(values.glob("*.wav"))) > VALUES_KEPT:
            for old in sorted(there, key=lambda path: path.stat().st_mtime)[: VALUES_KEPT // 4]:
                old.unlink(missing_ok=True)

    def _excuse(self, file: Path, source: Path | str, problem: Exception) -> None:
        log.warning("prompt not made, a beep is played: %s", problem)
        if isinstance(source, Path):
            self._unreadable.add(file)
            return
        if isinstance(problem, DriverUnavailable | ConfigError):
            self.voice = "missing"
        elif isinstance(problem, DriverRejected):
            self._refused += 1
            if self._refused < REFUSALS_IN_A_ROW:
                return
            self.voice = "failed"
        self._rest_until = time.monotonic() + VOICE_REST_S


def _convert(clip: Path) -> bytes:
    return pcm.write_wav(pcm.read_wav(clip.read_bytes()))


def _write(file: Path, data: bytes) -> None:
    fresh = file.with_name(f".{file.stem}.{os.getpid()}.{time.monotonic_ns()}.new")
    try:
        fresh.write_bytes(data)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


# --- the worker process --------------------------------------------------------------------------------------


def driver_version(name: str) -> str:
    """Part of the cache's key: another voice makes other files."""
    return str(getattr(_driver_class(name), "VERSION", "1"))


def _driver_class(name: str) -> type[SpeechSynthesizer]:
    found = entry_points(group="hotline.drivers", name=name)
    if not found:
        raise ConfigError(
            "There is no voice {name}.",
            field="tts",
            remedy="Set tts to espeak, or install the package with that driver; tones are heard meanwhile.",
            name=name.removeprefix("tts."),
        )
    return cast(type[SpeechSynthesizer], next(iter(found)).load())


@cache
def _driver_here(name: str) -> SpeechSynthesizer:
    return _driver_class(name)()


def _in_worker() -> None:
    """The worker ends with the sip process, even when that is killed, and leaves Ctrl-C to it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _synthesize(driver: str, text: str, language: str) -> bytes:
    return _driver_here(driver).synthesize(text, language)
