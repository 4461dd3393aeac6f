"""Queues: who is served by whom and when, and what the caller hears meanwhile."""

from __future__ import annotations

from dataclasses import replace

from core.site import Calendar
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.office import Office, make_site


def test_a_call_to_the_queue_is_answered_rings_an_agent_and_is_bridged_and_recorded(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    assert office.hears(caller) == (agent,)
    assert office.hears(agent) == (caller,)
    record = next(c for c in office.commands if isinstance(c, cmd.Record))
    assert (record.left, record.right) == ((caller,), (agent,))
    assert office.seat() == "talking"
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
    office = Office(make_site(overflow_waiting=1, on_overflow="hangup"))
    office.call("A")
    office.call("B")
    assert office.last("queue_left").outcome == "overflow"
    assert office.last("call_ended").reason == "flow_ended"


def test_the_longest_wait_ends_in_its_target(office):
    caller = office.call()
    call = office.last("call_arrived").call_id
    out = office.tell(inp.TimerFired(f"max:{call}"), 600)
    assert office.last("queue_left").outcome == "max_wait"
    assert cmd.HangUp(caller) in out


def test_only_an_agent_with_the_skill_is_rung():
    site = make_site(skills=("repair",))
    able = replace(site.agents["8003"], skills=("repair",))
    office = Office(replace(site, agents={**site.agents, "8003": able}))
    office.sign_on("8001", "8002", "8003")
    office.call()
    assert office.dialled().extension == "8003"


def test_the_more_urgent_call_is_served_first_though_it_came_later():
    site = make_site()
    urgent = replace(site.queues["repair"], priority=5)
    site = replace(site, queues={**site.queues, "repair": urgent})
    did = replace(site.dids["96001"], number="96002", target="queue:repair")
    office = Office(replace(site, dids={**site.dids, "96002": did}))
    office.call("A")
    office.call("B", "96002")
    office.sign_on("8001")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.last("call_answered").queue == "repair"


def test_urgency_belongs_to_the_call_and_each_queue_adds_its_own_once():
    site = make_site()
    queues = {
        "repair": replace(site.queues["repair"], priority=1, on_max_wait="queue:general"),
        "general": replace(site.queues["general"], priority=3),
    }
    office = Office(replace(site, queues={**site.queues, **queues}))
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
    office = Office(make_site(announce_every_s=0.0))
    office.call()
    assert not any(name.startswith("announce") for name in office.timers)


def test_the_expected_wait_is_announced_without_the_position_too():
    office = Office(make_site(announce_position=False, wrap_up_s=0.0))
    office.sign_on("8001")
    for leg in ("A", "B"):
        office.call(leg)
        office.tell(inp.LegAnswered(office.dialled().leg), 60)
        office.tell(inp.LegEnded(inp.LegId(leg), "bye"))
    office.tell(inp.StateAsked("8001", "break"))
    office.call("C")
    out = office.tell(inp.TimerFired(f"announce:{office.newest()}"))
    [play] = [c for c in out if isinstance(c, cmd.Play)]
    assert [part.slot for part in play.parts] == ["", "count", ""]


def test_a_closed_queue_sends_its_callers_elsewhere():
    site = make_site()
    never = Calendar("never", ((),) * 7)
    closed = replace(site.queues["billing"], calendar="never", on_closed="queue:general")
    office = Office(replace(site, calendars={"never": never}, queues={**site.queues, "billing": closed}))
    caller = office.call(dialled="96000")
    office.tell(inp.DigitPressed(caller, "2", "rfc4733"))
    office.tell(inp.DigitPressed(caller, "#", "rfc4733"))
    said = [c for c in office.commands if isinstance(c, cmd.Play)][-1]
    office.tell(inp.PlayFinished(caller, said.token))
    assert office.last("queue_left").outcome == "closed"
    assert office.last("call_queued").queue == "general"


def test_a_queue_without_any_agent_signed_on_sends_its_callers_elsewhere():
    office = Office(make_site(on_no_agents="extension:8090"))
    office.call()
    assert office.last("queue_left").outcome == "no_agents"
    assert office.dialled().extension == "8090"


def test_two_full_queues_that_overflow_into_each_other_let_the_caller_go():
    site = make_site(overflow_waiting=0, on_overflow="queue:repair")
    back = replace(site.queues["repair"], on_overflow="queue:general")
    office = Office(replace(site, queues={**site.queues, "repair": back}))
    office.call()
    assert office.last("call_ended").reason == "flow_ended"


def test_whoever_waits_in_a_queue_that_is_done_away_with_is_let_go(office):
    caller = office.call()
    office.floor.set_site(replace(make_site(), queues={}, dids={}, agents={}))
    out = office.tell(inp.SiteChanged())
    assert office.last("queue_left").outcome == "closed"
    assert cmd.HangUp(caller) in out


def test_a_caller_who_hangs_up_while_a_phone_rings_frees_the_agent_who_keeps_the_place_in_the_row(office):
    office.sign_on("8001", "8002")
    caller = office.call()
    rung = office.dialled().extension
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.last("ring_ended").outcome == "caller_gone"
    assert office.last("queue_left").outcome == "abandoned"
    assert office.seat(rung) == "ready"
    office.call("B")
    assert office.dialled().extension == rung
