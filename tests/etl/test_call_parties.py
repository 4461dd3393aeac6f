"""Whose call it was and how long the caller spoke, when several agents had a part in it."""

import random

import pytest

from core import events as ev
from tests.etl.conftest import NOON, feed
from tests.etl.test_marts import asked, told


def the_call(warehouse):
    (call,) = warehouse.query("select * from marts.fct_calls")
    return call


def three_way(first_leaves, second_leaves, ended, *recorded):
    """8001 asks 8002 from 65 s on, all three speak from 95 s on; who has not left before ends with the call."""
    then = [
        (95, ev.CallResumed("c9", "s1", "8001", "agent")),
        (95, ev.ConferenceStarted("c9", "s1", "8001", ("8001", "8002"))),
    ]
    for segment, agent, at in (("s1", "8001", first_leaves), ("s2", "8002", second_leaves)):
        why = "caller_hung_up" if at == ended else "agent_hung_up"
        then.append((at, ev.SegmentEnded("c9", segment, agent, why)))
    then.append((ended, ev.CallEnded("c9", "caller_hung_up")))
    records = {"s1": ("8001", "repair.burst", "爆管"), "s2": ("8002", "consultation", "问过")}
    then += [(ended + 10 + n, ev.WrapUpEnded("c9", s, *records[s])) for n, s in enumerate(recorded)]
    return asked(*sorted(then, key=lambda pair: pair[0]))


@pytest.mark.parametrize("recorded", [("s1", "s2"), ("s2", "s1")])
@pytest.mark.parametrize(
    ("first_leaves", "second_leaves", "whose"),
    [
        (195, 155, ("8001", "repair.burst", "爆管")),
        # The caller hangs up on both.
        (195, 195, ("8001", "repair.burst", "爆管")),
        # The one who was asked has the call now.
        (155, 195, ("8002", "consultation", "问过")),
    ],
    ids=["second leaves", "together", "first leaves"],
)
def test_a_three_way_call_is_whose_finished_it(warehouse, first_leaves, second_leaves, whose, recorded):
    feed(warehouse, three_way(first_leaves, second_leaves, 195, *recorded))
    call = the_call(warehouse)
    assert (call["last_extension"], call["category"], call["note"]) == whose
    # 50 s before the question, 100 s from the three-way call on.
    assert call["caller_talk_seconds"] == 150.0


def test_what_a_colleague_recorded_who_was_asked_is_not_the_calls(warehouse):
    feed(warehouse, three_way(195, 155, 195, "s2"))
    call = the_call(warehouse)
    assert (call["last_extension"], call["category"], call["note"]) == ("8001", None, None)


def test_while_three_speak_the_call_is_whose_took_it(warehouse):
    whole = three_way(195, 195, 195)
    feed(warehouse, [one for one in whole if one[1].at_us < (NOON + 195) * 1e6])
    assert the_call(warehouse)["last_extension"] == "8001"


def test_a_second_three_way_call_counts_from_its_own_beginning(warehouse):
    """8002 has left, 8003 is asked for 20 s and joins, 8001 leaves, 8003 finishes."""
    then = (
        (95, ev.CallResumed("c9", "s1", "8001", "agent")),
        (95, ev.ConferenceStarted("c9", "s1", "8001", ("8001", "8002"))),
        (100, ev.SegmentEnded("c9", "s2", "8002", "agent_hung_up")),
        (110, ev.CallHeld("c9", "s1", "8001", "agent")),
        (110, ev.AgentRang("c9", "s3", "8003", None)),
        (120, ev.CallAnswered("c9", "s3", "8003", None)),
        (140, ev.CallResumed("c9", "s1", "8001", "agent")),
        (140, ev.ConferenceStarted("c9", "s1", "8001", ("8001", "8003"))),
        (150, ev.SegmentEnded("c9", "s1", "8001", "agent_hung_up")),
        (160, ev.SegmentEnded("c9", "s3", "8003", "caller_hung_up")),
        (160, ev.CallEnded("c9", "caller_hung_up")),
    )
    feed(warehouse, asked(*then))
    call = the_call(warehouse)
    assert (call["last_extension"], call["caller_talk_seconds"]) == ("8003", 50.0 + 15 + 20)


