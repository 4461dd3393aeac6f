"""What a page may know of the request: the web process's parts, and who asks."""

from __future__ import annotations

from typing import Any

import dash

from core.api.app import Web
from core.api.auth import current_user
from core.people.users import User


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
    feeder = parts.parts.get("feeder")
    return feeder is not None and feeder.status()["status"] == "ok"
