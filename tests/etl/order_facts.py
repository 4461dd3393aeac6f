"""Work orders as facts, made by hand and by chance, for the marts' tests. Knows the contract of docs/events.md only."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator

from core import events as ev
from tests.etl.conftest import NOON

Told = list[tuple[float, ev.Fact]]

CATEGORIES = ("repair.leak_visible", "repair.no_water", "quality", "complaint", "consultation")
DISTRICTS = ("东城", "西城", "")
CLOCK_STATES = ("running", "running", "paused", "met", "missed", "stopped")
HOUR_S = 3600.0


def opened(order: str, category: str = "repair.leak_visible", **more) -> ev.OrderOpened:
    given = {
        "workflow": "default",
        "workflow_version": 1,
        "channel": "phone",
        "category": category,
        "urgency": "normal",
        "district": "东城",
        "address": "清源路 1 号",
        "longitude": 121.5,
        "latitude": 31.2,
        "site": "east",
        "customer_id": 7,
        "caller": "13900000007",
        "from_call": "call-1",
        "summary": "路面冒水",
        "by": "agent8001",
    }
    return ev.OrderOpened(order_id=order, **{**given, **more})


def step(order: str, event: str, before: str, after: str, by: str = "agent8001", **more) -> ev.OrderStepped:
    given = {"role": "agent", "round": 1, "assignee": ""}
    return ev.OrderStepped(order, event, before, after, by, **{**given, **more})


def clock(order: str, name: str, state: str, due_s: float | None, limit_s: float = HOUR_S) -> ev.OrderClockSet:
    """``due_s`` in seconds after noon."""
    return ev.OrderClockSet(order, name, state, None if due_s is None else NOON + due_s, limit_s)


def whole_life(order: str = "261123-0001") -> Told:
    """Returned once, urged twice, paused for ten minutes, sent back by the return visit, closed in the second round."""
    return [
        (0, opened(order)),
        (0, step(order, "accept", "draft", "accepted")),
        (0, clock(order, "total", "running", 86400, 86400)),
        (60, step(order, "dispatch", "accepted", "dispatched", assignee="east")),
        (60, clock(order, "take", "running", 660, 600)),
        (300, step(order, "return", "dispatched", "accepted", "east.lead", role="site_manager", note="不属本站")),
        (300, clock(order, "take", "stopped", 660, 600)),
        (400, step(order, "dispatch", "accepted", "dispatched", assignee="west", fields='{"site": "west"}')),
        (400, clock(order, "take", "running", 1000, 600)),
        (700, step(order, "urge", "dispatched", "dispatched", assignee="west")),
        (900, step(order, "take", "dispatched", "taken", "worker1", role="worker", assignee="worker1")),
        (900, clock(order, "take", "met", 1000, 600)),
        (900, clock(order, "finish", "running", 7200, 6300)),
        (1000, step(order, "urge", "taken", "taken", assignee="worker1")),
        (1100, step(order, "supervise", "taken", "taken", "supervisor", assignee="worker1")),
        (1200, step(order, "depart", "taken", "en_route", "worker1", assignee="worker1")),
        (1800, step(order, "arrive", "en_route", "on_site", "worker1", assignee="worker1", device_at=NOON + 1795)),
        (1900, step(order, "work", "on_site", "working", "worker1", assignee="worker1")),
        (2000, step(order, "suspend", "working", "suspended", "east.lead", assignee="worker1")),
        (2000, clock(order, "finish", "paused", None, 6300)),
        (2600, step(order, "resume", "suspended", "working", "worker1", assignee="worker1")),
        (2600, clock(order, "finish", "running", 7800, 6300)),
        (8000, step(order, "submit", "working", "in_review", "worker1", assignee="worker1")),
        (8000, clock(order, "finish", "missed", 7800, 6300)),
        (8200, step(order, "close_out", "in_review", "awaiting_visit", "west.lead", assignee="worker1")),
        (9000, step(order, "reopen", "awaiting_visit", "accepted", round=2)),
        (9100, step(order, "dispatch", "accepted", "dispatched", round=2, assignee="west")),
        (9100, clock(order, "take", "running", 9700, 600)),
        (9200, step(order, "take", "dispatched", "taken", "worker1", round=2, assignee="worker1")),
        (9200, clock(order, "take", "met", 9700, 600)),
        (9300, step(order, "submit", "taken", "in_review", "worker1", round=2, assignee="worker1")),
        (9400, step(order, "close_out", "in_review", "awaiting_visit", "west.lead", round=2, assignee="worker1")),
        (9500, step(order, "visit", "awaiting_visit", "closed", round=2, assignee="worker1")),
        (9500, clock(order, "total", "met", 86400, 86400)),
    ]


def told(facts: Told, first: int = 1) -> list[tuple[int, ev.Event]]:
    """``(seconds after noon, fact)`` pairs as numbered events."""
    return [(number, ev.Event.of(fact, NOON + at)) for number, (at, fact) in enumerate(facts, start=first)]


def by_chance(order: str, rng: random.Random) -> Iterator[tuple[float, ev.Fact]]:
    """Some life of an order that may end anywhere; steps may arrive late."""
    at = rng.uniform(0, 6 * HOUR_S)
    yield at, opened(order, rng.choice(CATEGORIES), district=rng.choice(DISTRICTS), demo=rng.random() < 0.3)
    if rng.random() < 0.2:
        yield at, step(order, "answer", "draft", "closed")
        return
    yield at, step(order, "accept", "draft", "accepted")
    state = "accepted"
    for event, after in rng.choices(
        (
            ("dispatch", "dispatched"),
            ("take", "taken"),
            ("return", "accepted"),
            ("urge", ""),
            ("correct", ""),
            ("submit", "in_review"),
            ("visit", "closed"),
            ("reopen", "accepted"),
        ),
        k=rng.randint(1, 12),
    ):
        at += rng.uniform(-20, 1800)
        fields = f'{{"category": "{rng.choice(CATEGORIES)}", "district": "{rng.choice(DISTRICTS)}"}}'
        yield (
            at,
            step(order, event, state, after or state, assignee="east", fields=fields if event == "correct" else "{}"),
        )
        state = after or state
        due_s = at + rng.uniform(-600, 3600)
        yield at, clock(order, rng.choice(("take", "finish", "total")), rng.choice(CLOCK_STATES), due_s)


@functools.cache
def day_of_orders(orders: int = 60) -> tuple[tuple[int, ev.Event], ...]:
    """Many orders, their facts interleaved as a log has them."""
    rng = random.Random(11)
    facts = [pair for n in range(orders) for pair in by_chance(f"261123-{n:04d}", rng)]
    facts.sort(key=lambda pair: pair[0] // 600)
    return tuple(told(facts))
