"""The flow interpreter: what a caller who presses keys, or none, is led to."""

from __future__ import annotations

from core.installation.definition import Flow
from core.telephony import ivr


def flow(**changes: object) -> Flow:
    raw = ivr.DEFAULT_FLOW
    return Flow(raw["id"], raw["version"], raw["start"], {**raw["nodes"], **changes})


def at(node: str) -> ivr.FlowPosition:
    return ivr.FlowPosition(node)


def test_the_repair_key_leads_to_the_repair_queue():
    place = at("menu")
    assert ivr.pressed(flow(), place, "1") == "chosen"
    assert ivr.walk(flow(), place, lambda _id: "open").queue == "repair"


def test_nine_says_the_menu_again():
    place = at("menu")
    assert ivr.pressed(flow(), place, "9") == "chosen"
    assert place.node == "menu"


def test_three_wrong_keys_lead_to_a_person():
    place = at("menu")
    outcomes = [ivr.pressed(flow(), place, "7") for _ in range(3)]
    assert outcomes == ["wrong_key"] * 3
    assert ivr.walk(flow(), place, lambda _id: "open").queue == "general"


def test_silence_leads_to_a_person_after_three_menus():
    place = at("menu")
    assert [ivr.timed_out(flow(), place) for _ in range(3)] == ["timeout"] * 3
    assert place.node == "general"


def test_a_customer_number_is_collected_until_the_hash_key():
    place = at("account")
    assert [ivr.pressed(flow(), place, key) for key in "1028#"] == [None, None, None, None, "chosen"]
    assert place.collected == {"account": "1028"}


def test_a_customer_number_without_the_hash_key_counts_after_a_pause():
    place = at("account")
    for key in "1028":
        ivr.pressed(flow(), place, key)
    assert ivr.timed_out(flow(), place) == "chosen"
    assert place.collected == {"account": "1028"}
    assert place.node == "bill"


def test_no_customer_number_at_all_leads_on_without_one():
    place = at("account")
    assert ivr.timed_out(flow(), place) == "timeout"
    assert place.node == "billing"


def test_outside_office_hours_the_night_announcement_is_heard():
    place = at("hours")
    step = ivr.walk(flow(), place, lambda _id: "closed")
    assert "非工作时间" in step.say[0].text
