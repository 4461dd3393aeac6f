"""A trunk that leads back to ourselves: a call of ours is answered by an invented customer, and is nobody's call to us."""

from dataclasses import replace

from core.demo.installation import CITIZEN
from core.events import CallArrived
from core.installation.definition import LOOPBACK, Trunk
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.office import Office, make_installation


def looping(**more):
    installation = make_installation()
    trunks = {LOOPBACK: Trunk(LOOPBACK, (), LOOPBACK, "96000"), **more}
    return replace(installation, trunks=trunks, flows={**installation.flows, LOOPBACK: CITIZEN})


def test_what_comes_back_by_the_trunk_is_answered_by_its_flow_and_counts_as_no_callers():
    office = Office(looping())
    office.tell(inp.LegInvited(inp.LegId("back"), "13900000001", "96000", "", "trunk", LOOPBACK))
    (arrived,) = [fact for fact in office.facts if isinstance(fact, CallArrived)]
    assert (arrived.direction, arrived.demo) == ("internal", True)
    assert any(isinstance(command, cmd.Answer) for command in office.commands)
    assert office.music == {"back": "prompt"}


def test_a_number_goes_out_by_a_real_gateway_where_there_is_one():
    real = Trunk("city", ("10.0.0.9",), "10.0.0.9:5060")
    for trunks, expected in (({}, LOOPBACK), ({"city": real}, "city")):
        office = Office(looping(**trunks))
        office.sign_on("8001")
        office.talk()
        office.act("8001", "transfer", "13800000000")
        assert office.dialled().trunk == expected
