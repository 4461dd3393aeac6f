"""Phones behind NAT: what belongs to their calls goes to where their messages come from."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.demo.sip_text import SipMessage, response
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling.nat import NatMode, symmetric
from core.telephony.signalling.registrar import Contact
from tests.core.telephony.signalling.house import Dialog, House, Peer

BEHIND = "<sip:8001@192.168.7.7:5060>"


@pytest.mark.parametrize(
    ("mode", "contact", "source", "follows"),
    [
        ("on", "127.0.0.1", "127.0.0.1", True),
        ("off", "192.168.7.7", "203.0.113.9", False),
        ("", "192.168.7.7", "203.0.113.9", True),
        ("", "192.168.7.7", "192.168.7.7", False),
        ("", "203.0.113.1", "203.0.113.9", True),
        ("", "phone.example", "203.0.113.9", False),
        ("trunk", "192.168.7.7", "203.0.113.9", True),
        ("trunk", "100.64.1.1", "8.8.8.8", True),
        ("trunk", "8.8.4.4", "8.8.8.8", False),
        ("trunk", "10.0.0.2", "10.0.0.1", False),
        ("trunk", "10.0.0.2", "127.0.0.1", True),
    ],
)
def test_whether_the_source_counts_or_the_contact(mode: NatMode, contact: str, source: str, follows: bool) -> None:
    # The documentation's own addresses count as private.
    public = source.replace("203.0.113.9", "8.8.8.8") if mode == "trunk" else source
    assert symmetric(mode, contact, public) is follows


def answered(phone: Peer, invite: SipMessage, status: int, contact: str, body: str = "") -> None:
    """A response whose only contact is this one."""
    answer = response(invite, status, "Told", tag="peer", body=body)
    answer.headers.append(("contact", contact))
    phone.send(answer)


async def test_a_phone_that_we_ring_hears_our_ack_and_bye_where_it_sends_from(house: House, phone: Peer) -> None:
    house.on = None
    house.place("8001", phone)
    leg = inp.LegId("a")
    house.sip.execute(cmd.Dial(leg, "139", "", extension="8001"))
    answered(phone, await phone.get(method="INVITE"), 200, BEHIND, phone.sdp())
    ack = await phone.get(method="ACK")
    assert "192.168.7.7" in ack.uri
    await house.seen(inp.LegAnswered)
    house.sip.execute(cmd.HangUp(leg))
    bye = await phone.get(method="BYE")
    assert "192.168.7.7" in bye.uri
    phone.respond(bye, 200)
    await house.quiet()


async def test_a_phone_that_calls_hears_our_bye_and_our_requests_where_it_sends_from(house: House) -> None:
    """The trunk's rule is another: here the far end is a phone of the house."""
    house.on = house.answer_all
    house.installation = replace(house.installation, accounts={**house.installation.accounts})
    async with Peer(house) as phone:
        from core.demo.sip_text import digest

        ask = phone.invite("8002", user="8001")
        challenge = await ask.refused(407)
        value = digest(challenge.get("proxy-authenticate"), "INVITE", ask.invite.uri, "8001", "demo-8001")
        again = phone.request(
            "INVITE", "8002", ("contact", BEHIND), ("proxy-authorization", value), user="8001", body=phone.sdp()
        )
        phone.send(again)
        dialog = Dialog(phone, again)
        await dialog.connected()
        leg = (await house.seen(inp.LegInvited)).leg
        house.sip.execute(cmd.HangUp(leg))
        phone.respond(await phone.get(method="BYE"), 200)
        await house.quiet()


async def test_an_account_without_nat_is_answered_at_its_contact_alone(house: House, phone: Peer) -> None:
    house.on = None
    accounts = {**house.installation.accounts, "8001": replace(house.installation.accounts["8001"], nat="off")}
    house.installation = replace(house.installation, accounts=accounts)
    async with Peer(house) as contact:
        # Registered from one port, reached at another.
        house.place("8001", contact)
        house.sip.registrar.contacts["8001"] = {
            uri: replace(one, source=("127.0.0.1", phone.port))
            for uri, one in house.sip.registrar.contacts["8001"].items()
        }
        house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
        await contact.get(method="INVITE")


async def test_a_contact_that_names_a_gateway_has_nobody_dialled_there(house: House, phone: Peer) -> None:
    """Whoever registers ``00…@gateway`` would call abroad with every call to the extension."""
    house.on = None
    async with Peer(house, "127.0.0.2") as gateway:
        accounts = {**house.installation.accounts, "8001": replace(house.installation.accounts["8001"], nat="off")}
        trunks = {"gw": replace(house.installation.trunks["gw"], gateway=f"127.0.0.2:{gateway.port}")}
        house.installation = replace(house.installation, accounts=accounts, trunks=trunks)
        contact = Contact(
            f"sip:00441234567@127.0.0.2:{gateway.port}", ("127.0.0.1", phone.port), 9e9, "c", 1, ask_at=9e9
        )
        house.sip.registrar.bind("8001", contact, 0.0)
        house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
        assert "00441234567" in (await phone.get(method="INVITE")).uri
        assert not [message for message in gateway.inbox if message.method == "INVITE"]


async def test_an_account_with_nat_is_reached_where_it_sends_from_though_its_contact_looks_well(
    house: House, phone: Peer
) -> None:
    house.on = None
    accounts = {**house.installation.accounts, "8001": replace(house.installation.accounts["8001"], nat="on")}
    house.installation = replace(house.installation, accounts=accounts)
    house.place("8001", phone)
    async with Peer(house) as elsewhere:
        house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
        invite = await phone.get(method="INVITE")
        answered(phone, invite, 200, f"<sip:8001@127.0.0.1:{elsewhere.port}>", phone.sdp())
        await phone.get(method="ACK")
        await asyncio.sleep(0)
        assert not elsewhere.inbox


async def test_a_response_goes_to_the_port_that_the_request_came_from(house: House, phone: Peer) -> None:
    """RFC 3581, also for a phone that does not ask for it but is plainly behind NAT."""
    for via in ("SIP/2.0/UDP 192.168.7.7:5060;branch=z9hG4bKa;rport", "SIP/2.0/UDP 192.168.7.7:5060;branch=z9hG4bKb"):
        ask = phone.request("OPTIONS", "hotline")
        ask.headers = [(name, via if name == "via" else value) for name, value in ask.headers]
        phone.send(ask)
        answer = await phone.get(status=200, of="OPTIONS")
        assert "received=127.0.0.1" in answer.get("via")
        assert f"rport={phone.port}" in answer.get("via")
