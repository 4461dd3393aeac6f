"""Phones sign on and off at the running house: digest, old nonces, wrong passwords, several phones of one extension."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house.front import Front
from tests.house.running import until
from tests.house.sipp import Sipp, needs_sipp

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("peers register"),
    pytest.mark.timeout(150),
    needs_sipp,
]


@pytest.fixture(autouse=True)
def cleared(front: Front, sipp: Sipp) -> Iterator[None]:
    yield
    sipp.stop()
    for extension in ("8001", "8002"):
        sipp.sign_off(extension)


def registered(front: Front, extension: str, there: bool = True) -> None:
    until(lambda: front.agent(extension)["registered"] is there)


def password(extension: str, text: str = "") -> tuple[str, ...]:
    return "-au", extension, "-ap", text or f"demo-{extension}"


def test_a_phone_signs_on_is_ready_and_signs_off(sipp: Sipp, front: Front) -> None:
    port = sipp.register("8001")
    registered(front, "8001")
    front.ready("8001")
    [said] = sipp.runs[-1].said()
    assert said == f"contacts Contact: <sip:8001@127.0.0.1:{port}>;expires=300"
    sipp.sign_off("8001")
    registered(front, "8001", there=False)
    assert front.becomes("8001", "trouble")["reason"] == "unregistered"
    [gone] = until(lambda: front.log("subject = '8001' and kind = 'extension_unregistered'"))
    assert gone[1]["reason"] == "asked"


def test_a_wrong_password_is_never_let_in(sipp: Sipp, front: Front) -> None:
    run = sipp.run("phone_is_turned_away", "8002", *password("8002", "wrong"))
    run.well()
    assert run.said() == ["again"]
    assert not front.agent("8002")["registered"]


def test_a_phone_with_an_old_nonce_is_told_so_and_gets_in_without_a_person(sipp: Sipp, front: Front) -> None:
    run = sipp.run("phone_registers_with_an_old_nonce", "8001", *password("8001"))
    run.well()
    assert run.said() == ["stale"]
    registered(front, "8001")


def test_both_phones_of_an_extension_ring_and_the_first_to_answer_has_the_call(sipp: Sipp, front: Front) -> None:
    desk = sipp.phone("8001", "phone_rings_on")
    mobile = sipp.phone("8001", "phone_answers", "-d", "600")
    [listed] = ["\n".join(run.said()) for run in sipp.runs[-2:-1]]
    assert f":{desk.port}>" in listed
    assert f":{mobile.port}>" in listed
    caller = sipp.run("caller", "8001", "-d", "800", keys={"from": "13940000001"})
    caller.well()
    desk.well()
    mobile.well()
    assert desk.said() == ["ringing", "stopped"]
    assert front.kinds("13940000001").count("agent_rang") == 1


def test_signing_one_of_two_phones_off_leaves_the_other(sipp: Sipp, front: Front) -> None:
    first, second = sipp.register("8002"), sipp.register("8002")
    sipp.register("8002", first, expires_s=0)
    registered(front, "8002")
    phone = sipp.run("phone_answers", "8002", port=second)
    sipp.run("caller", "8002", "-d", "300", keys={"from": "13940000002"}).well()
    phone.well()


def test_a_phone_that_asks_for_too_short_a_time_is_told_the_shortest(sipp: Sipp) -> None:
    run = sipp.run("phone_registers", "8001", *password("8001"), keys={"contact": "<sip:8001@x>", "expires": 5})
    assert run.code() == 1
    assert "423 Interval Too Brief" in run.story()
    assert "Min-Expires: 30" in run.story()
