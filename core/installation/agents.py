"""Agents as the office sets them: which queues they serve, at what level, with what skills, in which group."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.tables import AgentQueueRow, AgentRow, UserRow
from core.errors import BadInput
from core.i18n import N_
from core.installation.definition import Agent, Installation
from core.installation.editing import Editable, in_installation, items
from core.installation.field_checks import check_name, check_words
from core.installation.queues import skills
from core.installation.service import load_installation, put_agent

# 1 is served first.
LEVELS = (1, 9)
LABELS = {"name": N_("Name"), "queues": N_("Queues and levels"), "skills": N_("Skills"), "group": N_("Group")}


def check(agent: Agent, installation: Installation) -> None:
    if agent.extension not in installation.accounts:
        raise BadInput(
            "There is no phone {extension}.",
            field="extension",
            remedy="Add a person with this extension first.",
            extension=agent.extension,
        )
    check_name(agent.name)
    check_words(agent.skills, "skills")
    if agent.group:
        check_name(agent.group, "group")
    for queue, level in agent.queues.items():
        if queue not in installation.queues:
            raise BadInput(
                "Unknown queue {id}.",
                field="queues",
                remedy="Choose a queue that is there, or make it first.",
                id=queue,
            )
        if not LEVELS[0] <= level <= LEVELS[1]:
            raise BadInput(
                "Level {level} is not possible.",
                field=f"queues.{queue}",
                remedy="Use 1, who is rung first, to 9, who is rung last.",
                level=level,
            )


def _drop(session: Session, extension: str) -> None:
    session.execute(delete(AgentQueueRow).where(AgentQueueRow.extension == extension))
    session.execute(delete(AgentRow).where(AgentRow.extension == extension))


AGENTS = Editable(
    place=in_installation("agents"),
    word="agent",
    key="extension",
    kind=Agent,
    missing=N_("There is no agent {id}."),
    labels=LABELS,
    check=check,
    put=put_agent,
    drop=_drop,
)


def listed(session: Session) -> dict[str, Any]:
    """Every agent with the person who sits there, and all that a form needs to change one or make one."""
    installation = load_installation(session)
    people = session.execute(select(UserRow.extension, UserRow.name).where(UserRow.active))
    users = {row.extension: row.name for row in people}
    found = items(session, AGENTS, installation)
    for one in found:
        one["user"] = users.get(one["extension"])
        one["phone"] = one["extension"] in installation.accounts
    return {
        "items": found,
        "choices": {
            "queues": [
                {"id": one.id, "name": one.name, "skills": list(one.skills)} for one in installation.queues.values()
            ],
            "skills": skills(installation),
            "groups": sorted({one.group for one in installation.agents.values() if one.group}),
            "phones": sorted(set(installation.accounts) - set(installation.agents)),
        },
    }
