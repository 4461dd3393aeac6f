import pytest

from core.clock import iso
from dashboards.components import timeline

START = 1795406400.0


def events(*steps):
    """(seconds, kind, facts)"""
    return [{"at": iso(START + at_s), "kind": kind, "facts": facts} for at_s, kind, facts in steps]


def drawn(*steps, now_s=1000.0):
    rows = timeline.rows(events(*steps), iso(START), START + now_s)
    return {row.party: [(bar.label, bar.start_s, bar.end_s) for bar in row.bars] for row in rows}


FIRST = {"segment_id": "s1", "extension": "8001"}
SECOND = {"segment_id": "s2", "extension": "8002"}


def test_a_call_through_menu_queue_agent_and_wrap_up():
    found = drawn(
        (0, "call_arrived", {}),
        (0, "flow_entered", {"flow": "main"}),
        (10, "call_queued", {"queue": "general"}),
        (40, "agent_rang", {**FIRST, "queue": "general"}),
        (44, "ring_ended", {**FIRST, "outcome": "answered"}),
        (44, "queue_left", {"queue": "general", "outcome": "answered"}),
        (44, "call_answered", FIRST),
        (100, "segment_ended", FIRST),
        (100, "wrap_up_started", FIRST),
        (100, "call_ended", {}),
        (120, "wrap_up_ended", FIRST),
    )
    assert found == {
        "": [("Self-service", 0, 10), ("In the queue", 10, 44), ("Talking", 44, 100)],
        "8001": [("Ringing", 40, 44), ("Talking", 44, 100), ("Wrap-up", 100, 120)],
    }


def test_a_colleague_who_is_asked_first_does_not_take_the_caller_from_hold():
    found = drawn(
        (0, "agent_rang", {**FIRST, "queue": None}),
        (5, "ring_ended", FIRST),
        (5, "call_answered", FIRST),
        (20, "call_held", {**FIRST, "by": "agent"}),
        (20, "agent_rang", {**SECOND, "queue": None}),
        (25, "ring_ended", SECOND),
        (25, "call_answered", SECOND),
        (40, "call_transferred", {**FIRST, "method": "attended", "target": "8002"}),
        (40, "segment_ended", FIRST),
        (60, "segment_ended", SECOND),
        (60, "call_ended", {}),
    )
    assert found[""] == [("Ringing", 0, 5), ("Talking", 5, 20), ("On hold", 20, 40), ("Talking", 40, 60)]
    assert found["8001"] == [("Ringing", 0, 5), ("Talking", 5, 20), ("On hold", 20, 40)]
    assert found["8002"] == [("Ringing", 20, 25), ("Talking", 25, 60)]


def test_a_blind_transfer_lets_the_caller_hear_ringing_again():
    found = drawn(
        (0, "call_answered", FIRST),
        (10, "call_transferred", {**FIRST, "method": "blind", "target": "8002"}),
        (10, "segment_ended", FIRST),
        (10, "agent_rang", {**SECOND, "queue": None}),
        (14, "ring_ended", SECOND),
        (14, "call_answered", SECOND),
        (20, "segment_ended", SECOND),
        (20, "call_ended", {}),
    )
    assert found[""] == [("Talking", 0, 10), ("Ringing", 10, 14), ("Talking", 14, 20)]


def test_what_has_not_ended_lasts_until_now():
    assert drawn((0, "call_answered", FIRST), now_s=33.0)["8001"] == [("Talking", 0, 33)]


@pytest.mark.parametrize("total_s", [0.3, 7, 45, 100, 700, 5000, 40000])
def test_the_axis_has_few_round_marks(total_s):
    marks = list(timeline.ticks(total_s))
    assert marks[0] == 0
    assert 1 <= len(marks) <= 7
    assert all(mark <= total_s for mark in marks)
