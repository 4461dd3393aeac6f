"""Hangs the Dash application into the web process: shell, pages, theme. Knows pages by their registry only."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial, wraps
from inspect import isawaitable
from typing import Annotated, Any

import dash
import dash_ag_grid  # noqa: F401 - a first import inside a layout would break the page that needs it
from dash import Dash, html
from dash.exceptions import PreventUpdate
from dash.fingerprint import check_fingerprint
from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from plotly.io.json import to_json_plotly
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import BadInput, HotlineError, NotFound, Unavailable
from core.i18n import _, language, translate_error
from core.installation.definition import BreakReason
from core.installation.service import of_frame
from core.people.users import User
from core.rights import Right
from core.web import doors
from core.web.answer_headers import script_nonce
from core.web.auth import NoRight, current_user, holding, require
from core.web.context import Web
from core.web.problems import TELL, logged, problem, program_failed
from dashboards import addresses
from dashboards.addresses import NoSuchPage, page_at
from dashboards.components import figure
from dashboards.drawing import drawn, written
from dashboards.files import SCRIPT, File, Files
from dashboards.index import TEMPLATE, Loads, suite
from dashboards.pages import PAGES, DashPage, home_of
from dashboards.refusals import Refusals
from dashboards.sealed_addresses import SealedAddresses
from dashboards.shell import shell

log = logging.getLogger(__name__)

DOOR = "/_dash-update-component"
INLINE = re.compile(r"<script(?=[\s>])")

# Dash's own addresses: its frame, and the one door of all callbacks, which asks for the callback's own right.
FRAME = (
    "/",
    "/_dash-layout",
    "/_dash-dependencies",
    DOOR,
    "/_reload-hash",
    "/_favicon.ico",
    # What is left is a page, whose layout asks for its own right.
    "{path:path}",
)
SUITES = "/_dash-component-suites/{package_name}/{fingerprinted_path:path}"
# Doors of Dash's that nobody needs: no callback of ours comes by its socket, and our files have addresses of their own.
SHUT = ("/_dash-ws-callback", "/assets", SUITES)
# Which page is drawn at an address; each page's layout asks for the page's right.
ROUTER = "_pages_content.children"


class Pages(Dash):  # type: ignore[misc]
    """Dash with an index page in the request's language, for our pages only, and with a right for every callback."""

    loads: Loads
    # The frame for whoever asks.
    frame: Callable[[], Awaitable[Any]]

    def __init__(self, *args: Any, **more: Any) -> None:
        self.rights: dict[str, Right] = {}
        super().__init__(*args, **more)

    def callback(self, *args: Any, right: Right | None = None, **more: Any) -> Any:
        """As Dash's, with the right that it needs; one that is registered without cannot be called."""
        before = set(self.callback_map)
        register = super().callback(*args, **more)
        made = set(self.callback_map) - before
        for output in made:
            needed = Right.SELF if ROUTER in output else right
            if needed is not None:
                self.rights[output] = needed
        return lambda function: register(reported(written(function), " ".join(sorted(made))))

    def check_callbacks(self) -> None:
        """What runs on the server has a declared right, or the process does not start."""
        callbacks = (output for output, about in self.callback_map.items() if "callback" in about)
        if open_ones := [output for output in callbacks if output not in self.rights]:
            raise doors.Undeclared(f"no right is declared for the callbacks: {', '.join(open_ones)}")

    def _initialize_context(self, body: Any) -> Any:
        output = body.get("output") if isinstance(body, dict) else None
        if not isinstance(output, str) or not isinstance(body.get("inputs"), list):
            raise no_call(output)
        try:
            context = super()._initialize_context(body)
        except Exception as malformed:
            raise no_call(output) from malformed
        # Dash names no type; without one the answer is not packed.
        context.dash_response.set_header("Content-Type", "application/json")
        return context

    def _prepare_callback(self, context: Any, body: Any) -> Any:
        """Every callback comes through here: the door."""
        output = body["output"]
        if output not in self.rights:
            log.warning("%s: there is no function %.100r", DOOR, output)
            raise NotFound("There is nothing at {path}.", path=output[:100].encode("utf-8", "replace").decode())
        try:
            require(self.rights[output])
        except NoRight as no:
            no.values["callback"] = output
            raise
        if not fits(self.callback_map[output], body):
            raise no_call(output)
        try:
            return super()._prepare_callback(context, body)
        except Exception as malformed:
            raise no_call(output) from malformed

    def _inputs_to_vals(self, inputs: Any) -> Any:
        try:
            return super()._inputs_to_vals(inputs)
        except Exception as malformed:
            raise no_call(None) from malformed

    def index(self, *args: Any, **kwargs: Any) -> Any:
        if page_at(self._path()) is None:
            raise NoSuchPage(self._path())
        return super().index(*args, **kwargs)

    def interpolate_index(self, **parts: Any) -> str:
        page = page_at(self._path())
        assert page is not None
        needs = self.loads.of[page.id]
        # Functions of callbacks that the browser runs by itself stand in the page, as Dash has them.
        inline = "".join(f"<script>{one}</script>" for one in self._inline_scripts)
        parts |= {"css": needs.head(), "scripts": inline + needs.scripts(self.loads.frame)}
        parts["app_entry"] = parts["app_entry"].replace("Loading...", skeleton(), 1)
        # Among what is deferred, and the last of it.
        parts["renderer"] = f'<script id="_dash-renderer" type="module">{self.renderer}</script>'
        whole: str = super().interpolate_index(**parts)
        user = current_user()
        no_live = user is not None and not user.may(Right.LIVE, Right.WALL)
        whole = whole.replace("{%bare%}", ' data-bare="1"' if page.bare else "", 1)
        whole = whole.replace("{%live%}", ' data-no-live="1"' if no_live else "", 1)
        # Ours and Dash's own two; nothing that a person wrote stands in the index.
        whole = INLINE.sub(f'<script nonce="{script_nonce()}"', whole)
        return whole.replace("{%lang%}", "zh-CN" if language() == "zh_CN" else "en", 1)

    async def serve_layout(self) -> Any:
        """As Dash's, but that the frame may ask the database."""
        return Response(to_json_plotly(await self.frame()), media_type="application/json")

    def _config(self) -> Any:
        """Without Dash's socket, which every page would open otherwise; the first figure loads plotly from our file."""
        config = {name: value for name, value in super()._config().items() if name != "websocket"}
        return {**config, "serve_locally": False, "plotlyjs_url": self.loads.plotly}

    def _path(self) -> str:
        return str(self.backend.request_adapter().path)


