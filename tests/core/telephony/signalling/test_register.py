from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from core.demo.phone import Phone
from core.demo.sip_text import SipMessage, digest
from core.telephony import inputs as inp
from core.telephony.signalling import KeepAlive
from core.telephony.signalling.doors import BAD_ATTEMPTS
from tests.core.telephony.signalling.house import House, Peer


async def register(
    peer: Peer, extension: str = "8001", password: str = "", *extra: tuple[str, str], contacts: tuple[str, ...] = ()
) -> SipMessage:
    """REGISTER, the challenge, and REGISTER with its answer; the second response."""
    given = [("contact", contact) for contact in contacts]
    ask = peer.request("REGISTER", extension, *given, *extra, user=extension)
    peer.send(ask)
    challenge = await peer.get(status=401)
    value = digest(challenge.get("www-authenticate"), "REGISTER", ask.uri, extension, password or f"demo-{extension}")
    return await send_again(peer, ask, value)


async def send_again(peer: Peer, ask: SipMessage, value: str) -> SipMessage:
    kept = [(k, v) for k, v in ask.headers if k not in {"via", "cseq", "authorization"}]
    ask.headers = [("via", peer.via()), ("cseq", f"{ask.cseq[0] + 1} REGISTER"), *kept, ("authorization", value)]
    peer.send(ask)
    async with asyncio.timeout(3):
        while not any(m.cseq == ask.cseq for m in peer.inbox):
            await asyncio.sleep(0.005)
    found = next(m for m in peer.inbox if m.cseq == ask.cseq)
    peer.inbox.remove(found)
    return found


async def test_a_phone_registers_and_unregisters(house: House) -> None:
    robot = Phone(house.address, "8001", "demo-8001")
    await robot.open()
    assert await robot.register(300) == 200
    assert (await house.seen(inp.Registered)).extension == "8001"
    assert house.sip.contacts("8001") == [f"sip:8001@127.0.0.1:{robot.port}"]
    assert await robot.register(0) == 200
    assert (await house.seen(inp.Unregistered)).reason == "asked"
    assert house.sip.contacts("8001") == []
    await robot.close()


async def test_the_wrong_password_is_refused_with_a_new_challenge(house: House, phone: Peer) -> None:
    final = await register(phone, "8001", "guess", contacts=(phone.contact,))
    assert final.status == 401
    assert "stale" not in final.get("www-authenticate")
    assert house.inputs == []


async def guessed(phone: Peer, number: int, extension: str = "8001") -> list[int]:
    return [(await register(phone, extension, "guess", contacts=(phone.contact,))).status for _ in range(number)]


async def test_guessing_is_stopped_for_that_account_only(house: House, phone: Peer) -> None:
    assert await guessed(phone, BAD_ATTEMPTS) == [401] * BAD_ATTEMPTS
    # One more is looked at now and then, the rest is not.
    assert await guessed(phone, 3) == [401, 403, 403]
    assert (await register(phone, "8002", contacts=(phone.contact,))).status == 200


async def test_a_guesser_behind_the_same_address_does_not_lock_the_phone(house: House, phone: Peer) -> None:
    robot = Phone(house.address, "8001", "demo-8001")
    await robot.open()
    assert await robot.register(300) == 200
    assert 403 in await guessed(phone, BAD_ATTEMPTS + 3)
    assert await robot.register(300) == 200
    assert await robot.register(0) == 200
    await robot.close()


async def test_packets_without_a_nonce_of_ours_lock_nobody(house: House, phone: Peer) -> None:
    ask = phone.request("REGISTER", "8001", ("contact", phone.contact), user="8001")
    for value in ('Digest username="8001"', 'Digest username="8001", nonce="5f.aa.bb", response="x"', "Basic x") * 5:
        assert (await send_again(phone, ask, value)).status == 401
    assert (await register(phone, "8001", contacts=(phone.contact,))).status == 200


async def test_an_old_nonce_is_answered_stale_and_the_phone_needs_no_person(house: House, phone: Peer) -> None:
    ask = phone.request("REGISTER", "8001", ("contact", phone.contact), user="8001")
    old = 'Digest realm="hotline", nonce="5f.aa.bb", algorithm=MD5, qop="auth"'
    first = await send_again(phone, ask, digest(old, "REGISTER", ask.uri, "8001", "demo-8001"))
    assert first.status == 401
    assert "stale=true" in first.get("www-authenticate")
    value = digest(first.get("www-authenticate"), "REGISTER", ask.uri, "8001", "demo-8001")
    assert (await send_again(phone, ask, value)).status == 200


async def test_two_contacts_are_both_kept_and_shown(house: House, phone: Peer) -> None:
    contacts = (f"<sip:8001@127.0.0.1:{phone.port};line=a>;expires=60", "<sip:8001@10.0.0.9:5070>")
    final = await register(phone, "8001", "", ("expires", "120"), contacts=contacts)
    assert sorted(final.all("contact")) == [
        "<sip:8001@10.0.0.9:5070>;expires=120",
        f"<sip:8001@127.0.0.1:{phone.port};line=a>;expires=60",
    ]
    assert len(house.sip.contacts("8001")) == 2


