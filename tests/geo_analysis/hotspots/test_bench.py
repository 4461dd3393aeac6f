"""``hotline bench hotspots`` in small: every method timed, esda beside it, equal where it computes the same."""

import json

from typer.testing import CliRunner

from core.cli import build


def test_it_prints_one_json_object():
    done = CliRunner().invoke(build(), ["bench", "hotspots", "--points", "3000"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    [one] = found["sizes"]
    assert one["points"] == 3000
    assert one["seconds"].keys() == {"gi", "moran", "kde", "dbscan", "emerging"}
    assert one["marked"]["gi"] > 0
    assert one["esda"]["largest_difference_z"] < 1e-9
