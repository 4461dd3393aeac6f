"""Names in any octets through the running house: the agent's sipp rings, both talk, and the office reads the name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests.house.front import Front
from tests.house.running import until
from tests.house.sipp import Sipp, needs_sipp, udp_port
from tests.house.voice import Voice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("peers names"),
    pytest.mark.timeout(150),
    needs_sipp,
]


@pytest.fixture
def voices() -> Iterator[tuple[Voice, Voice]]:
    with ExitStack() as stack:
        yield stack.enter_context(closing(Voice(1000, 8))), stack.enter_context(closing(Voice(500, 8)))


@pytest.mark.parametrize(
    ("number", "octets", "name"),
    [
        ("13910000701", "办公室".encode(), "办公室"),
        ("13910000702", "光明".encode(), "光明"),
        ("13910000703", "办公室".encode("gbk"), "办公室"),
        ("13910000704", "乗客".encode("gbk"), "乗客"),
    ],
)
def test_a_citizen_of_any_name_talks_with_an_agent_of_any_name(
    sipp: Sipp, front: Front, voices: tuple[Voice, Voice], number: str, octets: bytes, name: str
) -> None:
    citizen, agent = voices
    port = udp_port()
    written = os.fsdecode(octets)
    keys: dict[str, object] = {"contact": f'"{written}" <sip:8001@127.0.0.1:{port}>', "expires": 300}
    sipp.run("phone_registers", "8001", "-au", "8001", "-ap", "demo-8001", port=port, keys=keys).well(10)
    phone = sipp.run("phone_answers", "8001", port=port, keys={"rtp_port": agent.port, "formats": "8 101"})
    front.ready("8001")
    keys = {"from": number, "name": written, "rtp_port": citizen.port, "formats": "8 101"}
    caller = sipp.run("caller", "96001", "-d", "3000", keys=keys)
    citizen.hears(500)
    agent.hears(1000)
    call = front.call(number)
    assert (call["agent"], call["caller_name"]) == ("8001", name)
    caller.well()
    phone.well()
    assert front.fact(number, "call_arrived")["caller_name"] == name
    invite = until(lambda: (phone.where / "msg").read_bytes().partition(b"INVITE sip:8001@")[2])
    assert b'\nFrom: "' + octets + b'" <sip:' + number.encode() in invite
    front.sign_off("8001")
