"""The control socket's asking side before a scripted server."""

import asyncio

import orjson
import pytest

from core.errors import Conflict, HotlineError, Unavailable
from core.telephony.control_client import ControlClient
from core.workorders.workflow import Impossible


@pytest.fixture
async def client(tmp_path):
    made = ControlClient(tmp_path / "sip.sock")
    yield made
    await made.close()


async def serve(path, answer):
    async def serving(reader, writer):
        try:
            while line := await reader.readline():
                await answer(orjson.loads(line), writer)
        finally:
            writer.close()

    return await asyncio.start_unix_server(serving, path)


def line(**message):
    return orjson.dumps(message) + b"\n"


async def test_answers_find_their_requests_in_any_order(client):
    held = []

    async def answer(request, writer):
        held.append(request)
        if len(held) == 3:
            for one in reversed(held):
                writer.write(line(id=one["id"], ok=True, result={"said": one["word"]}))

    server = await serve(client.path, answer)
    found = await asyncio.gather(*(client.request("x", word=word) for word in "abc"))
    assert [one["said"] for one in found] == ["a", "b", "c"]
    server.close()


async def test_an_error_comes_back_as_the_error_it_was(client):
    async def answer(request, writer):
        error = {"code": request["kind"], "message": "No, {why}.", "field": "f", "remedy": "r", "values": {"why": "so"}}
        writer.write(line(id=request["id"], ok=False, error=error))

    server = await serve(client.path, answer)
    with pytest.raises(Conflict) as no:
        await client.request("x", kind="conflict")
    assert (str(no.value), no.value.field, no.value.remedy) == ("No, so. r", "f", "r")
    with pytest.raises(HotlineError) as strange:
        await client.request("x", kind="never-heard-of")
    assert type(strange.value) is HotlineError
    server.close()


async def test_an_error_is_of_the_core_s_own_kinds_whatever_else_is_loaded(client):
    async def answer(request, writer):
        writer.write(line(id=request["id"], ok=False, error={"code": Impossible.code, "message": "not now"}))

    server = await serve(client.path, answer)
    with pytest.raises(Conflict) as refused:
        await client.request("x")
    assert type(refused.value) is Conflict
    server.close()


async def test_a_core_that_is_away_or_mute_is_unavailable(client):
    with pytest.raises(Unavailable):
        await client.request("ping")

    async def mute(_request, _writer):
        pass

    server = await serve(client.path, mute)
    with pytest.raises(Unavailable):
        await client.request("ping", limit_s=0.05)
    assert not client._waiting
    server.close()


async def test_who_waits_is_told_at_once_when_the_core_dies_and_the_next_request_connects_anew(client):
    async def die(_request, writer):
        writer.close()

    server = await serve(client.path, die)
    async with asyncio.timeout(1):
        with pytest.raises(Unavailable):
            await client.request("x")
    server.close()
    client.path.unlink(missing_ok=True)

    async def answer(request, writer):
        writer.write(line(id=request["id"], ok=True, result={}))

    server = await serve(client.path, answer)
    assert await client.request("x") == {}
    server.close()


async def test_a_watcher_comes_back_after_a_break_and_after_a_loss(client):
    connections = 0

    async def push(request, writer):
        nonlocal connections
        connections += 1
        writer.write(line(id=request["id"], ok=True, result={}))
        writer.write(line(live={"n": connections}))
        if connections == 1:
            writer.close()

    server = await serve(client.path, push)
    got, links = [], []

    def on_message(message):
        got.append(message["n"])
        return message["n"] != 2

    watching = asyncio.create_task(client.watch(on_message, links.append))
    async with asyncio.timeout(3):
        while got != [1, 2, 3]:
            await asyncio.sleep(0.01)
    assert links == [True, False, True, False, True]
    watching.cancel()
    server.close()
