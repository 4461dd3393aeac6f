"""The client and the media process together: everything that call control may ask for, and what a kill -9 leaves."""

import asyncio
import resource

import numpy as np
import pytest

from core.errors import Unavailable
from core.ports import RemoteMedia
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony import pcm
from core.telephony.media.client import POOL, MediaClient
from core.telephony.media.keys import EventDecoder
from core.telephony.media.recorder import HEADER_BYTES
from tests.core.telephony.media.packets import read
from tests.core.telephony.media.running import A_HZ, B_HZ, PROMPT_HZ, Media, only, until

pytestmark = [pytest.mark.timeout(90)]


@pytest.fixture
async def media(tmp_path):
    made = Media(tmp_path)
    await made.up()
    yield made
    await made.down()


def leg(name: str) -> inp.LegId:
    return inp.LegId(name)


def bridge(media: Media, one: str, other: str) -> None:
    media.client.execute(cmd.Hear(leg(one), (leg(other),)))
    media.client.execute(cmd.Hear(leg(other), (leg(one),)))


def record(media: Media, left: str, right: str, path: str = "2026/11/24/c.wav") -> None:
    media.client.execute(cmd.Record(inp.CallId("c"), path, (leg(left),), (leg(right),)))


def save(path, hz: int, seconds: float):
    path.write_bytes(pcm.write_wav(pcm.tone(hz, seconds, 0.3)))
    return path


@pytest.mark.parametrize(("one", "other"), [(8, 8), (8, 0)])
async def test_two_phones_hear_each_other_and_the_recording_holds_each_on_its_channel(media, one, other):
    a, b = await media.phone("a", A_HZ, one), await media.phone("b", B_HZ, other)
    bridge(media, "a", "b")
    record(media, "a", "b")
    await media.hears(a, B_HZ)
    await media.hears(b, A_HZ)
    media.client.execute(cmd.StopRecord(inp.CallId("c")))
    closed = (await until(lambda: media.of(inp.RecordingClosed)))[0]
    left, right = media.recorded(closed.path)
    assert closed.call == "c"
    assert abs(closed.seconds - len(left) / 8000) < 0.01
    assert only(left, A_HZ)
    assert only(right, B_HZ)


async def test_keys_are_told_as_they_are_pressed_whichever_way_the_phone_sends_them(media):
    a = await media.phone("a")
    inband = await media.phone("b")
    media.client.execute(cmd.Listen(inp.LegId("b"), True))
    a.press("1#")
    await until(lambda: len(media.of(inp.DigitPressed)) == 2)
    n = np.arange(800)
    sound = 0.2 * np.sin(2 * np.pi * 770 * n / 8000) + 0.2 * np.sin(2 * np.pi * 1336 * n / 8000)
    inband.say = pcm_codes(np.concatenate([sound, np.zeros(8000)]))
    await until(lambda: len(media.of(inp.DigitPressed)) == 3)
    assert [(key.leg, key.digit, key.source) for key in media.of(inp.DigitPressed)] == [
        ("a", "1", "rfc4733"),
        ("a", "#", "rfc4733"),
        ("b", "5", "inband"),
    ]


def pcm_codes(sound: np.ndarray) -> bytes:
    from core.telephony.media import g711

    return g711.encode(np.rint(sound * 32767).astype(np.int16), 8)


async def test_keys_go_out_to_the_peer(media):
    events: list[tuple[bytes, int]] = []
    a = await media.phone("a")
    take = a.datagram_received

    def watch(data, address):
        kind, _, _, stamp, _, body = read(data)
        if kind == 101:
            events.append((body, stamp))
        take(data, address)

    a.datagram_received = watch
    media.client.execute(cmd.SendDigits(leg("a"), "48*"))
    await until(lambda: len(events) == 24)
    ear = EventDecoder()
    assert "".join(ear.take(body, stamp) for body, stamp in events) == "48*"


async def test_a_prompt_is_heard_and_its_end_is_told_but_not_when_it_was_stopped(media, tmp_path):
    a = await media.phone("a")
    hello, music = save(tmp_path / "hello.wav", PROMPT_HZ, 0.5), save(tmp_path / "music.wav", B_HZ, 0.2)
    media.client.play("a", [hello, hello], "hello")
    await media.hears(a, PROMPT_HZ)
    await until(lambda: media.of(inp.PlayFinished) == [inp.PlayFinished(leg("a"), "hello")])
    media.client.play("a", [music], "music", loop=True)
    await media.hears(a, B_HZ)
    media.client.execute(cmd.StopPlay(leg("a")))
    await media.hears(a)
    # In memory by now: heard without another look at the disk.
    hello.unlink()
    media.client.play("a", [hello, hello], "again")
    media.client.play("a", [music], "instead", loop=True)
    await media.hears(a, B_HZ)
    assert len(media.of(inp.PlayFinished)) == 1


