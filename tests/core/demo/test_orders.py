"""The demo's orders are as real ones would be: steps that the process permits, facts that say what the rows say."""

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import connect
from core.db.tables import OrderSiteMemberRow, UserRow, WorkOrderClockRow, WorkOrderEventRow, WorkOrderRow
from core.demo import customers, history, orders
from core.demo import installation as demo
from core.people.users import create_user
from core.workorders import office, service, turns
from core.workorders.categories import leaves

UNTIL = 1_795_572_000.0
DAYS = 4


@pytest.fixture(scope="module")
def made(sqlite_template, tmp_path_factory):
    """A session with the orders in it, and their facts."""
    path = tmp_path_factory.mktemp("demo") / "hotline.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = connect(f"sqlite:///{path}")
    with Session(engine) as session:
        for user in demo.USERS:
            create_user(
                session, user.name, user.password, user.role, extension=user.extension, secret=False, commit=False
            )
        customers.fill(session, 2026, 11)
        orders.fill_office(session, UNTIL)
        told = list(history.events(DAYS, 7, UNTIL))
        facts = orders.fill(session, told, 7, UNTIL)
        session.commit()
        yield session, facts, told
    engine.dispose()


def test_every_wrap_up_category_of_the_demo_is_one_of_the_tree(made):
    session, _facts, told = made
    tree = office.tree(session)
    named = {event.payload["category"] for event in told if event.kind == "wrap_up_ended"} - {""}
    assert named <= {one.id for one in leaves(tree)}


def test_there_are_open_late_closed_and_answered_ones_and_all_are_labelled(made):
    session, facts, told = made
    rows = session.scalars(select(WorkOrderRow)).all()
    assert 50 * DAYS < len(rows) < 200 * DAYS
    assert all(row.demo for row in rows)
    states = Counter(row.state for row in rows)
    assert states["closed"] > states.total() / 2
    assert sum(row.open for row in rows) > 10
    assert any(row.due_at is not None and row.due_at < UNTIL for row in rows)
    calls = {event.subject for event in told if event.kind == "call_arrived"}
    assert {row.from_call for row in rows} <= calls
    assert all(event.payload["demo"] for event in facts if event.kind == "order_opened")


def test_facts_come_in_order_and_none_lies_in_the_future(made):
    _session, facts, _told = made
    times = [event.at_us for event in facts]
    assert times == sorted(times)
    assert times[-1] <= UNTIL * 1e6
    first = {}
    for event in facts:
        first.setdefault(event.subject, event.kind)
    assert set(first.values()) == {"order_opened"}


def test_rows_say_what_the_steps_make_of_them(made):
    session, facts, _told = made
    steps = Counter(event.subject for event in facts if event.kind == "order_stepped")
    clocks = {}
    for event in facts:
        if event.kind == "order_clock_set":
            clocks[event.subject, event.payload["clock"]] = (event.payload["state"], event.payload["due_at"])
    for row in session.scalars(select(WorkOrderRow)):
        case = service.case_of(session, row)
        assert (case.standing.state, case.standing.site, case.standing.assignee) == (row.state, row.site, row.assignee)
        assert len(case.steps) == steps[row.id] == row.version
    for row in session.scalars(select(WorkOrderClockRow)):
        assert clocks[row.order_id, row.clock] == (row.state, row.due_at)
        assert row.next_at is None or row.next_at > UNTIL


def test_everybody_who_takes_a_step_is_of_the_demo_and_of_that_site(made):
    session, _facts, _told = made
    roles = {row.name: row.role for row in session.scalars(select(UserRow))}
    sites = {row.user_name: row.site for row in session.scalars(select(OrderSiteMemberRow))}
    homes = {row.id: row.site for row in session.scalars(select(WorkOrderRow))}
    for step in session.scalars(select(WorkOrderEventRow)):
        assert roles[step.by_user] == step.role
        if step.role in ("site_manager", "worker"):
            assert sites[step.by_user] == homes[step.order_id]


def test_numbers_go_on_where_the_history_ends(made):
    session, _facts, _told = made
    day = "261125"
    last = max(row.id for row in session.scalars(select(WorkOrderRow)) if row.id.startswith(day))
    zone = office.zone(session)
    assert turns.next_number(session, zone, UNTIL) == f"{day}-{int(last[-4:]) + 1:04d}"
    session.rollback()
