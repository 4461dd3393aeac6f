"""The watcher before a real database, with readings and clock in the test's hands."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.db.tables import AlertRow
from core.notify import rule_service, service
from core.notify.figures import FLOOR
from core.notify.rules import Reading, Rule, Subject
from core.notify.watcher import Watcher

RULE = Rule(
    0, "waiting", "queue", warn=5, alarm=10, clear=3, raise_after_s=2, clear_after_s=3, recipients=("supervisor",)
)


class Office:
    """One web process's watcher; another one on the same engine is the next process."""

    def __init__(self, engine):
        self.engine = engine
        self.away = False
        self.readings = {}
        self.told, self.sent = [], []
        self.watcher = Watcher(
            self.run,
            self.told.append,
            lambda event, alert: self.sent.append((event, alert.id)),
            lambda now: now - now % 86400,
        )
        self.watcher.add_source(FLOOR, lambda _now: self.readings)

    async def run(self, work):
        if self.away:
            raise OperationalError("select", {}, Exception("gone"))
        with Session(self.engine) as session:
            return work(session)

    async def looks(self, start, *counts):
        """One look a second; the count of those who wait in the queue, ``...`` is no answer."""
        for n, count in enumerate(counts):
            self.readings = {} if count is ... else {"waiting": [Reading(Subject("queue", "repair", "报修"), count)]}
            await self.watcher.evaluate(start + n)

    async def add_rule(self, rule=RULE):
        def work(session):
            saved = rule_service.save_rule(session, rule, self.watcher.catalogue, "zhou", 1.0)
            session.commit()
            return saved

        return await self.watcher.change(work)

    async def acknowledge(self, alert_id, at):
        def work(session):
            service.acknowledge(session, alert_id, "周敏", "", at)
            session.commit()

        await self.watcher.change(work)

    def rows(self):
        with Session(self.engine) as session:
            return list(session.scalars(select(AlertRow).order_by(AlertRow.id)))


@pytest.fixture
def office(engine):
    return Office(engine)


async def test_an_alert_is_on_disk_told_and_sent_and_so_is_its_end(office):
    await office.add_rule()
    await office.looks(100, 6, 6)
    assert office.rows() == []
    await office.looks(102, 6)
    (row,) = office.rows()
    assert (row.subject_name, row.severity, row.raised_at) == ("报修", "warn", 102)
    assert [one["value"] for one in office.told[-1]["open"]] == [6]
    assert office.told[-1]["today"] == {"raised": 1, "acknowledged": 0, "over": 0}
    await office.looks(103, 2, 2, 2, 2)
    assert office.rows()[0].cleared_at == 106
    assert office.told[-1]["open"] == []
    assert [one["id"] for one in office.told[-1]["settled"]] == [row.id]
    assert office.sent == [("raised", row.id), ("cleared", row.id)]


async def test_after_a_kill_open_alerts_go_on_and_what_was_acknowledged_stays_so(engine):
    before = Office(engine)
    await before.add_rule()
    await before.looks(100, 6, 6, 6)
    await before.acknowledge(before.rows()[0].id, 104)
    after = Office(engine)  # nothing of the first one is written when it dies
    await after.looks(110, ..., 6, 6, 6, 6)
    assert len(after.rows()) == 1
    (shown,) = after.told[-1]["open"]
    assert (shown["acknowledged_by"], shown["value"]) == ("周敏", 6)
    await after.looks(120, 2, 2, 2, 2)
    assert [row.cleared_at for row in after.rows()] == [123]


async def test_a_notice_that_the_last_process_did_not_bring_out_is_sent_by_the_next(engine):
    before = Office(engine)
    await before.add_rule()
    await before.looks(100, 6, 6, 6)
    number = before.rows()[0].id
    after = Office(engine)
    await after.looks(110, 6)
    assert after.sent == [("raised", number)]
    with Session(engine) as session:
        service.add_receipt(session, number, {"event": "raised", "sent": True})
    last = Office(engine)
    await last.looks(120, 6)
    assert last.sent == []


