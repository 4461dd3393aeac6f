"""Reasons of a break as the office sets them, in Chinese and English; facts carry their ids for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.tables import BreakReasonRow
from core.errors import BadInput
from core.i18n import N_
from core.installation.definition import BreakReason, Installation
from core.installation.editing import Editable, Place, free_number, in_installation, items
from core.installation.field_checks import check_id, check_name
from core.installation.service import load_installation


def check(reason: BreakReason, installation: Installation) -> None:
    if reason.id not in installation.break_reasons:
        # Those from before there were ids are called by their names.
        check_id(reason.id)
    check_name(reason.name)
    if reason.name_en:
        check_name(reason.name_en, "name_en")
    for other in _standing(installation).values():
        for field in ("name", "name_en"):
            if other.id != reason.id and (said := getattr(reason, field)) and getattr(other, field) == said:
                raise BadInput("{name} is taken.", field=field, remedy="Choose another name.", name=said)


def _standing(installation: Installation) -> Mapping[str, BreakReason]:
    return {one.id: one for one in installation.break_reasons.values() if not one.retired}


def _retired(installation: Installation) -> Mapping[str, BreakReason]:
    return {one.id: replace(one, retired=False) for one in installation.break_reasons.values() if one.retired}


def _put(session: Session, reason: BreakReason) -> None:
    known = session.get(BreakReasonRow, reason.id)
    last = session.scalar(select(func.max(BreakReasonRow.rank)))
    rank = known.rank if known is not None else (last if last is not None else -1) + 1
    session.merge(BreakReasonRow(id=reason.id, name=reason.name, name_en=reason.name_en, rank=rank))


BREAK_REASONS = Editable(
    place=Place(
        "break_reasons", load_installation, _standing, in_installation("break_reasons").check, retired=_retired
    ),
    word="break_reason",
    key="id",
    kind=BreakReason,
    missing=N_("There is no break reason {id}."),
    labels={"name": N_("Name"), "name_en": N_("Name in English")},
    check=check,
    put=_put,
    # Nobody can choose it any more; who is on such a break stays on it.
    drop=lambda _session, _reason: None,
    unseen=frozenset({"retired"}),
    kept=True,
    free_id=lambda installation, _given: free_number(installation.break_reasons),
)


def listed(session: Session) -> dict[str, Any]:
    """Every reason in the order in which agents see it, and those that were retired."""
    installation = load_installation(session)
    return {
        "items": items(session, BREAK_REASONS, installation),
        "retired": [
            {key: value for key, value in asdict(one).items() if key != "retired"}
            for one in _retired(installation).values()
        ],
    }
