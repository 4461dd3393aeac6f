"""Talks between real SIP peers through the running house: bridge, hold, transfers, three-way, calls from inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from core.installation import service as installation_service
from core.installation.definition import Trunk
from core.installation.editing import By, put
from core.installation.queues import QUEUES
from core.installation.trunks import put_trunk
from tests.house.front import OFFICE, Front
from tests.house.running import until
from tests.house.sipp import Run, Sipp, needs_sipp, udp_port
from tests.house.voice import Voice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("peers talk"),
    pytest.mark.timeout(150),
    needs_sipp,
]


@pytest.fixture(scope="module", autouse=True)
def short_wrap_up(front: Front) -> None:
    def queue(session):
        general = installation_service.load_installation(session).queues["general"]
        put(session, QUEUES, replace(general, wrap_up_s=0.0), OFFICE)

    front.edit(queue)


@pytest.fixture
def gateway(front: Front) -> int:
    """The trunk's gateway is at a port of the test's own: nothing of an earlier test comes there."""
    port = udp_port()
    trunk = Trunk("demo", ("127.0.0.1",), f"127.0.0.1:{port}", "96000")
    front.edit(lambda session: put_trunk(session, trunk, By("tests", 0.0)))
    return port


@pytest.fixture(autouse=True)
def cleared(front: Front, sipp: Sipp) -> Iterator[None]:
    """No agent is left on the floor and no phone at a port where nobody is."""
    yield
    front.end_all()
    sipp.stop()
    front.sign_off("8001", "8002", "8003")
    for extension in ("8001", "8002", "8003", "8090"):
        sipp.sign_off(extension)


@pytest.fixture
def voices() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


class People:
    """A citizen at 1000 Hz, the agent at 500 Hz, a colleague at 700 Hz."""

    def __init__(self, voices: ExitStack, citizen_law: int = 8, agent_law: int = 8) -> None:
        self.citizen, self.agent, self.colleague = (
            voices.enter_context(closing(Voice(hz, law)))
            for hz, law in ((1000, citizen_law), (500, agent_law), (700, 8))
        )


@pytest.fixture
def people(voices: ExitStack) -> People:
    return People(voices)


def speaks(voice: Voice, **more: object) -> dict[str, object]:
    return {"rtp_port": voice.port, "formats": f"{voice.payload_type} 101", **more}


def talk(sipp: Sipp, front: Front, people: People, caller: str) -> tuple[Run, Run, str]:
    """The citizen came by the queue and talks with agent 8001: both sipps and the call's id."""
    phone = sipp.phone("8001", keys=speaks(people.agent))
    front.ready("8001")
    citizen = sipp.run("caller_waits", "96001", keys=speaks(people.citizen, **{"from": caller}))
    people.citizen.hears(500)
    people.agent.hears(1000)
    return citizen, phone, front.call(caller)["id"]


# --- bridge and hold -----------------------------------------------------------------------------------------


def test_a_law_on_one_side_and_mu_law_on_the_other_hear_each_other(sipp: Sipp, front: Front, voices: ExitStack) -> None:
    people = People(voices, citizen_law=0)
    phone = sipp.phone("8001", keys=speaks(people.agent))
    front.ready("8001")
    caller = sipp.run("caller", "96001", "-d", "2000", keys=speaks(people.citizen, **{"from": "13910000001"}))
    people.citizen.hears(500)
    people.agent.hears(1000)
    assert front.call("13910000001")["agent"] == "8001"
    caller.well()
    phone.well()
    assert front.over("13910000001")["reason"] == "caller_hung_up"
    assert front.fact("13910000001", "recording_saved")["seconds"] > 1


def test_keys_of_the_citizen_reach_the_agents_side_during_the_talk(sipp: Sipp, front: Front, people: People) -> None:
    _citizen, phone, call = talk(sipp, front, people, "13910000002")
    people.citizen.press("5#")
    until(lambda: people.agent.keys_heard == "5#")
    front.act(call, "hangup", "8001")
    phone.well()


