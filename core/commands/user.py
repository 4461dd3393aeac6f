"""``hotline user``: people of a site. A running site is asked; only when none runs the database is opened."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core.commands.site_door import ask, resting_site, running_site
from core.config import load_settings
from core.i18n import _
from core.people.sealing import site_vault
from core.people.service import NewUser, add_user


def register(app: typer.Typer) -> None:
    user = typer.Typer(help="Users of the site.", no_args_is_help=True)
    app.add_typer(user, name="user")

    @user.callback()
    def group() -> None:
        """Keeps ``add`` a word of its own while it is the only one."""

    @user.command("add")
    def add(
        name: Annotated[str, typer.Argument(help="Log-in name.")],
        home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)],
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
        with resting_site(home) as session:
            add_user(session, request, site_vault(session, load_settings(home)))
    else:
        ask(about, "POST", "/api/v1/users", {**asdict(request), "queues": list(request.queues)})
