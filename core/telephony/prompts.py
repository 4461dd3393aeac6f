"""What callers hear: parts of prompts as WAV files ready to play, from clips, built-in tones or a voice.

Recorded clips of the site win over the voice: ``clips/NAME.wav`` for a clip's name, and for a text a file
named like the text itself or like ``text_key(text)``; ``digit_0.wav`` to ``digit_9.wav`` speak digit strings.
Everything made is kept in the cache folder under a hash, written beside and renamed, so a reader never sees
half a file. The voice runs in a worker process. Without a voice a beep is heard: a call never waits for it, and
``Prompts.voice`` says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import multiprocessing
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Literal, cast

from core.chosen import Tables, driver, driver_class
from core.errors import BadInput, ConfigError, DriverRejected, DriverUnavailable, HotlineError
from core.i18n import translated
from core.telephony import pcm
from core.telephony.commands import Say
from core.telephony.speech import spoken
from core.telephony.voice import in_worker, synthesize

log = logging.getLogger(__name__)

FORM = 1  # raise when the files' form or a built-in tone changes
# After a failure the voice is left alone for this long; beeps are played meanwhile.
VOICE_REST_S = 20.0
# One text may be unspeakable; so many one after the other are a voice that does not work.
REFUSALS_IN_A_ROW = 3
# Amounts and account numbers are said once and never again: only so many are kept.
VALUES_KEPT = 4000
# The voice's process ends when it has had nothing to say for so long, and is there again within a moment.
IDLE_S = 120.0


def text_key(text: str) -> str:
    """The file name, without ``.wav``, under which a site may record a text."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


class Prompts:
    """One for the sip process. ``tts`` names its driver, ``drivers`` holds the site's tables for them."""

    def __init__(
        self,
        cache_dir: Path,
        clips_dir: Path,
        tts: str = "espeak",
        language: str = "zh_CN",
        drivers: Tables | None = None,
    ) -> None:
        self.cache_dir = cache_dir
        self.clips_dir = clips_dir
        self.language = language
        self.voice: Literal["up", "missing", "failed"] = "up"
        self._tts = tts
        self._tables: Tables = {tts: table} if (table := (drivers or {}).get(tts)) else {}
        # Another voice makes other files.
        self._driver = f"tts.{tts}" + (f" {sorted(table.items())}" if table else "")
        self._version = ""
        self._refused = 0
        self._unusable: ConfigError | None = None
        try:
            self._version = str(getattr(driver_class("tts", tts), "VERSION", "1"))
            driver("tts", tts, self._tables)
        except ConfigError as unknown:
            # Calls are worth more than speech: tones are heard, and health says why.
            log.error("%s", unknown)
            self.voice = "missing"
            self._unusable = unknown
        self._pool: ProcessPoolExecutor | None = None
        self._idle: asyncio.TimerHandle | None = None
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
        if self._idle is not None:
            self._idle.cancel()
        self._end_worker()

    def _end_worker(self) -> None:
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
            self._rest_worker()
            self.voice, self._refused = "up", 0
        await asyncio.to_thread(self._keep, file, data)

    def _rest_worker(self) -> None:
        """It ends when nothing more comes."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._end_worker_if_idle)

    def _end_worker_if_idle(self) -> None:
        if not self._making:
            self._end_worker()

    async def _speak(self, text: str) -> bytes:
        if self._unusable:
            # Its process could not even begin.
            raise self._unusable
        for attempt in (1, 2):
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, multiprocessing.get_context("spawn"), in_worker, (self._tts, self._tables)
                )
            pool = self._pool
            try:
                return await asyncio.wrap_future(pool.submit(synthesize, text, self.language))
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
