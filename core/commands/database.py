"""``hotline database accept``: a house goes on with the database that its settings name, whatever it had before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from core.commands.running import running_installation
from core.config import Settings, load_settings
from core.db import connect, identity
from core.errors import Conflict
from core.i18n import _
from core.installation.ours import file_of, has_worked, named


def register(app: typer.Typer) -> None:
    database = typer.Typer(help="The operational database.", no_args_is_help=True)
    app.add_typer(database, name="database")

    @database.callback()
    def group() -> None:
        """Keeps ``accept`` a word of its own while it is the only one."""

    @database.command("accept")
    def accept(home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)]) -> None:
        """Go on with this database, though it is empty, older, or of another installation; the site must be stopped."""
        settings = load_settings(home)
        if running_installation(settings.home) is not None:
            raise Conflict("This site is running: {home}.", remedy="End hotline run first.", home=settings.home)
        known = identity.read(settings.state_dir)
        # Who sat where, and until when, was said of calls and agents that this database may know nothing of.
        of_before = [settings.state_dir / identity.FILE, settings.state_dir / "site.json", settings.agents_path]
        if _is_another(settings, known):
            # Facts on their way into the one before must not end in this one.
            of_before += settings.journal_dir.glob("*.jsonl")
        for path in of_before:
            if path.exists():
                path.replace(path.with_suffix(".before"))
        print(_("The next hotline run goes on with {database}.", database=named(settings)))
        if known is not None:
            print(_("What this site wrote last, at {at}, may not be in it.", at=known.last_at))


def _is_another(settings: Settings, known: identity.LogIdentity | None) -> bool:
    """Not even an older copy of our own; of one that does not answer nobody can say it."""
    file = file_of(settings)
    if file is not None and (not file.exists() or not file.stat().st_size):
        return True
    engine = connect(settings.database)
    try:
        with engine.connect() as connection:
            return identity.judge(connection, known, worked=has_worked(settings)) in ("empty", "other")
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()
