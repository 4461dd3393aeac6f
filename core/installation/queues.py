"""Queues as the office sets them: how long, how urgent, who is rung, and every way out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.db.tables import AgentQueueRow, QueueOverrideRow, QueueRow
from core.errors import BadInput
from core.i18n import N_
from core.installation.definition import REFUSALS, RING_STRATEGIES, Installation, Queue
from core.installation.editing import Editable, in_installation, items
from core.installation.field_checks import check_id, check_name, check_within, check_words
from core.installation.references import ON, check_target, uses_of_queue
from core.installation.service import load_installation, queue_columns

DAY_S = 86_400.0
# Least and most, both possible; seconds where the name says so.
LIMITS = {
    "ring_s": (1.0, 300.0),
    "wrap_up_s": (0.0, 3600.0),
    "max_wait_s": (1.0, DAY_S),
    "service_level_s": (1.0, 3600.0),
    "priority": (-100.0, 100.0),
    "announce_every_s": (0.0, 3600.0),
    "warn_wait_s": (1.0, DAY_S),
    "alarm_wait_s": (1.0, DAY_S),
}
MOST_WAITING = 10_000
LABELS = {
    "name": N_("Name"),
    "name_en": N_("Name in English"),
    "ring_s": N_("Ringing time (s)"),
    "wrap_up_s": N_("Wrap-up time (s)"),
    "max_wait_s": N_("Longest wait (s)"),
    "service_level_s": N_("Service level within (s)"),
    "priority": N_("Priority"),
    "skills": N_("Skills"),
    "announce_every_s": N_("Announcement every (s)"),
    "announce_position": N_("Position is said"),
    "announce_wait": N_("Expected wait is said"),
    "overflow_waiting": N_("Most callers waiting"),
    "on_overflow": N_("When too many wait"),
    "on_max_wait": N_("After the longest wait"),
    "on_no_agents": N_("When nobody is on duty"),
    "calendar": N_("Calendar"),
    "on_closed": N_("When closed"),
    "warn_wait_s": N_("Wait turns amber at (s)"),
    "alarm_wait_s": N_("Wait turns red at (s)"),
    "ring_strategy": N_("Rung among equals"),
}


def check(queue: Queue, installation: Installation) -> None:
    """By itself, and that all that it names is there."""
    check_id(queue.id)
    check_name(queue.name)
    if queue.name_en:
        check_name(queue.name_en, "name_en")
    check_within(queue, LIMITS)
    check_words(queue.skills, "skills")
    if queue.overflow_waiting is not None and not 0 <= queue.overflow_waiting <= MOST_WAITING:
        raise BadInput(
            "{value} is not possible here.",
            field="overflow_waiting",
            remedy="Use {least} to {most}.",
            value=queue.overflow_waiting,
            least=0,
            most=MOST_WAITING,
        )
    if queue.alarm_wait_s < queue.warn_wait_s:
        raise BadInput(
            "Red must lie beyond amber.", field="alarm_wait_s", remedy="Use a time that is not before amber's."
        )
    for at in ON:
        target = getattr(queue, at)
        if target is None or target in REFUSALS:
            continue
        if target == f"queue:{queue.id}" and at != "on_max_wait":
            raise BadInput(
                "A queue cannot send its callers to itself.", field=at, remedy="Choose another target, or hangup."
            )
        if target != f"queue:{queue.id}":
            check_target(installation, target, at)


def _put(session: Session, queue: Queue) -> None:
    known = session.get(QueueRow, queue.id)
    last = session.scalar(select(func.max(QueueRow.rank)))
    rank = known.rank if known is not None else (last if last is not None else -1) + 1
    session.merge(QueueRow(rank=rank, **queue_columns(queue)))


def _drop(session: Session, queue: str) -> None:
    """Nobody serves it any more, and no word of a supervisor is left about it."""
    session.execute(delete(AgentQueueRow).where(AgentQueueRow.queue_id == queue))
    session.execute(delete(QueueOverrideRow).where(QueueOverrideRow.queue_id == queue))


QUEUES = Editable(
    place=in_installation("queues"),
    word="queue",
    key="id",
    kind=Queue,
    missing=N_("There is no queue {id}."),
    labels=LABELS,
    check=check,
    put=_put,
    drop=_drop,
    uses=lambda _session, installation, queue: uses_of_queue(installation, queue),
    unseen=frozenset({"override"}),
    kept=True,
)


def listed(session: Session) -> dict[str, Any]:
    """Every queue with who serves it, and all that a form needs to change one."""
    installation = load_installation(session)
    found = items(session, QUEUES, installation)
    for one in found:
        one["override"] = installation.queues[one["id"]].override
        one["agents"] = serving(installation, one["id"])
    return {
        "items": found,
        "choices": {
            "calendars": sorted(installation.calendars),
            "targets": targets(installation),
            "refusals": list(REFUSALS),
            "skills": skills(installation),
            "ring_strategies": list(RING_STRATEGIES),
            "limits": {field: {"least": least, "most": most} for field, (least, most) in LIMITS.items()},
        },
    }


def serving(installation: Installation, queue: str) -> list[dict[str, Any]]:
    """Who serves it, the best first."""
    found = [
        {"extension": one.extension, "name": one.name, "level": one.queues[queue]}
        for one in installation.agents.values()
        if queue in one.queues
    ]
    return sorted(found, key=lambda one: (one["level"], one["extension"]))


def targets(installation: Installation) -> list[dict[str, str]]:
    """Where callers can be led, each with what people call it."""
    phones = dict.fromkeys(sorted(installation.accounts), "")
    phones.update({agent.extension: agent.name for agent in installation.agents.values()})
    return [
        *({"target": f"queue:{one.id}", "name": one.name} for one in installation.queues.values()),
        *({"target": f"flow:{flow}", "name": flow} for flow in installation.flows),
        *({"target": f"extension:{extension}", "name": name} for extension, name in phones.items()),
    ]


def skills(installation: Installation) -> list[str]:
    """Those that an agent has or a queue asks for."""
    had = {skill for agent in installation.agents.values() for skill in agent.skills}
    return sorted(had | {skill for queue in installation.queues.values() for skill in queue.skills})