async def test_a_contact_that_is_not_sip_is_not_rung(house: House, phone: Peer) -> None:
    contacts = (phone.contact, "<mailto:a@example.com>", "<tel:+8613900000000>", "<http://example.com>")
    assert (await register(phone, contacts=contacts)).all("contact") == [f"{phone.contact};expires=300"]
    assert house.sip.contacts("8001") == [phone.contact[1:-1]]


async def test_a_star_unregisters_everything_but_only_with_expires_0(house: House, phone: Peer) -> None:
    await register(phone, contacts=(phone.contact, "<sip:8001@10.0.0.9>"))
    assert (await register(phone, "8001", "", ("expires", "60"), contacts=("*",))).status == 400
    assert len(house.sip.contacts("8001")) == 2
    assert (await register(phone, "8001", "", ("expires", "0"), contacts=("*",))).status == 200
    assert house.sip.contacts("8001") == []


async def test_too_short_an_interval_is_refused_with_the_shortest(house: House, phone: Peer) -> None:
    final = await register(phone, "8001", "", ("expires", "5"), contacts=(phone.contact,))
    assert (final.status, final.get("min-expires")) == (423, "30")


async def test_a_register_without_contact_only_asks(house: House, phone: Peer) -> None:
    house.place("8001", phone)
    assert len((await register(phone)).all("contact")) == 1


async def test_an_account_with_a_sha_256_hash_is_offered_sha_256(house: House, phone: Peer) -> None:
    phone.send(phone.request("REGISTER", "8009", ("contact", phone.contact), user="8009"))
    assert "algorithm=SHA-256" in (await phone.get(status=401)).get("www-authenticate")


@pytest.mark.parametrize(
    "value", ["", "Basic abc", 'Digest username="a, b"', "Digest", 'Digest username="8001", algorithm=FOO, nonce="x"']
)
async def test_odd_credentials_are_challenged_not_dropped(house: House, phone: Peer, value: str) -> None:
    phone.send(phone.request("REGISTER", "8001", ("contact", phone.contact), ("authorization", value), user="8001"))
    assert (await phone.get(status=401)).status == 401


@pytest.mark.parametrize("expires", ["rubbish", "-1", "99999999999999999999"])
async def test_rubbish_in_expires_counts_as_the_default(house: House, phone: Peer, expires: str) -> None:
    assert (await register(phone, "8001", "", ("expires", expires), contacts=(phone.contact,))).status == 200


async def test_a_restarted_house_still_rings_its_phones(tmp_path: Path) -> None:
    async with House(tmp_path) as before, Peer(before) as phone:
        assert (await register(phone, contacts=(f"<sip:8001@127.0.0.1:{phone.port};ob>",))).status == 200
        uri = before.sip.contacts("8001")[0]
    async with House(tmp_path) as after:
        assert (await after.seen(inp.Registered)).contact == uri
        assert after.sip.contacts("8001") == [uri]


async def test_a_phone_that_stops_answering_is_unregistered(tmp_path: Path) -> None:
    quick = KeepAlive(every_s=0.1, limit_s=0.05, misses=2)
    async with House(tmp_path, keep_alive=quick) as house, Peer(house) as phone:
        house.place("8001", phone)
        house.sip.registrar.contacts["8001"][house.sip.contacts("8001")[0]].ask_at = 0.0
        for _ in range(3):
            ask = await phone.get(method="OPTIONS")
            phone.respond(ask, 200)
        assert house.sip.contacts("8001")
        assert (await house.seen(inp.Unregistered)).reason == "keep_alive_failed"
        assert house.sip.tm.tclient == {}


async def test_options_from_outside_is_answered(house: House, caller: Peer) -> None:
    caller.send(caller.request("OPTIONS", "ping"))
    answer = await caller.get(status=200, of="OPTIONS")
    assert "INVITE" in answer.get("allow")


async def test_a_phone_whose_account_is_closed_or_has_another_secret_is_gone_at_once(house: House) -> None:
    phones = {one: Phone(house.address, one, f"demo-{one}") for one in ("8001", "8002", "8003")}
    for one in phones.values():
        await one.open()
        assert await one.register(300) == 200
    accounts = dict(house.installation.accounts)
    del accounts["8001"]
    accounts["8002"] = replace(accounts["8002"], ha1="0" * 32)
    house.installation = replace(house.installation, accounts=accounts)
    house.sip.installation_changed()
    assert [house.sip.contacts(one) != [] for one in phones] == [False, False, True]
    gone = [given for given in house.inputs if isinstance(given, inp.Unregistered)]
    assert {(one.extension, one.reason) for one in gone} == {("8001", "account_closed"), ("8002", "account_closed")}
    assert await phones["8001"].register(300) != 200
    for one in phones.values():
        await one.close()
