"""Whose orders are whose: what a person may see of them. Pure.

What may be done with an order is the process's to say (``workflow``); this says only whether it is theirs at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.workorders.definition import RESULT_OF_VISIT, Event

READ_ALL = frozenset({"agent", "supervisor", "director", "qa", "admin"})
READERS = (*sorted(READ_ALL), "site_manager", "worker")
# Who may open one; workers report from the field.
OPENERS = ("agent", "supervisor", "site_manager", "worker")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the house's role; ``site`` is the unit that a manager or a worker belongs to.

    ``visits_own``: whether this house lets whoever took an order make its return visit, too.
    """

    name: str
    role: str
    site: str = ""
    visits_own: bool = True


def sees(person: Person, *, site: str, assignee: str, is_open: bool) -> bool:
    """A manager sees the orders of the own site; a worker the own ones, and those of the site that nobody has yet."""
    if person.role in READ_ALL:
        return True
    if person.role == "site_manager":
        return bool(person.site) and site == person.site
    free = is_open and not assignee and bool(person.site) and site == person.site
    return person.role == "worker" and (assignee == person.name or free)


def may_visit(person: Person, event: Event, *, created_by: str) -> bool:
    """The result of a return visit, where the house wants it from somebody other than whoever took the order."""
    return person.visits_own or created_by != person.name or RESULT_OF_VISIT not in event.guards


def may_step(person: Person, event: Event, *, assignee: str) -> bool:
    """What nobody has yet a worker may take, and write a note to; everything else is for whoever has it."""
    is_note = not event.to and not event.effects
    return person.role != "worker" or assignee == person.name or "take" in event.effects or is_note


def sees_number(person: Person, *, site: str, assignee: str, created_by: str, is_open: bool) -> bool:
    """Who has to ring the caller up sees the number: the crew while it has the order, the agent who took it down."""
    if person.role in ("supervisor", "director"):
        return True
    if person.role == "worker":
        return is_open and assignee == person.name
    if person.role == "site_manager":
        return is_open and sees(person, site=site, assignee=assignee, is_open=is_open)
    return person.role == "agent" and created_by == person.name
