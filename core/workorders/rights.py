"""Whose orders are whose: what a person may see of them. Pure.

What may be done with an order is the process's to say (``workflow``); this says only whether it is theirs at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.rights import Right, Scope, reach, shipped
from core.workorders.definition import RESULT_OF_VISIT, Transition


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with the house's role; ``site`` is the unit that a manager or a worker belongs to.

    ``visits_own``: whether this house lets whoever took an order make its return visit, too.
    ``orders`` is how far the right to orders reaches, ``numbers`` whether whole numbers are seen anyway; what is not
    said is what is shipped for the role.
    """

    name: str
    role: str
    site: str = ""
    visits_own: bool = True
    orders: Scope | None = None
    numbers: bool | None = None

    @property
    def reach(self) -> Scope:
        return reach(shipped(self.role), Right.ORDERS) if self.orders is None else self.orders

    @property
    def sees_numbers(self) -> bool:
        return Right.NUMBERS in shipped(self.role) if self.numbers is None else self.numbers


def sees(person: Actor, *, site: str, assignee: str, is_open: bool) -> bool:
    """All, the orders of the own site, or the own ones and those of the own site that nobody has yet."""
    theirs = bool(person.site) and site == person.site
    match person.reach:
        case Scope.ALL:
            return True
        case Scope.SITE:
            return theirs
        case Scope.OWN:
            return assignee == person.name or (is_open and not assignee and theirs)
    return False


def may_visit(person: Actor, event: Transition, *, created_by: str) -> bool:
    """The result of a return visit, where the house wants it from somebody other than whoever took the order."""
    return person.visits_own or created_by != person.name or RESULT_OF_VISIT not in event.guards


def may_step(person: Actor, event: Transition, *, assignee: str) -> bool:
    """What nobody has yet a worker may take, and write a note to; everything else is for whoever has it."""
    is_note = not event.to and not event.effects
    return person.reach is not Scope.OWN or assignee == person.name or "take" in event.effects or is_note


def sees_number(person: Actor, *, site: str, assignee: str, created_by: str, is_open: bool) -> bool:
    """Who has to ring the caller up sees the number: the crew while it has the order, the agent who took it down
    while it is open."""
    if person.sees_numbers:
        return True
    match person.reach:
        case Scope.ALL:
            return is_open and created_by == person.name
        case Scope.SITE:
            return is_open and sees(person, site=site, assignee=assignee, is_open=is_open)
        case Scope.OWN:
            return is_open and assignee == person.name
    return False
