from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.front import Front
from tests.house.running import House
from tests.house.sipp import Sipp, peers_of


@pytest.fixture(scope="module")
def peers_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running demo site of the module's own."""
    house = House(tmp_path_factory.mktemp("peers") / "site")
    try:
        house.start()
        yield house
    finally:
        code = house.stop()
    assert code == 0


@pytest.fixture(scope="module")
def front(peers_house: House) -> Front:
    return Front(peers_house)


@pytest.fixture
def sipp(peers_house: House, tmp_path: Path) -> Iterator[Sipp]:
    with peers_of(peers_house, tmp_path / "sipp") as started:
        yield started
