"""Work orders of the demo's history: taken in the calls that were wrapped up, worked on by the invented crews.

Every step goes through the same process as a real one; what would lie in the future has not happened yet, so that there
are open orders, some of them late. Everything carries ``demo``.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.clock import from_micros
from core.db.tables import (
    CustomerPhoneRow,
    CustomerRow,
    OrderSiteMemberRow,
    OrderSiteRow,
    WorkOrderClockRow,
    WorkOrderEventRow,
    WorkOrderNumberRow,
    WorkOrderRow,
)
from core.demo import installation as demo
from core.events import Event
from core.workorders import office, rows
from core.workorders.case import Case, Report, facts, opened
from core.workorders.categories import Category, leaves
from core.workorders.deadlines import Terms, levels_before
from core.workorders.intake import terms_for
from core.workorders.office import Office
from core.workorders.workflow import TransitionRequest

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# Not every call about a leak is a new leak, and not every question is written down.
NEW_SHARE = {True: 0.25, False: 0.4}
# The calls are shared out evenly among the kinds of trouble; mains do not burst that often.
RARE = {"repair.burst": 0.2, "service.transfer": 0.4, "service.connect": 0.4, "praise": 0.3, "suggestion": 0.5}
FIELD_WORK = ("repair", "quality", "report")
WORDS = {
    "repair.leak_visible": ("路面冒水，水流较大", "楼道水管渗漏", "阀门处漏水"),
    "repair.leak_hidden": ("关阀后水表仍走", "墙面返潮，疑似暗漏"),
    "repair.burst": ("主管爆裂，路面积水", "施工挖断水管"),
    "repair.no_water": ("整栋楼无水", "家中突然停水"),
    "repair.low_pressure": ("高峰时水压很小", "六楼以上水压不足"),
    "repair.meter": ("水表不走字", "表面模糊看不清"),
    "quality": ("水发黄", "水有异味", "水中有颗粒"),
    "complaint": ("多次报修未处理", "对服务态度不满", "账单有异议"),
    "report": ("有人私接水管", "消火栓被损坏"),
    "consultation": ("咨询阶梯水价", "咨询营业厅时间"),
    "service.transfer": ("申请过户", "房屋买卖后过户"),
    "service.connect": ("商铺申请新装", "新房申请装表"),
    "service.meter_test": ("怀疑水表不准，申请验表",),
    "bill": ("查询本月水费", "查询欠费"),
    "suggestion": ("建议增加缴费渠道",),
    "praise": ("表扬抢修人员",),
}
# History has no calls of our own: its visits were made from elsewhere.
MOBILE = "使用手机回访（演示）"
RESULTS = ("已更换阀门，恢复供水", "已修复漏点", "已更换水表", "已冲洗管道，水质恢复正常", "已向用户解释并处理")


@dataclass(frozen=True, slots=True)
class CategorisedCall:
    """A call that was wrapped up with a category: by whom, of what number, when."""

    call_id: str
    caller: str
    agent: str
    category: str
    at: float


def fill_office(session: Session, at: float) -> None:
    """Process, categories, the invented units and their people. Not committed."""
    office.fill_shipped(session, at)
    for rank, unit in enumerate(demo.ORDER_SITES):
        session.add(OrderSiteRow(id=unit.id, rank=rank, name=unit.name, districts=list(unit.districts), active=True))
        session.add_all(OrderSiteMemberRow(user_name=name, site=unit.id) for name in (unit.lead, *unit.workers))
    session.flush()


def fill(session: Session, told: Iterable[Event], seed: int, now: float) -> list[Event]:
    """Orders of these facts' calls, kept but not committed; the facts of the orders, in order of time."""
    found = replace(office.load(session), calendars=demo.demo_installation().calendars)
    customers = customers_by_number(session)
    chance = random.Random(seed)
    made: list[Case] = []
    numbers: dict[str, int] = {}
    known: dict[tuple[str, str], Terms] = {}
    happened: list[Event] = []
    for talk in talks(told, found):
        if not is_written_down(chance, found, talk):
            continue
        day = datetime.fromtimestamp(talk.at, found.zone).strftime("%y%m%d")
        numbers[day] = numbers.get(day, 0) + 1
        story = Story(chance, found, known, talk, customers.get(talk.caller), now)
        made.append(story.played(f"{day}-{numbers[day]:04d}", happened))
    for terms in known.values():
        office.keep_calendars(session, terms)
    if not made:
        return []
    session.execute(insert(WorkOrderNumberRow), [{"day": day, "last": last} for day, last in numbers.items()])
    session.execute(insert(WorkOrderRow), [rows.order_columns(case) for case in made])
    session.execute(
        insert(WorkOrderEventRow), [rows.event_columns(case, n) for case in made for n in range(len(case.steps))]
    )
    clocks = [(case, clock) for case in made for clock in (case.clocks or {}).values()]
    session.execute(
        insert(WorkOrderClockRow), [rows.clock_columns(case, one, levels_before(one, now)) for case, one in clocks]
    )
    happened.sort(key=lambda event: event.at_us)
    return happened


