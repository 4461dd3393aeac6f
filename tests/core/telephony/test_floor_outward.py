"""Every way to have a number outside dialled meets the same rights; nobody outside has any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.installation.definition import Calendar, Did, Installation, Queue
from core.numbering import DialRight
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import outward
from tests.core.telephony.office import Office, make_installation

ABROAD, PREMIUM, TOWN, MOBILE = "0085221234567", "16812345", "88001234", "13800000000"


def house(**more: object) -> Office:
    installation = make_installation()
    return Office(replace(installation, roles={"8090": "supervisor"}, **more))  # type: ignore[arg-type]


def phone(office: Office, number: str) -> None:
    office.phones("own", "8001", number)


def click(office: Office, number: str) -> None:
    office.tell(inp.OriginateRequested(inp.CallId("clicked"), "8001", number))
    if not isinstance(office.commands[-1], cmd.Refuse):
        office.tell(inp.LegAnswered(office.dialled().leg))


def transfer(office: Office, number: str) -> None:
    office.talk()
    office.act("8001", "transfer", number)


def named(office: Office, number: str) -> None:
    office.talk()
    office.act("8001", "transfer", f"number:{number}")


def consult(office: Office, number: str) -> None:
    office.talk()
    office.act("8001", "consult", number)


def refer(office: Office, number: str) -> None:
    _caller, agent = office.talk()
    office.tell(inp.TransferRequested(agent, number))


def divert(office: Office, number: str) -> None:
    office.phones("colleague", "8002", "8001")
    office.tell(inp.LegDiverted(office.dialled().leg, number))


def divert_from_queue(office: Office, number: str) -> None:
    office.call()
    office.tell(inp.LegDiverted(office.dialled().leg, number))


WAYS = (phone, click, transfer, named, consult, refer, divert, divert_from_queue)


def dialled(office: Office) -> list[str]:
    return [c.number for c in office.commands if isinstance(c, cmd.Dial) and c.number is not None]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("number", "number_class"), [(ABROAD, "international"), (PREMIUM, "premium"), ("+19005551234", "premium")]
)
def test_a_class_without_the_right_is_dialled_in_no_way(
    way: Callable[[Office, str], None], number: str, number_class: str
) -> None:
    office = house()
    office.sign_on("8001", "8002")
    office.tell(inp.StateRequested("8002", "break", "why"))
    way(office, number)
    assert dialled(office) == []
    no = office.last("dial_refused")
    assert (no.by, no.number_class, no.why) == ("8001", number_class, "class")
    assert outward.figures(office.floor.world, office.now)["refused"] == 1
    office.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [TOWN, MOBILE, "+8613800000000", "057188001234", "96000123"])
def test_a_class_with_the_right_is_dialled_in_every_way_and_on_record(
    way: Callable[[Office, str], None], number: str
) -> None:
    office = house()
    office.sign_on("8001", "8002")
    office.tell(inp.StateRequested("8002", "break", "why"))
    way(office, number)
    assert dialled(office) == [number]
    said = office.last("dialled_out")
    assert (said.by, said.trunk) == ("8001", "t")
    office.close()


def test_a_phone_is_refused_in_words_and_a_desk_with_a_remedy() -> None:
    office = house()
    office.sign_on("8001")
    out = office.tell(inp.LegInvited(inp.LegId("own"), PREMIUM, "8001", "", "extension", "8001"))
    assert [c for c in out if isinstance(c, cmd.Reject)] == [
        cmd.Reject(inp.LegId("own"), 403, "Forbidden: no right to dial premium numbers")
    ]
    assert office.last("call_ended").sip_status == 403
    office.tell(inp.OriginateRequested(inp.CallId("x"), "8001", PREMIUM))
    no = office.refusal()
    assert (no.code, no.field, bool(no.remedy)) == ("not_allowed", "to", True)
    assert office.last("dial_refused").call_id is None
    assert office.session("8001") == "ready"


@pytest.mark.parametrize("number", [TOWN, MOBILE, ABROAD, PREMIUM, "110", "number:88001234", "8555"])
def test_a_caller_from_outside_has_no_number_dialled(office: Office, number: str) -> None:
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.TransferRequested(caller, number))
    office.act("13900000001", "transfer", number)
    office.tell(inp.LegInvited(inp.LegId("B"), number, "13900000002", "", "trunk", "t"))
    assert dialled(office) == []
    assert office.hears(caller) == (agent,)


def test_the_far_end_of_a_call_that_we_dialled_has_no_number_dialled(office: Office) -> None:
    """Toll fraud: the called party refers us to another number on our bill."""
    office.sign_on("8001", "8002")
    own = office.phones("own", "8001", MOBILE)
    away = office.dialled().leg
    office.tell(inp.LegAnswered(away))
    office.tell(inp.TransferRequested(away, TOWN))
    office.tell(inp.TransferRequested(away, "8002"))
    office.act(MOBILE, "transfer", TOWN)
    office.act(MOBILE, "consult", TOWN)
    assert [c.status for c in office.commands if isinstance(c, cmd.RefuseTransfer)] == [403, 403]
    assert dialled(office) == [MOBILE]
    assert office.hears(away) == (own,)
    # Nor when it has taken the first leg's place.
    office.consult("8001", "8002")
    office.act("8001", "conference")
    office.act("8001", "hangup")
    office.tell(inp.TransferRequested(away, TOWN))
    assert dialled(office) == [MOBILE]
    office.close()


def test_somebody_outside_cannot_be_diverted_to(office: Office) -> None:
    """A gateway's leg that says where else to call is a failure, wherever it comes from."""
    office.sign_on("8001")
    office.phones("own", "8001", MOBILE)
    office.tell(inp.LegDiverted(office.dialled().leg, TOWN))
    assert dialled(office) == [MOBILE]


