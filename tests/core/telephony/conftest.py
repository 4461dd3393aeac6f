from __future__ import annotations

import pytest

from tests.core.telephony.office import Office


@pytest.fixture
def office() -> Office:
    return Office()
