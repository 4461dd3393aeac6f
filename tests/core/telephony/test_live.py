"""The board's rows when a person leaves the site."""

from __future__ import annotations

from dataclasses import replace

from core.telephony import inputs as inp
from core.telephony.live import LiveBoard


def test_a_seat_that_is_no_longer_there_is_told_once(office):
    office.sign_on("8001", "8002")
    board = LiveBoard(office.floor)
    board.changes(office.now)
    office.tell(inp.StateRequested("8002", "break", "午餐"))
    assert not board.somebody_left()
    board.changes(office.now)
    installation = office.floor.world.installation
    stay = {extension: agent for extension, agent in installation.agents.items() if extension != "8001"}
    office.floor.set_installation(replace(installation, agents=stay))
    office.tell(inp.InstallationChanged())
    assert board.somebody_left()
    assert "8001" not in {row["extension"] for row in board.snapshot(office.now)["agents"]}
    board.changes(office.now)
    assert not board.somebody_left()


def test_who_is_talking_leaves_when_the_call_and_its_wrap_up_are_over(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    board = LiveBoard(office.floor)
    installation = office.floor.world.installation
    office.floor.set_installation(replace(installation, agents={}, accounts={}))
    office.tell(inp.InstallationChanged())
    office.tell(inp.Unregistered("8001", "account_closed"))
    assert office.session() == "talking"
    board.changes(office.now)
    office.tell(inp.LegEnded(caller, "bye"))
    office.tell(inp.TimerFired("wrap:8001"))
    assert board.somebody_left()
    assert "8001" not in office.floor.world.sessions
