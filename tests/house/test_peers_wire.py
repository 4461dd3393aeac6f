"""What goes wrong on the wire: messages that cross, peers that fall silent, a tenth of everything lost.

Silence takes its time to be noticed, so the peers that fall silent do so at the start, and are looked at in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace

import pytest
from sqlalchemy.orm import Session

from core.installation import service as installation_service
from core.installation.editing import put
from core.installation.queues import QUEUES
from tests.house.front import OFFICE, Front
from tests.house.running import House, until
from tests.house.sipp import Run, Sipp, needs_sipp, peers_of
from tests.house.voice import Voice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("peers wire"),
    pytest.mark.timeout(150),
    needs_sipp,
]


@dataclass
class Silent:
    """``mute`` sends no RTP; the caller of ``dead`` was unplugged and only its voice (``citizen``) goes on; phones as they
    are named."""

    mute: Run
    dead: Run
    citizen: Voice
    watched: Run
    expiring: Run


@pytest.fixture(scope="module", autouse=True)
def silent(peers_house: House, front: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Silent]:
    def edit(session: Session) -> None:
        general = installation_service.load_installation(session).queues["general"]
        put(session, QUEUES, replace(general, wrap_up_s=0), OFFICE)

    front.edit(edit)
    with ExitStack() as stack:
        sipp = stack.enter_context(peers_of(peers_house, tmp_path_factory.mktemp("silent") / "sipp"))
        citizen, agent = (stack.enter_context(closing(Voice(hz))) for hz in (1000, 500))
        # Registered, and nobody at that port ever answers an OPTIONS.
        sipp.register("8010")
        watched = sipp.phone("8011", limit_s=110)
        sipp.register("8012", expiring_port := sipp.register("8012"), expires_s=30)
        expiring = sipp.run("phone_answers", "8012", port=expiring_port, limit_s=110)
        sipp.phone("8009", limit_s=110)
        mute = sipp.run("caller_waits", "8009", keys={"from": "13960000001"}, limit_s=110)
        dead = sipp.phone("8008", limit_s=110, keys={"rtp_port": agent.port})
        keys = {"from": "13960000002", "rtp_port": citizen.port}
        unplugged = sipp.run("caller_waits", "8008", keys=keys)
        agent.hears(1000)
        unplugged.kill()
        mute.says("up")
        yield Silent(mute, dead, citizen, watched, expiring)


@pytest.fixture
def desk(front: Front, sipp: Sipp) -> Iterator[Sipp]:
    """For the other tests: agent 8001's phone is gone again afterwards."""
    yield sipp
    sipp.stop()
    front.sign_off("8001")
    sipp.sign_off("8001")


# --- messages that cross ---------------------------------------------------------------------------------------


def test_a_caller_who_gives_up_stops_the_ringing(desk: Sipp, front: Front) -> None:
    phone = desk.phone("8001", "phone_rings_on")
    desk.run("caller_gives_up", "8001", "-d", "300", keys={"from": "13950000001"}).well()
    phone.well()
    assert front.over("13950000001")["reason"] == "caller_hung_up"
    assert front.fact("13950000001", "ring_ended")["outcome"] == "caller_gone"


def test_a_cancel_that_crosses_our_200_leaves_a_call_that_the_caller_hangs_up(desk: Sipp, front: Front) -> None:
    run = desk.run("caller_cancels_late", "96000", calls=5, keys={"from": "13950000002"})
    run.well()
    assert run.said() == ["crossed"] * 5
    until(lambda: len(front.calls("13950000002")) == 5)
    until(lambda: not [r for r in front.control(do="live")["result"]["calls"] if r["caller"] == "13950000002"])


def test_a_phone_that_answers_while_we_cancel_is_taken_and_hung_up(desk: Sipp, front: Front) -> None:
    phone = desk.phone("8001", "phone_answers_too_late")
    front.ready("8001")
    desk.run("caller_gives_up", "8001", "-d", "300", keys={"from": "13950000003"}).well()
    phone.well()
    assert phone.said() == ["ringing", "stopped", "over"]
    front.over("13950000003")
    assert "call_answered" not in front.kinds("13950000003")
    front.becomes("8001", "ready")


