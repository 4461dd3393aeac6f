"""The tree and the kinds of breaks as the interface lists them, read from the operational database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.installation import break_reasons
from core.workorders import category_editing
from dashboards.session import web

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NamedThings:
    """Both with ``items`` and ``retired``; ``categories`` also with ``choices``."""

    categories: Row
    breaks: Row


async def read() -> NamedThings:
    categories, breaks = await web().in_session(
        lambda session: (category_editing.listed(session), break_reasons.listed(session))
    )
    return NamedThings(categories, breaks)


def in_tree(found: list[Row]) -> list[Row]:
    """Each group with what stands in it after it; what hangs on nothing that is there comes last."""
    top = [one for one in found if not one["parent"]]
    ids = {one["id"] for one in top}
    lost = [one for one in found if one["parent"] and one["parent"] not in ids]
    return [row for group in top for row in (group, *(one for one in found if one["parent"] == group["id"]))] + lost
