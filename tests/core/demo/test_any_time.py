"""The demo makes sense whenever it begins: nothing in it lies ahead, and there is work to see."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import to_micros, utc_now
from core.db import connect
from core.db.tables import WorkOrderEventRow, WorkOrderRow
from core.demo import customers, history, orders
from core.demo import installation as demo
from core.people.users import create_user
from tests.clock import ZONE

DAYS = 3


@pytest.fixture
def session(sqlite_template, tmp_path):
    path = tmp_path / "hotline.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = connect(f"sqlite:///{path}")
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.any_time
def test_the_demo_tells_of_the_days_until_now_and_has_orders_under_way(session: Session):
    now = utc_now()
    today = datetime.fromtimestamp(now, ZONE)
    for user in demo.USERS:
        create_user(session, user.name, user.password, user.role, extension=user.extension, secret=False, commit=False)
    customers.fill(session, today.year, today.month)
    told = list(history.events(DAYS, 96000, now))
    orders.fill_office(session, now)
    made = orders.fill(session, told, 96000, now)
    assert max(event.at_us for event in (*told, *made)) <= to_micros(now)
    arrived = [event for event in told if event.kind == "call_arrived"]
    assert len(arrived) > 150 * DAYS
    assert arrived[0].at_us >= to_micros(now - DAYS * 86_400)
    rows = session.scalars(select(WorkOrderRow)).all()
    assert sum(row.open for row in rows) > 10
    assert any(row.due_at > now for row in rows if row.open and row.due_at)
    assert all(row.at <= now for row in session.scalars(select(WorkOrderEventRow)))
