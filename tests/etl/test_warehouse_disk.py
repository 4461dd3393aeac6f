"""A full disk under the warehouse: what cannot be written is refused, and with room again it works as before."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from core.errors import Unavailable
from etl.warehouse import Warehouse


@contextmanager
def no_room(size_bytes: int) -> Iterator[None]:
    """Files of this process may not grow beyond this size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def rows(warehouse: Warehouse) -> int:
    return warehouse.query("select count(*)::int n from a")[0]["n"]


def add(warehouse: Warehouse, count: int) -> None:
    with warehouse.writing() as cursor:
        cursor.execute("insert into a select range, repeat('x', 50) from range($n)", {"n": count})


def checkpoint(warehouse: Warehouse) -> None:
    with warehouse.writing() as cursor:
        cursor.commit()
        cursor.execute("checkpoint")


def test_a_commit_without_room_is_refused_and_the_next_one_is_taken(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse.duckdb").open()
    with warehouse.writing() as cursor:
        cursor.execute("create table a (i bigint, t text)")
    add(warehouse, 10_000)
    with no_room(4096), pytest.raises(duckdb.Error):
        add(warehouse, 10_000)
    assert rows(warehouse) == 10_000
    add(warehouse, 10_000)
    assert rows(warehouse) == 20_000
    warehouse.close()


def test_a_checkpoint_without_room_is_over_when_there_is_room(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse.duckdb").open()
    with warehouse.writing() as cursor:
        cursor.execute("create table a (i bigint, t text)")
    add(warehouse, 20_000)
    with no_room(4096):
        with pytest.raises(duckdb.FatalException):
            checkpoint(warehouse)
        with pytest.raises((duckdb.Error, Unavailable)):
            add(warehouse, 1)
    assert rows(warehouse) == 20_000
    add(warehouse, 1)
    checkpoint(warehouse)
    assert rows(warehouse) == 20_001
    warehouse.close()
    with pytest.raises(Unavailable):
        rows(warehouse)
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]
