"""kill -9 of the voice process at any moment, on a busy machine, costs at most the last second of every recording."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.telephony.media.recorder import BYTES_PER_SECOND, HEADER_BYTES
from tests.core.telephony.media.running import Control, Media
from tests.core.telephony.media.test_recorder import read_wav

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

CALLS, BUSY, LAST_S = 100, 4, 1.0


@pytest.fixture
def busy_machine():
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    yield
    for hog in hogs:
        hog.kill()
        hog.wait()


@pytest.mark.usefixtures("busy_machine")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in (1, 2))])
def test_at_most_the_last_second_of_each_recording_is_lost(tmp_path: Path, seed: int) -> None:
    media = Media(tmp_path)
    media.run()
    control = Control(media)
    for number in range(CALLS):
        order = {"do": "record", "call": f"c{number}", "path": f"{number}.wav", "left": [], "right": []}
        control.send(json.dumps(order).encode() + b"\n")
    control.send(b'{"do": "stats", "id": 1}\n')
    control.next()
    began = time.monotonic()
    time.sleep(3 + random.Random(seed).random())
    assert media.process is not None
    media.process.kill()
    lasted = time.monotonic() - began
    media.process.wait(10)
    control.close()
    lengths = [(media.recordings / f"{n}.wav").stat().st_size - HEADER_BYTES for n in range(CALLS)]
    assert min(lengths) / BYTES_PER_SECOND > lasted - LAST_S
    # As they lie there they play: a header may miss what was written last, and nothing more.
    for number in range(0, CALLS, 10):
        assert len(read_wav(media.recordings / f"{number}.wav")) / BYTES_PER_SECOND > lasted - LAST_S
