"""The media process by itself: its control socket, and how it ends."""

import json
import socket

import pytest

from tests.core.telephony.media.packets import packet, read
from tests.core.telephony.media.running import FIRST_PORT, Control, Media
from tests.core.telephony.media.sounds import frames, sine
from tests.core.telephony.media.test_recorder import read_wav

pytestmark = [pytest.mark.timeout(60)]


@pytest.fixture
def media(tmp_path):
    made = Media(tmp_path)
    made.run()
    yield made
    if made.process.poll() is None:
        made.stop()


@pytest.fixture
def control(media):
    made = Control(media)
    yield made
    made.close()


def ask(control: Control, **order: object) -> None:
    control.send(json.dumps(order).encode() + b"\n")


def told(control: Control) -> dict:
    return json.loads(control.next())


def stats(control: Control, number: int = 1) -> dict:
    ask(control, do="stats", id=number)
    while (event := told(control))["event"] != "stats":
        pass
    return event


GARBAGE = [
    b"",
    b"\n\n\n",
    b"not json\n",
    b'{"do": "no such verb"}\n',
    b'{"do": "__init__"}\n',
    b'{"do": "open"}\n',
    b'{"do": "open", "leg": "a", "port": "abc"}\n',
    b'{"do": "open", "leg": "a", "port": 99999999}\n',
    b'{"do": "connect", "leg": "nobody", "ip": "x", "port": 1}\n',
    b'{"do": "record", "call": 5}\n',
    b'{"do": "play", "leg": "nobody"}\n',
    b'{"do": "pool", "count": "many"}\n',
    b"[]\n",
    b"5\n",
    b"\xff\xfe\0\1\n",
    b"x" * 300_000 + b"\n",
]


def test_orders_that_make_no_sense_are_logged_and_the_next_one_is_obeyed(media, control):
    for n, garbage in enumerate(GARBAGE):
        control.send(garbage)
        assert stats(control, n)["id"] == n
    assert media.process.poll() is None
    assert "order failed" in media.log()


def test_an_order_may_come_in_pieces(control):
    for byte in b'{"do": "stats", "id": 7}\n':
        control.send(bytes([byte]))
    assert told(control)["id"] == 7


def test_a_leg_with_senseless_values_does_not_stop_the_others(control):
    ask(control, do="pool", count=4)
    ports = told(control)["ports"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(10)
        here = {"ip": "127.0.0.1", "port": phone.getsockname()[1], "sends": True, "receives": True}
        ask(control, do="open", leg="bad", port=ports[0])
        ask(control, do="connect", leg="bad", **{**here, "ip": "not an address"}, pt=8, dtmf=101)
        ask(control, do="open", leg="worse", port=ports[1])
        ask(control, do="connect", leg="worse", **here, pt=97, dtmf=101)
        ask(control, do="open", leg="good", port=ports[2])
        ask(control, do="connect", leg="good", **here, pt=8, dtmf=101)
        ask(control, do="connect", leg="bad", **{**here, "port": 70000}, pt=8, dtmf=101)
        ask(control, do="hear", leg="good", sources=["worse", "bad", ["bad"], None])
        ask(control, do="hear", leg="worse", sources=[{}])
        ask(control, do="record", call="c", path="c.wav", left=[["good"]], right=[5, "worse"])
        for _ in range(20):
            assert phone.recv(2048)
        assert stats(control)["legs"] == 3


def test_a_port_that_another_program_took_is_told(control):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        ask(control, do="open", leg="a", port=port)
        assert told(control) == {"event": "lost_port", "leg": "a", "port": port}
    ask(control, do="pool", count=1000)
    assert len(told(control)["ports"]) == 45


def test_a_pool_holds_even_ports_of_the_range_and_none_twice(control):
    seen: list[int] = []
    for _ in range(3):
        ask(control, do="pool", count=20)
        seen += told(control)["ports"]
    assert sorted(seen) == list(range(FIRST_PORT, FIRST_PORT + 90, 2))


def test_a_second_sip_process_takes_the_place_of_the_first(media, control):
    assert stats(control)["legs"] == 0
    second = Control(media)
    assert stats(second, 2)["id"] == 2
    assert control.next() == b""
    second.close()


def test_sigterm_ends_it_with_everything_on_disk(media, control):
    ask(control, do="pool", count=2)
    port = told(control)["ports"][0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(10)
        ask(control, do="open", leg="a", port=port)
        ask(
            control,
            do="connect",
            leg="a",
            ip="127.0.0.1",
            port=phone.getsockname()[1],
            pt=8,
            dtmf=101,
            sends=True,
            receives=True,
        )
        ask(control, do="record", call="c", path="c.wav", left=["a"], right=[])
        began = stats(control)["ticks"]
        said = frames(sine(500), 8)
        for n in range(12):
            # At the pace of the process's own packets.
            assert read(phone.recv(2048))[0] == 8
            phone.sendto(packet(n, said[n]), ("127.0.0.1", port))
        while (last := stats(control))["received"] < 12:
            pass
    assert media.stop() == 0
    left = read_wav(media.recordings / "c.wav")[::2]
    assert len(left) >= 160 * (last["ticks"] - began)
    assert said[0] in left


def test_it_starts_over_the_socket_and_the_cut_recording_of_a_killed_one(media, control):
    assert stats(control)["legs"] == 0
    media.kill()
    (media.recordings / "cut.wav").write_bytes(b"")
    media.run()
    second = Control(media)
    assert stats(second)["legs"] == 0
    assert read_wav(media.recordings / "cut.wav") == b""
    second.close()
