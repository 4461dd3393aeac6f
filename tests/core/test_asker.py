"""Who waits for an answer, and how it is known that they have gone."""

import asyncio

import pytest

from core.asker import Asker, asker_left, set_asker


class Wire:
    def __init__(self) -> None:
        self.messages: asyncio.Queue[object] = asyncio.Queue()

    async def receive(self):
        message = await self.messages.get()
        if isinstance(message, Exception):
            raise message
        return message


@pytest.fixture
async def wire():
    return Wire()


async def test_a_body_that_came_while_the_asker_was_watched_is_still_read(wire):
    asker = Asker(wire.receive)
    left = asker.left()
    wire.messages.put_nowait({"type": "http.request", "body": b"a", "more_body": True})
    wire.messages.put_nowait({"type": "http.request", "body": b"b", "more_body": False})
    assert [(await asker.receive())["body"] for _ in range(2)] == [b"a", b"b"]
    assert not left.done()
    wire.messages.put_nowait({"type": "http.disconnect"})
    assert [(await asker.receive())["type"] for _ in range(2)] == ["http.disconnect"] * 2
    await left


async def test_a_body_that_is_refused_is_refused_to_its_reader(wire):
    asker = Asker(wire.receive)
    asker.left()
    wire.messages.put_nowait(ValueError("too large"))
    with pytest.raises(ValueError, match="too large"):
        await asker.receive()


async def test_nobody_watches_who_is_not_asked_about(wire):
    asker = Asker(wire.receive)
    wire.messages.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    assert (await asker.receive())["type"] == "http.request"
    asker.answered()
    assert asker.left() is None


async def test_in_the_background_nobody_can_leave():
    set_asker(None)
    assert asker_left() is None
