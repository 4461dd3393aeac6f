"""A fact with its time and its id: what the event log stores."""

from __future__ import annotations

import random
from dataclasses import fields
from typing import Any

from core.clock import to_micros, utc_now
from core.events import agents, alerts, calls, orders
from core.events.fact import Fact
from core.frozen import dataclass

# Facts register themselves by being imported.
FACT_MODULES = (agents, alerts, calls, orders)
FACTS: dict[str, type[Fact]] = {cls.KIND: cls for cls in Fact.__subclasses__()}
LONGEST_UID = 32
# The year 10000.
LATEST_US = 253_402_300_800_000_000


@dataclass(frozen=True, slots=True)
class Event:
    """A fact, when it happened, and an id that is unique for ever: what the event log stores.

    ``uid`` sorts by time (RFC 9562 version 7), so a repeated delivery is recognised and dropped.
    """

    uid: str
    at_us: int
    kind: str
    version: int
    subject: str
    payload: dict[str, Any]

    @classmethod
    def of(cls, fact: Fact, at: float) -> Event:
        """Wraps a fact that happened at ``at`` (UTC epoch seconds)."""
        # Facts are flat, so that a plain look at each field does what asdict does at a fifth of its price.
        payload = {name: getattr(fact, name) for name in _NAMES[fact.KIND]}
        for name in fact.SAID_IF_ANY:
            if not payload[name]:
                del payload[name]
        return cls(new_uid(at), to_micros(at), fact.KIND, fact.VERSION, fact.subject, payload)

    def fact(self) -> Fact:
        """The record back; unknown fields of a newer writer are ignored."""
        cls = FACTS[self.kind]
        known = {f.name for f in fields(cls)}
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in self.payload.items() if k in known})


def checked(event: Event) -> Event:
    """The event itself; ``ValueError`` when a line or a row whose bytes have changed made something else of it."""
    texts = (event.uid, event.kind, event.subject)
    if not all(isinstance(text, str) for text in texts) or not 0 < len(event.uid) <= LONGEST_UID:
        raise ValueError("uid, kind or subject is no text")
    if not isinstance(event.at_us, int) or not 0 <= event.at_us < LATEST_US:
        raise ValueError("at_us is no time")
    if not isinstance(event.version, int) or not 0 <= event.version < 1 << 31:
        raise ValueError("version is no number")
    if not isinstance(event.payload, dict):
        raise ValueError("payload is no object")  # noqa: TRY004 - one kind for whoever reads damaged bytes
    return event


_NAMES: dict[str, tuple[str, ...]] = {kind: tuple(f.name for f in fields(cls)) for kind, cls in FACTS.items()}


def new_uid(at: float | None = None) -> str:
    """A UUID version 7 (RFC 9562, 5.7) as 32 lower-case hex digits: time-ordered to the millisecond."""
    millis = int((utc_now() if at is None else at) * 1000)
    # Ids must differ, not be secret; the generator is seeded by the system, and anew in a forked child.
    tail = random.getrandbits(80)
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (tail >> 62 & 0xFFF) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return f"{value:032x}"
