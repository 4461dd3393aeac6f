"""Prompts: files to sound by a thread of its own, kept in memory in the form in which legs need them.

A tick never reads a file: a prompt that is not in memory begins a little later.
"""

from __future__ import annotations

import logging
import queue
import threading
import wave
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.telephony.media import g711

log = logging.getLogger(__name__)

FILES_KEPT = 400
CLIPS_KEPT = 100


class Clip:
    """One or several files as one sound."""

    def __init__(self, samples: NDArray[np.int16]) -> None:
        frames = max(-(-len(samples) // g711.FRAME), 1)
        self.samples = np.zeros(frames * g711.FRAME, np.int16)
        self.samples[: len(samples)] = samples
        self._codes: dict[int, bytes] = {}

    def codes(self, law: int) -> bytes:
        if law not in self._codes:
            self._codes[law] = g711.encode(self.samples, law)
        return self._codes[law]


@dataclass(slots=True)
class Prompt:
    """A clip on its way into a leg's ear; ``mix``: with what the leg hears otherwise."""

    clip: Clip
    token: str
    loop: bool
    mix: bool
    at: int = 0

    def codes(self, law: int) -> bytes:
        return self.clip.codes(law)[self.at : self.at + g711.FRAME]

    def samples(self) -> NDArray[np.int16]:
        return self.clip.samples[self.at : self.at + g711.FRAME]

    def goes_on(self) -> bool:
        """To the next frame; false when that was the last."""
        self.at += g711.FRAME
        if self.at < len(self.clip.samples):
            return True
        self.at = 0
        return self.loop


class Clips:
    """``fetch`` calls back at once when the clip is in memory, else from ``deliver`` after the thread has read it."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, NDArray[np.int16]] = OrderedDict()
        self._clips: OrderedDict[tuple[str, ...], Clip] = OrderedDict()
        self._wanted: queue.SimpleQueue[tuple[tuple[str, ...], Callable[[Clip], None]]] = queue.SimpleQueue()
        self._read: queue.SimpleQueue[tuple[tuple[str, ...], Clip, Callable[[Clip], None]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="prompts", daemon=True).start()

    def fetch(self, files: Sequence[str], then: Callable[[Clip], None]) -> None:
        key = tuple(files)
        if clip := self._clips.get(key):
            self._clips.move_to_end(key)
            then(clip)
        else:
            self._wanted.put((key, then))

    def deliver(self) -> None:
        """Clips that have been read since the last call."""
        while not self._read.empty():
            key, clip, then = self._read.get()
            self._clips[key] = clip
            while len(self._clips) > CLIPS_KEPT:
                self._clips.popitem(last=False)
            then(clip)

    def _run(self) -> None:
        while True:
            files, then = self._wanted.get()
            try:
                clip = Clip(np.concatenate([self._samples(file) for file in files]))
                self._read.put((files, clip, then))
            except (OSError, EOFError, ValueError, wave.Error) as problem:
                log.warning("prompt cannot be read: %s", problem)
                # Not kept: the file may be there the next time.
                self._read.put(((), Clip(np.zeros(g711.FRAME, np.int16)), then))

    def _samples(self, path: str) -> NDArray[np.int16]:
        if path not in self._files:
            with wave.open(path, "rb") as file:
                self._files[path] = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            while len(self._files) > FILES_KEPT:
                self._files.popitem(last=False)
        return self._files[path]
