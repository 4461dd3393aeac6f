"""A definition as a file: JSON that says what it is and in which version of its form. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import BadInput


@dataclass(frozen=True, slots=True)
class JsonFile:
    """One kind of file. ``name`` is where its content stands; ``no_such`` is said of another kind of file and
    ``export_anew`` is the way out of another version, both in words that have a translation."""

    format: str
    version: int
    name: str
    no_such: str
    export_anew: str

    def around(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"format": self.format, "format_version": self.version, self.name: content}

    def content(self, raw: Any) -> Mapping[str, Any]:
        """``BadInput`` for another kind of file and for one of another version."""
        if not isinstance(raw, Mapping) or raw.get("format") != self.format:
            raise BadInput(self.no_such, field="format", remedy="Choose one that was exported here.")
        if raw.get("format_version") != self.version:
            raise BadInput(
                "The file is of version {found} of its form; this program reads version {known}.",
                field="format_version",
                remedy=self.export_anew,
                found=raw.get("format_version"),
                known=self.version,
            )
        content = raw.get(self.name)
        if not isinstance(content, Mapping):
            raise BadInput("{field} is missing.", field=self.name, remedy="Choose a whole file.")
        return content


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadInput(
            "The file is no JSON.", field="format", remedy="Choose one that was exported here, unchanged."
        ) from None
