"""The root of all facts."""

from __future__ import annotations

from typing import ClassVar

from core.frozen import dataclass

# What a fact is about is the first of these that it has.
_SUBJECTS = ("call_id", "extension", "order_id")


@dataclass(frozen=True, slots=True)
class Fact:
    """Common root. ``subject`` is what the fact is about: a call, an extension, an order, or ``system``."""

    KIND: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    # Left out of the payload when empty.
    SAID_IF_ANY: ClassVar[tuple[str, ...]] = ()

    @property
    def subject(self) -> str:
        for name in _SUBJECTS:
            if found := getattr(self, name, None):
                return str(found)
        return "system"
