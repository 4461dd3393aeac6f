"""Strangers at the port of a call, over real sockets: whatever they send, nobody hears it and nothing goes to them."""

import socket

import pytest

from tests.core.telephony.media.packets import key, packet
from tests.core.telephony.media.test_process import ask, stats, told

pytestmark = [pytest.mark.timeout(60)]


@pytest.mark.parametrize("same_machine", [True, False])
def test_a_peer_that_falls_silent_loses_its_line_to_nobody(control, phones, same_machine):
    caller, agent, stranger = phones
    if not same_machine:
        stranger.close()
        stranger = phones[2] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stranger.bind(("127.0.0.9", 0))
    ask(control, do="pool", count=2)
    ports = dict(zip(("caller", "agent"), told(control)["ports"], strict=True))
    for leg, phone in (("caller", caller), ("agent", agent)):
        ask(control, do="open", leg=leg, port=ports[leg])
        where = {"ip": "127.0.0.1", "port": phone.getsockname()[1], "signalled": "127.0.0.1"}
        ask(control, do="connect", leg=leg, **where, pt=8, dtmf=101, sends=True, receives=True)
    ask(control, do="hear", leg="agent", sources=["caller"])
    number = 0
    said = b""
    while said != b"\x11" * 160:
        caller.sendto(packet(number, b"\x11" * 160), ("127.0.0.1", ports["caller"]))
        number += 1
        said = agent.recv(400)[12:]
    # The caller mutes; the stranger speaks, presses keys and sends control packets until the port is open to all.
    round_ = 0
    while stats(control)["refused"] < 300:
        round_ += 1
        pressed = key(round_, 5, 160, 160)
        for data in (
            packet(round_, b"\x77" * 160, sender=5),
            pressed[:8] + b"\0\0\0\5" + pressed[12:],
            b"\x80\xc8\0\6" + bytes(24),
        ):
            stranger.sendto(data, ("127.0.0.1", ports["caller"]))
    for later in (number, number + 1):
        caller.sendto(packet(later, b"\x22" * 160), ("127.0.0.1", ports["caller"]))
    heard = {agent.recv(400)[12:]}
    while b"\x22" * 160 not in heard:
        heard.add(agent.recv(400)[12:])
    assert b"\x77" * 160 not in heard
    stranger.setblocking(False)
    with pytest.raises(BlockingIOError):
        stranger.recv(400)