def test_a_number_that_no_pattern_knows_is_404(office: Office) -> None:
    office.sign_on("8001")
    out = office.tell(inp.LegInvited(inp.LegId("own"), "8555", "8001", "", "extension", "8001"))
    assert [c.status for c in out if isinstance(c, cmd.Reject)] == [404]
    assert "dial_refused" not in office.kinds()


def test_a_phone_without_a_person_stays_in_town(office: Office) -> None:
    for number, status in ((MOBILE, 403), (TOWN, 0), ("110", 0)):
        office.sign_on("8090")
        out = office.tell(inp.LegInvited(inp.LegId(f"own {number}"), number, "8090", "", "extension", "8090"))
        assert [c.status for c in out if isinstance(c, cmd.Reject)] == ([status] if status else [])
        if not status:
            office.tell(inp.LegEnded(inp.LegId(f"own {number}"), "cancel"))


def test_the_supervisors_role_may_more() -> None:
    office = house()
    office.sign_on("8090")
    office.phones("own", "8090", ABROAD)
    assert dialled(office) == [ABROAD]


def night(installation: Installation) -> Installation:
    never = Calendar("office", ((),) * 7)
    right = DialRight("role:agent", ("internal", "local", "national"), "office")
    return replace(installation, calendars={"office": never}, dial_rights={"role:agent": right})


def test_outside_the_hours_nothing_but_emergency_numbers_is_dialled() -> None:
    office = Office(night(make_installation()))
    office.sign_on("8001", "8002")
    office.phones("own", "8001", TOWN)
    assert office.last("dial_refused").why == "hours"
    office.phones("own", "8001", "8002")
    office.tell(inp.LegEnded(inp.LegId("own"), "cancel"))
    office.phones("own", "8001", "119")
    assert dialled(office) == ["119"]


def test_so_many_calls_at_once_and_no_more_however_they_are_made() -> None:
    office = Office(
        replace(make_installation(), dial_rights={"role:agent": DialRight("role:agent", ("local",), None, 1)})
    )
    office.sign_on("8001")
    office.phones("one", "8001", TOWN)
    office.tell(inp.LegAnswered(office.dialled().leg))
    office.phones("two", "8001", "88005678")
    assert office.last("dial_refused").why == "most"
    office.act("8001", "consult", "88005678", call=office.newest())
    assert office.refusal().code == "not_allowed"
    office.tell(inp.LegEnded(inp.LegId("one"), "bye"))
    office.phones("three", "8001", "88005678")
    assert dialled(office) == [TOWN, "88005678"]


@pytest.mark.parametrize("refers_the_citizens", [True, False])
def test_a_number_that_an_attended_transfer_brings_into_another_call_still_counts(refers_the_citizens: bool) -> None:
    office = Office(
        replace(make_installation(), dial_rights={"role:agent": DialRight("role:agent", ("local",), None, 1)})
    )
    office.sign_on("8001")
    _caller, agent = office.talk()
    office.tell(inp.LegHeld(agent))
    own = office.phones("own", "8001", TOWN)
    outside = office.dialled().leg
    office.tell(inp.LegAnswered(outside))
    office.tell(inp.TransferRequested(*((agent, TOWN, own) if refers_the_citizens else (own, "x", agent))))
    office.phones("two", "8001", "88005678")
    assert office.last("dial_refused").why == "most"
    office.tell(inp.LegEnded(outside, "bye"))
    office.phones("three", "8001", "88005678")
    assert dialled(office) == [TOWN, "88005678"]


