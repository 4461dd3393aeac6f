"""``hotline bench roster`` and ``kpi`` in small: one JSON object with figures of every step."""

import json

from typer.testing import CliRunner

from core.cli import build


def test_it_prints_one_json_object():
    done = CliRunner().invoke(
        build(), ["bench", "roster", "--agents", "8", "--days", "3", "--limit-s", "5", "--workers", "2"]
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["agents"], found["days"]) == (8, 3)
    assert found["wape"] < found["naive_wape"]
    assert found["short_h"] >= found["bound_h"]
    assert found["shifts"] > 5
    assert found["first_roster_s"] <= found["covered_s"] <= found["seconds"] + 0.1
    assert {"machine", "forecast_s", "staffing_s", "seconds", "needed_h", "rostered_h"} <= found.keys()


def test_a_month_s_scores_are_those_by_pandas():
    done = CliRunner().invoke(build(), ["bench", "kpi", "--calls", "20000", "--orders", "2000", "--agents", "6"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["bench"], found["synthetic"], found["size"]["lines"]) == ("kpi", True, 12)
    assert found["results"]["scored"] == 6
    assert found["results"]["largest_difference"] <= 1e-9
    assert set(found["goal"]) <= set(found["results"])