def talks(told: Iterable[Event], found: Office) -> Iterator[CategorisedCall]:
    """The first wrap-up of each call that names a category."""
    ids = {one.id for one in leaves(found.tree)}
    callers: dict[str, str] = {}
    seen: set[str] = set()
    for event in told:
        if event.kind == "call_arrived":
            callers[event.subject] = event.payload["caller"]
        elif event.kind == "wrap_up_ended" and event.subject not in seen and event.payload["category"] in ids:
            seen.add(event.subject)
            one = event.payload
            at = from_micros(event.at_us) - 2.0
            yield CategorisedCall(event.subject, callers[event.subject], one["extension"], one["category"], at)


def is_written_down(chance: random.Random, found: Office, talk: CategorisedCall) -> bool:
    return chance.random() < NEW_SHARE[found.tree[talk.category].immediate] * RARE.get(talk.category, 1.0)


def customers_by_number(session: Session) -> dict[str, CustomerRow]:
    query = select(CustomerPhoneRow.number, CustomerRow).join(
        CustomerRow, CustomerRow.id == CustomerPhoneRow.customer_id
    )
    return {row.number: row.CustomerRow for row in session.execute(query)}


def _district(number: str) -> str:
    return demo.ORDER_SITES[sum(number.encode()) % len(demo.ORDER_SITES)].districts[0]