WAYS = (("sendonly", "127.0.0.1"), ("inactive", "127.0.0.1"), ("sendonly", "0.0.0.0"))


def test_a_phone_holds_and_resumes_in_each_of_the_three_ways(sipp: Sipp, front: Front, voices: ExitStack) -> None:
    """All three at once: three callers straight to three agents."""
    talks = []
    for n, (direction, address) in enumerate(WAYS, 1):
        people, agent, caller = People(voices), f"800{n}", f"1391000001{n}"
        keys = speaks(people.agent, direction=direction, address=address)
        phone = sipp.phone(agent, "phone_holds", "-d", "1500", keys=keys)
        front.ready(agent)
        citizen = sipp.run("caller_waits", agent, keys=speaks(people.citizen, **{"from": caller}))
        talks.append((people, agent, caller, citizen, phone))
    for people, agent, caller, _citizen, phone in talks:
        phone.says("held")
        people.citizen.hears_music()
        assert front.agent(agent)["state"] == "hold"
        assert front.call(caller)["held"]
    for people, agent, caller, citizen, phone in talks:
        phone.says("resumed")
        people.citizen.hears(500)
        front.becomes(agent, "talking")
        front.act(front.call(caller)["id"], "hangup", agent)
        citizen.well()
        phone.well()
        assert front.fact(caller, "call_held")["by"] == front.fact(caller, "call_resumed")["by"] == "agent"


def test_a_caller_holds_and_resumes_in_each_of_the_three_ways(sipp: Sipp, front: Front, voices: ExitStack) -> None:
    talks = []
    for n, (direction, address) in enumerate(WAYS, 1):
        people, agent, caller = People(voices), f"800{n}", f"1391000002{n}"
        phone = sipp.phone(agent, keys=speaks(people.agent))
        front.ready(agent)
        keys = speaks(people.citizen, direction=direction, address=address, **{"from": caller})
        talks.append((people, caller, sipp.run("caller_holds", agent, "-d", "1500", keys=keys), phone))
    for people, caller, citizen, _phone in talks:
        citizen.says("held")
        people.agent.hears_music()
        assert front.call(caller)["held"]
    for people, caller, citizen, phone in talks:
        citizen.says("resumed")
        people.agent.hears(1000)
        citizen.well()
        phone.well()
        assert front.fact(caller, "call_held")["by"] == front.fact(caller, "call_resumed")["by"] == "caller"


def test_both_hold_in_the_same_moment_and_the_call_survives_it(sipp: Sipp, front: Front, people: People) -> None:
    """Two re-INVITEs cross in the house: each is answered on its own side, and both must resume."""
    hold = {"direction": "sendonly", "address": "127.0.0.1"}
    phone = sipp.phone("8001", "phone_holds", "-d", "1500", keys=speaks(people.agent, **hold))
    keys = speaks(people.citizen, **hold, **{"from": "13910000031"})
    citizen = sipp.run("caller_holds", "8001", "-d", "2000", keys=keys)
    phone.says("resumed")
    citizen.says("resumed")
    people.agent.hears(1000)
    people.citizen.hears(500)
    citizen.well()
    phone.well()
    assert front.kinds("13910000031").count("call_held") == front.kinds("13910000031").count("call_resumed") == 2


# --- transfers ---------------------------------------------------------------------------------------------------


def refer_to(sipp: Sipp, target: str, dialog: str = "") -> str:
    """The Refer-To of a phone; with the dialog that the new call is to replace, escaped as RFC 3261 19.1.1 wants it."""
    escaped = dialog.replace("@", "%40").replace(";", "%3B").replace("=", "%3D")
    return f"sip:{target}@127.0.0.1:{sipp.house.sip}" + (f"?Replaces={escaped}" if dialog else "")


