"""Systems of coordinates: GCJ-02 against the pairs that eviltransform publishes, and back; BD-09 there and back."""

import numpy as np
import pytest

from core.errors import BadInput
from etl.importers.projection import assumed, degrees, shifted, system_of

# WGS 84 and GCJ-02, longitude first: Shanghai, Shenzhen, Beijing (github.com/googollee/eviltransform, its tests).
PAIRS = np.array(
    [
        (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
        (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
        (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
    ]
)


def metres(x, y, other_x, other_y):
    return np.hypot((x - other_x) * 111_320 * np.cos(np.radians(y)), (y - other_y) * 110_574)


def test_gcj_02_is_right_to_less_than_a_metre_both_ways():
    wgs, gcj = PAIRS[:, :2].T, PAIRS[:, 2:].T
    assert metres(*shifted(*wgs, "gcj02"), *gcj).max() < 1
    assert metres(*degrees(*gcj, "gcj02"), *wgs).max() < 1


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_there_and_back_is_where_it_was(system):
    chance = np.random.default_rng(1)
    x, y = chance.uniform(100, 122, 500), chance.uniform(22, 42, 500)
    assert metres(*degrees(*shifted(x, y, system), system), x, y).max() < 0.05


def test_systems_have_one_spelling_and_unknown_ones_are_refused():
    assert [system_of(one) for one in ("EPSG:4527", "4527", "GCJ-02")] == ["4527", "4527", "gcj02"]
    with pytest.raises(BadInput):
        system_of("Beijing 54")
    with pytest.raises(BadInput):
        degrees(np.ones(1), np.ones(1), "9")
    with pytest.raises(BadInput):
        assumed(np.array([4e7]), np.array([3e6]))