class Story:
    """What becomes of one order until now."""

    def __init__(
        self,
        chance: random.Random,
        found: Office,
        known: dict[tuple[str, str], Terms],
        talk: CategorisedCall,
        customer: CustomerRow | None,
        now: float,
    ) -> None:
        self.chance = chance
        self.known = known
        self.office = found
        self.talk = talk
        self.category: Category = found.tree[talk.category]
        self.customer = customer
        self.now = now
        self.at = talk.at
        self.case: Case
        self.facts: list[Event] = []

    def played(self, number: str, into: list[Event]) -> Case:
        report = self._report()
        self.case = opened(number, self.office.definition, report, self._terms(report), self.at)
        into.append(Event.of(facts(None, self.case)[0][1], self.at))
        self.facts = into
        self._live()
        return self.case

    def _report(self) -> Report:
        customer, chance = self.customer, self.chance
        # Who is no customer lives anywhere.
        district = customer.district if customer else _district(self.talk.caller)
        # Some leaks are in the street before the house.
        away = 0.0 if chance.random() < 0.7 else 0.002
        place: tuple[float | None, float | None] = (None, None)
        if customer is not None and customer.longitude is not None and customer.latitude is not None:
            place = (
                round(customer.longitude + chance.uniform(-away, away), 5),
                round(customer.latitude + chance.uniform(-away, away), 5),
            )
        urgency = self.category.urgency
        if urgency == "normal" and chance.random() < 0.06:
            urgency = "urgent"
        return Report(
            "phone",
            self.category.id,
            urgency,
            chance.choice(WORDS.get(self.category.id, ("用户来电反映情况",))),
            f"agent{self.talk.agent}",
            district,
            customer.address if customer else "",
            *place,
            site=self.office.site_for(self.category.id, district),
            customer_id=customer.id if customer else None,
            contact=customer.name if customer else "",
            caller=self.talk.caller,
            from_call=self.talk.call_id,
            demo=True,
        )

    def _terms(self, report: Report) -> Terms:
        key = (report.category, report.urgency)
        if key not in self.known:
            self.known[key] = terms_for(self.office, report)
        return self.known[key]

    # --- steps ---------------------------------------------------------------------------------------------

    def _do(self, after_s: float, event: str, by: str, role: str, **fields: Any) -> bool:
        """The step, unless it lies in the future."""
        self.at += after_s
        if self.at > self.now:
            return False
        before = self.case
        self.case = before.step(by, TransitionRequest(event, role, self.at, fields))
        self.facts += [Event.of(fact, at) for at, fact in facts(before, self.case)]
        return True

    def _live(self) -> None:
        agent = f"agent{self.talk.agent}"
        if self.category.immediate and self.chance.random() < 0.93:
            self._do(0.0, "answer", agent, "agent", note="已答复")
            return
        self._do(0.0, "accept", agent, "agent")
        if self.chance.random() < 0.01:
            self._do(self._minutes(30), "void", "supervisor", "supervisor", note="重复登记")
            return
        wait = 0.0 if self.chance.random() < 0.7 else self._minutes(12)
        if self._do(wait, "dispatch", agent, "agent", site=self.case.standing.site):
            self._crew(agent)

    def _crew(self, agent: str) -> None:
        unit = next(one for one in demo.ORDER_SITES if one.id == (self.case.standing.site or "east"))
        worker, lead = self.chance.choice(unit.workers), unit.lead
        chance = self.chance.random()
        if chance < 0.03:
            # Nobody looks at it: such orders are what overdue lists are for.
            return
        if chance < 0.08 and not self._returned(agent, lead):
            return
        if self.chance.random() < 0.06:
            self._do(self._minutes(50), "urge", agent, "agent", note="用户再次来电催促")
        if not self._do(self._minutes(9), "take", lead, "site_manager", assignee=worker):
            return
        if not self._on_site(worker) or not self._worked(worker, lead):
            return
        if self._do(self._minutes(70), "close_out", lead, "site_manager"):
            self._visited(agent)

    def _returned(self, agent: str, lead: str) -> bool:
        return self._do(
            self._minutes(25), "return", lead, "site_manager", reason="wrong_category", note="请核对"
        ) and self._do(self._minutes(15), "dispatch", agent, "agent", site=self.case.standing.site)

    def _on_site(self, worker: str) -> bool:
        if self.category.id.split(".")[0] not in FIELD_WORK:
            return self._do(self._minutes(90), "work", worker, "worker")
        quick = {"normal": 1.0, "urgent": 0.6, "emergency": 0.5}[self.case.report.urgency]
        steps = (("depart", 12.0), ("arrive", 32.0), ("work", 6.0))
        return all(self._do(self._minutes(minutes * quick), event, worker, "worker") for event, minutes in steps)

    def _worked(self, worker: str, lead: str) -> bool:
        field = self.category.id.split(".")[0] in FIELD_WORK
        length = self._minutes(80) if field else self.chance.uniform(2 * HOUR, 30 * HOUR)
        if self.case.report.urgency != "emergency" and self.chance.random() < 0.07:
            until = self.at + self.chance.uniform(0.5, 3.0) * DAY
            reason = self.chance.choice(("parts", "customer", "permit"))
            if not self._do(self._minutes(20), "suspend", lead, "site_manager", reason=reason, until=until):
                return False
            if not self._do(self.chance.uniform(2 * HOUR, 30 * HOUR), "resume", worker, "worker"):
                return False
        elif self.chance.random() < 0.03:
            due = self.at + self.chance.uniform(4, 7) * DAY
            # Later than what holds now, or it would be no extension.
            held = [one.due_at for one in (self.case.clocks or {}).values() if one.runs and one.due_at is not None]
            due = max([due, *(at + DAY for at in held)])
            self._do(self._minutes(30), "extend", "supervisor", "supervisor", due_at=due, note="需开挖路面")
            length += self.chance.uniform(8 * HOUR, 30 * HOUR)
        if self.chance.random() < 0.05:
            # Some take longer than they should.
            length += self.chance.uniform(20 * HOUR, 70 * HOUR)
        if self.chance.random() < 0.02:
            self._do(length / 2, "supervise", "supervisor", "supervisor", note="请尽快处理")
        return self._do(length, "submit", worker, "worker", result=self.chance.choice(RESULTS))

    def _visited(self, agent: str) -> None:
        self.at = self._in_the_day(self.at + self.chance.uniform(HOUR, 10 * HOUR))
        for _attempt in range(3):
            if self.chance.random() >= 0.12:
                break
            if not self._do(0.0, "not_reached", agent, "agent", no_call=MOBILE) or not self.case.is_open:
                return
            self.at = self._in_the_day(self.at + self.chance.uniform(2 * HOUR, 6 * HOUR))
        if self.case.standing.round == 1 and self.chance.random() < 0.05:
            if self._do(0.0, "reopen", agent, "agent", note="用户反映仍未解决") and self._do(
                self._minutes(20), "dispatch", agent, "agent", site=self.case.standing.site
            ):
                self._crew(agent)
            return
        self._do(
            0.0, "visit", agent, "agent", satisfied=self.chance.choice(("very", "yes", "yes", "fair")), no_call=MOBILE
        )

    def _minutes(self, about: float) -> float:
        """Around so many minutes, seldom several times as many."""
        return about * MINUTE * self.chance.lognormvariate(-0.15, 0.55)

    def _in_the_day(self, at: float) -> float:
        """Nobody is rung up at night."""
        local = datetime.fromtimestamp(at, self.office.zone)
        return at + max(0, 9 - local.hour) * HOUR if local.hour < 20 else at + (33 - local.hour) * HOUR
