"""The figures that rules may watch, and the readings of those that the live floor gives. Pure.

Ids are fixed: rules and past alerts name them. Folders above add figures of their own to a ``FigureCatalogue``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.i18n import N_
from core.notify.rules import AlertScope, Comparison, Reading, Subject

Unit = Literal["calls", "seats", "seconds", "share", "gb", "orders", "flag"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """``comparison`` is the side on which it is bad. A ``flag`` is 1 when it is so, and has no limits to choose.

    ``says_limit``: an alert of it names the limit; otherwise the name says all.
    """

    id: str
    name: str
    unit: Unit
    scopes: tuple[AlertScope, ...]
    comparison: Comparison = "above"
    says_limit: bool = True


BY_QUEUE: tuple[AlertScope, ...] = ("queue", "site")
BY_AGENT: tuple[AlertScope, ...] = ("agent", "group")
WHOLE_ONLY: tuple[AlertScope, ...] = ("site",)

FLOOR: tuple[Figure, ...] = (
    Figure("waiting", N_("Callers waiting"), "calls", BY_QUEUE),
    Figure("longest_wait_s", N_("Longest wait"), "seconds", BY_QUEUE),
    Figure("unserved", N_("Callers waiting, nobody ready"), "calls", BY_QUEUE, says_limit=False),
    Figure("ready", N_("Seats ready"), "seats", ("queue", "group", "site"), "below"),
    Figure("staffed", N_("Seats on duty"), "seats", ("queue", "group", "site"), "below"),
    Figure("calls_up", N_("Calls in progress"), "calls", BY_QUEUE),
    Figure("agent_talking_s", N_("Talking"), "seconds", BY_AGENT),
    Figure("agent_hold_s", N_("On hold"), "seconds", BY_AGENT),
    Figure("agent_wrap_up_s", N_("Wrap-up"), "seconds", BY_AGENT),
    Figure("agent_break_s", N_("Break"), "seconds", BY_AGENT),
    Figure("agent_trouble_s", N_("Phone lost"), "seconds", BY_AGENT, says_limit=False),
)
HEALTH: tuple[Figure, ...] = (
    Figure("sip_down", N_("The telephony core does not answer"), "flag", WHOLE_ONLY, says_limit=False),
    Figure("core_restarted", N_("The telephony core fell and was started again"), "flag", WHOLE_ONLY, says_limit=False),
    Figure("media_down", N_("The voice process is down"), "flag", WHOLE_ONLY, says_limit=False),
    Figure("recording_failed", N_("Calls are not recorded"), "flag", WHOLE_ONLY, says_limit=False),
    Figure("spilling", N_("Database away, events wait on disk"), "flag", WHOLE_ONLY, says_limit=False),
    Figure("trunk_down", N_("Trunk down"), "flag", ("trunk",), says_limit=False),
    Figure("dials_refused", N_("Calls without the right to dial, in an hour"), "calls", WHOLE_ONLY),
    Figure("costly_calls", N_("Calls to expensive numbers, in an hour"), "calls", WHOLE_ONLY),
    Figure("costly_s", N_("Time talked to expensive numbers, in an hour"), "seconds", WHOLE_ONLY),
)
LOOKUPS = Figure(
    "lookups_beyond", N_("Somebody looks up far more customers than usual"), "flag", WHOLE_ONLY, says_limit=False
)
DISK = Figure("disk_free_gb", N_("Free disk space"), "gb", WHOLE_ONLY, "below")
OVERDUE = Figure("overdue_orders", N_("Overdue orders"), "orders", WHOLE_ONLY)

AGENT_STATES = {
    "agent_talking_s": "talking",
    "agent_hold_s": "hold",
    "agent_wrap_up_s": "wrap_up",
    "agent_break_s": "break",
    "agent_trouble_s": "trouble",
}
WHOLE = Subject("site")
FALL_COUNTS_S = 300.0


def floor_readings(state: Row, now: float) -> dict[str, list[Reading]]:
    """Of ``LiveHub.state()`` at epoch seconds ``now``; nothing while the telephony core is away."""
    if state["stale"]:
        return {}
    queues, agents, calls = state["queues"], state["agents"], state["calls"]
    first = {row["queue"]: row["id"] for row in calls if row.get("position") == 1}
    found: dict[str, list[Reading]] = {figure.id: [] for figure in FLOOR}
    up = Counter(call.get("queue") for call in calls)
    values = {row["id"]: _of_queue(row, up[row["id"]], now) for row in queues}
    for row in queues:
        _put(found, Subject("queue", row["id"], row["name"]), values[row["id"]], row, first.get(row["id"]))
    _put(found, WHOLE, _of_installation(list(values.values()), agents, len(calls)), {}, None)
    groups: dict[str, list[Row]] = {}
    for row in agents:
        if row.get("group"):
            groups.setdefault(row["group"], []).append(row)
    for group, seats in sorted(groups.items()):
        _put(found, Subject("group", group, group), _of_seats(seats), {}, None)
    for row in agents:
        subject = Subject("agent", row["extension"], row["name"], row.get("group") or "")
        not_so = Reading(subject, 0.0, call_id=row.get("call_id"))
        for figure, wanted in AGENT_STATES.items():
            found[figure].append(_of_seat(subject, row, now, figure) if _is_so(row, wanted) else not_so)
    return found


def health_readings(state: Row, now: float) -> dict[str, list[Reading]]:
    """What the telephony core says of itself, and whether it says anything. A fall counts for five minutes."""
    found = {"sip_down": _flag(state["stale"])}
    health = state["health"]
    if state["stale"]:
        return found
    trunks: Mapping[str, str] = health.get("trunks") or {}
    return {
        **found,
        **_of_dialling(health.get("dialling") or {}),
        "core_restarted": [_fallen(health, now)],
        "media_down": _flag(health.get("media", "up") != "up"),
        "recording_failed": _flag(health.get("recording", "ok") != "ok"),
        "spilling": _flag(health.get("database", "up") not in ("up", "not_synced")),
        "trunk_down": [
            Reading(Subject("trunk", trunk, trunk), float(said != "up")) for trunk, said in sorted(trunks.items())
        ],
    }


def _of_dialling(told: Mapping[str, int]) -> dict[str, list[Reading]]:
    if not told:
        return {}
    return {
        "dials_refused": [Reading(WHOLE, float(told["refused"]))],
        "costly_calls": [Reading(WHOLE, float(told["costly_calls"]))],
        "costly_s": [Reading(WHOLE, 60.0 * told["costly_minutes"])],
    }


def _fallen(health: Mapping[str, Any], now: float) -> Reading:
    since = health.get("restarted_at")
    recent = since is not None and _since_s(since, now) < FALL_COUNTS_S
    return Reading(WHOLE, float(recent), facts={"lost_calls": health.get("lost_calls", 0)} if recent else {})


def _of_queue(row: Row, calls_up: int, now: float) -> dict[str, float]:
    return {
        "waiting": row.get("waiting", 0),
        "longest_wait_s": _since_s(row.get("longest_wait_since"), now),
        "unserved": row.get("waiting", 0) if row.get("ready", 0) == 0 else 0,
        "ready": row.get("ready", 0),
        "staffed": row.get("staffed", 0),
        "calls_up": calls_up,
    }


def _of_installation(each: Sequence[Mapping[str, float]], agents: Sequence[Row], calls_up: int) -> dict[str, float]:
    return {
        "waiting": sum(one["waiting"] for one in each),
        "longest_wait_s": max((one["longest_wait_s"] for one in each), default=0.0),
        "unserved": sum(one["unserved"] for one in each),
        **_of_seats(agents),
        "calls_up": calls_up,
    }


def _of_seats(seats: Sequence[Row]) -> dict[str, float]:
    return {
        "ready": sum(1 for row in seats if row["state"] == "ready"),
        "staffed": sum(1 for row in seats if row["state"] not in ("offline", "trouble")),
    }


def _is_so(row: Row, wanted: str) -> bool:
    """A call goes on while it is held."""
    return bool(row["state"] == wanted or (wanted == "talking" and row["state"] == "hold"))


def _of_seat(subject: Subject, row: Row, now: float, figure: str) -> Reading:
    """How long the seat has been in its state; of a talk, since the phone was picked up."""
    facts = {"reason": row["reason"]} if row["state"] == "break" and row.get("reason") else {}
    since = (row.get("talking_since") if figure == "agent_talking_s" else None) or row.get("since")
    return Reading(subject, _since_s(since, now), call_id=row.get("call_id"), facts=facts)


def _put(
    found: dict[str, list[Reading]], subject: Subject, values: Mapping[str, float], row: Row, call_id: str | None
) -> None:
    limits = (row["warn_wait_s"], row["alarm_wait_s"]) if "warn_wait_s" in row else None
    shown = {name: values[name] for name in ("waiting", "ready") if name in values}
    for figure, value in values.items():
        waits = figure in ("longest_wait_s", "waiting", "unserved")
        found[figure].append(
            Reading(
                subject,
                float(value),
                limits=limits if figure == "longest_wait_s" else None,
                call_id=call_id if waits else None,
                facts={name: number for name, number in shown.items() if name != figure} if waits else {},
            )
        )


def _flag(is_so: bool) -> list[Reading]:
    return [Reading(WHOLE, float(is_so))]


def _since_s(since: str | None, now: float) -> float:
    return max(0.0, now - datetime.fromisoformat(since).timestamp()) if since else 0.0


class FigureCatalogue:
    """Every figure of this house by id, those of the folders above included."""

    def __init__(self, figures: Iterable[Figure] = ()) -> None:
        self._figures: dict[str, Figure] = {}
        self.add(figures)

    def add(self, figures: Iterable[Figure]) -> None:
        for figure in figures:
            self._figures[figure.id] = figure

    def get(self, figure_id: str) -> Figure | None:
        return self._figures.get(figure_id)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures.values())
