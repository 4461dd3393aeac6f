"""The marts say of every order what the office's own tables say, whatever steps were taken."""

import random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import WorkOrderClockRow, WorkOrderEventRow, WorkOrderRow
from core.demo import customers, history, orders
from core.demo import installation as demo
from core.errors import HotlineError
from core.installation.service import save_installation
from core.workorders import service
from core.workorders.case import Case
from core.workorders.rights import Actor
from core.workorders.service import StepRequest
from core.workorders.workflow import allowed
from etl.feed import Feeder
from tests.etl.conftest import NOON

STEPS = 250
PEOPLE = (
    Actor("agent8001", "agent"),
    Actor("supervisor", "supervisor"),
    *(Actor(unit.lead, "site_manager", unit.id) for unit in demo.ORDER_SITES),
    *(Actor(name, "worker", unit.id) for unit in demo.ORDER_SITES for name in unit.workers),
)


@pytest.fixture
def worked_on(engine, warehouse):
    """A demo's orders, then many steps by chance at the office's own service; both sides as rows by order."""
    with Session(engine) as session:
        save_installation(session, demo.demo_installation())
        customers.fill(session, 2026, 11)
        orders.fill_office(session, NOON)
        events = orders.fill(session, history.events(2, 7, NOON), 5, NOON)
        event_log.append(session.connection(), events)
        session.commit()
        taken = wander(session, random.Random(3))
        assert len(taken) > 10, taken
        assert Feeder(engine, warehouse).catch_up() > 1000
        yield session, warehouse


def wander(session: Session, rng: random.Random) -> set[str]:
    """The kinds of steps that went through."""
    ids = list(session.scalars(select(WorkOrderRow.id).where(WorkOrderRow.open)))
    happened = set()
    for n in range(STEPS):
        order_id, who = rng.choice(ids[:12]), rng.choice(PEOPLE)
        case = service.case_of(session, session.get_one(WorkOrderRow, order_id, populate_existing=True))
        events = allowed(case.definition, case.standing, who.role)
        session.rollback()
        if not events:
            continue
        event = rng.choice(events)
        fields = filled(event, case, ids, rng, NOON + n * 60)
        try:
            service.take_step(session, order_id, StepRequest(event.id, fields), who, NOON + n * 60)
            happened.add(event.id)
        except HotlineError:
            # Not every step that chance thinks of is one that the house takes.
            continue
    return happened


def filled(event, case: Case, ids: list[str], rng: random.Random, now: float) -> dict:
    values = {
        "text": "清源路 9 号",
        "time": now + rng.choice((3600, 86_400)),
        "number": 100,
        "site": rng.choice(demo.ORDER_SITES).id,
        "order": rng.choice(ids),
        "flag": True,
    }
    corrections = {"category": "quality", "urgency": "urgent", "district": "演示滨江区"}
    found = {}
    for one in event.fields:
        if not one.required and rng.random() < 0.5:
            continue
        if one.id in corrections:
            found[one.id] = corrections[one.id]
        elif one.kind == "choice":
            found[one.id] = rng.choice(one.choices)[0]
        elif one.kind in values and one.id not in ("longitude", "latitude"):
            found[one.id] = values[one.kind]
    return found


def test_heads_steps_and_clocks_are_the_same_on_both_sides(worked_on):
    session, warehouse = worked_on
    heads = {row.id: head(row) for row in session.scalars(select(WorkOrderRow))}
    marts = {row["order_id"]: told(row) for row in warehouse.query("select * from marts.fct_orders")}
    assert marts.keys() == heads.keys()
    assert {order: (heads[order], marts[order]) for order in heads if heads[order] != marts[order]} == {}
    steps = {
        (row.order_id, row.seq + 1): (row.event, row.to_state) for row in session.scalars(select(WorkOrderEventRow))
    }
    found = warehouse.query("select order_id, step_no, event, to_state from marts.fct_order_steps")
    assert {(row["order_id"], row["step_no"]): (row["event"], row["to_state"]) for row in found} == steps


def test_times_and_clocks_are_the_same_on_both_sides(worked_on):
    session, warehouse = worked_on
    ours = times("opened", ((row.id, row.created_at) for row in session.scalars(select(WorkOrderRow))))
    ours |= times("due", ((row.id, row.due_at) for row in session.scalars(select(WorkOrderRow))))
    closed = select(WorkOrderRow).where(WorkOrderRow.state == "closed")
    ours |= times("closed", ((row.id, row.closed_at) for row in session.scalars(closed)))
    marts = warehouse.query(
        "select order_id, epoch(opened_at) opened, epoch(due_at) due, epoch(closed_at) closed from marts.fct_orders"
    )
    found = {}
    for name in ("opened", "due", "closed"):
        found |= times(name, ((row["order_id"], row[name]) for row in marts))
    # A float's microseconds may be rounded either way.
    assert found == pytest.approx(ours, abs=0.001)
    clocks = {(row.order_id, row.clock): (row.state, row.due_at) for row in session.scalars(select(WorkOrderClockRow))}
    latest = warehouse.query(
        "select order_id, clock, state, epoch(due_at) due from marts.fct_order_clocks"
        " qualify row_number() over (partition by order_id, clock order by run_no desc) = 1"
    )
    states = {(row["order_id"], row["clock"]): row["state"] for row in latest}
    assert states == {key: state for key, (state, _due) in clocks.items()}
    dues = {(row["order_id"], row["clock"]): row["due"] for row in latest if row["due"] is not None}
    assert dues == pytest.approx({key: due for key, (_state, due) in clocks.items() if due is not None}, abs=0.001)


def times(name: str, found) -> dict:
    return {(order, name): at for order, at in found if at is not None}


NAMES = ("state", "category", "urgency", "district", "address", "site", "round", "urged", "supervised", "returned")


def head(row: WorkOrderRow) -> dict:
    place = (row.longitude, row.latitude)
    return {**{name: getattr(row, name) for name in NAMES}, "place": place, "holder": row.assignee or row.site}


def told(row: dict) -> dict:
    place = (row["longitude"], row["latitude"])
    return {**{name: row[name] for name in NAMES}, "place": place, "holder": row["assignee"]}
