"""``hotline dial``: who may dial what, and which class a number is of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from core.clock import utc_now
from core.commands.running import ask, running_installation, stopped_installation
from core.i18n import _
from core.installation import dialling
from core.numbering import DialRight

Home = Annotated[Path, typer.Option(help="The site's data folder.")]
PATH = "/api/v1/dialling"


def register(app: typer.Typer) -> None:
    dial = typer.Typer(help="Who may dial which numbers.", no_args_is_help=True)
    app.add_typer(dial, name="dial")

    @dial.command("show")
    def show(home: Home) -> None:
        """The rights as they count."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                found = dialling.dialling_json(session)
        else:
            found = ask(about, "GET", PATH, {})
        for right in found["rights"]:
            print(_line(right))

    @dial.command("allow")
    def allow(
        subject: Annotated[str, typer.Argument(help="role:agent, extension:8001 or site.")],
        home: Home,
        number_class: Annotated[
            list[str] | None,
            typer.Option("--class", help="internal, local, national, international or premium; may be repeated."),
        ] = None,
        hours: Annotated[str | None, typer.Option(help="Calendar within which calls may begin.")] = None,
        most: Annotated[int | None, typer.Option(help="Most calls to the outside at once.")] = None,
    ) -> None:
        """Say which classes somebody may dial, all of them; none forbids everything but emergency numbers."""
        classes = tuple(number_class or ())
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                dialling.put_right(session, DialRight(subject, classes, hours, most), "hotline", utc_now())
        else:
            body = {"classes": list(classes), "hours": hours, "most_at_once": most}
            ask(about, "PUT", f"{PATH}/rights/{subject}", body)
        print(_("{subject} may dial: {classes}", subject=subject, classes=", ".join(classes) or "-"))

    @dial.command("forget")
    def forget(subject: Annotated[str, typer.Argument(help="As given to allow.")], home: Home) -> None:
        """Go back to the shipped right."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                dialling.forget_right(session, subject)
        else:
            ask(about, "DELETE", f"{PATH}/rights/{subject}", {})
        print(_("The shipped right counts again for {subject}.", subject=subject))

    @dial.command("check")
    def check(
        number: Annotated[str, typer.Argument(help="A number as somebody would dial it.")],
        home: Home,
        extension: Annotated[str, typer.Option(help="Who would dial it.")] = "",
    ) -> None:
        """Say which class a number is of and whether an extension may dial it; nothing is dialled."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                found = dict(dialling.tried(session, number, extension))
        else:
            found = ask(about, "GET", f"{PATH}/check?{urlencode({'number': number, 'extension': extension})}", {})
        print(f"{number}: {found['number_class'] or '-'}")
        if extension:
            said = _("may be dialled by {extension}") if found["allowed"] else _("may not be dialled by {extension}")
            print(said.format(extension=extension))


def _line(right: dict[str, Any]) -> str:
    limits = [part for part in (right["hours"], right["most_at_once"] and f"<= {right['most_at_once']}") if part]
    example = f" ({_('example')})" if right["example"] else ""
    return f"{right['subject']}: {', '.join(right['classes']) or '-'} {' '.join(map(str, limits))}".rstrip() + example
