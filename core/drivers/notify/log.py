"""Notices into the web process's log: the driver that is always there."""

from __future__ import annotations

import logging

from core.ports import Notice, Receipt

log = logging.getLogger(__name__)


class LogNotifier:
    """Alarms as errors, everything else as warnings, so that a log watcher can tell them apart."""

    def send(self, notice: Notice) -> Receipt:
        level = logging.ERROR if notice.severity == "alarm" else logging.WARNING
        # The text may hold an address or what a caller said: it stands on the pages, for those who may read it.
        log.log(level, "%s → %s: %s", notice.id, ", ".join(notice.recipients), notice.title)
        return Receipt(notice.id)
