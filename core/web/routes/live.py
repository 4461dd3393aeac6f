"""``GET /api/v1/live`` and the websocket ``/ws/live``: the hub's messages to people and programs."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

import orjson
from fastapi import Depends, Response, WebSocket
from starlette.websockets import WebSocketDisconnect

from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.live_hub import Listener
from core.web.shapes import floor as shape

# A wall is given what it shows and no more. Site managers and field workers work on orders; the floor is not theirs.
Watcher = Annotated[User, Depends(holding(Right.LIVE, Right.WALL))]


def add_routes(web: Web) -> None:
    @web.app.get("/api/v1/live", response_model=shape.LiveSnapshot, tags=["live"])
    async def live(user: Watcher) -> Response:
        """The floor now: queues, agents, calls. ``stale`` says that the telephony core is away."""
        return Response(orjson.dumps(web.live.view(user)), media_type="application/json")

    @web.app.websocket("/ws/live")
    async def live_socket(socket: WebSocket, user: Watcher) -> None:
        await socket.accept()
        listener = web.live.listen(user)
        tasks = {asyncio.create_task(_send(socket, listener)), asyncio.create_task(_until_gone(socket))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            web.live.listeners.discard(listener)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: WebSocket, listener: Listener) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        while True:
            await socket.send_text(await listener.next())


async def _until_gone(socket: WebSocket) -> None:
    """Read-only: what a client says is thrown away."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
