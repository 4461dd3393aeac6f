"""``hotline user``: people of a site. A running site is asked; only when none runs the database is opened."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from sqlalchemy.orm import Session

from core.config import load_settings
from core.db import connect, migrate
from core.errors import BadInput, Conflict, HotlineError, NotAllowed, NotFound, Unavailable
from core.i18n import _
from core.people.service import NewUser, add_user
from core.people.site_service import load_site

_BY_STATUS: dict[int, type[HotlineError]] = {
    400: BadInput,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    422: BadInput,
}


def register(app: typer.Typer) -> None:
    user = typer.Typer(help="Users of the site.", no_args_is_help=True)
    app.add_typer(user, name="user")

    @user.callback()
    def group() -> None:
        """Keeps ``add`` a word of its own while it is the only one."""

    @user.command("add")
    def add(
        name: Annotated[str, typer.Argument(help="Log-in name.")],
        home: Annotated[Path, typer.Option(help="The site's data folder.")],
        role: Annotated[
            str, typer.Option(help="director, supervisor, agent, site_manager, worker, qa, admin or wallboard.")
        ],
        password: Annotated[str, typer.Option(help="At least 6 characters.")],
        display_name: Annotated[str, typer.Option(help="Name shown on pages.")] = "",
        extension: Annotated[str | None, typer.Option(help="The phone on the desk.")] = None,
        sip_password: Annotated[str | None, typer.Option(help="What the phone registers with.")] = None,
        queue: Annotated[list[str] | None, typer.Option(help="Id of a queue to serve; may be repeated.")] = None,
    ) -> None:
        """Add a user; a running site knows it at once."""
        request = NewUser(name, password, role, display_name, extension, sip_password, tuple(queue or ()))
        add_to_site(home, request)
        print(_("User {name} was added.", name=name))


def add_to_site(home: Path, request: NewUser) -> None:
    about = running_site(home)
    if about is None:
        _add_directly(home, request)
    else:
        _ask(about, request)


def running_site(home: Path) -> dict[str, Any] | None:
    """What ``hotline run`` wrote about itself, when its process is alive."""
    try:
        about: dict[str, Any] = json.loads((home / "run" / "site.json").read_text("utf-8"))
        os.kill(int(about["pid"]), 0)
    except PermissionError:
        return about
    except (OSError, ValueError, KeyError):
        return None
    return about


def _add_directly(home: Path, request: NewUser) -> None:
    settings = load_settings(home)
    if settings.database_url is None and not (settings.home / "hotline.db").exists():
        raise NotFound(
            "There is no site in {home}.", field="--home", remedy="Create one with hotline init.", home=settings.home
        )
    engine = connect(settings.database)
    try:
        migrate(engine)
        with Session(engine) as session:
            # Refuses, with the remedy, where no site was made yet.
            load_site(session)
            add_user(session, request)
    finally:
        engine.dispose()


def _ask(about: dict[str, Any], request: NewUser) -> None:
    try:
        answer = httpx.post(
            f"{about['http']}/api/v1/users",
            json={**asdict(request), "queues": list(request.queues)},
            headers={"Authorization": f"Bearer {about['token']}"},
            timeout=20.0,
            trust_env=False,
        )
    except httpx.HTTPError as problem:
        raise Unavailable(
            "The running site does not answer: {problem}.",
            remedy="Look at hotline status, or end hotline run and try again.",
            problem=problem,
        ) from problem
    if answer.is_success:
        return
    try:
        told = answer.json()
    except ValueError:
        told = {}
    kind = _BY_STATUS.get(answer.status_code, Unavailable)
    raise kind(
        "{problem}",
        field=told.get("field"),
        remedy="{hint}" if told.get("remedy") else None,
        problem=told.get("detail") or told.get("title") or f"HTTP {answer.status_code}",
        hint=told.get("remedy"),
    )
