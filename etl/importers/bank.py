"""A bank's call-centre log as published for research: one line a call, clock times without a date.

``0:00:00`` means never. PHANTOM lines are no calls. A call may reach a person without having queued: it waited 0 s.
HANG without a queue entry gave up in the menu. Type TT is a call back by the bank. The customer type is taken as the
queue.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core import events as ev
from core.i18n import N_
from etl.importers.rows import Parse, Parsed, RefusedRow, TimedFact, derived_id

SOURCE = "bank"
COLUMNS = (
    "vru+line",
    "call_id",
    "type",
    "vru_entry",
    "vru_exit",
    "q_start",
    "q_exit",
    "outcome",
    "ser_start",
    "ser_exit",
    "server",
)
NEVER = "0:00:00"
NOBODY = "NO_SERVER"
CALL_BACK = "TT"
OUTCOMES = ("AGENT", "HANG")


def parser(day: date, zone: ZoneInfo) -> Parse:
    """Reads lines as calls of ``day``, clock times being those of ``zone``."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)

    def moment(row: dict[str, str], name: str) -> float | None:
        text = row[name]
        if text == NEVER:
            return None
        try:
            hour, minute, second = (int(part) for part in text.split(":"))
            clock = timedelta(hours=hour, minutes=minute, seconds=second)
        except ValueError:
            raise RefusedRow(N_("A time cannot be read.")) from None
        # Wall-clock arithmetic: the offset of the sum is looked up afresh.
        return (midnight + clock).timestamp()

    def parse(row: dict[str, str]) -> Parsed:
        if row["outcome"] == "PHANTOM":
            raise RefusedRow(N_("PHANTOM is no call."))
        if row["outcome"] not in OUTCOMES:
            raise RefusedRow(N_("The outcome is unknown."))
        begun, menu_end = moment(row, "vru_entry"), moment(row, "vru_exit")
        if begun is None or menu_end is None:
            raise RefusedRow(N_("The call has no beginning."))
        if menu_end < begun:
            if row["q_start"] == NEVER:
                raise RefusedRow(N_("The menu was left before it was entered."))
            # The queue and what came of it are known all the same: only the menu's time is not.
            begun = menu_end
        key = "/".join((day.isoformat(), row["vru+line"], row["call_id"], row["vru_entry"]))
        call = derived_id(begun, SOURCE, key)
        back = row["type"] == CALL_BACK
        facts: list[TimedFact] = [
            (begun, ev.CallArrived(call, "outbound" if back else "inbound", "", "", f"import:{SOURCE}")),
            (begun, ev.FlowEntered(call, "bank", 1)),
        ]
        queue = f"bank-{row['type']}"
        queued, left = moment(row, "q_start"), moment(row, "q_exit")
        served, done = moment(row, "ser_start"), moment(row, "ser_exit")
        if (queued is None) != (left is None) or (queued is not None and left is not None and left < queued):
            raise RefusedRow(N_("The queue was left before it was entered."))
        answered = row["outcome"] == "AGENT"
        if answered and (served is None or done is None):
            raise RefusedRow(N_("Answered, but never served."))
        if answered and served is not None and done is not None and done < served:
            raise RefusedRow(N_("The service ended before it began."))
        agent = row["server"] if row["server"] != NOBODY else "unknown"
        if answered and served is not None and queued is not None and left is not None and served < queued:
            # Two clocks disagree: nobody is served before the queue is entered. The wait keeps its length.
            queued, left = served - (left - queued), served
        if queued is not None and left is not None:
            outcome: ev.QueueOutcome = "answered" if answered else "abandoned"
            facts += [
                (queued, ev.CallQueued(call, queue, 0, 1)),
                (left, ev.QueueLeft(call, queue, outcome, agent if answered else None)),
            ]
        end = max(moment for moment in (menu_end, left) if moment is not None)
        if answered:
            assert served is not None
            assert done is not None
            segment, of = f"{call}-1", None if back else queue
            facts += [
                (served, ev.AgentRang(call, segment, agent, of)),
                (served, ev.RingEnded(call, segment, agent, "answered")),
                (served, ev.CallAnswered(call, segment, agent, of)),
                (done, ev.SegmentEnded(call, segment, agent, "caller_hung_up")),
            ]
            end = max(end, done)
        straight: list[TimedFact] = []
        if answered and queued is None and not back:
            assert served is not None
            straight = [
                (served, ev.CallQueued(call, queue, 0, 1)),
                (served, ev.QueueLeft(call, queue, "answered", agent)),
            ]
        facts.append((end, ev.CallEnded(call, "caller_hung_up")))
        # Last, so that facts of a log that was taken in before this was counted keep their ids.
        return key, [*sorted(facts, key=lambda one: one[0]), *straight]

    return parse
