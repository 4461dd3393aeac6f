"""Which addresses are pages. Dash answers any path with its index; people who mistype one are told so instead.

An unknown page is answered with HTTP 404 in the person's language; an unknown address of the interface stays a problem
document.
"""

from __future__ import annotations

import re
from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from core.errors import NotFound
from core.i18n import _
from core.web.auth import current_user
from core.web.context import Web
from core.web.plain_page import plain_page
from core.web.problems import problem
from dashboards.pages import PAGES, DashPage, home_of

# What programs ask for: they read no page.
NOT_FOR_PEOPLE = ("/api/", "/_", "/assets/", "/res/", "/ws/", "/healthz")


class NoSuchPage(Exception):
    """Nothing is at this path."""


def page_at(path: str) -> DashPage | None:
    """The page that a path names, ``/`` at its end or not."""
    whole = path.rstrip("/") or "/"
    return next((page for page in PAGES if re.fullmatch(re.sub(r"<\w+>", "[^/]+", page.path), whole)), None)


def add_handler(web: Web) -> None:
    @web.app.exception_handler(NoSuchPage)
    async def nothing_here(request: Request, _error: Exception) -> Response:
        path = request.url.path
        if path.startswith(NOT_FOR_PEOPLE):
            return problem(NotFound("There is nothing at {path}.", path=path), path)
        user = current_user()
        home = home_of(user) if user else "/login"
        said = (
            f'<p class="error" role="alert">{escape(_("There is no page at {path}.", path=path[:200]))}</p>'
            f"<p>{escape(_('Check the address, or begin from your start page.'))}</p>"
            f'<p><a href="{home}">{escape(_("Start page"))}</a></p>'
        )
        return HTMLResponse(plain_page(_("No such page"), said), 404)
