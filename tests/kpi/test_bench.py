"""``hotline bench roster`` in small: one JSON object with figures of all three steps."""

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
