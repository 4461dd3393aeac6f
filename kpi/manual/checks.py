"""What is wrong with entries that somebody wants to make, beside what each says by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import KpiEvidenceRow
from core.errors import BadInput, NotAllowed, Several
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.people.users import User, list_users
from core.workorders import office
from kpi.manual.entries import ATTENDANCE, EntryRequest, SubjectKind, days_meet, problems
from kpi.manual.evidence import no_evidence
from kpi.manual.reading import EntryQuery, entries

MOST_TOLD = 50


def check(
    session: Session, wanted: Sequence[EntryRequest], user: User, place: Callable[[int, str], str], proof: str = ""
) -> None:
    """``BadInput``, ``Several`` where more than one thing is wrong; ``place`` says where the field of the n-th stands,
    ``proof`` is evidence that will be there. ``NotAllowed`` for what somebody writes down of themselves."""
    known = _subjects(session, load_installation(session))
    files = {proof, *session.scalars(select(KpiEvidenceRow.id))}
    attended: dict[tuple[str, str], list[tuple[str, str]]] = {}
    found: list[BadInput] = []
    for n, one in enumerate(wanted):
        mine = problems(one) or [*_of_subject(one, known), *_of_evidence(one, files)]
        if not mine:
            check_other(user, one.kind, one.who, place(n, "who"))
            if one.indicator == ATTENDANCE:
                mine = _of_attendance(session, one, attended.setdefault((one.kind, one.who), []))
        found += [_moved(wrong, place(n, wrong.field or "")) for wrong in mine]
        if len(found) >= MOST_TOLD:
            break
    if found:
        raise found[0] if len(found) == 1 else Several(found)


def is_about(user: User, kind: SubjectKind, who: str) -> bool:
    return (kind == "agent" and who == user.extension) or (kind == "user" and who == user.name)


def check_other(user: User, kind: SubjectKind, who: str, field: str = "who") -> None:
    if is_about(user, kind, who):
        raise NotAllowed(
            "Nobody writes down anything of themselves, or agrees to it.",
            field=field,
            remedy="Ask somebody else who may.",
        )


def _of_attendance(session: Session, one: EntryRequest, earlier: list[tuple[str, str]]) -> list[BadInput]:
    """No two may say whether somebody was there on the same days; ``earlier`` are those of the same request."""
    if not earlier:
        asked = EntryQuery(one.indicator, one.kind, one.who, state="standing", limit=1_000_000)
        earlier += [(other.first_day, other.last_day) for other in entries(session, asked)[0]]
    days = one.first_day, one.last_day
    met = next((other for other in earlier if days_meet(other, days)), None)
    earlier.append(days)
    if met is None:
        return []
    return [
        BadInput(
            "For these days there is an entry already, from {begins} to {ends}.",
            field="from",
            remedy="Withdraw that one first, or choose other days.",
            begins=met[0],
            ends=met[1],
        )
    ]


def _of_subject(one: EntryRequest, known: Mapping[SubjectKind, Collection[str]]) -> list[BadInput]:
    if one.kind == "department" or one.who in known[one.kind]:
        return []
    return [
        BadInput(
            "There is nobody by the name of {who}.",
            field="who",
            remedy="Write an agent's extension, a user's name or a site's id, as kind says.",
            who=one.who[:64],
        )
    ]


def _of_evidence(one: EntryRequest, files: Collection[str]) -> list[BadInput]:
    if not one.evidence or one.evidence in files:
        return []
    missing = no_evidence(one.evidence)
    return [BadInput(missing.message, field="evidence", remedy=missing.remedy, id=one.evidence[:40])]


def _subjects(session: Session, installation: Installation) -> Mapping[SubjectKind, Collection[str]]:
    return {
        "agent": installation.agents.keys(),
        "user": {one.name for one in list_users(session)},
        "site": office.load(session).sites.keys(),
    }


def _moved(wrong: BadInput, field: str) -> BadInput:
    values = {name: value for name, value in wrong.values.items() if name != "field"}
    return BadInput(wrong.message, field=field, remedy=wrong.remedy, **values)