async def test_while_the_database_is_away_an_alert_is_shown_and_sent_once_and_kept_afterwards(office):
    await office.add_rule()
    await office.looks(100, 6, 6)
    office.away = True
    for second in (102, 103, 104):
        with pytest.raises(OperationalError):
            await office.looks(second, 6)
    (shown,) = office.told[-1]["open"]
    assert (shown["kept"], shown["subject_name"], shown["value"]) == (False, "报修", 6)
    assert office.sent == [("raised", 0)]
    office.away = False
    await office.looks(105, 6)
    (row,) = office.rows()
    assert row.raised_at == 102
    assert [(one["id"], one["kept"]) for one in office.told[-1]["open"]] == [(row.id, True)]
    assert office.sent == [("raised", 0)]
    await office.looks(106, 2, 2, 2, 2)
    assert office.sent == [("raised", 0), ("cleared", row.id)]


async def test_what_was_over_before_the_database_came_back_is_shown_no_more(office):
    await office.add_rule()
    await office.looks(100, 6, 6)
    office.away = True
    with pytest.raises(OperationalError):
        await office.looks(102, 6)
    await office.looks(103, 1)
    office.away = False
    await office.looks(106, 1)
    assert office.told[-1]["open"] == []
    assert office.rows() == []


async def test_a_warning_that_becomes_an_alarm_is_sent_again(office):
    await office.add_rule()
    await office.looks(100, 6, 6, 6, 12, 12, 12)
    assert [event for event, _ in office.sent] == ["raised", "worsened"]
    assert office.told[-1]["open"][0]["severity"] == "alarm"


async def test_a_removed_rule_ends_its_alerts_at_the_next_look(office):
    saved = await office.add_rule()
    await office.looks(100, 6, 6, 6)
    await office.watcher.change(lambda session: (rule_service.remove_rule(session, saved.id), session.commit()))
    await office.looks(104, 6)
    assert [row.cleared_why for row in office.rows()] == ["gone"]


async def test_what_is_pending_is_not_lost_by_somebody_s_acknowledgement_of_another(office):
    await office.add_rule()
    await office.add_rule(Rule(0, "longest_wait_s", "queue", warn=60))
    office.readings = {"longest_wait_s": [Reading(Subject("queue", "repair"), 61)]}
    await office.watcher.evaluate(99)
    await office.looks(100, 6, 6)
    await office.acknowledge(office.rows()[0].id, 101.5)
    await office.looks(102, 6)
    assert [(row.figure, row.raised_at) for row in office.rows()] == [("longest_wait_s", 99), ("waiting", 102)]


async def test_values_go_to_disk_now_and_then(office):
    await office.add_rule()
    await office.looks(100, 6, 6, 6, 9, 7)
    assert office.rows()[0].worst == 6
    await office.looks(140, 7)
    assert (office.rows()[0].worst, office.rows()[0].value) == (9, 7)


async def test_at_midnight_the_day_s_sums_begin_anew(office):
    await office.add_rule()
    await office.looks(86_395, 6, 6, 6)
    assert office.told[-1]["today"]["raised"] == 1
    await office.looks(86_400, 6)
    assert office.watcher.message(86_400)["today"]["raised"] == 0


async def test_a_slow_source_holds_nothing_up_and_its_readings_grow_too_old(office):
    await office.add_rule()
    gate, asked = asyncio.Event(), asyncio.Event()

    async def slow(_now):
        asked.set()
        await gate.wait()
        return {"staffed": [Reading(Subject("site"), 3)]}

    office.watcher.add_source((), slow, every_s=60)
    office.watcher.start()
    await asyncio.wait_for(asked.wait(), 5)
    await office.looks(100, 6, 6, 6)
    assert len(office.rows()) == 1
    gate.set()
    source = office.watcher._sources[-1]
    async with asyncio.timeout(5):
        while not source.readings:
            await asyncio.sleep(0.001)
    await office.watcher.stop()
    assert office.watcher.values(source.read_at + 179)["staffed"][0].value == 3
    assert "staffed" not in office.watcher.values(source.read_at + 181)
