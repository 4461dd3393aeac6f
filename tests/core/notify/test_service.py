"""Rules and alerts in both databases."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from core.db import event_log
from core.db.tables import AlertRow
from core.errors import BadInput, Conflict, NotFound
from core.notify import rule_service, service
from core.notify.examples import EXAMPLES
from core.notify.figures import DISK, FLOOR, HEALTH, OVERDUE, Figure, FigureCatalogue
from core.notify.rules import Happening, Rule, Subject, Watch, key_of
from core.notify.service import AlertQuery

CATALOGUE = FigureCatalogue(
    (*FLOOR, *HEALTH, DISK, OVERDUE, Figure("service_level_15min", "s", "share", ("queue", "site"), "below"))
)
WAIT = Rule(0, "longest_wait_s", "queue", warn=60, alarm=120, recipients=("supervisor",))
QUEUE = Subject("queue", "repair", "报修抢修")


@pytest.fixture
def rule(session):
    saved = rule_service.save_rule(session, WAIT, CATALOGUE, "zhou", 10.0)
    session.commit()
    return saved


def happening(rule, kind="raised", at=100.0, why="", **more):
    watch = Watch(rule.id, rule.figure, QUEUE, "raised", threshold=60, value=61, worst=61, call_id="c1", **more)
    return Happening(kind, watch, at, why)


def raise_one(session, rule, at=100.0):
    (alert,) = service.store(session, [happening(rule, at=at)], [rule]).values()
    return alert


def test_a_rule_comes_back_as_it_was_saved(session, rule):
    assert rule_service.rules(session) == [rule]
    changed = rule_service.save_rule(session, replace(rule, warn=45, name="报修等太久"), CATALOGUE, "zhou", 11.0)
    assert rule_service.rule(session, rule.id) == changed
    assert (changed.warn, changed.name, changed.recipients) == (45, "报修等太久", ("supervisor",))
    rule_service.remove_rule(session, rule.id)
    with pytest.raises(NotFound):
        rule_service.rule(session, rule.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"figure": "moon_phase"}, "figure"),
        ({"scope": "agent"}, "scope"),
        ({"scope": "site", "scope_id": "x"}, "scope_id"),
        ({"figure": "waiting", "queue_limits": True}, "queue_limits"),
        ({"figure": "service_level_15min", "comparison": "below", "warn": 80, "alarm": 60}, "warn"),
        ({"figure": "sip_down", "scope": "site", "alarm": 0, "warn": None}, "comparison"),
        ({"warn": None, "alarm": None}, "alarm"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_and_nothing_is_kept(session, change, field):
    with pytest.raises(BadInput) as refused:
        rule_service.save_rule(session, replace(WAIT, **change), CATALOGUE, "zhou", 1.0)
    assert refused.value.field == field
    assert rule_service.rules(session) == []


def test_the_examples_come_once_and_only_where_no_rule_watches(session, rule):
    assert rule_service.load_examples(session, "init", 1.0) == len(EXAMPLES) - 1
    assert rule_service.load_examples(session, "init", 1.0) == 0
    loaded = rule_service.rules(session)
    assert [one.figure for one in loaded if one.example] == [
        one.figure for one in EXAMPLES if one.figure != WAIT.figure
    ]
    touched = rule_service.save_rule(session, loaded[1], CATALOGUE, "zhou", 2.0)
    assert not touched.example


def test_an_alert_goes_from_raised_to_worse_to_acknowledged_to_cleared(session, rule):
    alert = raise_one(session, rule)
    assert (alert.rule, alert.subject, alert.call_id, alert.raised_at) == (rule, QUEUE, "c1", 100.0)
    worse = happening(rule, "worsened", 130.0, severity="alarm")
    service.store(session, [replace(worse, watch=replace(worse.watch, threshold=120, value=121, worst=121))], [rule])
    done = service.acknowledge(session, alert.id, "周敏", "已加派", 140.0)
    assert (done.severity, done.threshold, done.worst, done.acknowledged_by) == ("alarm", 120, 121, "周敏")
    session.commit()
    assert service.open_alerts(session) == [done]
    service.store(session, [happening(rule, "cleared", 150.0, "eased", severity="alarm")], [rule])
    over = service.alert(session, alert.id)
    assert (over.cleared_at, over.cleared_why, over.open, over.acknowledged_words) == (150.0, "eased", False, "已加派")
    assert service.open_alerts(session) == []


def test_the_whole_way_of_an_alert_is_in_the_event_log_once(session, rule):
    alert = raise_one(session, rule)
    raise_one(session, rule, at=120.0)
    service.store(session, [happening(rule, "worsened", 130.0, severity="alarm")], [rule])
    service.acknowledge(session, alert.id, "周敏", "已加派", 140.0)
    service.store(session, [happening(rule, "cleared", 150.0, "eased", severity="alarm")], [rule])
    logged = [event for _, event in event_log.read_after(session.connection(), 0)]
    assert [(event.kind, event.at_us / 1e6) for event in logged] == [
        ("alert_raised", 100.0),
        ("alert_worsened", 130.0),
        ("alert_acknowledged", 140.0),
        ("alert_cleared", 150.0),
    ]
    assert {event.payload["alert"] for event in logged} == {alert.id}
    assert logged[0].payload["about"] == "repair"
    assert logged[2].payload["by"] == "周敏"


def test_an_acknowledgement_of_the_warning_does_not_count_for_the_alarm(session, rule):
    alert = raise_one(session, rule)
    service.acknowledge(session, alert.id, "周敏", "看到了", 110.0)
    service.store(session, [happening(rule, "worsened", 130.0, severity="alarm")], [rule])
    (again,) = service.open_alerts(session)
    assert (again.acknowledged_at, again.acknowledged_by, again.acknowledged_words) == (None, None, "")
    assert service.watch_of(again).state == "raised"


def test_an_alert_is_acknowledged_once_also_after_its_end(session, rule):
    alert = raise_one(session, rule)
    service.store(session, [happening(rule, "cleared", 150.0, "eased")], [rule])
    service.acknowledge(session, alert.id, "周敏", "", 160.0)
    with pytest.raises(Conflict, match="周敏"):
        service.acknowledge(session, alert.id, "李四", "", 170.0)
    with pytest.raises(NotFound):
        service.acknowledge(session, 999, "李四", "", 170.0)


def test_the_same_alert_is_not_raised_a_second_time_while_it_is_open(session, rule):
    first = raise_one(session, rule)
    assert raise_one(session, rule, at=120.0) == first
    row = session.get(AlertRow, first.id)
    columns = [column.key for column in AlertRow.__table__.columns if column.key != "id"]
    twin = AlertRow(**{name: getattr(row, name) for name in columns})
    session.add(twin)
    with pytest.raises(IntegrityError):
        session.flush()


def test_an_alert_goes_on_after_a_restart(session, rule):
    alert = raise_one(session, rule)
    watch = service.watch_of(alert)
    assert (watch.state, watch.alert_id, watch.raised_at, watch.worst) == ("raised", alert.id, 100.0, 61)
    assert key_of(watch) == (rule.id, "longest_wait_s", "queue", "repair")
    service.acknowledge(session, alert.id, "周敏", "", 110.0)
    assert service.watch_of(service.alert(session, alert.id)).state == "acknowledged"


def test_times_never_run_backwards_when_the_clock_does(session, rule):
    alert = raise_one(session, rule)
    assert service.acknowledge(session, alert.id, "周敏", "", 50.0).acknowledged_at == 100.0
    service.store(session, [happening(rule, "cleared", 40.0, "eased")], [rule])
    assert service.alert(session, alert.id).cleared_at == 100.0


def test_the_worst_is_kept_while_it_lasts_and_no_data_keeps_the_last_value(session, rule):
    alert = raise_one(session, rule)
    watch = replace(service.watch_of(alert), value=90.0, worst=99.0)
    service.refresh(session, [watch])
    assert (service.alert(session, alert.id).value, service.alert(session, alert.id).worst) == (90, 99)
    service.refresh(session, [replace(watch, value=None)])
    assert service.alert(session, alert.id).value == 90


def test_alerts_are_found_by_what_they_are(session, rule):
    other = rule_service.save_rule(session, Rule(0, "waiting", "queue", alarm=5), CATALOGUE, "zhou", 1.0)
    first = raise_one(session, rule)
    second = raise_one(session, other, at=200.0)
    service.acknowledge(session, first.id, "周敏", "", 210.0)
    session.commit()

    def found(**wanted):
        alerts = service.alerts(session, AlertQuery(**wanted))
        assert service.count(session, AlertQuery(**wanted)) == len(alerts)
        return [one.id for one in alerts]

    assert found() == [second.id, first.id]
    assert found(acknowledged=True) == [first.id]
    assert found(since=150.0) == [second.id]
    assert found(until=150.0, open=True) == [first.id]
    assert found(figure="waiting") == [second.id]
    assert found(subject="repair", severity="alarm") == []
    assert [one.id for one in service.alerts(session, AlertQuery(limit=1))] == [second.id]
    assert [one.id for one in service.alerts(session, AlertQuery(before=second.id))] == [first.id]
    assert [one.id for one in service.settled(session, 0.0, 10)] == [first.id]
    assert service.settled(session, 150.0, 10) == []


def test_what_was_kept_with_an_earlier_form_of_rules_can_still_be_read(session, rule):
    alert = raise_one(session, rule)
    row = session.get(AlertRow, alert.id)
    row.rule = {**row.rule, "colour": "red"} | {"id": rule.id}
    session.commit()
    assert service.alert(session, alert.id).rule == rule
