"""Steps of an order by the shipped process: what leads where, what is refused, and that every path can be closed."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from core.errors import BadInput, NotAllowed
from core.workorders.definition import EventField
from core.workorders.shipped import DEFAULT, RETURN_REASONS, SUSPENSION_REASONS
from core.workorders.workflow import Impossible, Standing, TransitionRequest, allowed, replay, step

NOW = 1_795_000_000.0
LATER = NOW + 3600


def go(standing, *steps):
    """Each step is ``(event, role, fields…)``; the standing after the last."""
    for event, role, *fields in steps:
        standing, _kept = step(DEFAULT, standing, TransitionRequest(event, role, NOW, fields[0] if fields else {}))
    return standing


DRAFT = Standing("draft")
DISPATCHED = go(DRAFT, ("accept", "agent"), ("dispatch", "agent", {"site": "east"}))
WORKING = go(DISPATCHED, ("take", "site_manager", {"assignee": "wang"}), ("arrive", "worker"), ("work", "worker"))
UNREACHED = ("not_reached", "agent", {"call": "c1"})
TO_VISIT = go(WORKING, ("submit", "worker", {"result": "换阀门"}), ("close_out", "site_manager"))


def test_an_order_goes_from_the_desk_to_the_return_visit_and_is_closed():
    assert (TO_VISIT.state, TO_VISIT.site, TO_VISIT.assignee) == ("awaiting_visit", "east", "wang")
    assert go(TO_VISIT, ("visit", "agent", {"satisfied": "yes", "call": "c1"})).state == "closed"


@pytest.mark.parametrize("event", ["visit", "not_reached"])
def test_the_result_of_a_return_visit_needs_its_call_or_a_reason(event):
    with pytest.raises(BadInput) as refused:
        go(TO_VISIT, (event, "agent", {"note": "好"}))
    assert refused.value.field == "fields.no_call"
    for fields in ({"call": "c1"}, {"no_call": "当面回访"}):
        assert go(TO_VISIT, (event, "agent", fields)) != TO_VISIT


def test_an_answer_on_the_spot_closes_at_intake():
    assert go(DRAFT, ("answer", "agent", {"note": "已解释"})).state == "closed"


def test_after_three_visits_that_reached_nobody_the_order_is_closed():
    twice = go(TO_VISIT, UNREACHED, UNREACHED)
    assert (twice.state, twice.attempts) == ("awaiting_visit", 2)
    assert go(twice, UNREACHED).state == "closed"


def test_a_dissatisfied_caller_reopens_the_same_order_in_the_next_round():
    again = go(TO_VISIT, UNREACHED, ("reopen", "agent", {"note": "仍漏水"}))
    assert (again.state, again.round, again.assignee, again.attempts) == ("accepted", 2, "", 0)


def test_a_return_counts_and_needs_its_reason():
    with pytest.raises(BadInput) as refused:
        go(DISPATCHED, ("return", "site_manager"))
    assert refused.value.field == "fields.reason"
    back = go(DISPATCHED, ("return", "site_manager", {"reason": "not_ours"}))
    assert (back.state, back.returned) == ("accepted", 1)


def test_a_flag_leaves_the_state():
    flagged = go(WORKING, ("urge", "agent"), ("urge", "agent"), ("supervise", "director", {"note": "盯紧"}))
    assert (flagged.state, flagged.urged, flagged.supervised) == ("working", 2, True)
    assert go(WORKING, ("extend", "supervisor", {"due_at": LATER, "note": "挖路"})).extended_to == LATER


def test_a_worker_asks_and_the_site_manager_agrees():
    asks = ("ask_suspend", "worker", {"reason": "parts", "until": LATER})
    asked = go(WORKING, asks)
    assert (asked.state, asked.asked) == ("working", "suspend")
    with pytest.raises(Impossible):
        go(asked, asks)
    done = go(asked, ("suspend", "site_manager", {"reason": "parts", "until": LATER}))
    assert (done.state, done.asked) == ("suspended", "")
    assert go(done, ("resume", "worker")).state == "working"


def test_what_was_asked_may_be_refused_and_nothing_else_may():
    asked = go(WORKING, ("ask_extend", "worker", {"due_at": LATER, "note": "缺料"}))
    assert go(asked, ("refuse", "supervisor", {"note": "不行"})).asked == ""
    with pytest.raises(Impossible):
        go(WORKING, ("refuse", "supervisor", {"note": "不行"}))


def test_an_emergency_is_never_suspended():
    burst = Standing("working", "emergency")
    with pytest.raises(Impossible) as refused:
        go(burst, ("suspend", "site_manager", {"reason": "parts", "until": LATER}))
    assert "suspend" not in refused.value.allowed
    assert "submit" in refused.value.allowed
    assert "suspend" not in {event.id for event in allowed(DEFAULT, burst, "site_manager")}


def test_a_merged_order_names_its_master_and_can_be_split_off_again():
    merged = go(WORKING, ("merge", "agent", {"into": "261125-0001"}))
    assert (merged.state, merged.parent) == ("merged", "261125-0001")
    split = go(merged, ("split", "supervisor", {"note": "不是一回事"}))
    assert (split.state, split.parent) == ("accepted", "")


def test_nothing_is_dispatched_to_nobody():
    with pytest.raises(BadInput) as refused:
        go(DRAFT, ("accept", "agent"), ("dispatch", "agent"))
    assert refused.value.field == "fields.site"


def test_another_site_does_not_inherit_the_worker():
    moved = go(WORKING, ("reassign", "supervisor", {"site": "west"}))
    assert (moved.state, moved.site, moved.assignee) == ("dispatched", "west", "")


def test_the_wrong_moment_is_refused_and_the_answer_names_what_is_possible():
    with pytest.raises(Impossible) as refused:
        go(DISPATCHED, ("visit", "agent"))
    assert "visit" not in refused.value.allowed
    assert set(refused.value.allowed) == {event.id for event in allowed(DEFAULT, DISPATCHED, "agent")}
    assert "urge" in refused.value.allowed


def test_the_wrong_person_is_refused_and_the_roles_are_named():
    with pytest.raises(NotAllowed) as refused:
        go(DISPATCHED, ("take", "agent"))
    assert "处理人员" in refused.value.values["roles"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": "mood", "until": LATER}, "fields.reason"),
        ({"reason": "parts"}, "fields.until"),
        ({"reason": "parts", "until": NOW - 1}, "fields.until"),
        ({"reason": "parts", "until": NOW + 30 * 86_400}, "fields.until"),
        ({"reason": "parts", "until": "tomorrow"}, "fields.until"),
        ({"reason": "parts", "until": "2026-11-25T08:00:00"}, "fields.until"),
        ({"reason": "parts", "until": LATER, "colour": "red"}, "fields.colour"),
        ({"reason": "parts", "until": LATER, "note": "x" * 3000}, "fields.note"),
        ({"reason": "parts", "until": LATER, "note": 7}, "fields.note"),
        ({"reason": " ", "until": LATER}, "fields.reason"),
    ],
)
def test_a_wrong_field_is_named(fields, field):
    with pytest.raises(BadInput) as refused:
        go(WORKING, ("suspend", "site_manager", fields))
    assert refused.value.field == field


def test_fields_of_the_category_are_asked_for_too():
    photo = EventField("photos", "Photos", "number", required=True)
    asked = TransitionRequest("submit", "worker", NOW, {"result": "好"})
    with pytest.raises(BadInput) as refused:
        step(DEFAULT, WORKING, asked, (photo,))
    assert refused.value.field == "fields.photos"


def test_an_event_that_nobody_knows_is_refused():
    with pytest.raises(BadInput) as refused:
        go(DRAFT, ("explode", "agent"))
    assert refused.value.field == "event"


# Fields that satisfy whatever an event may ask for.
PLENTY = {
    "suspend": {"reason": SUSPENSION_REASONS[0][0], "until": LATER},
    "ask_suspend": {"reason": SUSPENSION_REASONS[0][0], "until": LATER},
    "return": {"reason": RETURN_REASONS[0][0]},
    "extend": {"due_at": LATER, "note": "x"},
    "ask_extend": {"due_at": LATER, "note": "x"},
    "submit": {"result": "x"},
    "merge": {"into": "261125-0001"},
    "dispatch": {"site": "east"},
    "correct": {"summary": "x"},
    "ring": {"call": "c1"},
    "visit": {"call": "c1"},
    "not_reached": {"no_call": "x"},
}
ROLES = ("agent", "supervisor", "site_manager", "worker", "director")


def plenty(event, standing):
    if event == "reassign":
        return {"site": "east" if standing.site == "west" else "west"}
    return PLENTY.get(event, {"note": "x"})


@st.composite
def walks(draw):
    """A way through the process, each step one that was possible, with all standings on it."""
    standing = Standing("draft", draw(st.sampled_from(("normal", "urgent", "emergency"))))
    start, taken, seen = standing, [], [standing]
    for _ in range(draw(st.integers(0, 25))):
        choices = [(event.id, role) for role in ROLES for event in allowed(DEFAULT, standing, role)]
        if not choices:
            break
        event, role = draw(st.sampled_from(choices))
        asked = TransitionRequest(event, role, NOW, plenty(event, standing))
        standing, kept = step(DEFAULT, standing, asked)
        taken.append(TransitionRequest(event, role, NOW, kept))
        seen.append(standing)
    return start, taken, seen


@settings(max_examples=200)
@given(walks())
def test_wherever_an_order_goes_it_can_be_closed_from_there(walk):
    _start, _taken, seen = walk
    standing = seen[-1]
    for _ in range(12):
        if DEFAULT.state(standing.state).final:
            return
        possible = {event.id: role for role in ROLES for event in allowed(DEFAULT, standing, role)}
        ways = ("split", "visit", "close_out", "submit", "work", "arrive", "resume", "take", "dispatch", "accept")
        event = next(one for one in ways if one in possible)
        standing, _kept = step(
            DEFAULT, standing, TransitionRequest(event, possible[event], NOW, PLENTY.get(event, {"note": "x"}))
        )
    pytest.fail(f"not closed: {standing}")


@settings(max_examples=200)
@given(walks())
def test_what_an_order_is_follows_from_its_steps_alone(walk):
    start, taken, seen = walk
    assert replay(DEFAULT, start, taken) == seen[-1]


@settings(max_examples=200)
@given(walks())
def test_counts_only_rise_and_a_flag_moves_nothing(walk):
    _start, taken, seen = walk
    for before, after, asked in zip(seen, seen[1:], taken, strict=False):
        assert after.round >= before.round
        assert after.urged >= before.urged
        assert after.returned >= before.returned
        if asked.event in {"urge", "supervise", "note", "extend", "ask_extend"}:
            assert after.state == before.state
