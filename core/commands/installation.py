"""``hotline queue``, ``agent``, ``calendar``, ``number``, ``category``, ``break``: what the office has set up is
listed, added, changed, retired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.clock import utc_now
from core.commands.running import SITE, ask, running_installation, stopped_installation
from core.errors import BadInput
from core.i18n import N_, _
from core.installation import edit_refusals, editing
from core.installation.agents import AGENTS
from core.installation.break_reasons import BREAK_REASONS
from core.installation.calendars import CALENDARS
from core.installation.definition import Did
from core.installation.editing import By, Editable
from core.installation.numbers import NUMBERS
from core.installation.queues import QUEUES
from core.workorders.category_editing import CATEGORIES

Home = Annotated[Path, typer.Option(help="The site's data folder.")]
NAMED: dict[str, tuple[str, Editable[Any, Any]]] = {
    "queue": ("queues", QUEUES),
    "agent": ("agents", AGENTS),
    "calendar": ("calendars", CALENDARS),
    "number": ("numbers", NUMBERS),
    "category": ("categories", CATEGORIES),
    "break": ("break-reasons", BREAK_REASONS),
}
RESTORED = ("category", "break")
ABOUT = {
    "queue": N_("Where callers wait."),
    "agent": N_("Who serves which queue, at what level."),
    "calendar": N_("Opening hours, holidays, make-up days."),
    "number": N_("Numbers that callers dial."),
    "category": N_("What calls and orders are about."),
    "break": N_("Kinds of breaks."),
}


def register(app: typer.Typer) -> None:
    for word, (folder, editable) in NAMED.items():
        group = typer.Typer(help=ABOUT[word], no_args_is_help=True)
        app.add_typer(group, name=word)
        path = f"/api/v1/{folder}"
        _add_list(group, path, editable)
        if word == "number":
            _add_number(group)
        else:
            _add_new(group, path, editable)
            _add_set(group, path, editable)
        if word in RESTORED:
            _add_restore(group, path, editable)


def _add_list(group: typer.Typer, path: str, editable: Editable[Any, Any]) -> None:
    @group.command("list")
    def list_all(home: Home) -> None:
        """All of them, one a line."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                found = editing.items(session, editable, editable.place.load(session))
        else:
            found = ask(about, "GET", path, None)["items"]
        for one in found:
            words = _("; ").join(f"{_(label)} {edit_refusals.said(one[key])}" for key, label in editable.labels.items())
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


def _add_new(group: typer.Typer, path: str, editable: Editable[Any, Any]) -> None:
    @group.command("add")
    def add(
        fields: Annotated[list[str], typer.Argument(help="FIELD=VALUE, as the interface names it; JSON or text.")],
        home: Home,
    ) -> None:
        """One more. A running site follows at once."""
        given = dict(map(_field, fields))
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                made = getattr(editing.create(session, editable, given, By(SITE, utc_now())), editable.key)
        else:
            made = ask(about, "POST", path, given)[editable.key]
        print(_("{name} is there.", name=made))


def _add_restore(group: typer.Typer, path: str, editable: Editable[Any, Any]) -> None:
    @group.command("restore")
    def restore(name: Annotated[str, typer.Argument(help="The id under which it was retired.")], home: Home) -> None:
        """What was retired can be chosen again."""
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                editing.restore(session, editable, name, By(SITE, utc_now()))
        else:
            ask(about, "POST", f"{path}/{name}/restore", None)
        print(_("{name} is there.", name=name))


def _add_set(group: typer.Typer, path: str, editable: Editable[Any, Any]) -> None:
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
