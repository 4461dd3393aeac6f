"""The menu as callers of real exchanges meet it: keys by every way that exchanges send them, silence, office hours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.installation import service as installation_service
from core.installation.calendars import CALENDARS
from core.installation.definition import Flow
from core.installation.editing import put
from core.installation.flows import publish_flow
from tests.clock import today
from tests.house.front import OFFICE, Front
from tests.house.running import until
from tests.house.sipp import Run, Sipp, needs_sipp
from tests.house.voice import Voice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("peers menu"),
    pytest.mark.timeout(150),
    needs_sipp,
]

ALWAYS = ((("00:00", "24:00"),),) * 7
# A welcome of sixteen seconds: whoever reaches the menu sooner has pressed a key.
NODES: dict[str, Any] = {
    "hours": {"kind": "hours", "calendar": "office", "open": "welcome", "closed": "night", "holiday": "feast"},
    "welcome": {"kind": "prompt", "say": [{"clip": "music"}], "next": "menu"},
    "night": {"kind": "queue", "queue": "repair"},
    "feast": {"kind": "hangup", "say": [{"clip": "beep"}]},
    "menu": {
        "kind": "menu",
        "say": [{"clip": "beep"}],
        "timeout_s": 1,
        "tries": 2,
        "choices": {"1": "repair", "2": "account", "3": "complaint", "9": "menu"},
        "on_timeout": "general",
        "on_wrong": "billing",
    },
    "account": {
        "kind": "collect",
        "say": [{"clip": "beep"}],
        "digits": 8,
        "timeout_s": 1,
        "tries": 1,
        "next": "billing",
        "on_timeout": "general",
    },
    **{queue: {"kind": "queue", "queue": queue} for queue in ("repair", "complaint", "billing", "general")},
}


def hours(**changes: object):
    def edit(session: Session) -> None:
        office = installation_service.load_installation(session).calendars["office"]
        put(session, CALENDARS, replace(office, **{"weekly": ALWAYS, "holidays": (), **changes}), OFFICE)

    return edit


@pytest.fixture(scope="module", autouse=True)
def short_menu(front: Front) -> None:
    front.edit(lambda session: publish_flow(session, Flow("main", 1, "hours", NODES), OFFICE), hours())


@pytest.fixture
def voice() -> Iterator[Voice]:
    with closing(Voice()) as made:
        yield made


def call(sipp: Sipp, voice: Voice, caller: str, formats: str = "8 101") -> Run:
    """The caller is connected and hears the welcome."""
    run = sipp.run("caller_waits", "96000", keys={"from": caller, "formats": formats, "rtp_port": voice.port})
    voice.hears_music()
    return run


def chosen(front: Front, caller: str) -> list[tuple[str, str, str]]:
    return [(f["node"], f["digits"], f["outcome"]) for kind, f in front.story(caller) if kind == "menu_chosen"]


def test_a_key_during_the_welcome_skips_it_and_leads_on(sipp: Sipp, front: Front, voice: Voice) -> None:
    """RFC 4733, sent seven packets a key with the end three times: it counts once."""
    run = call(sipp, voice, "13920000001")
    voice.press("1")
    assert front.fact("13920000001", "call_queued")["queue"] == "repair"
    assert chosen(front, "13920000001") == [("menu", "1", "chosen")]
    front.end("13920000001")
    run.well()


def test_keys_sent_as_info_in_either_form_count(sipp: Sipp, front: Front, voice: Voice) -> None:
    keys = {"from": "13920000002", "first": "9", "second": "3", "rtp_port": voice.port}
    run = sipp.run("caller_presses_by_info", "96000", "-d", "300", keys=keys)
    assert front.fact("13920000002", "call_queued")["queue"] == "complaint"
    assert chosen(front, "13920000002") == [("menu", "9", "chosen"), ("menu", "3", "chosen")]
    run.well()


def test_keys_heard_as_tones_count_when_the_exchange_knows_no_events(sipp: Sipp, front: Front, voice: Voice) -> None:
    run = call(sipp, voice, "13920000003", formats="8")
    voice.sing("2")
    until(lambda: chosen(front, "13920000003"))
    voice.sing("1028#")
    assert front.fact("13920000003", "call_queued")["queue"] == "billing"
    assert chosen(front, "13920000003") == [("menu", "2", "chosen"), ("account", "#", "chosen")]
    front.end("13920000003")
    run.well()


def test_keys_sung_over_a_mu_law_line_count_too(sipp: Sipp, front: Front) -> None:
    with closing(Voice(payload_type=0)) as voice:
        run = call(sipp, voice, "13920000004", formats="0")
        voice.sing("1")
        assert front.fact("13920000004", "call_queued")["queue"] == "repair"
        front.end("13920000004")
        run.well()


def test_an_account_number_without_the_hash_key_counts_after_a_pause(sipp: Sipp, front: Front, voice: Voice) -> None:
    run = call(sipp, voice, "13920000005")
    voice.press("2")
    until(lambda: chosen(front, "13920000005"))
    voice.press("1028")
    assert front.fact("13920000005", "call_queued")["queue"] == "billing"
    assert chosen(front, "13920000005")[-1] == ("account", "1028", "chosen")
    front.end("13920000005")
    run.well()


def test_silence_says_the_menu_again_and_then_leads_to_a_person(sipp: Sipp, front: Front, voice: Voice) -> None:
    run = call(sipp, voice, "13920000006")
    voice.press("9")
    voice.hears(880)
    assert front.fact("13920000006", "call_queued")["queue"] == "general"
    assert chosen(front, "13920000006") == [("menu", "9", "chosen"), ("menu", "", "timeout"), ("menu", "", "timeout")]
    front.end("13920000006")
    run.well()


def test_wrong_keys_say_the_menu_again_and_then_take_the_other_way(sipp: Sipp, front: Front, voice: Voice) -> None:
    run = call(sipp, voice, "13920000007")
    voice.press("7")
    until(lambda: chosen(front, "13920000007"))
    voice.press("8")
    assert front.fact("13920000007", "call_queued")["queue"] == "billing"
    assert chosen(front, "13920000007") == [("menu", "7", "wrong_key"), ("menu", "8", "wrong_key")]
    front.end("13920000007")
    run.well()


def test_outside_office_hours_the_night_branch_is_taken(sipp: Sipp, front: Front, voice: Voice) -> None:
    front.edit(hours(weekly=((),) * 7))
    try:
        run = sipp.run("caller", "96000", "-d", "300", keys={"from": "13920000008"})
        assert front.fact("13920000008", "call_queued")["queue"] == "repair"
        run.well()
    finally:
        front.edit(hours())


def test_on_a_holiday_the_holiday_branch_is_taken(sipp: Sipp, front: Front, voice: Voice) -> None:
    front.edit(hours(holidays=(today().isoformat(),)))
    try:
        keys = {"from": "13920000009", "rtp_port": voice.port}
        run = sipp.run("caller_waits", "96000", keys=keys)
        voice.hears(880)
        # The house says its sentence and hangs up by itself.
        run.well()
        assert front.over("13920000009")["reason"] == "flow_ended"
    finally:
        front.edit(hours())


def test_a_caller_who_hangs_up_in_the_menu_was_never_in_a_queue(sipp: Sipp, front: Front) -> None:
    sipp.run("caller", "96000", "-d", "300", keys={"from": "13920000010"}).well()
    assert front.over("13920000010")["reason"] == "caller_hung_up"
    assert "call_queued" not in front.kinds("13920000010")
    assert front.kinds("13920000010").count("flow_entered") == 1
