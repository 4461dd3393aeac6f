from core.clock import iso
from core.notify.figures import floor_readings, health_readings
from core.notify.rules import Subject

NOW = 1795406400.0


def queue(name, **more):
    return {
        "id": name,
        "name": f"队列{name}",
        "waiting": 0,
        "longest_wait_since": None,
        "ready": 1,
        "staffed": 2,
        "warn_wait_s": 60.0,
        "alarm_wait_s": 120.0,
        **more,
    }


def agent(extension, state, ago_s=0.0, **more):
    return {
        "extension": extension,
        "name": "张三",
        "group": "抢修组",
        "state": state,
        "since": iso(NOW - ago_s),
        "call_id": None,
        **more,
    }


def floor(**more):
    return {
        "stale": False,
        "queues": [],
        "agents": [],
        "calls": [],
        "health": {"media": "up", "database": "up", "recording": "ok"},
        **more,
    }


def value(readings, figure, kind, id=""):
    (found,) = [one for one in readings[figure] if (one.subject.kind, one.subject.id) == (kind, id)]
    return found.value


def test_queues_are_read_one_by_one_and_together():
    waits = queue("repair", waiting=3, ready=0, longest_wait_since=iso(NOW - 84))
    calls = [
        {"id": "c9", "queue": "repair", "position": 1},
        {"id": "c8", "queue": "repair", "position": 2},
        {"id": "c7", "queue": None},
    ]
    readings = floor_readings(floor(queues=[waits, queue("general", waiting=1)], calls=calls), NOW)
    assert value(readings, "waiting", "queue", "repair") == 3
    assert value(readings, "waiting", "site") == 4
    assert value(readings, "longest_wait_s", "queue", "repair") == value(readings, "longest_wait_s", "site") == 84
    assert value(readings, "unserved", "queue", "repair") == value(readings, "unserved", "site") == 3
    assert value(readings, "unserved", "queue", "general") == 0
    assert (value(readings, "calls_up", "queue", "repair"), value(readings, "calls_up", "site")) == (2, 3)
    longest = next(one for one in readings["longest_wait_s"] if one.subject.id == "repair")
    assert (longest.call_id, longest.limits, longest.facts) == ("c9", (60, 120), {"waiting": 3, "ready": 0})


def test_seats_count_for_the_house_their_group_and_themselves():
    agents = [
        agent("8001", "ready"),
        agent("8002", "break", 901, reason="用餐"),
        agent("8003", "trouble", 30, group="咨询组"),
        agent("8004", "offline", group=""),
    ]
    readings = floor_readings(floor(agents=agents), NOW)
    assert (value(readings, "ready", "site"), value(readings, "staffed", "site")) == (1, 2)
    assert (value(readings, "staffed", "group", "抢修组"), value(readings, "staffed", "group", "咨询组")) == (2, 0)
    assert value(readings, "agent_break_s", "agent", "8002") == 901
    assert value(readings, "agent_break_s", "agent", "8001") == 0
    assert value(readings, "agent_trouble_s", "agent", "8003") == 30
    rests = next(one for one in readings["agent_break_s"] if one.subject.id == "8002")
    assert (rests.facts, rests.subject) == ({"reason": "用餐"}, Subject("agent", "8002", "张三", "抢修组"))


def test_a_time_in_the_future_is_no_negative_wait():
    readings = floor_readings(floor(queues=[queue("repair", waiting=1, longest_wait_since=iso(NOW + 5))]), NOW)
    assert value(readings, "longest_wait_s", "queue", "repair") == 0


def test_while_the_core_is_away_only_that_is_known():
    away = floor(stale=True, queues=[queue("repair", waiting=9)])
    assert floor_readings(away, NOW) == {}
    readings = health_readings(away, NOW)
    assert list(readings) == ["sip_down"]
    assert value(readings, "sip_down", "site") == 1


def test_the_core_tells_what_the_last_hour_saw_of_dialling():
    told = {"refused": 6, "costly_calls": 2, "costly_minutes": 31}
    found = health_readings(floor(health={"dialling": told}), NOW)
    assert {name: value(found, name, "site") for name in ("dials_refused", "costly_calls", "costly_s")} == {
        "dials_refused": 6,
        "costly_calls": 2,
        "costly_s": 1860,
    }


def test_the_core_tells_what_of_it_is_not_well():
    well = health_readings(floor(), NOW)
    assert {figure: value(well, figure, "site") for figure in well if figure != "trunk_down"} == dict.fromkeys(
        ("sip_down", "core_restarted", "media_down", "recording_failed", "spilling"), 0
    )
    assert well["trunk_down"] == []
    ill = health_readings(
        floor(
            health={
                "media": "down",
                "database": "spilling",
                "recording": "disk_full",
                "trunks": {"a": "up", "b": "down"},
            }
        ),
        NOW,
    )
    assert [value(ill, figure, "site") for figure in ("media_down", "recording_failed", "spilling")] == [1, 1, 1]
    assert [(one.subject.id, one.value) for one in ill["trunk_down"]] == [("a", 0), ("b", 1)]


def test_a_core_that_fell_is_told_for_five_minutes_with_the_calls_it_cost():
    fallen = floor(health={"restarted_at": iso(NOW - 60), "lost_calls": 3})
    (reading,) = health_readings(fallen, NOW)["core_restarted"]
    assert (reading.value, reading.facts) == (1, {"lost_calls": 3})
    assert value(health_readings(fallen, NOW + 241), "core_restarted", "site") == 0


def test_a_talk_counts_from_its_answer_through_holds_and_a_hold_by_itself():
    seat = {"extension": "8001", "name": "王芳", "group": "甲班", "call_id": "c1", "queues": [], "reason": ""}
    held = {**seat, "state": "hold", "since": iso(NOW - 30), "talking_since": iso(NOW - 600)}
    found = floor_readings({**floor(), "agents": [held]}, NOW)
    assert {name: value(found, name, "agent", "8001") for name in ("agent_talking_s", "agent_hold_s")} == {
        "agent_talking_s": 600,
        "agent_hold_s": 30,
    }
    again = {**held, "state": "talking", "since": iso(NOW - 2)}
    found = floor_readings({**floor(), "agents": [again]}, NOW)
    assert (value(found, "agent_talking_s", "agent", "8001"), value(found, "agent_hold_s", "agent", "8001")) == (600, 0)
