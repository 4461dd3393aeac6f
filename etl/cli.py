"""``hotline import calls`` and ``orders``, ``hotline bench feed`` and ``hotline bench history``.

An import goes through the operational database's event log, like every other fact: the running site's feed, or
that of its next start, carries it into the analytics file, which one process alone may open.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.commands import bench
from core.config import FILE, load_settings
from core.db import connect, database_away, event_log
from core.errors import NotFound
from core.events import Event
from core.i18n import _
from core.workorders.office import spellings
from etl.importers import bank, native
from etl.importers.rows import Tally, events_of, rows_of

if TYPE_CHECKING:
    from etl.importers.orders import OrderTally

CALLS_AT_ONCE = 500
# The research log names no day; this one is before any site of ours.
BANK_DAY = datetime(1999, 1, 1)  # noqa: DTZ001 - a local day


class Format(StrEnum):
    BANK = "bank"
    NATIVE = "native"


def register(app: typer.Typer) -> None:
    importing = typer.Typer(help="Take in data of other systems.", no_args_is_help=True)
    app.add_typer(importing, name="import")

    @importing.command("calls")
    def calls(
        file: Annotated[Path, typer.Argument(help="A CSV file, one call a line.")],
        home: Annotated[Path, typer.Option(help="The site's data folder.")],
        format_: Annotated[Format, typer.Option("--format", help="How the file is laid out.")] = Format.NATIVE,
        day: Annotated[
            datetime, typer.Option(formats=["%Y-%m-%d"], help="The day of a file that names none (bank).")
        ] = BANK_DAY,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Take in calls; a second run of the same file changes nothing."""
        tally, new = import_calls(file, home, format_, day.date())
        report = {"read": tally.read, "taken": tally.taken, "refused": dict(tally.refused), "new_events": new}
        print(json.dumps(report, ensure_ascii=False) if as_json else as_text(tally, new))

    @importing.command("orders")
    def orders(
        file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet, one order a row.")],
        home: Annotated[Path, typer.Option(help="The site's data folder.")],
        mapping: Annotated[Path, typer.Option(help="What its columns mean: a TOML file, or a shipped one's name.")],
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Find out what would be taken; change nothing.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Take in orders; a second run of the same file changes nothing."""
        # Arrays and what reads files are heavy, and of this command alone.
        from etl.importers.mapping import read_mapping
        from etl.importers.orders import import_orders

        understood = read_mapping(mapping)
        with _database(home) as database:
            tally = import_orders(file, understood, database, dry_run=dry_run, progress=_progress)
        print(json.dumps(tally.as_json(), ensure_ascii=False) if as_json else _orders_as_text(tally, dry_run))

    @importing.command("gazetteer")
    def gazetteer(
        file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet, one street or estate a row.")],
        home: Annotated[Path, typer.Option(help="The site's data folder.")],
        crs: Annotated[str, typer.Option(help="System of coordinates: an EPSG code, gcj02 or bd09.")] = "",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Find out what would be taken; change nothing.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Take in names of streets and estates; a second run of the same file changes nothing."""
        from etl.importers.gazetteer import import_gazetteer

        with _database(home) as database:
            tally = import_gazetteer(file, database, crs, dry_run=dry_run)
        if as_json:
            print(json.dumps(tally.as_json(), ensure_ascii=False))
            return
        said = _("{read} rows read: {new} new names, {moved} moved, {there} there already.", **tally.as_json())
        for reason, count in tally.refused.most_common():
            row = tally.examples[reason]
            said += "\n  " + _("{count} × {reason} First in row {row}.", count=count, reason=_(reason), row=row)
        print(said + ("\n" + _("Nothing was changed (dry run).") if dry_run else ""))

    @bench.group(app).command("feed")
    def feed(
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
        calls: Annotated[int, typer.Option(help="How many hang-ups to time.")] = 40,
        history_days: Annotated[int, typer.Option(help="Days of demo calls in the file beforehand.")] = 8,
    ) -> None:
        """From a hang-up in the event log to the call being found by a query."""
        from etl.bench_feed import measure

        print(json.dumps(measure(calls, history_days), indent=None if as_json else 2))

    @bench.group(app).command("history")
    def history(
        calls: Annotated[int, typer.Option(help="How many calls in a year, about.")],
        home: Annotated[
            Path | None, typer.Option(help="The folder to make; var/history-CALLS without it.", readable=False)
        ] = None,
        seed: Annotated[int, typer.Option(help="The same seed and end make the same site.")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
    ) -> None:
        """Make a labelled site with a year of synthetic calls, orders and alerts, to measure over."""
        from etl.bench_history import make

        folder = home or Path("var") / f"history-{calls}"
        print(json.dumps(make(calls, folder, seed), indent=None if as_json else 2))


def import_calls(file: Path, home: Path, layout: Format, day: date) -> tuple[Tally, int]:
    """What became of the rows, and how many events were new."""
    tally = Tally()
    columns: tuple[str, ...]
    with _database(home) as database:
        zone = ZoneInfo(load_settings(home).timezone)
        if layout is Format.BANK:
            parse, columns, source = bank.parser(day, zone), bank.COLUMNS, bank.SOURCE
        else:
            with Session(database) as session:
                known = spellings(session)
            parse, columns, source = native.parser(zone, known), native.COLUMNS, native.SOURCE
        new = _append(database, events_of(rows_of(file, columns), parse, source, tally))
    return tally, new


@contextmanager
def _database(home: Path) -> Iterator[Engine]:
    """The site's, which may run meanwhile."""
    if not (home / FILE).exists():
        raise NotFound("There is no site in {home}.", field="--home", remedy="Create one with hotline init.", home=home)
    database = connect(load_settings(home).database)
    try:
        yield database
    except SQLAlchemyError as away:
        raise database_away() from away
    finally:
        database.dispose()


def _progress(done: int, rows: int) -> None:
    """For people who wait; a program that reads our output is told at the end."""
    if sys.stderr.isatty():
        print(_("{done} of {rows} rows", done=done, rows=rows), end="\n" if done == rows else "\r", file=sys.stderr)


def _append(database: Engine, calls: Iterable[list[Event]]) -> int:
    """Short transactions: the running core appends to the same log, and must not wait."""
    new = 0
    ahead = iter(calls)
    while some := list(islice(ahead, CALLS_AT_ONCE)):
        with database.begin() as connection:
            new += event_log.append(connection, [event for call in some for event in call])
    return new


def as_text(tally: Tally, new: int) -> str:
    lines = [
        _(
            "{read} rows read, {taken} taken, {refused} refused; {new} new events.",
            read=tally.read,
            taken=tally.taken,
            refused=tally.refused.total(),
            new=new,
        )
    ]
    lines += [
        "  " + _("{count} × {reason} First in line {line}.", count=count, reason=_(reason), line=tally.examples[reason])
        for reason, count in tally.refused.most_common()
    ]
    return "\n".join(lines)


def _orders_as_text(tally: OrderTally, dry_run: bool) -> str:
    lines = [
        _(
            "{read} rows read, {taken} taken ({new} new, {there} there already), {refused} refused.",
            read=tally.read,
            taken=tally.taken,
            new=tally.new,
            there=tally.there,
            refused=tally.refused.total(),
        )
    ]
    lines += [
        "  " + _("{count} × {reason} First in row {row}.", count=count, reason=_(reason), row=tally.examples[reason])
        for found in (tally.refused, tally.remarks)
        for reason, count in found.most_common()
    ]
    if dry_run:
        lines.append(_("Nothing was changed: this was a trial."))
    return "\n".join(lines)
