from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.config import load_settings
from core.db import connect, event_log
from core.db.tables import AlertRow, WorkOrderRow
from core.errors import BadInput
from core.events import FACTS
from etl.bench_history import make
from etl.feed import Feeder
from etl.warehouse import Row, Warehouse

UNTIL = 1_795_400_000.0
CALLS = 1000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history") / "site"
    made = make(CALLS, folder, 7, UNTIL)
    assert made["synthetic"]
    assert 0.8 * CALLS < made["size"]["calls"] < 1.2 * CALLS
    return folder


@pytest.fixture(scope="module")
def database(home: Path) -> Engine:
    return connect(load_settings(home).database)


def rounded(row: Row) -> Row:
    """The sum of the same seconds in another order differs in the last digits."""
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()}


def tables(warehouse: Warehouse) -> dict[str, list[Row]]:
    names = warehouse.query(
        "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
    )
    return {
        name: [rounded(row) for row in warehouse.query(f"select * from marts.{name} order by all")]
        for name in (row["table_name"] for row in names)
    }


def test_history_made_fast_equals_history_fed(home: Path, database: Engine, tmp_path: Path) -> None:
    with (
        closing(Warehouse(home / "warehouse.duckdb").open()) as fast,
        closing(Warehouse(tmp_path / "fed.duckdb").open()) as fed,
    ):
        Feeder(database, fed).catch_up()
        made, expected = tables(fast), tables(fed)
    assert all(made[name] for name in ("fct_calls", "fct_orders", "agg_agent_interval"))
    for name, rows in expected.items():
        assert made[name] == rows, name


def test_every_fact_of_it_is_one_and_they_stand_in_order_of_time(database: Engine) -> None:
    with database.connect() as connection:
        log = [event for _number, event in event_log.read_after(connection, 0, 10**6)]
    assert all(isinstance(event.fact(), FACTS[event.kind]) for event in log)
    assert [event.at_us for event in log] == sorted(event.at_us for event in log)
    assert max(event.at_us for event in log) <= UNTIL * 1e6
    calls = [event for event in log if event.kind == "call_arrived"]
    assert all(event.payload["demo"] for event in calls)
    assert len({event.subject for event in calls}) == len(calls)


def test_its_orders_and_alerts_are_those_of_the_facts(database: Engine) -> None:
    with database.connect() as connection:
        log = [event for _number, event in event_log.read_after(connection, 0, 10**6)]
    opened = {event.subject: event for event in log if event.kind == "order_opened"}
    arrived = {event.subject for event in log if event.kind == "call_arrived"}
    with Session(database) as session:
        rows = {row.id: row for row in session.scalars(select(WorkOrderRow))}
        assert session.scalar(select(func.count()).select_from(AlertRow)) == sum(e.kind == "alert_raised" for e in log)
    assert set(rows) == set(opened)
    for number, row in rows.items():
        assert row.demo
        assert row.from_call == opened[number].payload["from_call"]
        assert row.from_call in arrived
        assert row.created_at == pytest.approx(opened[number].at_us / 1e6, abs=1e-3)
        assert row.changed_at <= UNTIL


def test_too_few_calls_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        make(10, tmp_path / "site", 1)
