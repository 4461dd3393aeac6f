"""A flow before it goes live: every fault is named with its step, and what has none can be walked whatever is pressed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.demo.installation import CITIZEN, demo_installation
from core.installation.definition import Flow
from core.installation.flow_check import NEEDED, POSSIBLE, FlowContext, Unsound, check, faults
from core.telephony import ivr

SITE = demo_installation()
CONTEXT = FlowContext(SITE, {"music", "welcome"})
DEFAULT = ivr.DEFAULT_FLOW
END = {"kind": "hangup"}


def flow(**changes: object) -> Flow:
    return Flow("main", 1, DEFAULT["start"], {**DEFAULT["nodes"], **changes})  # type: ignore[dict-item]


def small(start: str = "a", **nodes: object) -> Flow:
    return Flow("small", 1, start, nodes)  # type: ignore[arg-type]


def fields(of: Flow) -> list[str | None]:
    return [one.field for one in faults(of, CONTEXT)]


@pytest.mark.parametrize(
    "sound", [flow(), CITIZEN, small(a=END), small(a={"kind": "transfer", "target": "flow:small"})]
)
def test_a_sound_flow_has_no_faults(sound: Flow) -> None:
    assert faults(sound, CONTEXT) == []


def menu(**more: object) -> dict[str, object]:
    return {"kind": "menu", "say": "x", "choices": {"1": "b"}, "on_timeout": "b", "on_wrong": "b", **more}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (small(start="z", a=END), "start"),
        (small(a=END, b=END), "nodes.b"),
        (small(a=7), "nodes.a"),
        (small(a={}), "nodes.a.kind"),
        (small(a={"kind": "dance"}), "nodes.a.kind"),
        (small(a={"kind": ["hangup"]}), "nodes.a.kind"),
        (small(a={"kind": "prompt", "say": "x"}), "nodes.a.next"),
        (small(a={"kind": "prompt", "say": "x", "next": "z"}), "nodes.a.next"),
        (small(a={"kind": "prompt", "say": "x", "next": ["a"]}), "nodes.a.next"),
        (small(a={"kind": "hangup", "color": 1}), "nodes.a.color"),
        (small(a={"kind": "queue", "queue": "gone"}), "nodes.a.queue"),
        (small(a={"kind": "queue", "queue": "general", "priority": "high"}), "nodes.a.priority"),
        (small(a={"kind": "queue", "queue": "general", "skills": "repair"}), "nodes.a.skills"),
        (small(a={"kind": "transfer", "target": "queue:gone"}), "nodes.a.target"),
        (small(a={"kind": "transfer", "target": "extension:9999"}), "nodes.a.target"),
        (small(a={"kind": "transfer", "target": 7}), "nodes.a.target"),
        (
            small(a={"kind": "hours", "calendar": "gone", "open": "b", "closed": "b", "holiday": "b"}, b=END),
            "nodes.a.calendar",
        ),
        (small(a=menu(choices={}), b=END), "nodes.a.choices"),
        (small(a=menu(choices=["b"]), b=END), "nodes.a.choices"),
        (small(a=menu(choices={"12": "b"}), b=END), "nodes.a.choices"),
        (small(a=menu(choices={"1": "z"}), b=END), "nodes.a.choices.1"),
        (small(a=menu(timeout_s=0), b=END), "nodes.a.timeout_s"),
        (small(a=menu(timeout_s=True), b=END), "nodes.a.timeout_s"),
        (small(a=menu(tries=2.5), b=END), "nodes.a.tries"),
        (small(a=menu(tries=float("nan")), b=END), "nodes.a.tries"),
        # Prompts that are missing.
        (small(a={"kind": "hangup", "say": " "}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": []}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": [{"text": ""}]}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": [{"clip": "nowhere"}]}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": {"text": "x", "clip": "music"}}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": {"sing": "x"}}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": {"value": "3"}}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": None}), "nodes.a.say"),
        (small(a={"kind": "hangup", "say": "x" * 601}), "nodes.a.say"),
        # Dead ends.
        (small(a={"kind": "prompt", "say": "x", "next": "a"}), "nodes.a"),
        (small(a=menu(on_timeout="a"), b=END), "nodes.a"),
        (
            small(
                a=menu(choices={"1": "a"}, on_timeout="c", on_wrong="a"), c={"kind": "prompt", "say": "x", "next": "a"}
            ),
            "nodes.a",
        ),
    ],
)
def test_a_fault_is_named_with_its_step_and_a_remedy(wrong: Flow, field: str) -> None:
    found = faults(wrong, CONTEXT)
    assert field in [one.field for one in found], fields(wrong)
    assert all(one.remedy and str(one) for one in found)


def test_all_faults_are_told_at_once() -> None:
    wrong = flow(repair={"kind": "queue", "queue": "gone"}, bill={"kind": "prompt", "next": "billing"})
    assert set(fields(wrong)) == {"nodes.repair.queue", "nodes.bill.say"}
    with pytest.raises(Unsound) as refused:
        check(wrong, CONTEXT)
    assert len(refused.value.faults) == 2


def test_recordings_that_nobody_has_looked_for_are_not_missed() -> None:
    assert faults(small(a={"kind": "hangup", "say": {"clip": "x"}}), FlowContext(SITE)) == []


NAMES = st.sampled_from("abc")
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | NAMES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["text", "clip"]), inner, max_size=3)
    ),
    max_leaves=4,
)
LIKELY = {
    "say": st.sampled_from(["x", {"clip": "music"}, ["x", {"value": "3", "slot": "count"}]]),
    "choices": st.dictionaries(st.sampled_from("12*#"), NAMES, max_size=3),
    "calendar": st.just("office"),
    "queue": st.sampled_from(["general", "gone"]),
    "target": st.sampled_from(["queue:general", "flow:small", "hangup", "nowhere"]),
    "timeout_s": st.integers(0, 9),
    "tries": st.integers(0, 3),
    "digits": st.integers(0, 3),
    "priority": st.integers(-3, 3),
    "skills": st.just(["repair"]),
}


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, object]:
    kind = draw(st.sampled_from(sorted(NEEDED)))
    made: dict[str, object] = {"kind": kind}
    for key in NEEDED[kind]:
        made[key] = draw(LIKELY.get(key, NAMES))
    for key in POSSIBLE.get(kind, ()):
        if draw(st.booleans()):
            made[key] = draw(LIKELY[key])
    return made


@given(
    st.dictionaries(
        NAMES, JSON | st.dictionaries(st.sampled_from(["kind", *LIKELY, "next"]), JSON, max_size=4), max_size=3
    ),
    NAMES,
)
def test_no_draft_can_make_the_check_fail(found: dict[str, object], start: str) -> None:
    for one in faults(Flow("small", 1, start, found), CONTEXT):  # type: ignore[arg-type]
        assert one.field
        assert str(one)


@given(st.dictionaries(NAMES, nodes(), min_size=1, max_size=3), NAMES, st.integers())
def test_what_has_no_faults_leads_everybody_out_of_it(
    found: dict[str, dict[str, object]], start: str, seed: int
) -> None:
    wanted = Flow("small", 1, start, found)
    if faults(wanted, CONTEXT):
        return
    chance = random.Random(seed)
    for silent in (True, False):
        place = ivr.FlowPosition(start)
        for _ in range(400):
            step = ivr.walk(wanted, place, lambda _id: chance.choice(("open", "closed", "holiday")))
            if step.queue or step.target or step.hang_up:
                break
            if ivr.waits_for_keys(wanted, place):
                if silent or chance.random() < 0.3:
                    ivr.timed_out(wanted, place)
                else:
                    ivr.pressed(wanted, place, chance.choice("0123456789*#"))
            else:
                ivr.said(wanted, place)
                if wanted.nodes[place.node]["kind"] == "hangup":
                    break
        else:
            # Whoever presses keys may go round as long as they like; who presses none may not.
            assert not silent
