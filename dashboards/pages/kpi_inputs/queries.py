"""Entries as the interface gives them, and of whom one may be made. Nothing here draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.installation.service import load_installation
from core.people.users import list_users
from core.workorders import office
from dashboards.session import user, web
from kpi.api.manual import entry_rows
from kpi.manual.checks import is_about
from kpi.manual.entries import SubjectKind
from kpi.manual.reading import EntryQuery, entries
from kpi.scoring.scheme import MANUAL

MOST = 200
STATES = ("standing", "waiting", "withdrawn")
Row = Mapping[str, Any]
# By what they are: key and name.
Subjects = Mapping[SubjectKind, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class InputsQuery:
    """As the address says it; what is none of it is all."""

    indicator: str = ""
    state: str = "standing"


@dataclass(frozen=True, slots=True)
class Inputs:
    """``more``: older ones are not shown."""

    asked: InputsQuery
    rows: Sequence[Row]
    more: bool
    names: Mapping[tuple[SubjectKind, str], str]


def query_of(given: Any) -> InputsQuery:
    """``given`` may come from a browser."""
    said = given if isinstance(given, Mapping) else {}
    indicator, state = str(said.get("indicator") or ""), str(said.get("state") or "standing")
    return InputsQuery(indicator if indicator in MANUAL else "", state if state in (*STATES, "all") else "standing")


async def inputs(asked: InputsQuery) -> Inputs:
    me = user()

    def work(session: Session) -> Inputs:
        state = "" if asked.state == "all" else asked.state
        found, following = entries(session, EntryQuery(asked.indicator, state=state, limit=MOST))
        names = {(kind, key): name for kind, known in _subjects(session).items() for key, name in known}
        return Inputs(asked, entry_rows(session, me, found), following is not None, names)

    return await web().in_session(work)


async def subjects() -> Subjects:
    """Of whom this person may write something down: nobody of themselves."""
    me = user()
    found = await web().in_session(_subjects)
    return {kind: [(key, name) for key, name in known if not is_about(me, kind, key)] for kind, known in found.items()}


def _subjects(session: Session) -> Subjects:
    agents = load_installation(session).agents
    return {
        "agent": [(one.extension, one.name) for one in agents.values()],
        "user": [(one.name, one.display_name or one.name) for one in list_users(session) if not one.extension],
        "site": [(one.id, one.name) for one in office.load(session).sites.values()],
    }
