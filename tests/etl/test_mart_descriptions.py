"""Every mart says its grain, key and columns, and what it says is so."""

import pytest
import yaml

from etl.families import installed
from etl.runner import SQL
from tests.etl.conftest import day_of_calls, feed
from tests.etl.order_facts import day_of_orders

FILES = sorted((SQL / "marts").rglob("*.yml"))


def test_every_mart_is_described(warehouse):
    marts = {
        row["table_name"]
        for row in warehouse.query("select table_name from information_schema.tables where table_schema = 'marts'")
    }
    described = {path.stem for one in installed() for path in (one.sql / "marts" / one.name).glob("*.yml")}
    assert described == marts - {"queue_interval_counts", "interval_counts"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_columns_and_key_are_as_described(warehouse, path):
    said = yaml.safe_load(path.read_text("utf-8"))
    assert said["name"] == path.stem
    assert said["grain"].startswith("one row per ")
    assert all(said["columns"].values())
    assert [row["column_name"] for row in warehouse.query(f"describe marts.{path.stem}")] == list(said["columns"])
    feed(warehouse, (day_of_orders() if "order" in path.stem else day_of_calls())[-1500:])
    key = ", ".join(said["key"])
    assert warehouse.query(f"select {key} from marts.{path.stem} group by {key} having count(*) > 1") == []
