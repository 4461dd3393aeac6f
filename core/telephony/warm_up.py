"""Which prompts to have ready before the first call: every text that a flow or a queue announcement can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.installation.definition import Installation
from core.telephony.call_control import queueing, rescue, transfers
from core.telephony.commands import Say

# Positions and whole minutes up to this are made beforehand; larger ones when they occur.
USUAL_COUNTS = 20


def texts_of(installation: Installation) -> list[Say]:
    """Every distinct part, in the order in which callers may hear them."""
    found: dict[Say, None] = {}
    found.update({Say(text=one.text): None for one in installation.announcements.values()})
    for flow in installation.flows.values():
        for node in flow.nodes.values():
            found.update(dict.fromkeys(_says(node)))
    found.update(dict.fromkeys((*queueing.PHRASES, *rescue.PHRASES, *transfers.RETURNED.values())))
    found.update(dict.fromkeys(Say(value=str(n), slot="count") for n in range(1, USUAL_COUNTS + 1)))
    found.update(dict.fromkeys(Say(value=digit, slot="digits") for digit in "0123456789"))
    return list(found)


def _says(value: Any) -> Iterator[Say]:
    """Prompt parts wherever they stand in a node's definition."""
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), str) and value["text"]:
            yield Say(text=value["text"])
        for inner in value.values():
            yield from _says(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _says(inner)
