"""The solver's own process: ``python -m kpi.planning.worker`` reads a problem on stdin and tells by lines on stdout.

Each line is a JSON object: ``{"progress": …}`` any number of times, then ``{"proposal": …}`` or ``{"error": …}``.
It makes way for voice and pages, and ends when whoever started it is gone.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from dataclasses import asdict
from typing import Any

import orjson

from core.errors import HotlineError
from core.rosters.records import Leave, Rules, Shift, Span, Template
from kpi.planning.problem import PlannedAgent, RosterProblem
from kpi.planning.propose import SolvedRoster, propose

NICENESS = 10
PR_SET_PDEATHSIG = 1


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.nice(NICENESS)
    logging.basicConfig(level=logging.WARNING)
    try:
        found = propose(problem_of(orjson.loads(sys.stdin.buffer.read())), lambda one: _tell({"progress": one}))
    except HotlineError as refused:
        values = {name: str(value) for name, value in refused.values.items()}
        _tell({"error": {"message": refused.message, "remedy": refused.remedy, "values": values}})
        return
    _tell({"proposal": proposal_row(found)})


def _tell(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line, default=tuple) + b"\n")
    sys.stdout.buffer.flush()


# --- over the pipe ---------------------------------------------------------------------------------------------


def problem_row(problem: RosterProblem) -> bytes:
    # A span is a tuple to us and unknown to orjson.
    return orjson.dumps(asdict(problem), default=tuple)


def problem_of(raw: dict[str, Any]) -> RosterProblem:
    return RosterProblem(
        **{
            **raw,
            "people": tuple(_person(one) for one in raw["people"]),
            "templates": tuple(_template(one) for one in raw["templates"]),
            "pools": {name: tuple(queues) for name, queues in raw["pools"].items()},
            "needs": {name: tuple(tuple(day) for day in days) for name, days in raw["needs"].items()},
            "rules": Rules(**raw["rules"]),
            "standing": tuple(shift_of(one) for one in raw["standing"]),
        }
    )


def proposal_row(proposal: SolvedRoster) -> dict[str, Any]:
    return {**asdict(proposal), "proven": proposal.proven}


def shift_of(raw: dict[str, Any]) -> Shift:
    spans = {name: tuple(Span(*one) for one in raw.get(name, ())) for name in ("breaks", "away")}
    return Shift(**{**raw, **spans, "skills": tuple(raw["skills"])})


def _person(raw: dict[str, Any]) -> PlannedAgent:
    return PlannedAgent(
        raw["extension"],
        tuple(raw["serves"]),
        tuple(raw["skills"]),
        tuple(shift_of(one) for one in raw["fixed"]),
        tuple(Leave(**one) for one in raw["leaves"]),
    )


def _template(raw: dict[str, Any]) -> Template:
    pauses = {name: tuple((int(start), int(end)) for start, end in raw[name]) for name in ("breaks", "windows")}
    return Template(**{**raw, **pauses, "skills": tuple(raw["skills"])})


if __name__ == "__main__":
    main()
