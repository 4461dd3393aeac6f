"""``hotline unreadable``: facts that could not be read, where they lie, and feeding those that were mended since."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from core.commands.running import ask, running_installation
from core.errors import Unavailable
from core.i18n import N_, _

FEED_LIMIT_S = 300.0
PLACES = {
    "journal": N_("Lines of {home}/journal/refused.log, as the telephony core wrote them:"),
    "event_log": N_("Rows of the table event_log in the operational database:"),
}
# What the reader says of a row, and what the figures' database says of a value.
NO_FIT = N_("a value in it does not fit the figures")
WHY = {
    "uid, kind or subject is no text": N_("its number, kind or subject is no text"),
    "at_us is no time": N_("its time is no time"),
    "version is no number": N_("its version is no number"),
    "payload is no object": N_("its content has not the form of a fact"),
    **dict.fromkeys(
        (
            *("ConversionException", "OutOfRangeException", "TypeMismatchException", "InvalidTypeException"),
            *("ConstraintException", "IntegrityError", "InvalidInputException", "DataError"),
            *("ArrowInvalid", "ArrowTypeError", "OverflowError", "TypeError", "ValueError"),
        ),
        NO_FIT,
    ),
}
DAMAGED = N_("its bytes are damaged")
Home = Annotated[Path, typer.Option(help="The site's data folder.", readable=False)]


def register(app: typer.Typer) -> None:
    unreadable = typer.Typer(help="Facts that could not be read.", no_args_is_help=True)
    app.add_typer(unreadable, name="unreadable")

    @unreadable.command("show")
    def show(
        home: Home,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """List the facts that were set aside and where each lies."""
        told = ask(_running(home), "GET", "/api/v1/unreadable", None)
        print(json.dumps(told, ensure_ascii=False) if as_json else as_text(told, home))

    @unreadable.command("feed")
    def feed(home: Home) -> None:
        """Take in those that were mended; exit code 1 when some still cannot be read."""
        left = ask(_running(home), "POST", "/api/v1/unreadable/feed", {}, limit_s=FEED_LIMIT_S)
        total = sum(left.values())
        if total:
            print(_("{n} facts still cannot be read; see hotline unreadable show.", n=total))
            raise typer.Exit(1)
        print(_("Every fact is read and fed."))


def as_text(told: dict[str, Any], home: Path) -> str:
    lines: list[str] = []
    for name, rows in groupby(told["items"], lambda row: row["of"]):
        lines.append(_(PLACES.get(name, name), home=home))
        lines += [f"  {row['place']}  {_why(row['problem'])}".rstrip() for row in rows]
    if not lines:
        return _("Every fact is read and fed.")
    lines.append(_("Mend them there, then run hotline unreadable feed; or delete them, and it goes on without them."))
    return "\n".join(lines)


def _why(problem: str) -> str:
    return _(WHY.get(problem, DAMAGED)) if problem else ""


def _running(home: Path) -> dict[str, Any]:
    about = running_installation(home)
    if about is None:
        raise Unavailable(
            "No running site in {home}.", remedy="Start it with hotline run; it tries them again then.", home=home
        )
    return about
