"""The running file and one filled anew from the same log hold the same rows, in every table, also where many facts
bear the same time: then the order of the log decides."""

import random
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core import events as ev
from core.db import connect, migrate
from core.demo import customers, history, orders
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from tests.etl.conftest import NOON, feed, plain
from tests.etl.order_facts import opened

# Coarse enough that an order's clocks, a call's facts and an agent's states fall on one moment.
GRAIN_US = 60_000_000


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """Two days of calls and of the orders taken in them."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('days') / 'hotline.db'}")
    migrate(engine)
    told = list(history.events(2, 11, NOON))
    with Session(engine) as session:
        customers.fill(session, 2026, 11)
        orders.fill_office(session, NOON)
        made = orders.fill(session, told, 11, NOON)
    engine.dispose()
    return sorted([*told, *made, *of_two_clocks()], key=lambda event: event.at_us)


def of_two_clocks():
    """Orders whose deadline came with them: it is that of several clocks at once."""
    for n in range(60):
        number, at = f"261122-{7000 + n}", NOON - 86_400 + 600 * n
        clocks = [ev.OrderClockSet(number, name, "running", NOON + 3600, 3600) for name in ("total", "close", "finish")]
        for fact in (opened(number), *clocks):
            yield ev.Event.of(fact, at)


def tables(warehouse):
    names = warehouse.query(
        "select table_name from information_schema.tables where table_schema = 'marts' and table_type = 'BASE TABLE'"
    )
    return {
        name: sorted(map(plain, warehouse.query(f"select * from marts.{name}")))
        for name in (row["table_name"] for row in names)
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_the_running_file_equals_the_rebuilt_one_in_every_table_also_where_times_are_equal(days, tmp_path, seed):
    chance = random.Random(seed)
    coarse = [replace(event, at_us=event.at_us - event.at_us % GRAIN_US) for event in days]
    # Facts of one moment come into the log in any order.
    coarse.sort(key=lambda event: (event.at_us, chance.random()))
    numbered = list(enumerate(coarse, start=1))
    running, rebuilt = (Warehouse(tmp_path / f"{name}.duckdb").open() for name in ("running", "rebuilt"))
    for warehouse in (running, rebuilt):
        prepare(warehouse)
    cuts = sorted(chance.sample(range(1, len(numbered)), 12))
    for start, end in zip([0, *cuts], [*cuts, len(numbered)], strict=True):
        load(running, numbered[start:end], "Asia/Shanghai")
    feed(rebuilt, numbered, len(numbered))
    expected, found = tables(rebuilt), tables(running)
    running.close()
    rebuilt.close()
    assert expected["fct_orders"]
    for name, rows in expected.items():
        assert found[name] == rows, name
