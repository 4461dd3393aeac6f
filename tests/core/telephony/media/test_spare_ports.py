"""A port that was bound beforehand: nothing that came to it before its call is heard in the call."""

import pytest

from tests.core.telephony.media.packets import packet
from tests.core.telephony.media.test_process import ask, told

pytestmark = [pytest.mark.timeout(60)]


def test_who_talks_on_after_an_earlier_call_is_not_heard_in_the_next_one(control, phones):
    old, new, _ = phones
    ask(control, do="pool", count=1)
    (port,) = told(control)["ports"]
    for number in range(100):
        old.sendto(packet(number, b"\x55" * 160), ("127.0.0.1", port))
    ask(control, do="open", leg="a", port=port)
    where = {"ip": "127.0.0.1", "port": new.getsockname()[1]}
    ask(control, do="connect", leg="a", **where, pt=8, dtmf=None, sends=True, receives=True)
    for _ in range(40):
        new.recv(400)
    old.setblocking(False)
    with pytest.raises(BlockingIOError):
        old.recv(400)
