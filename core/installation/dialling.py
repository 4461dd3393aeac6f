"""Who may dial what, as the office has set it: rights by role and extension, and the classes of numbers.

What is not set here is what ``core.numbering`` ships. Every ``put`` and ``forget`` checks, raises the site's version
and commits, or changes nothing; the sip process takes it over at its next ``reload``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core import numbering
from core.clock import iso
from core.db.tables import AgentRow, CalendarRow, DialRightRow, InstallationRow, NumberRuleRow, UserRow
from core.errors import BadInput, NotFound
from core.installation import steering
from core.installation.definition import Installation
from core.numbering import DialRight, NumberRule

MOST_RULES = 200


def standing(session: Session) -> dict[str, Any]:
    """For the site's definition."""
    rights = session.scalars(select(DialRightRow).order_by(DialRightRow.subject))
    rules = session.scalars(select(NumberRuleRow).order_by(NumberRuleRow.rank, NumberRuleRow.pattern))
    return {
        "dial_rights": {
            row.subject: {
                "subject": row.subject,
                "classes": row.classes,
                "hours": row.hours,
                "most_at_once": row.most_at_once,
            }
            for row in rights
        },
        "number_rules": {
            row.pattern: {
                "pattern": row.pattern,
                "number_class": row.number_class,
                "name": row.name,
                "rank": row.rank,
            }
            for row in rules
        },
        "roles": roles(session),
    }


def roles(session: Session) -> dict[str, str]:
    """Who sits at an extension. Whoever has none is known by name: a supervisor in a browser is in calls, too."""
    people = session.execute(select(UserRow.extension, UserRow.name, UserRow.role).where(UserRow.active))
    return {extension or name: role for extension, name, role in people}


def replace_all(session: Session, installation: Installation) -> None:
    """For a whole new site; does not commit."""
    for table in (DialRightRow, NumberRuleRow):
        session.execute(delete(table))
    session.add_all(
        DialRightRow(**{**asdict(right), "classes": list(right.classes)}) for right in installation.dial_rights.values()
    )
    session.add_all(NumberRuleRow(**asdict(rule)) for rule in installation.number_rules.values())


# --- rights ----------------------------------------------------------------------------------------------------


def put_right(session: Session, right: DialRight, by: str, at: float) -> None:
    change_rights(session, (right,), (), by, at)


def forget_right(session: Session, subject: str) -> None:
    """Back to what is shipped; an extension back to its role's."""
    _forget(session, subject)
    steering.raise_version(session)
    session.commit()


def change_rights(session: Session, wanted: Iterable[DialRight], forgotten: Iterable[str], by: str, at: float) -> None:
    """All of them, or none."""
    for right in wanted:
        numbering.check_right(right)
        if right.hours is not None and session.get(CalendarRow, right.hours) is None:
            raise NotFound("There is no calendar {id}.", field="hours", id=right.hours)
        values = {**asdict(right), "classes": [one for one in numbering.CLASSES if one in right.classes]}
        session.merge(DialRightRow(**values, changed_by=by, changed_at=at))
    for subject in forgotten:
        _forget(session, subject)
    steering.raise_version(session)
    session.commit()


def _forget(session: Session, subject: str) -> None:
    row = session.get(DialRightRow, subject)
    if row is None:
        raise NotFound("No right to dial is set for {subject}.", field="subject", subject=subject)
    session.delete(row)


# --- numbers ---------------------------------------------------------------------------------------------------


def put_numbers(session: Session, rules: tuple[NumberRule, ...], area_code: str | None) -> None:
    """The office's own patterns, all of them, in this order; ``area_code`` None stays as it is."""
    if len(rules) > MOST_RULES:
        raise BadInput("So many patterns are not possible.", field="rules", remedy="Give at most 200.")
    for rule in rules:
        numbering.check_rule(rule)
    if len({rule.pattern for rule in rules}) < len(rules):
        raise BadInput("A pattern stands here twice.", field="rules", remedy="Remove one of the two.")
    if area_code is not None and not re.fullmatch(r"(0[1-9]\d{1,2})?", area_code, re.ASCII):
        raise BadInput("{code} is no area code.", field="area_code", remedy="Write it as 0571.", code=area_code)
    session.execute(delete(NumberRuleRow))
    session.add_all(
        NumberRuleRow(pattern=rule.pattern, number_class=rule.number_class, name=rule.name, rank=rank)
        for rank, rule in enumerate(rules)
    )
    if area_code is not None:
        session.execute(update(InstallationRow).values(area_code=area_code))
    steering.raise_version(session)
    session.commit()


# --- reading ---------------------------------------------------------------------------------------------------


def dialling_json(session: Session) -> dict[str, Any]:
    """Everything for people and programs; ``example`` marks what is shipped (示例)."""
    own = {row.subject: row for row in session.scalars(select(DialRightRow).order_by(DialRightRow.subject))}
    rules = session.scalars(select(NumberRuleRow).order_by(NumberRuleRow.rank, NumberRuleRow.pattern))
    shipped = [one for one in numbering.SHIPPED_RIGHTS.values() if one.subject not in own]
    return {
        "area_code": session.scalar(select(InstallationRow.area_code)) or "",
        "classes": list(numbering.CLASSES),
        "rights": [
            *(_told_right(one.subject, one.classes, one.hours, one.most_at_once) for one in shipped),
            *(
                {
                    **_told_right(row.subject, row.classes, row.hours, row.most_at_once),
                    "example": False,
                    "changed_by": row.changed_by,
                    "changed_at": iso(row.changed_at),
                }
                for row in own.values()
            ),
        ],
        "numbers": [
            *(
                {"pattern": row.pattern, "number_class": row.number_class, "name": row.name, "example": False}
                for row in rules
            ),
            *(
                {"pattern": one.pattern, "number_class": one.number_class, "name": one.name, "example": True}
                for one in numbering.SHIPPED
            ),
        ],
    }


def _told_right(subject: str, classes: Any, hours: str | None, most_at_once: int | None) -> dict[str, Any]:
    return {
        "subject": subject,
        "classes": list(classes),
        "hours": hours,
        "most_at_once": most_at_once,
        "example": True,
        "changed_by": "",
        "changed_at": None,
    }


def tried(session: Session, number: str, extension: str) -> Mapping[str, Any]:
    """The class of a number, and whether this extension has the right to it; hours and calls are not looked at."""
    rules = standing(session)["number_rules"].values()
    area = session.scalar(select(InstallationRow.area_code)) or ""
    number_class = numbering.classify(number, [NumberRule(**rule) for rule in rules], area)
    found: dict[str, Any] = {"number": number, "normal": numbering.normal(number), "number_class": number_class}
    if extension:
        rights = {
            subject: DialRight(**{**right, "classes": tuple(right["classes"])})
            for subject, right in standing(session)["dial_rights"].items()
        }
        role = roles(session).get(extension) or ("agent" if session.get(AgentRow, extension) is not None else "phone")
        right = numbering.right_of(rights, extension, role)
        allowed = number_class == "emergency" or number_class in right.classes
        found |= {"extension": extension, "role": role, "right": right.subject, "allowed": allowed}
    return found
