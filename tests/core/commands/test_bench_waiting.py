"""The benchmark keeps its queue as long as it says."""

import asyncio

from core.commands.bench_waiting import measure


def test_as_many_wait_at_the_end_as_at_the_beginning():
    found = asyncio.run(measure(20))
    assert found["at_the_end"] == found["waiting"] == 20
    assert 0 < found["input_ms"]["mean"] <= found["input_ms"]["p99"]
    assert found["ping_ms"] > 0
