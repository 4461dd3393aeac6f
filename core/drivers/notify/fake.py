"""A notifier for tests and trials: keeps what was sent, and fails as told by the words in a title."""

from __future__ import annotations

from core.errors import DriverBadAnswer, DriverRejected, DriverUnavailable
from core.ports import Notice, Receipt


class FakeNotifier:
    """``[unavailable]``, ``[refuse]`` or ``[garble]`` in a title plays a system that is away, says no, or babbles."""

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice) -> Receipt:
        if "[unavailable]" in notice.title:
            raise DriverUnavailable("The fake notifier is away.")
        if "[refuse]" in notice.title:
            raise DriverRejected("The fake notifier does not take: {title}", title=notice.title)
        if "[garble]" in notice.title:
            raise DriverBadAnswer("The fake notifier babbles.")
        self.sent.append(notice)
        return Receipt(f"fake-{len(self.sent)}")
