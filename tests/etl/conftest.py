"""A warehouse in a temporary folder, and events numbered as the log would number them."""

import functools

import pytest

from core.demo import history
from etl.feed import load, prepare
from etl.warehouse import Warehouse

# 2026-11-23 12:00 in Shanghai.
NOON = 1795406400.0
MARTS = (
    "fct_calls",
    "fct_queue_visits",
    "fct_call_segments",
    "fct_agent_states",
    "agg_queue_interval",
    "agg_agent_interval",
    "fct_orders",
    "fct_order_steps",
    "fct_order_clocks",
    "agg_order_interval",
)
# The sum of the same seconds in another order differs in the last digits.
ROUNDED = 6


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    prepare(made)
    yield made
    made.close()


@functools.cache
def day_of_calls():
    return tuple(enumerate(history.events(1, 7, NOON), start=1))


def feed(warehouse, numbered, size=5000):
    for start in range(0, len(numbered), size):
        load(warehouse, numbered[start : start + size], "Asia/Shanghai")


def contents(warehouse):
    return {mart: sorted(map(plain, warehouse.query(f"select * from marts.{mart}"))) for mart in MARTS}


def plain(row):
    return repr([round(value, ROUNDED) if isinstance(value, float) else value for value in row.values()])
