"""Is a flow sound: every fault of a draft with its node and a remedy, before callers are led through it. Pure.

The nodes are those of ``core.telephony.ivr``, which walks them. Whatever a draft holds, it is looked at and never
raises; a flow without faults never ends a walk for want of a key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import BadInput
from core.installation.definition import Flow, Installation
from core.installation.references import check_target

# Sounds that every installation has, made by ``core.telephony.pcm``.
TONES = frozenset({"music", "ringback", "busy", "beep"})
NEEDED: Mapping[str, tuple[str, ...]] = {
    "prompt": ("say", "next"),
    "menu": ("say", "choices", "on_timeout", "on_wrong"),
    "collect": ("say", "next", "on_timeout"),
    "hours": ("calendar", "open", "closed", "holiday"),
    "queue": ("queue",),
    "transfer": ("target",),
    "hangup": (),
}
POSSIBLE: Mapping[str, tuple[str, ...]] = {
    "menu": ("timeout_s", "tries"),
    "collect": ("timeout_s", "tries", "digits"),
    "queue": ("priority", "skills"),
    "hangup": ("say",),
}
LINKS = ("next", "on_timeout", "on_wrong", "open", "closed", "holiday")
# Where somebody goes who presses nothing.
SILENT = ("next", "on_timeout", "open", "closed", "holiday")
NUMBERS: Mapping[str, tuple[float, float]] = {
    "timeout_s": (1, 60),
    "tries": (1, 10),
    "digits": (1, 40),
    "priority": (-100, 100),
}
KEYS = "0123456789*#"
SAYS = ("text", "phrase", "clip", "value")
SLOTS = ("count", "digits", "money", "date", "duration")
ENDS = ("queue", "transfer", "hangup")
MOST_NODES = 200
LONGEST_TEXT = 600
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlowContext:
    """What a flow may name; ``clips`` are the recordings that are there, None when nobody has looked."""

    installation: Installation
    clips: Collection[str] | None = None


class Unsound(BadInput):
    """A flow that cannot go live; ``faults`` are all of them, the first is the message."""

    def __init__(self, faults: Sequence[BadInput]) -> None:
        first = faults[0]
        values = {name: value for name, value in first.values.items() if name != "field"}
        super().__init__(first.message, field=first.field, remedy=first.remedy, **values)
        self.faults = tuple(faults)


def check(flow: Flow, context: FlowContext) -> None:
    """``Unsound`` when there is a fault."""
    if found := faults(flow, context):
        raise Unsound(found)


def faults(flow: Flow, context: FlowContext) -> list[BadInput]:
    """In the order of the nodes; fields are ``start``, ``nodes.ID`` and ``nodes.ID.KEY``."""
    nodes = {name: node for name, node in flow.nodes.items() if isinstance(node, Mapping)}
    found = [
        BadInput("{field} must be a JSON object.", field=f"nodes.{name}", remedy="Send it in curly brackets.")
        for name in flow.nodes
        if name not in nodes
    ]
    if len(nodes) > MOST_NODES:
        found.append(BadInput("So many steps are not possible.", field="nodes", remedy="Use 200 at most."))
    # Callers are led to this flow's own beginning by its name also while it is new.
    installation = replace(context.installation, flows={**context.installation.flows, flow.id: flow})
    for name, node in nodes.items():
        found += [_at(name, fault) for fault in _of_node(node, nodes, replace(context, installation=installation))]
    if flow.start not in nodes:
        found.append(_no_node("start", flow.start))
    return found or list(_of_ways(flow.start, nodes))


# --- one node --------------------------------------------------------------------------------------------------


def _of_node(node: Node, nodes: Mapping[str, Node], context: FlowContext) -> Iterator[BadInput]:
    kind = node.get("kind")
    if not isinstance(kind, str) or kind not in NEEDED:
        yield BadInput(
            "Unknown kind of node: {kind}.",
            field="kind",
            remedy="Use one of: {kinds}.",
            kind=kind,
            kinds=", ".join(NEEDED),
        )
        return
    for key in NEEDED[kind]:
        if key not in node:
            yield BadInput("{key} is missing.", field=key, remedy="Add it to the node.", key=key)
    for key in node:
        if key not in ("kind", *NEEDED[kind], *POSSIBLE.get(kind, ())):
            yield BadInput("Unknown key {key}.", field=key, remedy="Remove it or correct its name.", key=key)
    if "say" in node:
        yield from _of_say(node["say"], context.clips)
    for key in LINKS:
        if key in node and not (isinstance(node[key], str) and node[key] in nodes):
            yield _no_node(key, node[key])
    if kind == "menu" and "choices" in node:
        yield from _of_choices(node["choices"], nodes)
    yield from _of_numbers(node)
    yield from _of_names(kind, node, context.installation)


def _of_choices(choices: object, nodes: Mapping[str, Node]) -> Iterator[BadInput]:
    if not isinstance(choices, Mapping) or not choices:
        yield BadInput("A menu needs a key to press.", field="choices", remedy="Add one, or make it a prompt.")
        return
    for key, target in choices.items():
        if not isinstance(key, str) or len(key) != 1 or key not in KEYS:
            yield BadInput("{key} is no key.", field="choices", remedy="Use one of 0 to 9, * and #.", key=key)
        if not (isinstance(target, str) and target in nodes):
            yield _no_node(f"choices.{key}", target)


def _of_numbers(node: Node) -> Iterator[BadInput]:
    for key, (least, most) in NUMBERS.items():
        value = node.get(key, least)
        whole = key == "timeout_s" or isinstance(value, int)
        if isinstance(value, bool) or not isinstance(value, int | float) or not whole or not least <= value <= most:
            yield BadInput(
                "{value} is not possible here.",
                field=key,
                remedy="Use {least} to {most}.",
                value=value,
                least=least,
                most=most,
            )
    skills = node.get("skills", ())
    if not isinstance(skills, list | tuple) or not all(isinstance(one, str) and one.strip() for one in skills):
        yield BadInput("This list is not possible.", field="skills", remedy="Write 1 to 40 characters each.")


def _of_names(kind: str, node: Node, installation: Installation) -> Iterator[BadInput]:
    """What is outside of the flow."""
    queue, calendar, target = (node.get(key) for key in ("queue", "calendar", "target"))
    if kind == "queue" and "queue" in node and not (isinstance(queue, str) and queue in installation.queues):
        yield BadInput(
            "Unknown queue {id}.", field="queue", remedy="Choose a queue that is there, or make it first.", id=queue
        )
    if (
        kind == "hours"
        and "calendar" in node
        and not (isinstance(calendar, str) and calendar in installation.calendars)
    ):
        yield BadInput(
            "Unknown calendar {id}.",
            field="calendar",
            remedy="Choose a calendar that is there, or make it first.",
            id=calendar,
        )
    if kind == "transfer" and "target" in node:
        try:
            check_target(installation, str(target), "target")
        except BadInput as nowhere:
            yield nowhere


def _of_say(say: object, clips: Collection[str] | None) -> Iterator[BadInput]:
    given = say if isinstance(say, list | tuple) else (say,)
    if not given:
        yield _silent()
    for part in ({"text": one} if isinstance(one, str) else one for one in given):
        if not isinstance(part, Mapping) or not set(part) <= {*SAYS, "slot"}:
            yield BadInput(
                "A prompt cannot be said like this.", field="say", remedy="Give a text, or the name of a recording."
            )
            continue
        kinds = [key for key in SAYS if part.get(key)]
        if not kinds or not str(part[kinds[0]]).strip():
            yield _silent()
        elif len(kinds) > 1 or not all(isinstance(one, str) for one in part.values()):
            yield BadInput(
                "A prompt cannot be said like this.", field="say", remedy="Give a text, or the name of a recording."
            )
        elif (kinds[0] == "value") != (part.get("slot") in SLOTS):
            yield BadInput(
                "A value needs to know how it is said.",
                field="say",
                remedy="Use one of: {kinds}.",
                kinds=", ".join(SLOTS),
            )
        elif len(part[kinds[0]]) > LONGEST_TEXT:
            yield BadInput("This text is too long to listen to.", field="say", remedy="Use at most 600 characters.")
        elif kinds[0] == "clip" and clips is not None and part["clip"] not in clips:
            yield BadInput(
                "There is no recording {clip}.",
                field="say",
                remedy="Put it into the folder clips, or write the text.",
                clip=part["clip"],
            )


# --- ways through ----------------------------------------------------------------------------------------------


def _of_ways(start: str, nodes: Mapping[str, Node]) -> Iterator[BadInput]:
    """Every node can be reached, from each somebody gets out, and also who presses nothing. Links are sound by now."""
    ways = {name: links(node) for name, node in nodes.items()}
    reached = _reached(start, ways)
    for name in nodes:
        if name not in reached:
            yield BadInput(
                "Node {node} can never be reached.",
                field=f"nodes.{name}",
                remedy="Lead to it from another step, or remove it.",
                node=name,
            )
    ends = {name for name, node in nodes.items() if node["kind"] in ENDS}
    silent = {name: [str(node[key]) for key in SILENT if key in node] for name, node in nodes.items()}
    for name in nodes:
        if name in reached and not ends & _reached(name, ways):
            yield BadInput(
                "Nobody gets out of {node}.",
                field=f"nodes.{name}",
                remedy="Lead to a queue, a transfer or an end from there.",
                node=name,
            )
        elif name in reached and any(name in _reached(one, silent) for one in silent[name]):
            yield BadInput(
                "Who presses nothing comes back to {node} for ever.",
                field=f"nodes.{name}",
                remedy="Lead to a queue, a transfer or an end when no key comes.",
                node=name,
            )


def links(node: Node) -> list[str]:
    choices = node.get("choices")
    chosen = choices.values() if isinstance(choices, Mapping) else ()
    return [*(str(node[key]) for key in LINKS if key in node), *map(str, chosen)]


def _reached(start: str, ways: Mapping[str, Sequence[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += ways[name]
    return seen


def _no_node(field: str, name: object) -> BadInput:
    return BadInput("There is no node {node}.", field=field, remedy="Add it or change the link.", node=name)


def _silent() -> BadInput:
    return BadInput("Nothing is said here.", field="say", remedy="Give a text, or the name of a recording.")


def _at(name: str, fault: BadInput) -> BadInput:
    values = {key: value for key, value in fault.values.items() if key != "field"}
    return BadInput(fault.message, field=f"nodes.{name}.{fault.field}", remedy=fault.remedy, **values)
