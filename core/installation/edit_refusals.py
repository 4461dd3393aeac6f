"""Why a change is refused, and what stands instead: said in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Conflict
from core.i18n import N_, _
from core.installation.references import Use

# Of what uses a thing; the answer to a program has them all.
MOST_NAMED = 8
CALLERS = N_("Lead callers elsewhere first: change what uses it.")


class Stale(Conflict):
    """Somebody was quicker; ``current`` is what stands now, with its version."""

    def __init__(self, current: Mapping[str, Any], who: object, now: object) -> None:
        super().__init__(
            "{who} has changed this meanwhile. Now it says: {now}",
            field="version",
            remedy="Look at it as it stands now, and make your change again.",
            who=who,
            now=now,
        )
        self.current = current


class InUse(Conflict):
    """It cannot be retired: ``uses`` say why not."""

    def __init__(self, name: str, uses: tuple[Use, ...], remedy: str = CALLERS) -> None:
        super().__init__(
            "{name} is in use: {uses}.",
            remedy=remedy,
            name=name,
            uses=UsesNamed(uses),
        )
        self.uses = uses


@dataclass(frozen=True, slots=True)
class Translated:
    """A message id among the values of an error: it becomes words where the error does."""

    message: str

    def __str__(self) -> str:
        return _(self.message)


@dataclass(frozen=True, slots=True)
class UsesNamed:
    uses: tuple[Use, ...]

    def __str__(self) -> str:
        words = list(dict.fromkeys(str(one) for one in self.uses))
        return _(", ").join(words[:MOST_NAMED]) + (" …" if len(words) > MOST_NAMED else "")


@dataclass(frozen=True, slots=True)
class FieldsNamed:
    """The fields that somebody wanted to change, as they stand; all of them where none was named."""

    labels: Mapping[str, str]
    current: Mapping[str, Any]
    wanted: Mapping[str, Any]

    def __str__(self) -> str:
        shown = [key for key in self.labels if key in self.wanted] or list(self.labels)
        return _("; ").join(f"{_(self.labels[key])} {said(self.current[key])}" for key in shown)


def said(value: object) -> str:
    match value:
        case None | "" | []:
            return _("none")
        case bool():
            return _("yes") if value else _("no")
        case float():
            return f"{value:g}"
        case list() | tuple():
            return _(", ").join(map(said, value))
        case dict():
            return _(", ").join(f"{key} {said(one)}" for key, one in value.items())
    return str(value)
