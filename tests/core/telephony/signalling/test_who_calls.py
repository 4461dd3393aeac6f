"""Who calls: what a trusted trunk asserts, what nobody else may, and callers who have an extension's number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.installation.definition import Did, Trunk
from core.telephony import inputs as inp
from tests.core.telephony.signalling.house import House, Peer, installation_of

PAI, RPID = "p-asserted-identity", "remote-party-id"


@pytest.fixture(autouse=True)
def installation(house: House) -> None:
    house.on = None
    trunks = {
        "city": Trunk("city", ("127.0.0.1", "127.0.0.2")),
        "cheap": Trunk("cheap", ("127.0.0.3",), trusted=False),
    }
    house.installation = replace(installation_of(), trunks=trunks, dids={"96001": Did("96001", "queue:general")})


@pytest.fixture
async def exchange(house: House) -> AsyncIterator[Peer]:
    """A trunk's own address, where no phone is."""
    async with Peer(house, "127.0.0.2") as made:
        yield made


@pytest.mark.parametrize(
    ("user", "said", "caller"),
    [
        ("anonymous", (PAI, "<sip:+8613900001111@city.example;user=phone>"), "+8613900001111"),
        ("96001", (PAI, "<tel:+86-571-8800-1234;phone-context=+86>"), "+86-571-8800-1234"),
        (
            "13900002222",
            (PAI, '"Wang, \\"Fang\\" <x>" <sip:13900001111@city.example>, <tel:13900001111>'),
            "13900001111",
        ),
        ("anonymous", (RPID, "<sip:13900001111@city.example>;party=calling;screen=yes;privacy=full"), "13900001111"),
        ("anonymous", (RPID, "<sip:13900001111@city.example>"), "13900001111"),
        ("13900002222", (RPID, "<sip:96001@city.example>;party=called"), "13900002222"),
        ("13900002222", (PAI, "<sip:anonymous@anonymous.invalid>"), "13900002222"),
        ("13900002222", (PAI, "rubbish"), "13900002222"),
        ("13900002222", (PAI, "<sip:city.example>"), "13900002222"),
        ("anonymous", ("subject", "x"), "anonymous"),
        ("8001", (PAI, "<sip:13900001111@city.example>"), "13900001111"),
    ],
)
async def test_what_a_trusted_trunk_asserts_is_the_caller(
    house: House, exchange: Peer, user: str, said: tuple[str, str], caller: str
) -> None:
    exchange.invite("96001", said, user=user)
    invited = await house.seen(inp.LegInvited)
    assert (invited.caller, invited.origin) == (caller, "city")


async def test_the_asserted_identity_comes_before_the_older_header(house: House, exchange: Peer) -> None:
    exchange.invite("96001", (RPID, "<sip:13900009999@x>"), (PAI, "<sip:13900001111@x>"), user="anonymous")
    assert (await house.seen(inp.LegInvited)).caller == "13900001111"


async def test_an_untrusted_trunk_and_a_phone_assert_nothing(house: House) -> None:
    async with Peer(house, "127.0.0.3") as cheap:
        cheap.invite("96001", (PAI, "<sip:110@x>"), user="13900002222")
        assert (await house.seen(inp.LegInvited)).caller == "13900002222"
        stranger = Peer(house, "127.0.0.4")
        async with stranger:
            await stranger.invite("96001", (PAI, "<sip:110@x>"), user="13900002222").refused(403)


async def test_a_phones_assertion_is_not_read(house: House, phone: Peer) -> None:
    from core.demo.sip_text import digest

    house.installation = replace(house.installation, trunks={})
    ask = phone.invite("96001", (PAI, "<sip:110@x>"), user="8002")
    challenge = await ask.refused(407)
    value = digest(challenge.get("proxy-authenticate"), "INVITE", ask.invite.uri, "8002", "demo-8002")
    phone.invite("96001", (PAI, "<sip:110@x>"), ("proxy-authorization", value), user="8002")
    invited = await house.seen(inp.LegInvited)
    assert (invited.caller, invited.origin_kind) == ("8002", "extension")


# --- a caller whose number an extension has, too -------------------------------------------------------------------


async def test_a_trunks_caller_with_an_extensions_number_is_a_caller(house: House, exchange: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    exchange.invite("96001", user="8001")
    invited = await house.seen(inp.LegInvited)
    assert (invited.caller, invited.origin_kind, invited.origin) == ("8001", "trunk", "city")


async def test_a_peer_with_its_port_is_a_trunk_at_an_address_full_of_phones(house: House, phone: Peer) -> None:
    async with Peer(house) as exchange:
        house.place("8001", phone)
        house.installation = replace(
            house.installation, trunks={"here": Trunk("here", (f"127.0.0.1:{exchange.port}",))}
        )
        exchange.invite("8002", user="8001")
        assert (await house.seen(inp.LegInvited)).origin == "here"


async def test_a_phone_at_a_trunks_address_is_asked_for_its_password(house: House, phone: Peer) -> None:
    await phone.invite("13900001111", user="8001").refused(407)
    house.place("8001", phone)
    await phone.invite("96001", user="8001").refused(407)
    async with Peer(house) as other_port:
        await other_port.invite("8002", user="8001").refused(407)
    assert "LegInvited" not in house.kinds()
