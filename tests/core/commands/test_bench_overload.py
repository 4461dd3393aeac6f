"""The benchmark offers what it says, and what was offered is accounted for."""

import asyncio

import pytest

from core.commands import bench_overload


@pytest.mark.slow
@pytest.mark.deep
def test_every_call_that_is_offered_has_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_overload, "AGENTS", 6)
    monkeypatch.setattr(bench_overload, "TALKS", 1)
    monkeypatch.setattr(bench_overload, "AT_ONCE", 4)
    found = asyncio.run(bench_overload.measure(tmp_path, 2.0, 4.0))
    for part in (found["steady"], found["twice"]):
        assert sum(part["answers"].values()) + part["no_end"] == part["offered"]
    assert found["steady"]["bridged"] > 0
    assert found["talks"]["up_after"] == 1
    assert found["goodput_share"] > 0
