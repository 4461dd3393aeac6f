"""``hotline queue``, ``agent``, ``calendar`` and ``number``: what the office has set up is listed, changed, retired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.clock import utc_now
from core.commands.running import SITE, ask, running_installation, stopped_installation
from core.errors import BadInput
from core.i18n import N_, _
from core.installation import editing
from core.installation.agents import AGENTS
from core.installation.calendars import CALENDARS
from core.installation.definition import Did
from core.installation.editing import By, Editable
from core.installation.numbers import NUMBERS
from core.installation.queues import QUEUES
from core.installation.service import load_installation

Home = Annotated[Path, typer.Option(help="The site's data folder.")]
NAMED: dict[str, Editable[Any]] = {"queue": QUEUES, "agent": AGENTS, "calendar": CALENDARS, "number": NUMBERS}
ABOUT = {
    "queue": N_("Where callers wait."),
    "agent": N_("Who serves which queue, at what level."),
    "calendar": N_("Opening hours, holidays, make-up days."),
    "number": N_("Numbers that callers dial."),
}


def register(app: typer.Typer) -> None:
    for word, editable in NAMED.items():
        group = typer.Typer(help=ABOUT[word], no_args_is_help=True)
        app.add_typer(group, name=word)
        _add(group, f"/api/v1/{word}s", editable)
        if word == "number":
            _add_number(group)
        else:
            _add_set(group, f"/api/v1/{word}s", editable)


def _add(group: typer.Typer, path: str, editable: Editable[Any]) -> None:
    @group.command("list")
    def list_all(home: Home) -> None:
        """All of them, one a line."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                found = editing.items(session, editable, load_installation(session))
        else:
            found = ask(about, "GET", path, None)["items"]
        for one in found:
            words = _("; ").join(f"{_(label)} {editing.said(one[key])}" for key, label in editable.labels.items())
            print(f"{one[editable.key]}: {words}")

    @group.command("retire")
    def retire(name: Annotated[str, typer.Argument(help="As the list shows it.")], home: Home) -> None:
        """No call goes there any more; refused while something leads there."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                editing.retire(session, editable, name, By(SITE, utc_now()))
        else:
            ask(about, "DELETE", f"{path}/{name}", None)
        print(_("{name} is retired.", name=name))


def _add_set(group: typer.Typer, path: str, editable: Editable[Any]) -> None:
    @group.command("set")
    def set_fields(
        name: Annotated[str, typer.Argument(help="As the list shows it.")],
        fields: Annotated[list[str], typer.Argument(help="FIELD=VALUE, as the interface names it; JSON or text.")],
        home: Home,
    ) -> None:
        """Change the fields that are given; the others stay. A running site follows at once."""
        given = dict(map(_field, fields))
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                editing.change(session, editable, name, given, By(SITE, utc_now()))
        else:
            ask(about, "PUT", f"{path}/{name}", given)
        print(_("{name} is set.", name=name))


def _add_number(group: typer.Typer) -> None:
    @group.command("set")
    def set_number(
        dialled: Annotated[str, typer.Argument(help="The number as the trunk sends it.")],
        target: Annotated[str, typer.Argument(help="flow:ID, queue:ID or extension:N.")],
        home: Home,
    ) -> None:
        """Say where calls to a number lead; a running site follows at once."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                editing.put(session, NUMBERS, Did(dialled, target), By(SITE, utc_now()))
        else:
            ask(about, "PUT", f"/api/v1/numbers/{dialled}", {"target": target})
        print(_("{number} leads to {target}.", number=dialled, target=target))


def _field(given: str) -> tuple[str, Any]:
    key, equals, text = given.partition("=")
    if not key or not equals:
        raise BadInput("{given} names no field.", field="FIELD=VALUE", remedy="Write it as ring_s=12.", given=given)
    try:
        return key, json.loads(text)
    except ValueError:
        return key, text
