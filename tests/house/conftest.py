from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.front import Front
from tests.house.running import House
from tests.house.sipp import Sipp, peers_of


@pytest.fixture(scope="module")
def peers_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running demo site of the module's own, with voice ports of the test worker's own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    house = House(tmp_path_factory.mktemp("peers") / "site", rtp_from=40000 + 800 * worker)
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
