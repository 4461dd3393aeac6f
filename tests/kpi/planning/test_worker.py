"""The solver's own process: what goes into the pipe comes back as it was."""

import json
import subprocess
import sys
from dataclasses import replace

import orjson

from core.rosters.records import Leave, planned
from kpi.planning.problem import PlannedAgent
from kpi.planning.worker import problem_of, problem_row, shift_of
from tests.kpi.planning.test_propose import REPAIR, ZONE, ask, breaches, crew


def test_a_problem_comes_back_from_the_pipe_as_it_was():
    fixed = (planned(replace(REPAIR, breaks=((600, 630),)), "8002", "2026-11-22", ZONE),)
    away = (Leave("8002", 0.0, 1.0, "年假", id=3),)
    made = ask([PlannedAgent("8002", ("repair",), ("repair",), fixed, away)], {"repair": (32, 64, 1)}, standing=fixed)
    assert problem_of(orjson.loads(problem_row(made))) == made


def talk(data: bytes):
    done = subprocess.run(
        [sys.executable, "-m", "kpi.planning.worker"], input=data, capture_output=True, timeout=100, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_worker_tells_progress_and_then_the_proposal():
    made = ask(crew(4), {"general": (32, 64, 2)})
    *progress, last = talk(problem_row(made))
    assert progress[0]["progress"]["phase"] == "count"
    shifts = tuple(shift_of(one) for one in last["proposal"]["shifts"])
    assert breaches(made, shifts) == []
    assert last["proposal"]["short_h"] == 0


def test_the_worker_tells_what_it_refuses_in_words():
    (last,) = talk(problem_row(replace(ask(crew(1), {"general": (32, 64, 1)}), templates=())))
    assert last["error"]["message"] == "There are no shift templates."
