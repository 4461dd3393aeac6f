"""The numbers that callers dial, and where each leads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.db.tables import DidRow
from core.errors import BadInput
from core.i18n import N_
from core.installation.definition import Did, Installation
from core.installation.editing import Editable, in_installation, items
from core.installation.queues import targets
from core.installation.references import NUMBER, check_target
from core.installation.service import load_installation, plain


def check(did: Did, installation: Installation) -> None:
    """``target`` as everywhere in the site: ``queue:ID``, ``flow:ID``, ``extension:N``."""
    if not NUMBER.fullmatch(did.number):
        raise BadInput("{number} is no number.", field="number", remedy="Use digits only.", number=did.number)
    check_target(installation, did.target, "target")


NUMBERS = Editable(
    place=in_installation("dids"),
    word="number",
    key="number",
    kind=Did,
    missing=N_("There is no number {id}."),
    labels={"target": N_("Leads to")},
    check=check,
    put=lambda session, did: session.merge(DidRow(**plain(did))),
    drop=lambda session, number: session.execute(delete(DidRow).where(DidRow.number == number)),
)


def listed(session: Session) -> dict[str, Any]:
    """Every number with where it leads, and where it could."""
    installation = load_installation(session)
    return {"items": items(session, NUMBERS, installation), "choices": {"targets": targets(installation)}}
