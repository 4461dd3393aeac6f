"""The ``hotline`` program: commands hang themselves in by entry points, so that no folder below knows one above."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

import typer
import typer.exceptions

from core.errors import BadInput, HotlineError
from core.i18n import translate_error
from core.private import restrict_umask
from core.terminal import never_fail, speak

GROUP = "hotline.commands"
ALONE = ("run",)
log = logging.getLogger(__name__)


def build(word: str = "") -> typer.Typer:
    """All commands of the folders that are there; ``core`` works with the others deleted. Of a ``word`` that names its
    module only that is loaded: what runs for months holds nothing of the others."""
    app = typer.Typer(
        name="hotline",
        help="Customer-service hotline for water and gas utilities.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    entries = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    own = [entry for entry in entries if entry.name == word and word in ALONE]
    if own:
        # Its name stays a word of its own while it is the only command.
        app.callback()(lambda: None)
    for entry in own or entries:
        if _is_there(entry):
            entry.load()(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command; what we refuse is said in words, with the remedy, and exit code 1 (2: not understood)."""
    restrict_umask()
    never_fail()
    speak("zh_CN", os.environ.get("HOTLINE_LANGUAGE", ""))
    try:
        given = list(arguments) if arguments is not None else sys.argv[1:]
        code = build(given[0] if given else "")(given, standalone_mode=False)
    except HotlineError as refused:
        _say(refused)
        raise SystemExit(1) from None
    except typer.Abort:
        raise SystemExit(130) from None
    except typer.exceptions.TyperException as misunderstood:
        _say(_in_words(misunderstood))
        raise SystemExit(misunderstood.exit_code) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def _say(refused: HotlineError) -> None:
    message, remedy = translate_error(refused)
    print(message, file=sys.stderr)
    if remedy:
        print(remedy, file=sys.stderr)


def _in_words(problem: typer.exceptions.TyperException) -> HotlineError:
    """Typer's own complaints are English only; which one it is shows in the names that it carries."""
    context, parameter = getattr(problem, "ctx", None), getattr(problem, "param", None)
    command = getattr(context, "command_path", "hotline")
    kind = type(problem).__name__
    if kind == "NoArgsIsHelpError":
        return BadInput("{help}", help=problem.format_message())
    field = max(getattr(parameter, "opts", None) or [getattr(parameter, "name", None) or ""], key=len)
    remedy = "See what is possible with: {command} --help"
    if kind == "MissingParameter":
        return BadInput("{field} is missing.", field=field, remedy=remedy, command=command)
    if kind == "NoSuchOption":
        option = getattr(problem, "option_name", "")
        return BadInput("There is no option {option}.", remedy=remedy, command=command, option=option)
    if kind == "BadParameter" and field:
        return BadInput("The value of {field} is not right.", field=field, remedy=remedy, command=command)
    return BadInput(
        "This command is not understood: {problem}.",
        remedy=remedy,
        command=command,
        problem=problem.format_message().rstrip("."),
    )


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