def test_a_re_invite_over_an_unanswered_offer_is_491_and_welcome_a_moment_later(desk: Sipp, front: Front) -> None:
    """Glare: the house itself never sends a re-INVITE, so this is the only way in which offers can overlap."""
    phone = desk.phone("8001")
    run = desk.run("caller_glares", "8001", "-d", "300", keys={"from": "13950000004"})
    run.well()
    phone.well()
    assert [line for line in run.said() if line in ("pending", "held")] == ["pending", "held"]
    front.over("13950000004")
    assert front.kinds("13950000004").count("call_held") == 1


# --- a tenth of all messages lost --------------------------------------------------------------------------------


def test_with_a_tenth_of_all_messages_lost_every_one_of_fifty_calls_is_completed(sipp: Sipp, front: Front) -> None:
    """Lost on the callers' side and on the phones' side, each way."""
    lossy = ("-lost", "10")
    agents = [f"800{n}" for n in range(1, 8)]
    for extension in agents:
        sipp.phone(extension, "phone_answers", *lossy, limit_s=110)
        front.ready(extension)
    keys = {"from": "13970000001"}
    callers = sipp.run("caller", "96001", *lossy, "-r", "2", "-d", "2500", calls=50, keys=keys, limit_s=100)
    callers.well(110)
    ids = until(lambda: (found := front.calls("13970000001")) and len(found) == 50 and found)
    story = until(
        lambda: (found := [front.log("subject = ?", one) for one in ids]) and all(map(is_over, found)) and found
    )
    # A caller may have hung up, two and a half seconds later, while the phone's answer was lost again and again.
    assert sum("call_answered" in [kind for kind, _fact in facts] for facts in story) >= 46
    for begins, ends in (
        ("call_queued", "queue_left"),
        ("agent_rang", "ring_ended"),
        ("call_answered", "segment_ended"),
    ):
        kinds = [kind for facts in story for kind, _fact in facts]
        assert kinds.count(begins) == kinds.count(ends)
    front.sign_off(*agents)
    for extension in agents:
        sipp.sign_off(extension)


def is_over(facts: list[tuple[str, dict[str, object]]]) -> bool:
    return [kind for kind, _fact in facts].count("call_ended") == 1


# --- peers that fell silent at the start -----------------------------------------------------------------------


def test_a_registration_that_is_not_renewed_expires(silent: Silent, front: Front) -> None:
    gone = until(lambda: front.log("kind = 'extension_unregistered' and subject = '8012'"), 40)
    assert gone[0][1]["reason"] == "expired"
    # The phone was there all the time and answered when it was asked.
    assert not silent.expiring.said()


def test_a_call_without_any_voice_goes_on_while_its_peers_answer(silent: Silent, front: Front) -> None:
    asked = silent.mute.where / "msg"
    until(lambda: asked.read_text("latin-1").count("OPTIONS sip:13960000001@") >= 2, 70)
    assert front.call("13960000001")["state"] == "talking"
    front.end("13960000001")
    silent.mute.well()


def test_a_phone_that_answers_no_options_is_unregistered_and_one_that_does_is_not(silent: Silent, front: Front) -> None:
    gone = until(lambda: front.log("kind = 'extension_unregistered' and subject = '8010'"), 80)
    assert gone[0][1]["reason"] == "keep_alive_failed"
    assert "OPTIONS sip:8011@" in (silent.watched.where / "msg").read_text("latin-1")
    assert front.agent("8011")["registered"]
    assert not front.agent("8010")["registered"]


def test_a_voice_alone_keeps_a_call_until_it_stops_too(silent: Silent, front: Front) -> None:
    # By now the caller's phone has been asked in vain: the tests above took longer than that.
    assert front.call("13960000002")["state"] == "talking"
    silent.citizen.close()
    assert front.over("13960000002", 60)["reason"] == "dead_peer"
    assert front.fact("13960000002", "segment_ended")["reason"] == "failed"
    silent.dead.well()
