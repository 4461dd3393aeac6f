"""A scheme as a file. Pure."""

from __future__ import annotations

from typing import Any

from core.i18n import N_
from core.json_file import JsonFile
from kpi.scoring.scheme import Scheme, scheme_json, scheme_of

FILE = JsonFile(
    "hotline-kpi-scheme",
    1,
    "scheme",
    no_such=N_("This is no file with a scoring scheme."),
    export_anew=N_("Export the scheme anew with a program of this version."),
)


def as_file(scheme: Scheme) -> dict[str, Any]:
    return FILE.around(scheme_json(scheme))


def from_file(raw: Any) -> Scheme:
    """``BadInput`` for what is no such file, and for what ``scheme_of`` refuses."""
    return scheme_of(FILE.content(raw))
