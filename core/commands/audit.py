"""``hotline audit verify``: is the chain of the audit's lines whole? A running site is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.commands.running import ask, running_installation, stopped_installation
from core.config import load_settings
from core.db import connect
from core.i18n import N_, _
from core.people import audit_heads

VERIFY_LIMIT_S = 900.0
# What ``core.db.audit_log.verify`` says, for the catalogue.
WHY = (
    N_("was changed, or one before it is missing"),
    N_("is not the one whose hash was noted"),
    N_("lines are missing at the end"),
    N_("a line whose hash was noted is missing"),
)


def register(app: typer.Typer) -> None:
    audit = typer.Typer(help="Who did what.", no_args_is_help=True)
    app.add_typer(audit, name="audit")

    @audit.callback()
    def group() -> None:
        """Keeps ``verify`` a word of its own while it is the only one."""

    @audit.command("verify")
    def verify(
        home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)],
        head: Annotated[str, typer.Option(help="A head that was printed earlier: the chain must hold it.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    ) -> None:
        """Read the whole chain; exit code 1 when a line was changed, taken out or put in."""
        told = verified(home, head)
        if as_json:
            print(json.dumps(told, ensure_ascii=False))
        elif told["whole"]:
            print(_("The audit is whole: {n} lines, head {head}", n=told["lines"], head=told["head"]))
        elif told["broken_at"] is not None:
            print(_("The audit is broken: line {id} {why}.", id=told["broken_at"], why=_(told["why"])))
        else:
            print(_("The audit is broken: {why}.", why=_(told["why"])))
        if not told["whole"]:
            raise typer.Exit(1)


def verified(home: Path, head: str) -> dict[str, Any]:
    about = running_installation(home)
    if about is not None:
        return ask(about, "POST", "/api/v1/audit/verify", {"head": head}, limit_s=VERIFY_LIMIT_S)
    with stopped_installation(home):
        settings = load_settings(home)
        engine = connect(settings.database)
        try:
            verdict = audit_heads.verdict(engine.connect, settings.audit_heads_path, head)
        finally:
            engine.dispose()
    return {
        "whole": verdict.whole,
        "lines": verdict.head.n,
        "head": str(verdict.head),
        "broken_at": verdict.broken_at,
        "why": verdict.why,
    }
