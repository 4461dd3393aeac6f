"""A reader that holds SQLite's log: it grows, health says so, and what it took is given back when the reader has gone."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.db import connect, migrate
from core.db import engine as engine_module
from core.db.engine import wal_bytes
from core.demo.installation import empty_installation
from core.installation.service import save_installation
from core.web.routes import health


def test_a_log_that_a_reader_holds_is_said_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "WAL_LIMIT_BYTES", 1 << 20)
    monkeypatch.setattr(health, "HELD_WAL_BYTES", 6 << 20)
    engine = connect(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    with Session(engine) as session:
        save_installation(session, empty_installation("供水热线", "Asia/Shanghai"))
        session.commit()
    asks = health._Database(engine, tmp_path / "state")

    def written() -> None:
        # Page after page, as months of facts would be.
        with engine.begin() as connection:
            connection.execute(text("create table if not exists filler (bytes blob)"))
            connection.execute(text("insert into filler values (randomblob(1500000))"))

    written()
    assert asyncio.run(asks.look())["status"] == "ok"
    with engine.connect() as reader:
        reader.exec_driver_sql("begin")
        reader.exec_driver_sql("select count(*) from site").scalar()
        for _ in range(5):
            written()
        told = asyncio.run(asks.look())
        assert (told["status"], told["detail"]) == ("degraded", "wal_held")
        assert told["wal_mb"] >= 6
        reader.rollback()
    # One more takes the log back to its beginning, and the next one begins it anew.
    for _ in range(2):
        written()
    with engine.begin() as connection:
        connection.execute(text("delete from filler where false"))
        connection.execute(text("insert into filler values (randomblob(10))"))
    assert wal_bytes(engine) <= 6 << 20
    assert asyncio.run(asks.look())["status"] == "ok"
    engine.dispose()
