"""The measuring's own process: ``python -m qa.worker`` reads what is to be measured and tells what was, line by line.

In: ``{"path": …, "holds": [[from, to], …]}``. Out: ``{"measures": …}`` or ``{"problem": …}``. It makes
way for voice and pages, and ends with whoever started it.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from core.errors import BadInput, HotlineError
from qa import sound_file
from qa.signals.measures import measure

NICENESS = 10
PR_SET_PDEATHSIG = 1
log = logging.getLogger(__name__)


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.nice(NICENESS)
    logging.basicConfig(level=logging.WARNING)
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(orjson.dumps(answer(orjson.loads(line))) + b"\n")
        sys.stdout.buffer.flush()


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        read = sound_file.read(Path(asked["path"]))
        return {"measures": asdict(measure(read.samples, read.rate, [(one[0], one[1]) for one in asked["holds"]]))}
    except HotlineError as refused:
        return _problem(refused)
    except Exception:
        # One odd file must not end the measuring of all others.
        log.exception("a recording could not be measured")
        return _problem(BadInput("The recording cannot be measured.", remedy="Look at the log of the web process."))


def _problem(refused: HotlineError) -> dict[str, Any]:
    values = {name: str(value) for name, value in refused.values.items()}
    return {"problem": {"message": refused.message, "remedy": refused.remedy or "", "values": values}}


if __name__ == "__main__":
    main()