async def test_the_counters_tell_legs_ticks_and_packets(media):
    a = await media.phone("a", A_HZ)
    await until(lambda: a.received > 20)
    while (stats := await media.client.stats())["received"] < 20:
        await asyncio.sleep(0.02)
    assert stats["legs"] == 1
    assert stats["sent"] >= 20
    assert stats["lost"] == 0
    assert stats["ticks"] > 20


async def test_the_call_goes_on_after_kill_9_with_its_ports_its_bridge_and_its_recording(media, tmp_path):
    a, b = await media.phone("a", A_HZ), await media.phone("b", B_HZ)
    c = await media.phone("c")
    bridge(media, "a", "b")
    record(media, "a", "b")
    media.client.play("c", [save(tmp_path / "music.wav", PROMPT_HZ, 0.2)], "music", loop=True)
    path = media.recordings / "2026/11/24/c.wav"
    await media.hears(a, B_HZ)
    await until(lambda: path.exists() and path.stat().st_size > 16000)
    ports = {name: kept.port for name, kept in media.client.legs.items()}
    media.kill()
    before = path.stat().st_size
    await until(lambda: media.link == [True, False])
    with pytest.raises(Unavailable):
        media.client.open("d")
    for phone in (a, b, c):
        phone.heard.clear()
    media.run()
    await until(lambda: media.link == [True, False, True])
    await media.hears(a, B_HZ)
    await media.hears(b, A_HZ)
    await media.hears(c, PROMPT_HZ)
    assert {name: kept.port for name, kept in media.client.legs.items()} == ports
    assert not set(ports.values()) & set(media.client.pool)
    await until(lambda: path.stat().st_size > before + 16000)
    media.client.execute(cmd.StopRecord(inp.CallId("c")))
    closed = (await until(lambda: media.of(inp.RecordingClosed)))[-1]
    left, right = media.recorded(closed.path)
    assert abs(closed.seconds - len(left) / 8000) < 0.01
    killed = (before - HEADER_BYTES) // 320 * 160
    for part in (slice(0, killed), slice(killed, None)):
        assert only(left[part], A_HZ)
        assert only(right[part], B_HZ)


async def test_a_call_that_ends_while_the_process_is_away_has_its_recording_s_end_told_when_it_is_back(media):
    await media.phone("a", A_HZ)
    await media.phone("b", B_HZ)
    bridge(media, "a", "b")
    record(media, "a", "b")
    path = media.recordings / "2026/11/24/c.wav"
    await until(lambda: path.exists() and path.stat().st_size > 20_000)
    media.kill()
    await until(lambda: media.link == [True, False])
    media.client.execute(cmd.Record(inp.CallId("never"), "never.wav", (leg("a"),), (leg("b"),)))
    for call in ("c", "never"):
        media.client.execute(cmd.StopRecord(inp.CallId(call)))
    media.run()
    closed = (await until(lambda: media.of(inp.RecordingClosed)))[0]
    left, _right = media.recorded(closed.path)
    assert abs(closed.seconds - len(left) / 8000) < 0.01
    assert (await until(lambda: media.of(inp.RecordingBroke)))[0] == inp.RecordingBroke(
        inp.CallId("never"), "never.wav", "never_began"
    )
    await media.client.drained(1)
    assert len(media.of(inp.RecordingClosed)) == 1


async def test_recordings_of_a_core_before_this_one_are_settled_once_each(media):
    await media.phone("a", A_HZ)
    await media.phone("b", B_HZ)
    bridge(media, "a", "b")
    record(media, "a", "b")
    path = media.recordings / "2026/11/24/c.wav"
    await until(lambda: path.exists() and path.stat().st_size > 20_000)
    # A file that was cut short with its process: half a frame too much, and a header from before that.
    (media.recordings / "old.wav").write_bytes(path.read_bytes()[:10_059])
    owed = [("old", "old.wav"), ("lost", "lost.wav"), ("c:0", "track.wav")]
    for _twice in range(2):
        media.client.settle(owed)
    await media.client.drained(10)
    closed = media.of(inp.RecordingClosed)
    assert [(one.call, one.path) for one in closed] == [("old", "old.wav")]
    assert closed[0].seconds == pytest.approx(10_000 / 16_000, abs=0.01)
    assert {(one.call, one.reason) for one in media.of(inp.RecordingBroke)} == {
        ("lost", "never_began"),
        ("c:0", "never_began"),
    }
    media.client.execute(cmd.StopRecord(inp.CallId("c")))
    await until(lambda: len(media.of(inp.RecordingClosed)) == 2)


