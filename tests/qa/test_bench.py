"""``hotline bench audio`` in small."""

import json

from typer.testing import CliRunner

from core.cli import build


def test_it_prints_one_json_object():
    done = CliRunner().invoke(build(), ["bench", "audio", "--minutes", "0.5", "--times", "1"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert {"machine", "seconds_best", "times_real_time_per_core", "version"} <= found.keys()
    assert found["minutes"] == 0.5
    assert 0 < found["talk_ratio"] < 1
