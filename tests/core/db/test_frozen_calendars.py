"""A database of the version before calendars were frozen, with orders in it, comes to today's tables on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from core.db import migrate
from core.db import migrate as migrate_module
from core.db.tables import CalendarRow, WorkOrderRow
from core.workorders import service
from core.workorders.calendars import version_of
from core.workorders.intake import IntakeRequest
from core.workorders.office import calendars
from core.workorders.steps import StepRequest
from tests.core.workorders.conftest import AGENT, NOW, SUPERVISOR, fill

BEFORE = "0010"


def to_version(engine: Engine, revision: str) -> None:
    config = Config()
    folder = migrate_module.__globals__["__file__"].removesuffix("migrate.py") + "migrations"
    config.set_main_option("script_location", folder)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def due(session: Session, order_id: str) -> dict[str, float | None]:
    session.expire_all()
    case = service.case_of(session, session.get_one(WorkOrderRow, order_id))
    return {name: clock.due_at for name, clock in (case.clocks or {}).items()}


def limits(session: Session, table: str) -> list[str]:
    return [str(row[0]) for row in session.execute(text(f"select limits from {table} where limits is not null"))]


@pytest.fixture
def old(engine: Engine) -> tuple[str, str, dict[str, float | None], dict[str, float | None]]:
    """Two orders, one of them corrected, in a database as it was; their numbers and deadlines."""
    migrate(engine)
    with Session(engine) as session:
        fill(session)
        wish = IntakeRequest("service.connect", "报装", address="城东区清泉路12号", then="dispatch")
        first = service.open_order(session, wish, AGENT, NOW).id
        second = service.open_order(session, replace(wish, summary="又一处"), AGENT, NOW).id
        fields = {"category": "service.transfer"}
        service.take_step(session, second, StepRequest("correct", fields), SUPERVISOR, NOW + 60)
        known = due(session, first), due(session, second)
    to_version(engine, BEFORE)
    with Session(engine) as session:
        assert "calendar_versions" not in inspect(session.get_bind()).get_table_names()
        told = [*limits(session, "work_orders"), *limits(session, "work_order_events")]
        assert len(told) == 3
        assert all("workdays" in one and "#" not in one for one in told)
    return first, second, *known


def test_orders_that_had_begun_keep_the_calendars_of_the_day_of_the_change(engine, old):
    first, second, due_first, due_second = old
    migrate(engine)
    with Session(engine) as session:
        frozen = version_of(calendars(session)["workdays"])
        told = [*limits(session, "work_orders"), *limits(session, "work_order_events")]
        assert len(told) == 3
        # The name that the program gives the calendar as it stands: later orders share it.
        assert all(frozen in one for one in told)
        assert (due(session, first), due(session, second)) == (due_first, due_second)
        # A week of holidays put in afterwards is for later orders.
        calendar = session.get_one(CalendarRow, "workdays")
        calendar.holidays = [(date(2026, 11, 26) + timedelta(days=n)).isoformat() for n in range(8)]
        session.commit()
        assert (due(session, first), due(session, second)) == (due_first, due_second)
        wanted = IntakeRequest("service.connect", "第三处", address="城东区清泉路12号", then="dispatch")
        assert due(session, service.open_order(session, wanted, AGENT, NOW).id)["finish"] > due_first["finish"]


def test_steps_of_before_are_there_and_new_ones_can_be_taken(engine, old):
    first, second, *_ = old
    migrate(engine)
    migrate(engine)
    with Session(engine) as session:
        assert set(session.scalars(text("select request_hash from work_order_events"))) == {""}
        service.take_step(session, second, StepRequest("urge", {"note": "催"}, key="k"), AGENT, NOW + 120)
        assert session.get_one(WorkOrderRow, second).urged == 1
        assert session.get_one(WorkOrderRow, first).state == "dispatched"
