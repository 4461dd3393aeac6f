"""A media process of the test's own with a hand on its controls, and bare sockets that stand in for phones."""

from __future__ import annotations

import socket

import pytest

from tests.core.telephony.media.running import Control, Media


@pytest.fixture
def control(tmp_path):
    media = Media(tmp_path)
    media.run()
    made = Control(media)
    yield made
    made.close()
    media.stop()


@pytest.fixture
def phones():
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    for phone in made:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(10)
    yield made
    for phone in made:
        phone.close()
