"""What of the installation points to what: whether a target is there, and who would miss a thing that goes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.errors import BadInput
from core.i18n import N_, _
from core.installation.definition import Installation, Queue

ON = ("on_overflow", "on_max_wait", "on_no_agents", "on_closed")
NUMBER = re.compile(r"\+?\d{2,20}\Z", re.ASCII)
Kind = Literal["queue", "flow", "number", "dial_right", "category"]
# What people call who uses something.
KINDS: dict[Kind, str] = {
    "queue": N_("queue {id}"),
    "flow": N_("flow {id}"),
    "number": N_("number {id}"),
    "dial_right": N_("dialling right {id}"),
    "category": N_("order category {id}"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """``id`` is who points, ``field`` where in it: a queue's ``on_closed``, a flow's node."""

    kind: Kind
    id: str
    field: str

    def __str__(self) -> str:
        return _(KINDS[self.kind], id=self.id)


def uses_of_queue(installation: Installation, queue: str) -> tuple[Use, ...]:
    """What leads callers there; agents who serve it do not keep it."""
    by_node = (
        Use("flow", flow.id, node)
        for flow in installation.flows.values()
        for node, about in flow.nodes.items()
        if about.get("kind") == "queue" and about.get("queue") == queue
    )
    return (*_targets(installation, f"queue:{queue}"), *by_node)


def uses_of_flow(installation: Installation, flow: str) -> tuple[Use, ...]:
    """A flow that sends callers back to its own beginning does not keep itself."""
    return tuple(one for one in _targets(installation, f"flow:{flow}") if (one.kind, one.id) != ("flow", flow))


def uses_of_calendar(installation: Installation, calendar: str) -> tuple[Use, ...]:
    return (
        *(Use("queue", queue.id, "calendar") for queue in installation.queues.values() if queue.calendar == calendar),
        *(
            Use("flow", flow.id, node)
            for flow in installation.flows.values()
            for node, about in flow.nodes.items()
            if about.get("kind") == "hours" and about.get("calendar") == calendar
        ),
        *(
            Use("dial_right", right.subject, "hours")
            for right in installation.dial_rights.values()
            if right.hours == calendar
        ),
    )


def _targets(installation: Installation, target: str) -> Iterator[Use]:
    for did in installation.dids.values():
        if did.target == target:
            yield Use("number", did.number, "target")
    for queue in installation.queues.values():
        yield from (Use("queue", queue.id, at) for at in ON if getattr(queue, at) == target and not _own(queue, target))
    for flow in installation.flows.values():
        for node, about in flow.nodes.items():
            if about.get("kind") == "transfer" and about.get("target") == target:
                yield Use("flow", flow.id, node)


def _own(queue: Queue, target: str) -> bool:
    return target == f"queue:{queue.id}"


def check_target(installation: Installation, target: str, field: str) -> None:
    """``queue:ID``, ``flow:ID``, ``extension:N``, ``number:N`` or ``hangup``, and that it is there."""
    kind, colon, rest = target.partition(":")
    there = {
        "queue": rest in installation.queues,
        "flow": rest in installation.flows,
        "extension": rest in installation.accounts or rest in installation.agents,
        "number": NUMBER.fullmatch(rest) is not None,
        "hangup": not colon,
    }
    if kind not in there:
        raise BadInput(
            "{target} leads nowhere.",
            field=field,
            remedy="Use queue:ID, extension:N, number:N, flow:ID or hangup.",
            target=target,
        )
    if not there[kind]:
        raise BadInput(
            "{target} leads nowhere.",
            field=field,
            remedy="Choose one that is there, or make it first.",
            target=target,
        )
