"""Answers in gzip (RFC 9110 8.4.1.3) for browsers that take it: texts, as they are made. Sound is left as it is."""

from __future__ import annotations

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.web.answers import off_loop

TEXTS = ("text/html", "text/css", "text/javascript", "text/csv", "application/json", "application/problem+json")
# Less does not become shorter by what it costs.
LEAST_BYTES = 500
LEVEL = 4
# More takes longer than others should wait for the event loop.
MOST_ON_LOOP = 64 * 1024


class Packing:
    """Only answers that come as one piece: what is streamed stays as it flows."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await self.app(scope, receive, send)
            return
        begun: Message | None = None

        async def packed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _may(message):
                begun = message
                return
            if begun is not None:
                start, begun = begun, None
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    large = len(message.get("body", b"")) > MOST_ON_LOOP
                    message = await off_loop(_pack, start, message) if large else _pack(start, message)
                await send(start)
            await send(message)

        await self.app(scope, receive, packed)


def takes_gzip(accepted: str) -> bool:
    """Of an Accept-Encoding (RFC 9110 12.5.3): a weight of nought is a no, and a name counts before the star."""
    weights: dict[str, float] = {}
    for one in accepted.lower().split(","):
        coding, _, parameter = (part.strip() for part in one.partition(";"))
        name, _, weight = (part.strip() for part in parameter.partition("="))
        try:
            weights[coding] = float(weight) if name == "q" else 1.0
        except ValueError:
            weights[coding] = 0.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _may(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").partition(";")[0]
    return kind in TEXTS and start["status"] != 206 and "content-encoding" not in headers


def _pack(start: Message, body: Message) -> Message:
    headers = MutableHeaders(raw=start["headers"])
    headers.add_vary_header("Accept-Encoding")
    content = body.get("body", b"")
    if len(content) < LEAST_BYTES:
        return body
    smaller = gzip.compress(content, LEVEL, mtime=0)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(smaller))
    return {**body, "body": smaller}
