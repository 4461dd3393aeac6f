"""What a value of the definition may be: names, numbers, lists of words. Pure; every refusal names field and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.errors import BadInput

_ID = re.compile(r"[a-z0-9_-]{1,40}\Z", re.ASCII)
MOST_WORDS = 30
WORD_CHARACTERS = 40


def check_id(value: str, field: str = "id") -> None:
    if not _ID.fullmatch(value):
        raise BadInput(
            "{value} is no name for programs.",
            field=field,
            remedy="Use small letters, digits, - and _, at most 40.",
            value=value,
        )


def check_name(value: str, field: str = "name", most: int = 64) -> None:
    if not value.strip() or len(value) > most or any(sign < " " for sign in value):
        raise BadInput("A name is needed here.", field=field, remedy="Write 1 to {most} characters.", most=most)


def check_within(one: object, limits: Mapping[str, tuple[float, float]]) -> None:
    """Each field of the record lies between its two limits, both possible."""
    for field, (least, most) in limits.items():
        value = getattr(one, field)
        if not least <= value <= most:
            raise BadInput(
                "{value} is not possible here.",
                field=field,
                remedy="Use {least} to {most}.",
                value=f"{value:g}",
                least=f"{least:g}",
                most=f"{most:g}",
            )


def check_words(values: Sequence[str], field: str) -> None:
    """Short words, each once: skills."""
    for value in values:
        if not value.strip() or len(value) > WORD_CHARACTERS or any(sign < " " for sign in value):
            raise BadInput(
                "{value} is not possible here.", field=field, remedy="Write 1 to 40 characters each.", value=value
            )
    if len(set(values)) < len(values) or len(values) > MOST_WORDS:
        raise BadInput("This list is not possible.", field=field, remedy="Give each once, 30 at most.")
