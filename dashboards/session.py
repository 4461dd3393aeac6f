"""What a page may know of the request: the web process's parts, and who asks."""

from __future__ import annotations

from typing import Any

import dash

from core.errors import HotlineError, NotAllowed
from core.people.users import User
from core.web.auth import NoRight, current_user
from core.web.context import Web
from etl.feed import FEEDER


def web() -> Web:
    """The application that this page is served by."""
    found: Any = dash.get_app().server.state.web
    assert isinstance(found, Web)
    return found


def user() -> User:
    """Whoever asks; the shell has turned everybody else away."""
    found = current_user()
    assert found is not None
    return found


def feed_is_up(parts: Web) -> bool:
    """Whether the marts know everything that has happened but for a few seconds."""
    feeder = parts.parts.get(FEEDER)
    return feeder is not None and feeder.status()["status"] == "ok"


async def note_refused(path: str, no: HotlineError) -> None:
    """The audit's line of what a page's own function refused: the same as for the page itself, once in five minutes."""
    if no.status == NotAllowed.status:
        await web().audit.record_once(user().name, "refused", path, why=NoRight.code)
