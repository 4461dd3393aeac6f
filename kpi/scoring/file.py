"""A scheme as a file: JSON that says what it is and in which version of its form. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.errors import BadInput
from kpi.scoring.scheme import Scheme, scheme_json, scheme_of

FORMAT = "hotline-kpi-scheme"
VERSION = 1


def as_file(scheme: Scheme) -> dict[str, Any]:
    return {"format": FORMAT, "format_version": VERSION, "scheme": scheme_json(scheme)}


def from_file(raw: Any) -> Scheme:
    """``BadInput`` for another kind of file, for one of another version, and for what ``scheme_of`` refuses."""
    if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
        raise BadInput(
            "This is no file with a scoring scheme.", field="format", remedy="Choose one that was exported here."
        )
    if raw.get("format_version") != VERSION:
        raise BadInput(
            "The file is of version {found} of its form; this program reads version {known}.",
            field="format_version",
            remedy="Export the scheme anew with a program of this version.",
            found=raw.get("format_version"),
            known=VERSION,
        )
    scheme = raw.get("scheme")
    if not isinstance(scheme, Mapping):
        raise BadInput("{field} is missing.", field="scheme", remedy="Choose a whole file.")
    return scheme_of(scheme)


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadInput(
            "The file is no JSON.", field="format", remedy="Choose one that was exported here, unchanged."
        ) from None
