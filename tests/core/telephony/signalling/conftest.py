from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.telephony.signalling.house import House, Peer


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House(tmp_path) as made:
        yield made


@pytest.fixture
async def caller(house: House) -> AsyncIterator[Peer]:
    async with Peer(house) as made:
        yield made


@pytest.fixture
async def phone(house: House) -> AsyncIterator[Peer]:
    async with Peer(house) as made:
        yield made
