"""Lines of the log, without what is nobody's business who reads logs: telephone numbers are masked in every line.

Addresses cannot be told from other words, so no line holds one: what goes into the log names kinds and ids, never
contents. Knows no part of the program.
"""

from __future__ import annotations

import logging
import re

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# Seven digits and more in one piece, or a mobile number in groups; not inside of ids and fractions.
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])(?:\+?\d{7,20}|1[3-9]\d[ -]\d{4}[ -]\d{4})(?![A-Za-z0-9_])")
_SHOWN = 3


def without_numbers(text: str) -> str:
    """``13812345678`` as ``138****``: enough to see that two lines are not about the same one."""
    return _NUMBER.sub(lambda found: _short(found[0]), text)


def _short(number: str) -> str:
    return f"{number[:_SHOWN]}****"


class Masking(logging.Formatter):
    """Over the whole line, a traceback's last words included."""

    def format(self, record: logging.LogRecord) -> str:
        return without_numbers(super().format(record))


def log_without_numbers() -> None:
    """The log of a process: one line each on stderr, which ``hotline run`` keeps in a file."""
    handler = logging.StreamHandler()
    handler.setFormatter(Masking(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