async def test_a_full_disk_is_told_once_the_call_goes_on_and_the_next_call_is_recorded(media):
    a = await media.phone("a", A_HZ)
    await media.phone("b", B_HZ)
    bridge(media, "a", "b")
    # A file may not grow beyond this: the kernel says EFBIG where a full disk says ENOSPC.
    resource.prlimit(media.process.pid, resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    record(media, "a", "b", "first.wav")
    await until(lambda: media.of(inp.RecordingBroke))
    resource.prlimit(media.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    a.heard.clear()
    await media.hears(a, B_HZ)
    media.client.execute(cmd.Record(inp.CallId("d"), "second.wav", (leg("a"),), (leg("b"),)))
    second = media.recordings / "second.wav"
    await until(lambda: second.exists() and second.stat().st_size > 40_000)
    for call in ("c", "d"):
        media.client.execute(cmd.StopRecord(inp.CallId(call)))
    closed = await until(lambda: media.of(inp.RecordingClosed))
    assert [(end.call, end.path) for end in closed] == [("d", "second.wav")]
    assert media.of(inp.RecordingBroke) == [inp.RecordingBroke(inp.CallId("c"), "first.wav", "disk_full")]
    assert (media.recordings / "first.wav").stat().st_size == 20_000


async def test_orders_given_while_the_process_is_away_are_obeyed_when_it_is_back(media):
    a, b = await media.phone("a", A_HZ), await media.phone("b", B_HZ)
    bridge(media, "a", "b")
    await media.hears(a, B_HZ)
    media.kill()
    await until(lambda: media.link == [True, False])
    media.client.execute(cmd.Hear(leg("a"), ()))
    media.client.close("b")
    a.heard.clear()
    media.run()
    await until(lambda: media.link[-1])
    await media.hears(a)
    assert (await media.client.stats())["legs"] == 1
    assert b.received > 0


async def test_without_a_media_process_there_is_no_port_and_no_answer(tmp_path):
    media = Media(tmp_path)
    await media.client.start()
    with pytest.raises(Unavailable):
        media.client.open("a")
    with pytest.raises(Unavailable):
        await media.client.stats()
    assert media.link == []
    media.run()
    await until(lambda: media.link == [True])
    assert media.client.open("a")[0] == "127.0.0.1"
    await media.down()


async def test_when_all_ports_are_taken_a_call_is_refused_until_one_is_free(tmp_path):
    media = Media(tmp_path, ports=10)
    await media.up()
    opened = [media.client.open(f"leg{n}")[1] for n in range(5)]
    assert len(set(opened)) == 5
    assert all(port % 2 == 0 for port in opened)
    with pytest.raises(Unavailable):
        media.client.open("one too many")
    assert (await media.client.stats())["legs"] == 5
    media.client.close("leg2")
    await until(lambda: media.client.pool)
    assert media.client.open("another")[1] == opened[2]
    with pytest.raises(Unavailable):
        media.client.open("one too many")
    await media.down()


async def test_many_calls_at_one_moment_find_their_ports_and_the_next_moment_has_more_in_hand(tmp_path):
    media = Media(tmp_path, ports=3000)
    await media.up()
    # Two legs each, before the voice process has said another word.
    ports = {media.client.open(f"leg{n}")[1] for n in range(2 * 100)}
    assert len(ports) == 200
    in_hand = len(media.client.pool)
    for n in range(in_hand):
        media.client.open(f"more{n}")
    with pytest.raises(Unavailable):
        media.client.open("one too many")
    await until(lambda: len(media.client.pool) > in_hand)
    await until(lambda: len(media.client.pool) >= 2 * POOL)
    assert (await media.client.stats())["legs"] == 200 + in_hand
    await media.down()


async def test_ports_do_not_run_out_over_many_short_calls(tmp_path):
    media = Media(tmp_path, ports=80)
    await media.up()
    for n in range(200):
        await until(lambda: media.client.pool)
        media.client.open(f"leg{n}")
        media.client.close(f"leg{n}")
    assert (await media.client.stats())["legs"] == 0
    await media.down()


async def test_a_sip_process_that_was_started_again_finds_an_empty_house(media):
    await media.phone("a", A_HZ)
    record(media, "a", "b")
    await until(lambda: list(media.recordings.rglob("*.wav")))
    before = await media.client.stats()
    await media.client.stop()
    link: list[bool] = []
    told: list[inp.Input] = []
    second = MediaClient(media.socket, told.append, link.append)
    await second.start()
    await until(lambda: link == [True])
    # Also the ports that the first one had not used yet are free again.
    assert len(second.pool) == 45
    stats = await second.stats()
    assert (before["legs"], stats["legs"]) == (1, 0)
    # The recording of the lost call is complete, and whoever is there is told.
    assert (await until(lambda: [t for t in told if isinstance(t, inp.RecordingClosed)]))[0].call == "c"
    await second.stop()


async def test_commands_for_legs_that_are_gone_are_ignored(media):
    await media.phone("a")
    media.client.close("a")
    media.client.close("a")
    media.client.connect("a", RemoteMedia("127.0.0.1", 9, 8, None))
    media.client.play("a", [], "t")
    for command in (
        cmd.Hear(leg("a"), (leg("b"),)),
        cmd.StopPlay(leg("a")),
        cmd.SendDigits(leg("a"), "1"),
        cmd.StopRecord(inp.CallId("c")),
    ):
        media.client.execute(command)
    assert (await media.client.stats())["legs"] == 0
    await asyncio.sleep(0)
    assert "order failed" not in media.log()
