"""The benchmark opens real orders and waits for real syncs."""

from pathlib import Path

from core.commands.bench_disk import measure


def test_orders_and_calls_are_counted_with_and_without_a_sync(tmp_path: Path) -> None:
    found = measure(tmp_path, 4, 20)
    for one in (*found["orders"].values(), *found["calls"].values()):
        assert one["per_s"] > 0 < one["cpu_ms_each"]
    assert 0 <= found["sync_ms"]["p50"] <= found["sync_ms"]["max"]
    assert 0 < found["answer_late_ms"]["p50"] <= found["answer_late_ms"]["max"]
