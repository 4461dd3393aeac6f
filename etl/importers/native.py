"""Our own plain form for calls of another system: a CSV file, one call a line, ISO 8601 times, lengths in seconds.

Needed: ``call_id, arrived_at, ended_at``. May be left out or empty: ``direction, caller, dialled, queue, queued_at,
outcome, answered_at, agent, hold_seconds, wrap_up_seconds, category, order_id``. ``outcome`` is of the queue:
answered, abandoned or a word for where the call went on (overflow, max_wait, closed, no_agents, moved).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast, get_args
from zoneinfo import ZoneInfo

from core import events as ev
from core.i18n import N_
from core.numbering import normal
from etl.importers.rows import Parse, Parsed, RefusedRow, TimedFact, derived_id, seconds, timestamp

SOURCE = "native"
COLUMNS = ("call_id", "arrived_at", "ended_at")


def parser(zone: ZoneInfo, categories: Mapping[str, str] = MappingProxyType({})) -> Parse:
    """Times without an offset are of ``zone``. ``categories`` are ids by what the file may call them; another name
    stays as it is."""

    def parse(row: dict[str, str]) -> Parsed:
        key = row["call_id"]
        if not key:
            raise RefusedRow(N_("call_id is empty."))
        arrived, ended = (timestamp(row[name], zone) for name in ("arrived_at", "ended_at"))
        if arrived is None or ended is None:
            raise RefusedRow(N_("The call has no beginning or no end."))
        queue, agent = row.get("queue", ""), row.get("agent", "")
        answered = timestamp(row.get("answered_at", ""), zone)
        queued = timestamp(row.get("queued_at", ""), zone) if queue else None
        if queue and queued is None:
            queued = arrived
        order = [moment for moment in (arrived, queued, answered, ended) if moment is not None]
        if order != sorted(order):
            raise RefusedRow(N_("The times are not in order."))
        direction = row.get("direction") or "inbound"
        if direction not in get_args(ev.Direction):
            raise RefusedRow(N_("The direction is unknown."))
        outside = row.get("dialled" if direction == "outbound" else "caller", "")
        call = derived_id(arrived, SOURCE, key)
        facts: list[TimedFact] = [
            (
                arrived,
                ev.CallArrived(
                    call,
                    cast(ev.Direction, direction),
                    normal(row.get("caller", "")) if direction == "inbound" else row.get("caller", ""),
                    normal(row.get("dialled", "")) if direction == "outbound" else row.get("dialled", ""),
                    f"import:{SOURCE}",
                    order_id=row.get("order_id") or None,
                    received=outside if outside != normal(outside) else "",
                ),
            )
        ]
        if queued is not None:
            outcome = row.get("outcome") or ("answered" if answered is not None else "abandoned")
            if outcome not in get_args(ev.QueueOutcome) or (outcome == "answered") != (answered is not None):
                raise RefusedRow(N_("The outcome does not fit the times."))
            facts.append((queued, ev.CallQueued(call, queue, 0, 1)))
            left = answered if answered is not None else ended
            facts.append((left, ev.QueueLeft(call, queue, cast(ev.QueueOutcome, outcome), agent or None)))
        wrap_up = seconds(row.get("wrap_up_seconds", ""))
        if answered is not None:
            facts += _talk(call, agent, queue, answered, ended, seconds(row.get("hold_seconds", "")))
        facts.append((ended, ev.CallEnded(call, "caller_hung_up")))
        if answered is not None:
            segment, said = f"{call}-1", row.get("category", "")
            category = categories.get(said, said)
            facts += [
                (ended, ev.WrapUpStarted(call, segment, agent, wrap_up)),
                (ended + wrap_up, ev.WrapUpEnded(call, segment, agent, category)),
            ]
        return key, facts

    return parse


def _talk(call: str, agent: str, queue: str, answered: float, ended: float, held: float) -> list[TimedFact]:
    if not agent:
        raise RefusedRow(N_("Answered, but by nobody."))
    if len(agent) > 20:
        raise RefusedRow(N_("agent is longer than 20 characters."))
    if held > ended - answered:
        raise RefusedRow(N_("Longer on hold than in the call."))
    segment, of = f"{call}-1", queue or None
    facts: list[TimedFact] = [
        (answered, ev.AgentRang(call, segment, agent, of)),
        (answered, ev.RingEnded(call, segment, agent, "answered")),
        (answered, ev.CallAnswered(call, segment, agent, of)),
    ]
    if held:
        # Only the length is known; where in the call it was makes no difference to any figure.
        facts += [
            (ended - held, ev.CallHeld(call, segment, agent, "agent")),
            (ended, ev.CallResumed(call, segment, agent, "agent")),
        ]
    return [*facts, (ended, ev.SegmentEnded(call, segment, agent, "caller_hung_up"))]
