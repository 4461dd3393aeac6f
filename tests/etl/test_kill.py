"""The feeding process is killed again and again, at any moment: nothing is lost and nothing is counted twice."""

import random
import subprocess
import sys
import time

import pytest

from core.db import event_log
from etl.feed import Feeder, prepare
from etl.warehouse import Warehouse
from tests.etl.conftest import contents, day_of_calls, feed

FEEDING = """
import sys
from pathlib import Path
from core.db import connect
from etl import feed
from etl.warehouse import Warehouse
feed.BATCH = 25
warehouse = Warehouse(Path(sys.argv[2])).open()
feeder = feed.Feeder(connect(sys.argv[1]), warehouse)
while feeder.once():
    print("batch", flush=True)
"""
KILLS = 3


@pytest.mark.slow
def test_kill_minus_nine_at_any_moment_loses_and_doubles_nothing(database_url, engine, tmp_path):
    rows = day_of_calls()[-1200:]
    with engine.begin() as connection:
        event_log.append(connection, [event for _id, event in rows])
    path = tmp_path / "killed.duckdb"
    chance = random.Random(9)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", FEEDING, database_url, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _batch in range(chance.randint(1, 4)):
            assert process.stdout.readline() == b"batch\n"
        # Anywhere in the batch after that.
        time.sleep(chance.uniform(0, 0.08))
        process.kill()
        process.communicate()
    killed = Warehouse(path).open()
    whole = Warehouse(tmp_path / "whole.duckdb").open()
    try:
        (row,) = killed.query("select count(*) n from raw.event_log")
        assert 0 < row["n"] < len(rows), "the kills came too late or too early to prove anything"
        Feeder(engine, killed).catch_up()
        prepare(whole)
        with engine.connect() as connection:
            feed(whole, event_log.read_after(connection, 0, 100_000))
        assert killed.query("select count(*) n, count(distinct uid) u from raw.event_log") == [{"n": 1200, "u": 1200}]
        assert contents(killed) == contents(whole)
    finally:
        killed.close()
        whole.close()
