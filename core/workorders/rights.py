"""Whose orders are whose: what a person may see of them. Pure.

What may be done with an order is the process's to say (``workflow``); this says only whether it is theirs at all.
"""

from __future__ import annotations

from dataclasses import dataclass

READ_ALL = frozenset({"agent", "supervisor", "director", "qa", "admin"})
READERS = (*sorted(READ_ALL), "site_manager", "worker")
# Who may open one; workers report from the field.
OPENERS = ("agent", "supervisor", "site_manager", "worker")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the house's role; ``site`` is the unit that a manager or a worker belongs to."""

    name: str
    role: str
    site: str = ""


def sees(person: Person, *, site: str, assignee: str) -> bool:
    """A manager sees the orders of the own site, a worker the own ones."""
    if person.role in READ_ALL:
        return True
    if person.role == "site_manager":
        return bool(person.site) and site == person.site
    return person.role == "worker" and assignee == person.name


def sees_number(person: Person, *, site: str, assignee: str, created_by: str, is_open: bool) -> bool:
    """Who has to ring the caller up sees the number: the crew while it has the order, the agent who took it down."""
    if person.role in ("supervisor", "director"):
        return True
    if person.role in ("site_manager", "worker"):
        return is_open and sees(person, site=site, assignee=assignee)
    return person.role == "agent" and created_by == person.name