HANDED = (
    (95, ev.CallTransferred("c9", "s1", "8001", "attended", "8002")),
    (95, ev.SegmentEnded("c9", "s1", "8001", "transferred")),
)
LEFT = (
    (95, ev.CallResumed("c9", "s1", "8001", "agent")),
    (95, ev.ConferenceStarted("c9", "s1", "8001", ("8001", "8002"))),
    (105, ev.SegmentEnded("c9", "s1", "8001", "agent_hung_up")),
)
ENDED = (
    (195, ev.SegmentEnded("c9", "s2", "8002", "caller_hung_up")),
    (195, ev.CallEnded("c9", "caller_hung_up")),
)


@pytest.mark.parametrize("by", ["agent", "caller"])
@pytest.mark.parametrize("before", [HANDED, LEFT], ids=["handed over", "first has left"])
def test_a_hold_by_the_second_agent_is_no_talk(warehouse, before, by):
    hold = ((120, ev.CallHeld("c9", "s2", "8002", by)), (150, ev.CallResumed("c9", "s2", "8002", by)))
    feed(warehouse, asked(*before, *hold, *ENDED))
    assert the_call(warehouse)["caller_talk_seconds"] == 50.0 + 100 - 30


def test_in_a_three_way_call_only_the_callers_own_hold_takes_the_caller_out(warehouse):
    then = (
        *LEFT[:2],
        (110, ev.CallHeld("c9", "s2", "8002", "agent")),
        (120, ev.CallResumed("c9", "s2", "8002", "agent")),
        (130, ev.CallHeld("c9", "s2", "8002", "caller")),
        (135, ev.CallHeld("c9", "s1", "8001", "agent")),
        (150, ev.CallResumed("c9", "s2", "8002", "caller")),
        (160, ev.CallResumed("c9", "s1", "8001", "agent")),
        (195, ev.SegmentEnded("c9", "s1", "8001", "caller_hung_up")),
        *ENDED,
    )
    feed(warehouse, asked(*then))
    assert the_call(warehouse)["caller_talk_seconds"] == 50.0 + 100 - 20


def test_of_a_call_that_lasts_it_is_known_since_when_the_caller_speaks(warehouse):
    lasting = asked(*HANDED, (120, ev.CallHeld("c9", "s2", "8002", "agent")))
    feed(warehouse, lasting[:-1])
    call = the_call(warehouse)
    assert (call["caller_talk_seconds"], call["talking_since"].timestamp()) == (
        50.0,
        call["arrived_at"].timestamp() + 95,
    )
    feed(warehouse, lasting)
    call = the_call(warehouse)
    assert (call["caller_talk_seconds"], call["talking_since"]) == (75.0, None)


def test_a_call_out_that_was_handed_on_is_whose_finished_it(warehouse):
    """8001 has no segment of its own in a call out: the customer's is the first, until 8001 gives the call away."""
    feed(
        warehouse,
        told(
            (0, ev.CallArrived("c", "outbound", "8001", "13800001111")),
            (0, ev.AgentRang("c", "n", "13800001111")),
            (10, ev.CallAnswered("c", "n", "13800001111")),
            (40, ev.CallHeld("c", "n", "13800001111", "agent")),
            (40, ev.AgentRang("c", "s", "8002")),
            (50, ev.CallAnswered("c", "s", "8002")),
            (60, ev.CallTransferred("c", "n", "8001", "attended", "8002")),
            (60, ev.CallResumed("c", "n", "13800001111", "agent")),
            (70, ev.CallHeld("c", "s", "8002", "agent")),
            (90, ev.CallResumed("c", "s", "8002", "agent")),
            (100, ev.SegmentEnded("c", "s", "8002", "caller_hung_up")),
            (100, ev.SegmentEnded("c", "n", "13800001111", "caller_hung_up")),
            (100, ev.CallEnded("c", "caller_hung_up")),
        ),
    )
    call = the_call(warehouse)
    assert (call["last_extension"], call["caller_talk_seconds"]) == ("8002", 30.0 + 20)


