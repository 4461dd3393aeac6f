"""The way of an alert: hysteresis, severity, what ends it. Time is an argument."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.notify import rules
from core.notify.examples import EXAMPLES
from core.notify.figures import DISK, FLOOR, HEALTH, LOOKUPS, OVERDUE
from core.notify.rules import OPEN, TRANSITIONS, Reading, Rule, Subject, acknowledged, check, evaluate, key_of

QUEUE = Subject("queue", "repair", "报修")
WAIT = Rule(1, "longest_wait_s", "queue", warn=60, alarm=120, clear=30, raise_after_s=5, clear_after_s=10)


def run(rule, values, watches=None, start=100.0, step_s=1.0):
    """Feeds one value a second, None is no data and ``...`` no answer; watches and happenings afterwards."""
    watches, happened = watches or {}, []
    for n, value in enumerate(values):
        readings = {} if value is ... else {rule.figure: [Reading(QUEUE, value)]}
        watches, now = evaluate([rule], watches, readings, start + n * step_s)
        happened += now
    return watches, [(one.kind, one.at - start, one.why or one.watch.severity) for one in happened]


def test_a_figure_must_stay_beyond_its_limit_before_anybody_is_disturbed():
    assert run(WAIT, [70] * 5)[1] == []
    assert run(WAIT, [70] * 6)[1] == [("raised", 5, "warn")]
    assert run(WAIT, [70, 70, 70, 20, 70, 70, 70])[1] == []


def test_a_figure_that_wobbles_around_its_limit_raises_once():
    assert run(WAIT, [70] * 6 + [59, 61] * 50)[1] == [("raised", 5, "warn")]


def test_it_ends_only_when_the_figure_stays_on_the_far_side_of_the_band():
    ups_and_downs = [70] * 6 + [20] * 9 + [40] + [20] * 10
    assert run(WAIT, ups_and_downs)[1] == [("raised", 5, "warn")]
    assert run(WAIT, [*ups_and_downs, 20])[1] == [("raised", 5, "warn"), ("cleared", 26, "eased")]


def test_a_warning_becomes_an_alarm_and_never_less_while_it_is_open():
    watches, happened = run(WAIT, [70] * 6 + [130] * 6 + [70] * 3)
    assert happened == [("raised", 5, "warn"), ("worsened", 11, "alarm")]
    (watch,) = watches.values()
    assert (watch.severity, watch.threshold, watch.worst, watch.value) == ("alarm", 120, 130, 70)


def test_a_short_peak_beyond_the_alarm_s_limit_is_still_a_warning():
    assert run(WAIT, [70, 70, 70, 70, 130, 130, 70, 70])[1] == [("raised", 5, "warn")]


def test_an_acknowledged_warning_that_becomes_an_alarm_wants_to_be_acknowledged_again():
    watches, _ = run(WAIT, [70] * 6)
    watches = {key: acknowledged(watch) for key, watch in watches.items()}
    watches, happened = run(WAIT, [130] * 6, watches, start=110)
    assert happened == [("worsened", 5, "alarm")]
    assert [watch.state for watch in watches.values()] == ["raised"]


def test_a_rule_with_an_alarm_s_limit_alone_raises_an_alarm():
    only = replace(WAIT, warn=None)
    assert run(only, [100] * 9)[1] == []
    assert run(only, [130] * 6)[1] == [("raised", 5, "alarm")]


def test_below_is_under_the_limit_and_the_worst_is_the_lowest():
    level = Rule(2, "service_level", "queue", comparison="below", warn=0.8, alarm=0.6, clear=0.85, clear_after_s=2)
    watches, happened = run(level, [0.8, 0.79, 0.7, 0.59, 0.8, 0.84])
    assert happened == [("raised", 1, "warn"), ("worsened", 3, "alarm")]
    assert next(iter(watches.values())).worst == 0.59
    assert run(level, [0.85] * 3, watches, start=110)[1] == [("cleared", 2, "eased")]


def test_no_data_is_nothing_to_complain_about():
    assert run(WAIT, [None] * 20)[1] == []
    assert run(WAIT, [70] * 6 + [None] * 11)[1] == [("raised", 5, "warn"), ("cleared", 16, "no_data")]


def test_while_its_source_is_silent_an_open_alert_stays_and_a_pending_one_begins_anew():
    assert run(WAIT, [70] * 6 + [...] * 100)[1] == [("raised", 5, "warn")]
    assert run(WAIT, [70] * 4 + [...] + [70] * 5)[1] == []
    assert run(WAIT, [70] * 6 + [20] * 8 + [...] + [20] * 10)[1] == [("raised", 5, "warn")]


def test_a_share_of_too_few_calls_says_nothing():
    level = Rule(2, "service_level", "queue", comparison="below", warn=0.8, least_sample=5)
    for sample, states in ((4, []), (5, ["raised"])):
        watches, _ = evaluate([level], {}, {"service_level": [Reading(QUEUE, 0.0, sample=sample)]}, 1.0)
        assert [watch.state for watch in watches.values()] == states


def test_a_queue_s_own_limits_take_the_place_of_the_rule_s():
    own = Rule(3, "longest_wait_s", "queue", queue_limits=True)
    readings = [
        Reading(Subject("queue", name), 50, limits=limits) for name, limits in (("a", (40, 45)), ("b", (60, 90)))
    ]
    watches, happened = evaluate([own], {}, {"longest_wait_s": [*readings, Reading(Subject("queue", "c"), 50)]}, 1.0)
    assert [(one.watch.subject.id, one.watch.severity, one.watch.threshold) for one in happened] == [("a", "alarm", 45)]
    assert len(watches) == 1


@pytest.mark.parametrize(
    ("scope", "scope_id", "seen"),
    [
        ("agent", "", ["8001", "8002"]),
        ("agent", "8002", ["8002"]),
        ("group", "抢修", ["8001"]),
        ("group", "别组", []),
        (
            "site",
            "",
            [
                "",
            ],
        ),
        ("queue", "", []),
    ],
)
def test_a_rule_watches_one_subject_or_each_of_its_scope(scope, scope_id, seen):
    subjects = [Subject("agent", "8001", group="抢修"), Subject("agent", "8002"), Subject("site")]
    rule = Rule(1, "f", scope, scope_id, alarm=1)
    _, happened = evaluate([rule], {}, {"f": [Reading(subject, 1.0) for subject in subjects]}, 1.0)
    assert [one.watch.subject.id for one in happened] == seen


def test_an_alert_ends_with_its_rule_and_with_its_subject():
    watches, _ = run(WAIT, [70] * 6)
    for now_rules, readings in (
        ([], {WAIT.figure: [Reading(QUEUE, 70)]}),
        ([replace(WAIT, enabled=False)], {WAIT.figure: [Reading(QUEUE, 70)]}),
        ([WAIT], {WAIT.figure: []}),
        ([replace(WAIT, figure="other")], {}),
    ):
        left, happened = evaluate(now_rules, watches, readings, 200.0)
        assert [(one.kind, one.why) for one in happened] == [("cleared", "gone")]
        assert not left


def test_a_clock_set_back_neither_raises_nor_makes_times_negative():
    watches, happened = evaluate([WAIT], {}, {WAIT.figure: [Reading(QUEUE, 70)]}, 1000.0)
    watches, more = evaluate([WAIT], watches, {WAIT.figure: [Reading(QUEUE, 70)]}, 500.0)
    assert (happened, more) == ([], [])
    _, raised = evaluate([WAIT], watches, {WAIT.figure: [Reading(QUEUE, 70)]}, 505.0)
    assert [one.at for one in raised] == [505.0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"warn": None, "alarm": None}, "alarm"),
        ({"warn": 120, "alarm": 60}, "alarm"),
        ({"clear": 61}, "clear"),
        ({"warn": float("nan")}, "warn"),
        ({"raise_after_s": -1}, "raise_after_s"),
        ({"clear_after_s": 4000}, "clear_after_s"),
        ({"comparison": "below"}, "alarm"),
        ({"comparison": "below", "alarm": 40, "clear": 59}, "clear"),
    ],
)
def test_a_rule_that_could_not_work_is_refused_by_field(change, field):
    with pytest.raises(BadInput) as refused:
        check(replace(WAIT, **change))
    assert refused.value.field == field


def test_the_shipped_rules_can_work_and_watch_figures_that_exist():
    known = {figure.id: figure for figure in (*FLOOR, *HEALTH, DISK, LOOKUPS, OVERDUE)}
    for rule in EXAMPLES:
        check(rule)
        if rule.figure not in ("service_level_15min", "suspected_incidents"):  # of the folders above
            assert rule.scope in known[rule.figure].scopes
            assert rule.comparison == known[rule.figure].comparison


def test_every_way_through_the_table_leads_to_an_end():
    reachable, frontier = {"quiet"}, {"quiet"}
    while frontier:
        frontier = {to for (state, _), to in TRANSITIONS.items() if state in frontier} - reachable
        reachable |= frontier
    assert reachable == {"quiet", "pending", "raised", "acknowledged", "cleared"}
    assert not [state for state, _ in TRANSITIONS if state == "cleared"]
    for state in OPEN:
        assert "cleared" in {TRANSITIONS.get((state, signal)) for signal in ("eased", "gone")}


# --- any story ---------------------------------------------------------------------------------------------

VALUES = st.one_of(st.none(), st.floats(0, 200, allow_nan=False), st.sampled_from([29, 30, 31, 59, 60, 61, 119, 120]))
TICK = st.tuples(st.sampled_from(["repair", "general"]), VALUES, st.booleans(), st.floats(-2, 20))
RULES = st.builds(
    lambda warn, alarm, back, up, down: Rule(
        1,
        "longest_wait_s",
        "queue",
        warn=warn,
        alarm=warn + alarm if alarm else None,
        clear=max(0.0, warn - back),
        raise_after_s=up,
        clear_after_s=down,
    ),
    st.floats(1, 100),
    st.floats(0, 50).map(lambda x: x if x > 0.1 else 0),
    st.floats(0, 50),
    st.sampled_from([0, 1, 5]),
    st.sampled_from([0, 1, 10]),
)


@given(RULES, st.lists(TICK, max_size=80))
def test_in_any_story_there_is_one_open_alert_for_each_subject_and_time_runs_forward(rule, ticks):
    watches, now, open_now = {}, 1000.0, {}
    for subject, value, acknowledge, passed_s in ticks:
        now += passed_s
        readings = {rule.figure: [Reading(Subject("queue", subject), value)]}
        watches, happened = evaluate([rule], watches, readings, now)
        for one in happened:
            name = one.watch.subject.id
            if one.kind == "raised":
                assert name not in open_now
                open_now[name] = one.at
            elif one.kind == "cleared":
                assert one.at >= open_now.pop(name)
            else:
                assert name in open_now
        assert {watch.subject.id for watch in watches.values() if watch.state in OPEN} == open_now.keys()
        assert all(key_of(watch) == key for key, watch in watches.items())
        if acknowledge:
            watches = {key: acknowledged(watch) for key, watch in watches.items()}


@given(RULES, st.lists(st.floats(0, 1), min_size=1, max_size=100), st.integers(0, 30))
def test_in_any_wobble_within_the_band_it_raises_at_most_once(rule, shares, settled):
    first = rule.warn
    above = [first] * settled
    # Never at or beyond the far side of the band, never beyond the alarm's limit.
    ceiling = rule.alarm or first + 50
    wobble = [rule.clear + 1e-6 + share * (ceiling - rule.clear) * 0.999 for share in shares]
    _, happened = run(rule, above + wobble)
    assert [kind for kind, *_ in happened].count("raised") <= 1
    assert "cleared" not in [kind for kind, *_ in happened]


def test_the_machine_is_the_table_and_nothing_else():
    assert {state for (state, signal) in TRANSITIONS if signal == "eased"} == rules.OPEN