def test_a_phone_transfers_blindly_with_refer(sipp: Sipp, front: Front, people: People) -> None:
    keys = speaks(people.agent, refer_to=refer_to(sipp, "8002"))
    agent = sipp.phone("8001", "phone_refers", "-d", "800", keys=keys)
    colleague = sipp.phone("8002", keys=speaks(people.colleague))
    front.ready("8001")
    citizen = sipp.run("caller_waits", "96001", keys=speaks(people.citizen, **{"from": "13910000041"}))
    people.citizen.hears(500)
    people.citizen.hears(700)
    told = [line.split()[-2:] for line in agent.said() if line.startswith("notified")]
    # A phone that is picked up at once is not always seen to ring.
    assert [one for one in told if one[0] != "180"] == [["100", "active"], ["200", "terminated"]]
    front.act(front.call("13910000041")["id"], "hangup", "8002")
    for run in (agent, citizen, colleague):
        run.well()
    given = front.fact("13910000041", "call_transferred")
    assert (given["method"], given["extension"], given["target"]) == ("blind", "8001", "extension:8002")


def test_a_phone_that_refers_to_a_busy_colleague_has_the_call_back(sipp: Sipp, front: Front, people: People) -> None:
    keys = speaks(people.agent, refer_to=refer_to(sipp, "8002"))
    agent = sipp.phone("8001", "phone_refers", "-d", "800", keys=keys)
    sipp.phone("8002", "phone_refuses", "-set", "status", "486")
    front.ready("8001")
    citizen = sipp.run("caller_waits", "96001", keys=speaks(people.citizen, **{"from": "13910000048"}))
    until(lambda: any(line.startswith("notified SIP/2.0 486 terminated") for line in agent.said()))
    people.citizen.hears(500)
    people.agent.hears(1000)
    assert agent.said().count("up") == 1
    front.becomes("8001", "talking")
    front.act(front.call("13910000048")["id"], "hangup", "8001")
    for run in (agent, citizen):
        run.well()
    assert "call_transferred" not in front.kinds("13910000048")


def test_a_phone_joins_its_two_calls_with_refer_and_replaces(sipp: Sipp, front: Front, people: People) -> None:
    """The agent talks with a colleague, a citizen calls on the second line, and the phone brings the two together."""
    colleague = sipp.phone("8002", keys=speaks(people.colleague))
    sipp.register("8001")
    own = sipp.run("phone_calls_and_waits", "8002", "-au", "8001", "-ap", "demo-8001", keys={"from": "8001"})
    dialog = own.says("dialog")
    keys = speaks(people.agent, refer_to=refer_to(sipp, "8002", dialog))
    agent = sipp.phone("8001", "phone_refers", "-d", "800", keys=keys)
    citizen = sipp.run("caller_waits", "8001", keys=speaks(people.citizen, **{"from": "13910000042"}))
    people.citizen.hears(500)
    people.citizen.hears(700)
    people.colleague.hears(1000)
    front.act(front.call("13910000042")["id"], "hangup", "8002")
    for run in (agent, own, citizen, colleague):
        run.well()
    assert front.fact("13910000042", "call_transferred")["method"] == "attended"
    assert front.over("13910000042")["reason"] == "agent_hung_up"


def test_a_transfer_to_a_busy_colleague_rings_the_agent_again(sipp: Sipp, front: Front, people: People) -> None:
    citizen, phone, call = talk(sipp, front, people, "13910000043")
    sipp.phone("8002", "phone_refuses", "-set", "status", "486")
    front.act(call, "transfer", "8001", "8002")
    until(lambda: phone.said().count("up") == 2)
    people.citizen.hears(500)
    assert front.fact("13910000043", "ring_ended", extension="8002")["outcome"] == "busy"
    front.act(call, "hangup", "8001")
    citizen.well()
    phone.well()