# --- a recount -------------------------------------------------------------------------------------------------


def by_chance(rng, call):
    """Agents come by blind and attended transfers, consultations and three-way calls, and hold now and then. Gives the
    facts, whose call it was, and how many seconds somebody spoke with the caller, counted second by second."""
    facts, at, n = [(0, ev.CallArrived(call, "inbound", "13800001111", "96001"))], 10, 0
    agent = f"{call}-0"
    facts += [(0, ev.AgentRang(call, agent, "8000")), (10, ev.CallAnswered(call, agent, "8000"))]
    spoken, whose, others = 0, 0, []

    def name(k):
        return f"{call}-{k}", f"{8000 + k}"

    for _ in range(rng.randint(0, 6)):
        length = rng.randint(1, 30)
        what = rng.choice(("talk", "hold", "blind", "consult", "handed", "conference", "caller_hold"))
        free = not others
        if what in ("blind", "consult", "handed", "conference") and not free:
            # A three-way call ends by one of the two leaving.
            gone = rng.choice((whose, others[0]))
            facts.append((at, ev.SegmentEnded(call, *name(gone), "agent_hung_up")))
            whose, others = (others[0] if gone == whose else whose), []
        elif what in ("hold", "caller_hold"):
            by = "agent" if what == "hold" else "caller"
            facts.append((at, ev.CallHeld(call, *name(whose), by)))
            at += length
            facts.append((at, ev.CallResumed(call, *name(whose), by)))
            spoken += length if by == "agent" and others else 0
        elif what == "talk":
            at += length
            spoken += length
        elif what == "blind":
            facts.append((at, ev.CallTransferred(call, *name(whose), "blind", "x")))
            facts.append((at, ev.SegmentEnded(call, *name(whose), "transferred")))
            n += 1
            whose = n
            facts.append((at, ev.AgentRang(call, *name(n))))
            at += length
            facts.append((at, ev.CallAnswered(call, *name(n))))
        else:
            n += 1
            facts.append((at, ev.CallHeld(call, *name(whose), "agent")))
            facts.append((at, ev.AgentRang(call, *name(n))))
            facts.append((at + 3, ev.CallAnswered(call, *name(n))))
            at += 3 + length
            if what == "handed":
                facts.append((at, ev.CallTransferred(call, *name(whose), "attended", "x")))
                facts.append((at, ev.SegmentEnded(call, *name(whose), "transferred")))
                whose = n
            else:
                if what == "consult":
                    facts.append((at, ev.SegmentEnded(call, *name(n), "agent_hung_up")))
                else:
                    members = (name(whose)[1], name(n)[1])
                    facts.append((at, ev.ConferenceStarted(call, *name(whose), members)))
                    others = [n]
                facts.append((at, ev.CallResumed(call, *name(whose), "agent")))
        # A second of talk between two things keeps their order in time.
        at, spoken = at + 1, spoken + 1
    facts += [(at, ev.SegmentEnded(call, *name(k), "caller_hung_up")) for k in (*others, whose)]
    return [*facts, (at, ev.CallEnded(call, "caller_hung_up"))], name(whose)[1], spoken


def test_whatever_agents_do_with_a_call_it_is_whose_finished_it_and_talk_is_what_a_plain_count_says(warehouse):
    rng, facts, expected = random.Random(12), [], {}
    for n in range(150):
        made, whose, spoken = by_chance(rng, f"c{n:03d}")
        facts += made
        expected[f"c{n:03d}"] = (whose, float(spoken))
    feed(warehouse, told(*facts), 500)
    rows = warehouse.query("select call_id, last_extension, caller_talk_seconds from marts.fct_calls")
    assert {row["call_id"]: (row["last_extension"], row["caller_talk_seconds"]) for row in rows} == expected
    assert len({whose for whose, _ in expected.values()}) > 3