def test_a_menu_that_leads_outside_does_so_on_the_sites_right() -> None:
    installation = make_installation()
    dids = {**installation.dids, "96002": Did("96002", f"number:{MOBILE}"), "96003": Did("96003", f"number:{PREMIUM}")}
    queues = {**installation.queues, "shut": Queue("shut", "shut", on_no_agents=f"number:{TOWN}", skills=("flying",))}
    office = Office(replace(installation, dids={**dids, "96004": Did("96004", "queue:shut")}, queues=queues, agents={}))
    for leg, number in (("A", "96002"), ("B", "96003"), ("C", "96004")):
        office.call(leg, number)
    assert dialled(office) == [MOBILE, TOWN]
    assert {fact.by for fact in office.facts if fact.KIND == "dialled_out"} == {"site"}
    assert (office.last("dial_refused").by, office.last("dial_refused").number) == ("site", PREMIUM)


def test_expensive_calls_are_counted_and_timed_for_an_hour() -> None:
    office = house()
    office.sign_on("8090")
    own = office.phones("own", "8090", ABROAD)
    office.tell(inp.LegAnswered(office.dialled().leg))
    began = office.now
    office.tell(inp.LegEnded(own, "bye"), after_s=600)
    figures = outward.figures(office.floor.world, office.now)
    assert figures == {"refused": 0, "costly_calls": 1, "costly_minutes": 10}
    assert outward.figures(office.floor.world, began + 3900)["costly_minutes"] == 5
    assert outward.figures(office.floor.world, began + 9000) == {"refused": 0, "costly_calls": 0, "costly_minutes": 0}


# --- a phone that sends its calls on -------------------------------------------------------------------------------


def test_a_colleague_to_whom_a_phone_sends_its_calls_is_busy_and_has_the_segment(office: Office) -> None:
    office.sign_on("8001", "8002")
    office.tell(inp.StateRequested("8002", "break", "why"))
    caller = office.call("A", "8001")
    first = office.dialled().leg
    office.tell(inp.StateRequested("8002", "ready"))
    office.tell(inp.LegDiverted(first, "8002"))
    assert office.dialled().extension == "8002"
    assert (office.session("8001"), office.session("8002")) == ("ready", "ringing")
    assert office.last("ring_ended").outcome == "diverted"
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert (office.session("8001"), office.session("8002")) == ("ready", "talking")
    assert office.last("call_answered").extension == "8002"
    assert office.hears(caller) == (office.dialled().leg,)
    office.close()
    assert office.last("segment_ended").extension == "8002"


def test_a_call_of_a_queue_stays_the_queues_and_the_phone_that_sent_it_on_is_set_aside(office: Office) -> None:
    office.sign_on("8001")
    office.call()
    office.sign_on("8002")
    office.tell(inp.LegDiverted(office.dialled().leg, "8002"))
    assert (office.session("8001"), office.session("8002")) == ("break", "ringing")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.last("queue_left").outcome == "answered"
    assert office.last("call_answered").queue == "general"
    office.close()


def test_a_diversion_that_nobody_answers_puts_the_call_back_into_its_queue(office: Office) -> None:
    office.sign_on("8001")
    office.call()
    office.tell(inp.LegDiverted(office.dialled().leg, "8090"))
    office.tell(inp.LegFailed(office.dialled().leg, 480))
    assert office.floor.world.lines.waiting("general") == 1
    office.close()


@pytest.mark.parametrize("target", ["8001", "extension:8001", "hangup", "queue:nowhere", "8555", "flow:main"])
def test_a_diversion_to_itself_or_to_nowhere_is_a_phone_that_cannot_be_reached(office: Office, target: str) -> None:
    office.sign_on("8001")
    office.call("A", "8001")
    office.tell(inp.LegDiverted(office.dialled().leg, target))
    assert office.last("ring_ended").outcome == "unreachable"
    assert office.last("call_ended").sip_status == 480


def test_two_phones_that_send_calls_to_each_other_do_not_ring_for_ever(office: Office) -> None:
    office.sign_on("8001", "8002")
    office.call("A", "8001")
    for _ in range(30):
        if not office.floor.world.calls:
            break
        ringing = office.dialled()
        office.tell(inp.LegDiverted(ringing.leg, "8002" if ringing.extension == "8001" else "8001"))
    assert not office.floor.world.calls
    office.close()


def test_a_question_is_sent_on_to_a_third(office: Office) -> None:
    office.sign_on("8001", "8002", "8003")
    office.talk()
    office.act(str(office.last("call_answered").extension), "consult", "8090")
    office.tell(inp.LegDiverted(office.dialled().leg, "8003"))
    third = office.dialled()
    assert third.extension == "8003"
    office.tell(inp.LegAnswered(third.leg))
    assert office.hears(third.leg)
    office.close()


def test_nothing_is_kept_of_a_call_to_a_number_outside_once_it_is_over(office: Office) -> None:
    phone(office, TOWN)
    office.tell(inp.LegAnswered(office.dialled().leg))
    office.tell(inp.LegEnded(inp.LegId("own"), "bye"))
    assert not office.floor.world.calls
    assert not office.floor.world._parts
    assert not office.floor.world._parties