def test_another_phone_takes_the_talk_over_with_replaces(sipp: Sipp, front: Front, people: People) -> None:
    citizen, phone, call = talk(sipp, front, people, "13910000044")
    keys = speaks(people.colleague, replaces=phone.says("dialog"), **{"from": "8002"})
    sipp.register("8002")
    colleague = sipp.run("phone_takes_over", "8001", "-au", "8002", "-ap", "demo-8002", keys=keys)
    phone.well()
    people.citizen.hears(700)
    people.colleague.hears(1000)
    assert front.call("13910000044")["agent"] == "8002"
    front.act(call, "hangup", "8002")
    for run in (colleague, citizen):
        run.well()


def test_a_call_that_is_gone_cannot_be_taken_over(sipp: Sipp, front: Front) -> None:
    sipp.register("8002")
    keys = {"from": "8002", "replaces": "gone@nowhere;to-tag=1;from-tag=2"}
    run = sipp.run("phone_is_refused", "8001", "-au", "8002", "-ap", "demo-8002", keys=keys)
    run.well()
    assert run.says("refused") == "481"


def test_a_transfer_and_a_question_to_a_number_outside_go_by_the_gateway(
    sipp: Sipp, front: Front, people: People, gateway: int
) -> None:
    citizen, phone, call = talk(sipp, front, people, "13910000045")
    crew = sipp.run("gateway", "x", "-d", "500", port=gateway, keys=speaks(people.colleague))
    front.act(call, "consult", "8001", "13800000001")
    people.agent.hears(700)
    people.citizen.hears_music()
    front.act(call, "cancel_consult", "8001")
    crew.well()
    assert crew.said()[-1] == "over"
    people.citizen.hears(500)
    crew = sipp.run("gateway", "x", "-d", "500", port=gateway, keys=speaks(people.colleague))
    front.act(call, "transfer", "8001", "13800000002")
    phone.well()
    people.citizen.hears(700)
    assert "13800000002" in crew.says("number")
    crew.says("up")
    front.end("13910000045")
    for run in (citizen, crew):
        run.well()


def test_three_talk_and_two_talk_on_when_the_agent_leaves(sipp: Sipp, front: Front, people: People) -> None:
    citizen, phone, call = talk(sipp, front, people, "13910000046")
    colleague = sipp.phone("8002", keys=speaks(people.colleague))
    front.act(call, "consult", "8001", "8002")
    people.agent.hears(700)
    people.citizen.hears_music()
    front.act(call, "conference", "8001")
    people.citizen.hears(500, 700)
    people.agent.hears(700, 1000)
    people.colleague.hears(500, 1000)
    assert front.call("13910000046")["parties"] == ["8001", "8002"]
    front.act(call, "hangup", "8001")
    phone.well()
    people.citizen.hears(700)
    front.act(call, "hangup", "8002")
    for run in (colleague, citizen):
        run.well()
    assert front.fact("13910000046", "conference_started")["members"] == ["8001", "8002"]


# --- calls from inside -----------------------------------------------------------------------------------------


def test_a_colleague_calls_a_colleague_with_the_password(sipp: Sipp, front: Front, people: People) -> None:
    called = sipp.phone("8002", keys=speaks(people.colleague))
    sipp.register("8001")
    front.ready("8001", "8002")
    keys = speaks(people.agent, **{"from": "8001"})
    calling = sipp.run("phone_calls", "8002", "-au", "8001", "-ap", "demo-8001", "-d", "2000", keys=keys)
    people.agent.hears(700)
    people.colleague.hears(500)
    assert front.agent("8001")["state"] == front.agent("8002")["state"] == "talking"
    for run in (calling, called):
        run.well()
    assert front.fact("8001", "call_arrived")["direction"] == "internal"
    # Among colleagues there is nothing to wrap up.
    front.becomes("8001", "ready")
    front.becomes("8002", "ready")


def test_a_wrong_password_makes_no_call(sipp: Sipp, front: Front) -> None:
    run = sipp.run("phone_is_refused", "8002", "-au", "8003", "-ap", "wrong", keys={"from": "8003", "replaces": ""})
    run.well()
    assert run.says("refused") == "407"
    assert not front.calls("8003")


