"""Hangs the Dash application into the web process: shell, pages, theme. Knows pages by their registry only."""

from __future__ import annotations

import logging
import re
from inspect import isawaitable
from typing import Any

import dash
import dash_ag_grid  # noqa: F401 - a first import inside a layout would break the page that needs it
from dash import Dash, html
from fastapi import Response
from fastapi.responses import RedirectResponse

from core import __version__
from core.api.app import Web
from core.api.auth import current_user
from core.api.live import LIVE_ROLES
from core.errors import HotlineError
from core.i18n import _, language, translate_error
from dashboards import addresses, theme
from dashboards.addresses import NoSuchPage, page_at
from dashboards.pages import PAGES, Page, home_of
from dashboards.refusals import Refusals
from dashboards.shell import shell

log = logging.getLogger(__name__)

# Language and scheme stand on the root element before anything is drawn, so that nothing flashes.
INDEX = """<!DOCTYPE html>
<html lang="{%lang%}"{%live%}>
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<link rel="icon" href="data:,">
<script>document.documentElement.dataset.scheme = localStorage.getItem("scheme") || "light";</script>
{%css%}
</head>
<body{%bare%}>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


# A wall shows no table: a megabyte that its small computer need not read.
TABLES = re.compile(r'<script src="[^"]*/dash_(?:ag_grid|table)/[^"]*"></script>\n?')


class Pages(Dash):  # type: ignore[misc]
    """Dash with an index page in the request's language, and for our pages only."""

    def index(self, *args: Any, **kwargs: Any) -> Any:
        if page_at(self._path()) is None:
            raise NoSuchPage(self._path())
        return super().index(*args, **kwargs)

    def interpolate_index(self, **parts: Any) -> str:
        page = page_at(self._path())
        bare = page is not None and page.bare
        if bare:
            parts["scripts"] = TABLES.sub("", parts["scripts"])
        whole: str = super().interpolate_index(**parts)
        user = current_user()
        no_live = user is not None and user.role not in LIVE_ROLES
        whole = whole.replace("{%bare%}", ' data-bare="1"' if bare else "", 1)
        whole = whole.replace("{%live%}", ' data-no-live="1"' if no_live else "", 1)
        return whole.replace("{%lang%}", "zh-CN" if language() == "zh_CN" else "en", 1)

    def _path(self) -> str:
        return str(self.backend.request_adapter().path)


def mount(web: Web) -> None:
    """Routes first: Dash takes every path that is left when the process starts."""
    add_routes(web)
    logging.getLogger("dash").setLevel(logging.WARNING)
    app = Pages(
        __name__,
        index_string=INDEX,
        server=web.app,
        backend="fastapi",
        use_pages=True,
        pages_folder="",
        title="Hotline",
        update_title="",
        external_stylesheets=[f"/res/theme-{__version__}.css"],
        suppress_callback_exceptions=True,
        use_async=True,
        add_log_handler=False,
    )
    addresses.add_handler(web)
    web.app.add_middleware(Refusals, web=web)
    for page in PAGES:
        _register(app, web, page)
    # For links inside the pages that lead nowhere.
    dash.register_page("not_found_404", path="/404", title=lambda **_all: _("No such page"), layout=no_such_page)
    app.layout = lambda: shell(current_user(), language(), web.settings.timezone)

    async def run_hooks() -> None:
        # Dash adds the pages' router in a hook that a first deep link does not run; so it runs before any request.
        for hook in app.backend._before_request_funcs:
            outcome = hook()
            if isawaitable(outcome):
                await outcome

    web.on_start(run_hooks)


def add_routes(web: Web) -> None:
    css = theme.stylesheet()

    @web.app.get(f"/res/theme-{__version__}.css", include_in_schema=False)
    async def stylesheet() -> Response:
        return Response(css, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @web.app.get("/", include_in_schema=False)
    async def home() -> Response:
        user = current_user()
        return RedirectResponse(home_of(user.role) if user else "/login", 303)


def _register(app: Any, web: Web, page: Page) -> None:
    async def layout(**parameters: Any) -> Any:
        user = current_user()
        if user is None or user.role not in page.roles:
            return not_permitted()
        try:
            outcome = page.layout(**parameters)
            return await outcome if isawaitable(outcome) else outcome
        except Exception as problem:
            # Dash would leave the page empty; the person is told, the log has the rest.
            if not isinstance(problem, HotlineError):
                log.exception("page %s", page.id)
            return not_now(problem)

    kind = {"path_template": page.path} if "<" in page.path else {"path": page.path}
    dash.register_page(
        page.id,
        name=page.title,
        title=lambda **_parameters: f"{_(page.title)} · {_('Hotline')}",
        layout=layout,
        **kind,
    )
    page.register(app, web)


def no_such_page(**_parameters: Any) -> Any:
    return message(_("No such page"), _("Check the address, or begin from your start page."))


def not_permitted() -> Any:
    return message(
        _("Your role does not include this page."),
        _("Ask an administrator if you need it for your work."),
    )


def not_now(problem: Exception) -> Any:
    """What a person reads instead of a page that failed."""
    if isinstance(problem, HotlineError):
        text, remedy = translate_error(problem)
        return message(text, remedy or "")
    return message(_("This page cannot be shown now."), _("Reload it; if that does not help, call the administrator."))


def message(text: str, remedy: str) -> Any:
    return html.Div([html.H1(text, className="refused"), html.P(remedy)], className="panel note", role="alert")
