"""The benchmark runs and measures what it says."""

import pytest
import typer

from core.commands import bench
from core.commands.bench_live import measure


def test_every_benchmark_hangs_in_the_same_group():
    app = typer.Typer()
    assert bench.group(app) is bench.group(app)
    assert [one.name for one in app.registered_groups] == ["bench"]


@pytest.mark.slow
@pytest.mark.deep
def test_a_change_reaches_every_client():
    found = measure(seconds=1.0, sizes=(5,))
    (figures,) = found["results"]
    assert figures["clients"] == 5
    assert figures["received_by_the_slowest"] >= 0.7 * figures["expected_by_each"]
    assert 0 < figures["latency_ms_p50"] <= figures["latency_ms_p95"]
    assert found["machine"]["cpus"] >= 1
