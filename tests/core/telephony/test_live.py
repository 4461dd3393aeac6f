"""The board's rows when a person leaves the site."""

from __future__ import annotations

from dataclasses import replace

from core.telephony import inputs as inp
from core.telephony.live import LiveBoard


def test_a_seat_that_is_no_longer_there_is_told_once(office):
    office.sign_on("8001", "8002")
    board = LiveBoard(office.floor)
    board.changes(office.now)
    office.tell(inp.StateAsked("8002", "break", "午餐"))
    assert not board.somebody_left()
    board.changes(office.now)
    site = office.floor.world.site
    stay = {extension: agent for extension, agent in site.agents.items() if extension != "8001"}
    office.floor.set_site(replace(site, agents=stay))
    office.tell(inp.SiteChanged())
    assert board.somebody_left()
    assert "8001" not in {row["extension"] for row in board.snapshot(office.now)["agents"]}
    board.changes(office.now)
    assert not board.somebody_left()


def test_who_is_talking_leaves_when_the_call_and_its_wrap_up_are_over(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    board = LiveBoard(office.floor)
    site = office.floor.world.site
    office.floor.set_site(replace(site, agents={}, accounts={}))
    office.tell(inp.SiteChanged())
    office.tell(inp.Unregistered("8001", "account_closed"))
    assert office.seat() == "talking"
    board.changes(office.now)
    office.tell(inp.LegEnded(caller, "bye"))
    office.tell(inp.TimerFired("wrap:8001"))
    assert board.somebody_left()
    assert "8001" not in office.floor.world.seats
