"""What the last hour saw of refused and of expensive dialling, counted from the log of facts: it outlives the process
that dials, whose own counts begin anew with each of its starts."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from core.clock import from_micros, to_micros
from core.db import event_log
from core.numbering import COSTLY

WINDOW_S = 3600.0
# A call that began so long ago may still be talked in.
LONGEST_CALL_S = 4 * 3600.0

RefusalCounts = Mapping[str, int]


def counted(connection: Connection, now: float) -> RefusalCounts:
    """``refused`` and ``costly_calls`` in calls, ``costly_minutes``: as the telephony core says them of itself."""
    since = now - WINDOW_S
    refused = event_log.of_kind(connection, "dial_refused", to_micros(since))
    dialled = event_log.of_kind(connection, "dialled_out", to_micros(since - LONGEST_CALL_S))
    costly = [one for one in dialled if one.payload["number_class"] in COSTLY]
    spent_s = 0.0
    for one in costly:
        segment = one.payload["segment_id"]
        at = {
            told.kind: from_micros(told.at_us)
            for told in event_log.for_subject(connection, one.payload["call_id"])
            if told.payload.get("segment_id") == segment
        }
        if (answered := at.get("call_answered")) is not None:
            spent_s += max(0.0, at.get("segment_ended", now) - max(answered, since))
    return {
        "refused": sum(1 for one in refused if one.payload["why"] != "nowhere"),
        "costly_calls": sum(1 for one in costly if from_micros(one.at_us) >= since),
        "costly_minutes": round(spent_s / 60),
    }


def at_least(told: RefusalCounts, logged: RefusalCounts) -> RefusalCounts:
    """Either may know of something that the other does not: facts wait for a database, a start forgets."""
    return {name: max(told.get(name, 0), logged.get(name, 0)) for name in {**told, **logged}}