def test_the_gateways_own_tones_are_heard_before_the_answer(
    sipp: Sipp, front: Front, people: People, gateway: int
) -> None:
    exchange = sipp.run("gateway", "x", "-d", "1500", port=gateway, keys=speaks(people.colleague))
    sipp.register("8002")
    keys = speaks(people.agent, **{"from": "8002"})
    calling = sipp.run("phone_calls", "13800000003", "-au", "8002", "-ap", "demo-8002", "-d", "1000", keys=keys)
    people.agent.hears(700)
    assert "up" not in calling.said()
    for run in (calling, exchange):
        run.well()
    assert front.fact("8002", "call_arrived")["direction"] == "outbound"


# --- click to dial -----------------------------------------------------------------------------------------------


def test_click_to_dial_rings_the_agent_and_then_the_colleague(sipp: Sipp, front: Front, people: People) -> None:
    agent = sipp.phone("8001", keys=speaks(people.agent))
    colleague = sipp.phone("8002", "phone_hangs_up", "-d", "2000", keys=speaks(people.colleague))
    call = front.post("calls", from_extension="8001", to="8002")["call_id"]
    people.agent.hears(700)
    people.colleague.hears(500)
    for run in (agent, colleague):
        run.well()
    assert front.over("8001")["call_id"] == call


def test_a_call_out_of_a_break_is_dialled_by_the_gateway_and_the_break_goes_on(
    sipp: Sipp, front: Front, people: People, gateway: int
) -> None:
    agent = sipp.phone("8001", keys=speaks(people.agent))
    exchange = sipp.run("gateway", "x", "-d", "700", port=gateway, keys=speaks(people.citizen))
    front.ready("8001")
    front.state("8001", "break", "外呼回访")
    call = front.post("calls", from_extension="8001", to="13800000004")["call_id"]
    people.agent.hears(1000)
    people.citizen.hears(500)
    exchange.says("up")
    row = front.call("8001")
    assert (row["id"], row["order_id"], row["direction"], row["agent"]) == (call, None, "outbound", "8001")
    assert "13800000004" in exchange.says("number")
    front.act(call, "hold", "8001")
    people.citizen.hears_music()
    front.act(call, "resume", "8001")
    people.citizen.hears(500)
    front.act(call, "hangup", "8001")
    for run in (agent, exchange):
        run.well()
    front.becomes("8001", "wrap_up")
    front.post("agents/8001/wrap-up", category="咨询")
    assert front.becomes("8001", "break")["reason"] == "外呼回访"


def test_click_to_dial_to_somebody_who_does_not_answer_tells_the_agents_phone_and_frees_it(
    sipp: Sipp, front: Front, people: People
) -> None:
    agent = sipp.phone("8001", keys=speaks(people.agent))
    sipp.phone("8002", "phone_refuses", "-set", "status", "603")
    front.ready("8001")
    front.post("calls", from_extension="8001", to="8002")
    agent.well()
    assert front.fact("8001", "ring_ended", extension="8002")["outcome"] == "declined"
    front.becomes("8001", "ready")


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "outcome"), [(486, "busy"), (603, "declined"), (480, "unreachable")])
def test_a_phone_that_refuses_is_told_to_whoever_called_it(sipp: Sipp, front: Front, status: int, outcome: str) -> None:
    phone = sipp.phone("8003", "phone_refuses", "-set", "status", str(status))
    caller = f"13910000{status}"
    run = sipp.run("caller_refused", "8003", keys={"from": caller})
    run.well()
    phone.well()
    assert run.says("refused") == str(status)
    assert front.fact(caller, "ring_ended")["outcome"] == outcome
    assert front.over(caller)["sip_status"] == status


def test_a_phone_that_is_nowhere_is_480_and_an_unknown_number_404(sipp: Sipp, front: Front) -> None:
    for to, status in (("8003", "480"), ("55555", "404")):
        run = sipp.run("caller_refused", to, keys={"from": "13910000999"})
        run.well()
        assert run.says("refused") == status
