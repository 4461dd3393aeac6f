"""The ``hotline`` program: commands hang themselves in by entry points, so that no folder below knows one above."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

import typer

from core.errors import HotlineError
from core.i18n import set_language, translate_error

GROUP = "hotline.commands"
log = logging.getLogger(__name__)


def build() -> typer.Typer:
    """All commands of the folders that are there; ``core`` works with the others deleted."""
    app = typer.Typer(
        name="hotline",
        help="Customer-service hotline for water and gas utilities.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if _is_there(entry):
            entry.load()(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command; what we refuse on purpose is said in words, with the remedy, and exit code 1."""
    chosen = os.environ.get("HOTLINE_LANGUAGE", "")
    set_language(chosen if chosen in {"zh_CN", "en"} else "zh_CN")
    try:
        build()(list(arguments) if arguments is not None else None)
    except HotlineError as refused:
        message, remedy = translate_error(refused)
        print(message, file=sys.stderr)
        if remedy:
            print(remedy, file=sys.stderr)
        raise SystemExit(1) from None


def _is_there(entry: EntryPoint) -> bool:
    package = entry.module.partition(".")[0]
    if importlib.util.find_spec(package) is None:
        return False
    try:
        found = importlib.util.find_spec(entry.module) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        log.warning("command %s is not installed completely: %s is missing", entry.name, entry.module)
    return found


if __name__ == "__main__":
    main()
