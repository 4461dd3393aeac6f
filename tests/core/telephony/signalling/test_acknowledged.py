"""What waits for the ACK of our 200 (RFC 3261 13.3.1.4, 15)."""

from __future__ import annotations

from tests.core.telephony.signalling.house import House, Peer


async def test_who_has_not_acknowledged_our_200_is_sent_no_bye_before(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    mine = await phone.pick_up()
    answer = await caller.get(status=200)
    await mine.bye()
    again = await caller.get(status=200)
    assert again.get("cseq") == answer.get("cseq")
    assert not [message for message in caller.inbox if message.method == "BYE"]
    await theirs.connected()
    await theirs.hung_up()
    await house.quiet()


async def test_a_call_whose_200_is_never_acknowledged_is_ended(house: House, caller: Peer, phone: Peer) -> None:
    house.place("8001", phone)
    theirs = caller.invite("8001")
    mine = await phone.pick_up()
    await caller.get(status=200)
    manager = house.sip.config["_sip_tm"]
    waiting = [transaction for transaction in manager.tserver.values() if transaction.noack_cb is not None]
    assert len(waiting) == 1
    waiting[0].teD.cancel()
    manager.timerD(waiting[0])
    await theirs.hung_up()
    await mine.hung_up()
    await house.quiet()
