"""How many times faster than it sounds a recording is measured, reading its file included. One core, one process."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from core.demo.voices import voices
from core.drivers.tts.espeak import EspeakTts
from core.telephony.media.recorder import header
from qa import sound_file
from qa.signals import measures


def run(minutes: float, times: int) -> dict[str, Any]:
    """A call of generated speech (two who take turns and sometimes interrupt), measured again and again."""
    spoken = voices(EspeakTts())
    sides = [np.frombuffer(one[0], np.uint8) for one in (spoken.callers, spoken.agents)]
    sound = np.stack([np.resize(one, round(minutes * 60 * 8000)) for one in sides], axis=1).tobytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "call.wav"
        path.write_bytes(header(len(sound)) + sound)
        walls, processors = [], []
        for _ in range(times):
            wall, processor = time.perf_counter(), time.process_time()
            read = sound_file.read(path)
            found = measures.measure(read.samples, read.rate)
            walls.append(time.perf_counter() - wall)
            processors.append(time.process_time() - processor)
    seconds = minutes * 60
    return {
        "minutes": minutes,
        "times": times,
        "seconds_best": round(min(walls), 4),
        "cpu_seconds_best": round(min(processors), 4),
        "times_real_time": round(seconds / min(walls)),
        "times_real_time_per_core": round(seconds / min(processors)),
        "talk_ratio": found.talk_ratio,
        "overtalk_s": found.overtalk_s,
        "version": found.version,
    }
