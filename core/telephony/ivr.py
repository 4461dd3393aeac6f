"""Call flows as data: what each kind of node is, and the walk through it. Pure.

``core.installation.flow_check`` looks at a flow before it goes live.

A flow's nodes (JSON objects, by id) are one of:

========  =====================================================================================================
prompt    ``say``; goes on to ``next``
menu      ``say`` with barge-in; ``choices`` key → node; ``timeout_s``, ``tries``, ``on_timeout``, ``on_wrong``
collect   ``say``; up to ``digits`` keys, ``#`` or a pause ends; ``next``, ``on_timeout`` without any key
hours     ``calendar``; ``open``, ``closed``, ``holiday`` are nodes
queue     ``queue``, optional ``priority`` and ``skills``
transfer  ``target``, as everywhere in the site
hangup    optional ``say``
========  =====================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.installation.definition import Flow
from core.telephony.commands import Say

USUAL_TIMEOUT_S = 6.0
USUAL_TRIES = 3
LONGEST_WALK = 50

Outcome = Literal["chosen", "timeout", "wrong_key"]


@dataclass(slots=True)
class FlowPosition:
    """Where a call is in its flow."""

    node: str
    tries: int = 0
    digits: str = ""
    collected: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowStep:
    """What to do next: ``say``, ``queue``, ``target`` or ``hang_up``. With ``wait_s`` keys are awaited after it."""

    say: tuple[Say, ...] = ()
    wait_s: float | None = None
    queue: str = ""
    priority: int = 0
    skills: tuple[str, ...] = ()
    target: str = ""
    hang_up: bool = False


def walk(flow: Flow, place: FlowPosition, hours: Callable[[str], str]) -> FlowStep:
    """From the node at ``place`` to the next thing that needs the world. ``hours`` answers for a calendar id."""
    for _ in range(LONGEST_WALK):
        node = flow.nodes[place.node]
        match node["kind"]:
            case "hours":
                place.node = str(node[hours(str(node["calendar"]))])
            case "queue":
                return FlowStep(
                    queue=node["queue"], priority=node.get("priority", 0), skills=tuple(node.get("skills", ()))
                )
            case "transfer":
                return FlowStep(target=node["target"])
            case "hangup":
                if node.get("say") and place.tries == 0:
                    place.tries = 1
                    return FlowStep(say=parts(node["say"]))
                return FlowStep(hang_up=True)
            case "menu" | "collect":
                return FlowStep(say=parts(node["say"]), wait_s=wait_s(flow, place))
            case _:
                if spoken := parts(node["say"]):
                    return FlowStep(say=spoken)
                said(flow, place)
    return FlowStep(hang_up=True)


def waits_for_keys(flow: Flow, place: FlowPosition) -> bool:
    return flow.nodes[place.node]["kind"] in ("menu", "collect")


def wait_s(flow: Flow, place: FlowPosition) -> float:
    return float(flow.nodes[place.node].get("timeout_s", USUAL_TIMEOUT_S))


def barge_in(flow: Flow, place: FlowPosition) -> bool:
    """Whoever knows the menu need not hear the welcome: a key skips the prompts before the next menu."""
    ahead = FlowPosition(place.node)
    for _ in range(LONGEST_WALK):
        if waits_for_keys(flow, ahead):
            if ahead.node != place.node:
                go(place, ahead.node)
            return True
        if flow.nodes[ahead.node]["kind"] != "prompt":
            return False
        said(flow, ahead)
    return False


def said(flow: Flow, place: FlowPosition) -> None:
    """The prompt of a node that waits for nothing was heard to its end."""
    node = flow.nodes[place.node]
    if node["kind"] == "prompt":
        go(place, str(node["next"]))


def pressed(flow: Flow, place: FlowPosition, digit: str) -> Outcome | None:
    """A key. Moves ``place``; returns what happened, or ``None`` while more keys are awaited."""
    node = flow.nodes[place.node]
    if node["kind"] == "collect":
        if digit != "#":
            place.digits += digit
            if len(place.digits) < int(node.get("digits", 20)):
                return None
        place.collected[place.node] = place.digits
        go(place, str(node["next"]))
        return "chosen"
    if target := node.get("choices", {}).get(digit):
        go(place, str(target))
        return "chosen"
    return _failed(node, place, "wrong_key")


def timed_out(flow: Flow, place: FlowPosition) -> Outcome:
    """Nothing was pressed in time. Whoever typed a number and forgot the hash key has typed it all the same."""
    node = flow.nodes[place.node]
    if node["kind"] == "collect" and place.digits:
        return pressed(flow, place, "#") or "timeout"
    return _failed(node, place, "timeout")


def go(place: FlowPosition, node: str) -> None:
    place.node, place.tries, place.digits = node, 0, ""


def _failed(node: Mapping[str, Any], place: FlowPosition, outcome: Outcome) -> Outcome:
    """The menu is said again until its tries are used up, then the way out is taken."""
    place.tries += 1
    place.digits = ""
    if place.tries >= int(node.get("tries", USUAL_TRIES)):
        way_out = "on_wrong" if outcome == "wrong_key" and "on_wrong" in node else "on_timeout"
        go(place, str(node[way_out]))
    return outcome


def parts(raw: Any) -> tuple[Say, ...]:
    """A node's ``say``: a text, or a list of texts and of ``Say`` fields."""
    items = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(Say(**item) if isinstance(item, Mapping) else Say(text=str(item)) for item in items)


DEFAULT_FLOW: dict[str, Any] = {
    "id": "main",
    "version": 1,
    "start": "hours",
    "nodes": {
        "hours": {"kind": "hours", "calendar": "office", "open": "welcome", "closed": "night", "holiday": "night"},
        "welcome": {
            "kind": "prompt",
            "say": [{"text": "您好，欢迎致电清源水务客户服务热线，演示系统。"}],
            "next": "menu",
        },
        "night": {
            "kind": "prompt",
            "say": [{"text": "您好，欢迎致电清源水务客户服务热线，演示系统。现在是非工作时间，抢修服务照常受理。"}],
            "next": "menu",
        },
        "menu": {
            "kind": "menu",
            "say": [
                {"text": "报修请按一，水费查询请按二，投诉建议请按三，业务咨询请按四，人工服务请按零，重听请按九。"}
            ],
            "timeout_s": 6,
            "tries": 3,
            "choices": {"1": "repair", "2": "account", "3": "complaint", "4": "general", "0": "general", "9": "menu"},
            "on_timeout": "general",
            "on_wrong": "general",
        },
        "account": {
            "kind": "collect",
            "say": [{"text": "请输入您的户号，按井号键结束。"}],
            "digits": 12,
            "timeout_s": 8,
            "tries": 1,
            "next": "bill",
            "on_timeout": "billing",
        },
        "bill": {"kind": "prompt", "say": [{"text": "正在为您转接水费查询座席。"}], "next": "billing"},
        "repair": {"kind": "queue", "queue": "repair", "priority": 5},
        "complaint": {"kind": "queue", "queue": "complaint"},
        "billing": {"kind": "queue", "queue": "billing"},
        "general": {"kind": "queue", "queue": "general"},
    },
}
