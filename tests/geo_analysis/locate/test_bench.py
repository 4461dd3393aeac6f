"""The benchmark of locating: invented names, and the real addresses where they are at hand."""

from geo_analysis.locate.bench import run
from tests.geo_analysis.real import leaks


def test_invented_names_are_found_in_every_spelling():
    kinds = run(None, 1, roads=300, asked=80)["invented"]["kinds"]
    assert kinds["as_written"]["first"] == 1.0
    assert min(one["among"] for one in kinds.values()) >= 0.9
    assert kinds["same_sound"]["first"] >= 0.95


def test_real_streets_are_found_though_a_letter_is_wrong():
    found = run(leaks(), 1, roads=50, asked=8)["file"]
    assert found["answerable"] > 300
    assert found["kinds"]["as_written"]["first"] >= 0.99
    assert all(one["first"] >= 0.93 for one in found["kinds"].values())
