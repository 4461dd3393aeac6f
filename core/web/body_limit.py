"""How large a request may be, by who asks and what for; refused by its announced length, else as soon as it is passed.

Nothing of a body that is too large is read: the answer goes out, and the rest is thrown away on the wire. Knows no
route: who takes more than usual says so by path (``Web.body_limits``).
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from core.errors import HotlineError

USUAL = 256 << 10
# A name and a password are short.
OF_STRANGERS = 8 << 10


class TooLarge(HotlineError):
    status = 413
    code = "too_large"


def limit_of(path: str, larger: Mapping[str, int], *, stranger: bool) -> int:
    if stranger:
        return OF_STRANGERS
    return max((most for below, most in larger.items() if path.startswith(below)), default=USUAL)


def announced(headers: Headers) -> int:
    """A length that is no number is for the protocol to refuse."""
    given = headers.get("content-length", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else 0


def too_large(most: int) -> TooLarge:
    return TooLarge("The request is too large.", remedy="Send at most {most} bytes.", most=most)


def counting(receive: Receive, most: int) -> Receive:
    """For bodies that do not say how long they are. What frameworks let pass is the web framework's own exception."""
    taken = 0

    async def receive_counted() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
        return message

    return receive_counted