def skeleton() -> str:
    """What stands before the page is drawn: the shape of it, and words for those who hear pages."""
    words = _("The page is being drawn.")
    return f'<div class="skeleton" role="status" aria-label="{words}"><i></i><i></i><i></i></div>'


def reported(function: Callable[..., Awaitable[Any]], output: str) -> Callable[..., Awaitable[Any]]:
    """Dash answers what fails in a callback by itself, and writes no line of it: here the log has it, and the person
    reads it in words."""

    @wraps(function)
    async def answering(*arguments: Any, **given: Any) -> Any:
        try:
            return await function(*arguments, **given)
        except (HotlineError, PreventUpdate, SQLAlchemyError, ClientDisconnect):
            raise
        except Exception as failed:
            raise program_failed(f"callback {output}", failed) from failed

    return answering


class NoCall(BadInput):
    """What came is no call of a page's function."""

    status = 400
    code = "no_call"


def no_call(output: object) -> NoCall:
    """With its line: pages send no such thing, so that it is a fault of ours, an old page or somebody who tries."""
    log.warning("%s: the body is no call of a function, for %.100r", DOOR, output)
    return NoCall("The body is no call of a page's function.", field="output", remedy="Reload the page.")


def fits(about: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether what is sent has the shape of what the function asks for: as many inputs, each with an id and a property,
    and those that it names. Values are the function's business."""
    for name, asked in (("inputs", about.get("inputs", ())), ("state", about.get("state", ()))):
        sent = body.get(name) or []
        if not isinstance(sent, list) or len(sent) != len(asked):
            return False
        for one, wanted in zip(sent, asked, strict=True):
            if isinstance(one, list):
                # A pattern: any number of them.
                if not wanted["id"].startswith("{") or not all(
                    isinstance(each, dict) and "id" in each and "property" in each for each in one
                ):
                    return False
            elif (
                not isinstance(one, dict)
                or "id" not in one
                or one.get("property") != wanted["property"]
                or (isinstance(one["id"], str) and not wanted["id"].startswith("{") and one["id"] != wanted["id"])
            ):
                return False
    changed = body.get("changedPropIds") or []
    if not isinstance(changed, list) or not all(isinstance(one, str) for one in changed):
        return False
    outputs = body.get("outputs")
    if not outputs:
        return bool(about.get("no_output"))
    if "{" not in body["output"] and isinstance(outputs, list) and not all(isinstance(one, dict) for one in outputs):
        return False
    return all(
        isinstance(each, dict) and "id" in each and "property" in each
        for one in (outputs if isinstance(outputs, list) else [outputs])
        for each in (one if isinstance(one, list) else [one])
    )


class Unread:
    """The door of all functions, before Dash reads what comes: it would answer a body that is no JSON by itself, in
    English and without a line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != DOOR or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await request.body()
            json.loads(body)
        except (ValueError, RecursionError):
            await problem(no_call(None), DOOR)(scope, receive, send)
            return
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


def mount(web: Web) -> None:
    """Routes first: Dash takes every path that is left when the process starts."""
    files = Files()
    add_routes(web, files)
    logging.getLogger("dash").setLevel(logging.WARNING)
    app = Pages(
        __name__,
        index_string=TEMPLATE,
        include_assets_files=False,
        server=web.app,
        backend="fastapi",
        use_pages=True,
        pages_folder="",
        title="Hotline",
        update_title="",
        suppress_callback_exceptions=True,
        use_async=True,
        add_log_handler=False,
    )
    web.app.router.routes[:] = [route for route in web.app.routes if getattr(route, "path", "") not in SHUT]
    add_suites(web, app, files)
    for path in FRAME:
        doors.declare(web.app, path, Right.SELF)
    addresses.add_handler(web)
    web.app.add_middleware(Refusals, web=web)
    web.app.add_middleware(Unread)
    web.app.add_middleware(SealedAddresses, seal=web.sessions.seal)
    for page in PAGES:
        _register(app, web, page)
    figure.register(app)
    # For links inside the pages that lead nowhere.
    dash.register_page("not_found_404", path="/404", title=lambda **_all: _("No such page"), layout=no_such_page)
    # Looked at once, before anybody asks.
    app.layout = lambda: shell(None, language(), web.settings.timezone, loads())

    async def frame() -> Any:
        user = current_user()
        reasons: list[BreakReason] = []
        demo = False
        if user is not None:
            # Without its database the house still shows its pages.
            with suppress(Unavailable):
                reasons, demo = await web.in_session(of_frame)
        return shell(user, language(), web.settings.timezone, loads(), reasons, demo=demo)

    app.frame = frame

    async def run_hooks() -> None:
        # Dash adds the pages' router in a hook that a first deep link does not run; so it runs before any request.
        for hook in app.backend._before_request_funcs:
            outcome = hook()
            if isawaitable(outcome):
                await outcome
        app.check_callbacks()
        app.loads = Loads(files, PAGES, app._generate_scripts_html())

    def loads() -> list[dict[str, Any]]:
        # Dash looks at the layout once before there is any page.
        return app.loads.as_json(PAGES) if hasattr(app, "loads") else []

    web.on_start(run_hooks)


def add_routes(web: Web, files: Files) -> None:
    @web.app.get("/res/{name}", include_in_schema=False, dependencies=[Depends(holding(Right.SELF))])
    async def file(request: Request) -> Response:
        return await files.answer(request)

    @web.app.get("/", include_in_schema=False)
    async def home(user: Annotated[User, Depends(holding(Right.SELF))]) -> Response:
        return RedirectResponse(home_of(user), 303)


def add_suites(web: Web, app: Any, files: Files) -> None:
    """What Dash's components load, packed as our own files are."""

    @web.app.get(SUITES, include_in_schema=False, dependencies=[Depends(holding(Right.SELF))])
    async def component(package_name: str, fingerprinted_path: str, request: Request) -> Response:
        address = request.url.path
        if address not in files.at:
            path, _fingerprint = check_fingerprint(fingerprinted_path)
            if path not in app.registered_paths.get(package_name, ()):
                raise NotFound("There is nothing at {path}.", path=address[:200])
            files.at[address] = File(SCRIPT, partial(suite, package_name, path))
        return await files.answer(request)


def _register(app: Any, web: Web, page: DashPage) -> None:
    async def layout(**parameters: Any) -> Any:
        user = current_user()
        if user is None or not page.is_for(user):
            if user is not None:
                await web.audit.record_once(user.name, "refused", filled(page.path, parameters), why=NoRight.code)
            return not_permitted()
        try:
            return await drawn(page.layout(**parameters))
        except Exception as problem:
            # Dash would leave the page empty; the person is told, the log has the rest.
            return not_now(page.id, problem)

    kind = {"path_template": page.path} if "<" in page.path else {"path": page.path}
    dash.register_page(
        page.id,
        name=page.title,
        title=lambda **_parameters: f"{_(page.title)} · {_('Hotline')}",
        layout=layout,
        **kind,
    )
    page.register(app, web)


def filled(template: str, parameters: dict[str, Any]) -> str:
    """``/calls/<call_id>`` with the call's id."""
    return re.sub(r"<(\w+)>", lambda name: str(parameters.get(name[1], "")), template)


def no_such_page(**_parameters: Any) -> Any:
    return message(_("No such page"), _("Check the address, or begin from your start page."))


def not_permitted() -> Any:
    return message(
        _("Your role does not include this page."),
        _("Ask an administrator if you need it for your work."),
    )


def not_now(page: str, problem: Exception) -> Any:
    """What a person reads instead of a page that failed; with the number of what nobody expected."""
    if isinstance(problem, HotlineError):
        text, remedy = translate_error(problem)
        return message(text, remedy or "")
    return message(_("This page cannot be shown now."), _(TELL, number=logged(f"page {page}", problem)))


def message(text: str, remedy: str) -> Any:
    return html.Div([html.H1(text, className="refused"), html.P(remedy)], className="panel note", role="alert")
