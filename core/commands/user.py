"""``hotline user``: people of a site. A running site is asked; only when none runs the database is opened.

Secrets come from a file or the prompt; on the command line they work, with a word of warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.commands.running import SITE, ask, running_installation, stopped_installation
from core.commands.secrets_given import optional_secret, secret_given
from core.config import load_settings
from core.i18n import _
from core.people import accounts, audit
from core.people.sealing import installation_vault
from core.people.service import NewUser, add_user, with_sip_password

Home = Annotated[Path, typer.Option(help="The site's data folder.", readable=False)]
Name = Annotated[str, typer.Argument(help="Log-in name.")]
SecretFile = Annotated[Path | None, typer.Option(help="Its first line is the password; - is the standard input.")]


def register(app: typer.Typer) -> None:
    user = typer.Typer(help="Users of the site.", no_args_is_help=True)
    app.add_typer(user, name="user")

    @user.command("add")
    def add(
        name: Name,
        home: Home,
        role: Annotated[
            str, typer.Option(help="director, supervisor, agent, site_manager, worker, qa, admin or wallboard.")
        ],
        password: Annotated[str | None, typer.Option(help="At least 10 characters; better by file or prompt.")] = None,
        password_file: SecretFile = None,
        display_name: Annotated[str, typer.Option(help="Name shown on pages.")] = "",
        extension: Annotated[str | None, typer.Option(help="The phone on the desk.")] = None,
        sip_password: Annotated[
            str | None, typer.Option(help="What the phone registers with; made and printed unless given.")
        ] = None,
        sip_password_file: SecretFile = None,
        queue: Annotated[list[str] | None, typer.Option(help="Id of a queue to serve; may be repeated.")] = None,
    ) -> None:
        """Add a user; a running site knows it at once."""
        secret = secret_given(password, password_file, "--password", _("Password"))
        given = optional_secret(sip_password, sip_password_file, "--sip-password")
        request = NewUser(name, secret, role, display_name, extension, given, tuple(queue or ()))
        made = add_to_running(home, request)
        print(_("User {name} was added.", name=name))
        if made:
            print(_("SIP password of {extension}, shown this once: {password}", extension=extension, password=made))

    @user.command("end")
    def end(
        name: Name,
        home: Home,
        reason: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
    ) -> None:
        """Close an account: no log-in and no registration any more; a call that is up goes on."""
        told = _change(
            home,
            f"/api/v1/users/{quote(name, safe='')}/end",
            {"reason": reason},
            lambda session: accounts.end_account(session, name, SITE, reason=reason),
        )
        print(_("The account of {name} is closed; {n} sessions ended.", name=name, n=told["sessions"]))

    @user.command("password")
    def password(
        name: Name,
        home: Home,
        password: Annotated[str | None, typer.Option(help="At least 10 characters; better by file or prompt.")] = None,
        password_file: SecretFile = None,
        sip: Annotated[bool, typer.Option("--sip", help="The phone's instead; made and printed.")] = False,
        sip_password_file: SecretFile = None,
    ) -> None:
        """Change a password; all sessions of the person end."""
        if sip or sip_password_file is not None:
            _sip_password(home, name, optional_secret(None, sip_password_file, "--sip-password"))
            return
        secret = secret_given(password, password_file, "--password", _("Password"))
        told = _change(
            home,
            f"/api/v1/users/{quote(name, safe='')}/password",
            {"password": secret},
            lambda session: accounts.change_password(session, name, secret, SITE),
        )
        print(_("The password of {name} is changed; {n} sessions ended.", name=name, n=told["sessions"]))

    @user.command("sessions")
    def sessions(
        name: Name,
        home: Home,
        only_list: Annotated[bool, typer.Option("--list", help="Only show which are open.")] = False,
    ) -> None:
        """End all sessions of a person: whoever is signed in by it is signed out at once."""
        if only_list:
            for one in _open_sessions(home, name):
                print(_("since {began}, until {until}", began=one["began_at"], until=one["until"]))
            return
        told = _change(
            home,
            f"/api/v1/users/{quote(name, safe='')}/sessions/end",
            {},
            lambda session: accounts.end_sessions(session, name, SITE),
        )
        print(_("{n} sessions of {name} ended.", name=name, n=told["sessions"]))


def add_to_running(home: Path, request: NewUser) -> str | None:
    """The phone's password when it was made here or by the site."""
    about = running_installation(home)
    if about is not None:
        told = ask(about, "POST", "/api/v1/users", {**asdict(request), "queues": list(request.queues)})
        return told.get("sip_password")
    whole = with_sip_password(request)
    with stopped_installation(home) as session:
        user = add_user(session, whole, installation_vault(session, load_settings(home)))
        detail = {"role": user.role.value, "extension": user.extension, "queues": list(whole.queues)}
        audit.record(session, SITE, "user_added", user.name, detail, utc_now())
    return whole.sip_password if whole is not request else None


def _change(home: Path, path: str, body: dict[str, Any], work: Callable[[Session], accounts.Ended]) -> dict[str, Any]:
    about = running_installation(home)
    if about is not None:
        return ask(about, "POST", path, body)
    with stopped_installation(home) as session:
        ended = work(session)
    return {"name": ended.user.name, "sessions": ended.sessions}


def _sip_password(home: Path, name: str, given: str | None) -> None:
    chosen = given or accounts.new_sip_password()

    def work(session: Session) -> accounts.Ended:
        return accounts.change_sip_password(
            session, name, chosen, SITE, installation_vault(session, load_settings(home))
        )

    _change(home, f"/api/v1/users/{quote(name, safe='')}/sip-password", {"sip_password": chosen}, work)
    print(_("The phone of {name} must register with its new SIP password.", name=name))
    if given is None:
        print(_("SIP password, shown this once: {password}", password=chosen))


def _open_sessions(home: Path, name: str) -> list[dict[str, Any]]:
    about = running_installation(home)
    if about is not None:
        items: list[dict[str, Any]] = ask(about, "GET", f"/api/v1/users/{quote(name, safe='')}/sessions", None)["items"]
        return items
    with stopped_installation(home) as session:
        return accounts.account_json(accounts.sessions_of(session, name))
