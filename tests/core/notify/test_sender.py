import asyncio

import pytest

from core.config import load_settings
from core.drivers.notify.fake import FakeNotifier
from core.drivers.notify.log import LogNotifier
from core.errors import ConfigError, DriverUnavailable
from core.notify.sender import Sender, notifier_for
from core.ports import Notice


def notice(title="满"):
    return Notice("1-raised", "warn", title, "", ("supervisor",), 1.0)


@pytest.fixture
async def desk():
    """A sender with its notifier and the receipts that were kept."""
    notifier, receipts = FakeNotifier(), asyncio.Queue()

    async def keep(alert_id, receipt):
        await receipts.put((alert_id, {name: value for name, value in receipt.items() if name != "at"}))

    sender = Sender(notifier, keep, pauses_s=(0.0, 0.0))
    sender.start()
    yield sender, notifier, receipts
    await sender.stop()


async def test_a_notice_is_sent_and_its_receipt_kept(desk):
    sender, notifier, receipts = desk
    sender.put(7, "raised", notice())
    assert await asyncio.wait_for(receipts.get(), 5) == (7, {"event": "raised", "sent": True, "reference": "fake-1"})
    assert notifier.sent == [notice()]


async def test_a_refusal_is_kept_and_the_next_notice_goes_its_way(desk):
    sender, _notifier, receipts = desk
    sender.put(7, "raised", notice("[refuse]"))
    sender.put(8, "raised", notice())
    first, second = [await asyncio.wait_for(receipts.get(), 5) for _ in range(2)]
    assert (first[0], first[1]["sent"]) == (7, False)
    assert "[refuse]" in first[1]["problem"]
    assert second[1]["sent"]


async def test_who_does_not_answer_is_asked_again(desk):
    sender, notifier, receipts = desk
    times = []

    def send(given):
        times.append(given.id)
        if len(times) < 3:
            raise DriverUnavailable("away")
        return FakeNotifier.send(notifier, given)

    notifier.send = send
    sender.put(7, "raised", notice())
    assert (await asyncio.wait_for(receipts.get(), 5))[1]["sent"]
    assert times == ["1-raised"] * 3


async def test_who_never_answers_is_given_up(desk):
    sender, _notifier, receipts = desk
    sender.put(7, "raised", notice("[unavailable]"))
    assert (await asyncio.wait_for(receipts.get(), 5))[1]["sent"] is False


def test_the_site_chooses_its_notifier(tmp_path):
    assert isinstance(notifier_for(load_settings(tmp_path)), LogNotifier)
    (tmp_path / "hotline.toml").write_text('notify = "pigeon"\n')
    with pytest.raises(ConfigError) as wrong:
        notifier_for(load_settings(tmp_path))
    assert wrong.value.field == "notify"
