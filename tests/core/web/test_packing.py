"""What is packed on its way to a browser, and what is not."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from core.web.packing import LEAST_BYTES, MOST_ON_LOOP, Packing, takes_gzip

LONG = {"said": "水管" * LEAST_BYTES}


async def ask(answer, taken="gzip, br"):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        await asyncio.Event().wait()

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-encoding", taken.encode())]}
    await Packing(answer)(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return headers, b"".join(one.get("body", b"") for one in sent[1:])


async def test_a_text_is_packed_and_its_length_is_that_of_what_is_sent():
    headers, body = await ask(JSONResponse(LONG))
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert int(headers["content-length"]) == len(body) < 500
    assert json.loads(gzip.decompress(body)) == LONG


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (JSONResponse(LONG), "br"),
        (JSONResponse({"said": "short"}), "gzip"),
        (Response(bytes(9000), media_type="audio/wav"), "gzip"),
        (Response(bytes(9000), 206, media_type="text/csv"), "gzip"),
        (JSONResponse(LONG, headers={"Content-Encoding": "br"}), "gzip"),
        (StreamingResponse(iter(["a" * 900, "b" * 900]), media_type="text/csv"), "gzip"),
        (PlainTextResponse("", 304), "gzip"),
    ],
)
async def test_what_is_short_streamed_partial_sound_or_packed_goes_as_it_is(answer, taken):
    headers, body = await ask(answer, taken)
    assert headers.get("content-encoding") != "gzip"
    assert not body.startswith(b"\x1f\x8b")
    if "content-length" in headers:
        assert int(headers["content-length"]) == len(body)


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("*, gzip;q=0", False),
        ("*;q=0", False),
        ("gzip;q=none", False),
        ("notgzip", False),
        ("", False),
    ],
)
def test_a_browser_says_whether_it_takes_gzip(accepted, takes):
    assert takes_gzip(accepted) is takes


async def test_what_is_long_is_packed_beside_the_event_loop(monkeypatch):
    where = []
    compress = gzip.compress
    monkeypatch.setattr(
        gzip, "compress", lambda *a, **more: (where.append(threading.current_thread().name), compress(*a, **more))[1]
    )
    text = "水" * MOST_ON_LOOP
    headers, body = await ask(PlainTextResponse(text, media_type="text/csv"))
    assert gzip.decompress(body).decode() == text
    assert int(headers["content-length"]) == len(body)
    await ask(JSONResponse(LONG))
    assert [name.startswith("answer") for name in where] == [True, False]
