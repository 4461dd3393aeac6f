"""Queues: who is served by whom and when, and what the caller hears meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import ConfigError
from core.installation.definition import Calendar
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.office import Office, make_installation


def test_a_call_to_the_queue_is_answered_rings_an_agent_and_is_bridged_and_recorded(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    assert office.hears(caller) == (agent,)
    assert office.hears(agent) == (caller,)
    record = next(c for c in office.commands if isinstance(c, cmd.Record))
    assert (record.left, record.right) == ((caller,), (agent,))
    assert office.session() == "talking"
    wanted = [
        "call_arrived",
        "call_queued",
        "agent_rang",
        "ring_ended",
        "queue_left",
        "call_answered",
        "recording_started",
    ]
    assert [kind for kind in office.kinds() if kind in wanted] == wanted


def test_a_caller_who_gives_up_waiting_is_an_abandoned_call(office):
    caller = office.call()
    office.tell(inp.LegEnded(caller, "bye"), 30)
    assert office.last("queue_left").outcome == "abandoned"


def test_the_longest_idle_agent_is_rung_first(office):
    office.sign_on("8002")
    office.sign_on("8001")
    office.call()
    assert office.dialled().extension == "8002"


def test_a_waiting_call_is_given_to_the_agent_who_signs_on(office):
    office.call()
    office.sign_on("8003")
    assert office.dialled().extension == "8003"


def test_too_many_waiting_calls_overflow():
    office = Office(make_installation(overflow_waiting=1, on_overflow="hangup"))
    office.call("A")
    office.call("B")
    assert office.last("queue_left").outcome == "overflow"
    office.told_and_let_go("overflow")


@pytest.mark.parametrize(
    ("queue", "why"),
    [
        ({"override": "closed"}, "closed"),
        ({"overflow_waiting": 0}, "overflow"),
        ({"on_no_agents": "hangup"}, "no_agents"),
    ],
)
@pytest.mark.parametrize("status", [0, 480, 486, 503])
def test_a_queue_that_does_not_take_a_caller_says_why_or_refuses_before_it_answers(queue, why, status):
    way = {"closed": "on_closed", "overflow": "on_overflow", "no_agents": "on_no_agents"}[why]
    office = Office(make_installation(**queue | ({way: f"refuse:{status}"} if status else {})))
    caller = office.call()
    assert office.last("queue_left").outcome == why
    if not status:
        assert cmd.Answer(caller) in office.commands
        office.told_and_let_go(why)
    else:
        assert not any(isinstance(command, cmd.Answer | cmd.Play) for command in office.commands)
        [refused] = [command for command in office.commands if isinstance(command, cmd.Reject)]
        assert refused.status == status
        assert (office.last("call_ended").reason, office.last("call_ended").sip_status) == (why, status)
    office.close()


def test_a_caller_whom_a_menu_has_answered_cannot_be_refused_and_is_told():
    office = Office(make_installation(override="closed", on_closed="refuse:486"))
    caller = office.call(dialled="96000")
    office.tell(inp.DigitPressed(caller, "1", "rfc4733"))
    office.told_and_let_go("closed")


def test_who_hangs_up_at_the_word_was_turned_away_all_the_same():
    office = Office(make_installation(override="closed"))
    caller = office.call()
    office.tell(inp.DigitPressed(caller, "1", "rfc4733"))
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.last("queue_left").outcome == "closed"
    assert office.last("call_ended").reason == "closed"


def test_a_transfer_to_a_closed_queue_comes_back_to_who_gave_the_call_away(office):
    office.sign_on("8001")
    office.talk()
    shut = replace(office.floor.world.installation.queues["repair"], override="closed")
    office.floor.set_installation(
        replace(office.floor.world.installation, queues={**office.floor.world.installation.queues, "repair": shut})
    )
    office.act("8001", "transfer", "queue:repair")
    assert office.dialled().extension == "8001"


@pytest.mark.parametrize("target", ["refuse:404", "refuse:", "refuse:200", "refuse"])
def test_only_three_refusals_can_be_written(target):
    with pytest.raises(ConfigError):
        make_installation(on_closed=target).check()


def test_the_longest_wait_ends_in_its_target(office):
    office.call()
    call = office.last("call_arrived").call_id
    office.tell(inp.TimerFired(f"max:{call}"), 600)
    assert office.last("queue_left").outcome == "max_wait"
    office.told_and_let_go("max_wait")


def test_only_an_agent_with_the_skill_is_rung():
    installation = make_installation(skills=("repair",))
    able = replace(installation.agents["8003"], skills=("repair",))
    office = Office(replace(installation, agents={**installation.agents, "8003": able}))
    office.sign_on("8001", "8002", "8003")
    office.call()
    assert office.dialled().extension == "8003"


def test_the_more_urgent_call_is_served_first_though_it_came_later():
    installation = make_installation()
    urgent = replace(installation.queues["repair"], priority=5)
    installation = replace(installation, queues={**installation.queues, "repair": urgent})
    did = replace(installation.dids["96001"], number="96002", target="queue:repair")
    office = Office(replace(installation, dids={**installation.dids, "96002": did}))
    office.call("A")
    office.call("B", "96002")
    office.sign_on("8001")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.last("call_answered").queue == "repair"


def test_urgency_belongs_to_the_call_and_each_queue_adds_its_own_once():
    installation = make_installation()
    queues = {
        "repair": replace(installation.queues["repair"], priority=1, on_max_wait="queue:general"),
        "general": replace(installation.queues["general"], priority=3),
    }
    office = Office(replace(installation, queues={**installation.queues, **queues}))
    caller = office.call(dialled="96000")
    office.tell(inp.DigitPressed(caller, "1", "rfc4733"))
    assert office.last("call_queued").priority == 1 + 5
    office.tell(inp.TimerFired(f"max:{office.newest()}"))
    assert office.last("call_queued").priority == 3 + 5


def test_whoever_is_offered_to_an_agent_at_once_hears_it_ring_and_others_hear_music(office):
    waiting = office.call("A")
    assert office.music[waiting] == "music"
    office.tell(inp.LegEnded(waiting, "bye"))
    office.sign_on("8001")
    at_once = office.call("B")
    assert office.music[at_once] == "ringback"


def test_music_goes_on_after_an_announcement_that_ends_while_a_phone_rings(office):
    caller = office.call()
    office.tell(inp.TimerFired(f"announce:{office.newest()}"), 30)
    said = [c for c in office.commands if isinstance(c, cmd.Play)][-1]
    assert said.parts[1].value == "1"
    office.sign_on("8001")
    office.tell(inp.PlayFinished(caller, said.token))
    assert office.music[caller] == "music"


def test_an_announcement_is_heard_to_its_end_before_the_next_one(office):
    caller = office.call()
    timer = inp.TimerFired(f"announce:{office.newest()}")
    [said] = [c for c in office.tell(timer) if isinstance(c, cmd.Play)]
    assert not [c for c in office.tell(timer) if isinstance(c, cmd.Play)]
    office.tell(inp.PlayFinished(caller, said.token))
    assert [c for c in office.tell(timer) if isinstance(c, cmd.Play)]


def test_a_queue_may_announce_nothing_at_all():
    office = Office(make_installation(announce_every_s=0.0))
    office.call()
    assert not any(name.startswith("announce") for name in office.timers)


def test_the_expected_wait_is_announced_without_the_position_too():
    office = Office(make_installation(announce_position=False, wrap_up_s=0.0))
    office.sign_on("8001")
    for leg in ("A", "B"):
        office.call(leg)
        office.tell(inp.LegAnswered(office.dialled().leg), 60)
        office.tell(inp.LegEnded(inp.LegId(leg), "bye"))
    office.tell(inp.StateRequested("8001", "break"))
    office.call("C")
    out = office.tell(inp.TimerFired(f"announce:{office.newest()}"))
    [play] = [c for c in out if isinstance(c, cmd.Play)]
    assert [part.slot for part in play.parts] == ["", "count", ""]


def test_a_closed_queue_sends_its_callers_elsewhere():
    installation = make_installation()
    never = Calendar("never", ((),) * 7)
    closed = replace(installation.queues["billing"], calendar="never", on_closed="queue:general")
    office = Office(
        replace(installation, calendars={"never": never}, queues={**installation.queues, "billing": closed})
    )
    caller = office.call(dialled="96000")
    office.tell(inp.DigitPressed(caller, "2", "rfc4733"))
    office.tell(inp.DigitPressed(caller, "#", "rfc4733"))
    said = [c for c in office.commands if isinstance(c, cmd.Play)][-1]
    office.tell(inp.PlayFinished(caller, said.token))
    assert office.last("queue_left").outcome == "closed"
    assert office.last("call_queued").queue == "general"


def test_a_queue_without_any_agent_signed_on_sends_its_callers_elsewhere():
    office = Office(make_installation(on_no_agents="extension:8090"))
    office.call()
    assert office.last("queue_left").outcome == "no_agents"
    assert office.dialled().extension == "8090"


def test_two_full_queues_that_overflow_into_each_other_let_the_caller_go():
    installation = make_installation(overflow_waiting=0, on_overflow="queue:repair")
    back = replace(installation.queues["repair"], on_overflow="queue:general")
    office = Office(replace(installation, queues={**installation.queues, "repair": back}))
    office.call()
    office.told_and_let_go("overflow")


def test_whoever_waits_in_a_queue_that_is_done_away_with_is_let_go(office):
    office.call()
    office.floor.set_installation(replace(make_installation(), queues={}, dids={}, agents={}))
    office.tell(inp.InstallationChanged())
    assert office.last("queue_left").outcome == "closed"
    office.told_and_let_go("closed")


def test_a_caller_who_hangs_up_while_a_phone_rings_frees_the_agent_who_keeps_the_place_in_the_row(office):
    office.sign_on("8001", "8002")
    caller = office.call()
    rung = office.dialled().extension
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.last("ring_ended").outcome == "caller_gone"
    assert office.last("queue_left").outcome == "abandoned"
    assert office.session(rung) == "ready"
    office.call("B")
    assert office.dialled().extension == rung
