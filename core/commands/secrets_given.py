"""How a secret reaches a command: from a file, typed at a prompt, or, with a word of warning, on the command line."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from core.commands.folders import folder_in_words
from core.errors import BadInput, NotFound
from core.i18n import _


def secret_given(on_line: str | None, file: Path | None, option: str, prompt: str, *, twice: bool = True) -> str:
    """``option`` is the secret's own, as ``--password``; ``--password-file`` names a file, ``-`` the standard input."""
    found = optional_secret(on_line, file, option)
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise BadInput(
            "{option} is missing.",
            field=option,
            remedy="Give {option}-file FILE; - is the standard input.",
            option=option,
        )
    return _asked(prompt, option, twice=twice)


def optional_secret(on_line: str | None, file: Path | None, option: str) -> str | None:
    if on_line is not None and file is not None:
        raise BadInput("{option} is given twice.", field=option, remedy="Give one of the two.", option=option)
    if file is not None:
        return _read(file, f"{option}-file")
    if on_line is not None:
        print(
            _(
                "Warning: others here can read {option} on the command line; use {option}-file or the prompt.",
                option=option,
            ),
            file=sys.stderr,
        )
    return on_line


def _read(file: Path, option: str) -> str:
    """The first line, without its end."""
    if str(file) == "-":
        text = sys.stdin.readline()
    else:
        with folder_in_words(file, field=option):
            if not file.is_file():
                raise NotFound("There is no file {file}.", field=option, file=file)
            try:
                text = file.read_text("utf-8")
            except UnicodeDecodeError as broken:
                raise BadInput(
                    "{file} is not written in UTF-8.", field=option, remedy="Save it as UTF-8.", file=file
                ) from broken
    found = text.split("\n", 1)[0].removesuffix("\r")
    if not found:
        raise BadInput("The first line of {file} is empty.", field=option, file=file)
    return found


def _asked(prompt: str, option: str, *, twice: bool) -> str:
    first = getpass.getpass(f"{prompt}: ")
    if twice and first != getpass.getpass(f"{prompt} ({_('again')}): "):
        raise BadInput("The two do not agree.", field=option, remedy="Type it again.")
    return first
