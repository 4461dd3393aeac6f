"""A running web process before a warehouse of nine demo days."""

import shutil
from importlib.metadata import EntryPoint

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import connect, event_log, migrate
from core.demo import history, installation, roster
from core.installation.service import save_installation
from core.people.users import create_user
from core.web import app as app_module
from core.web.app import build
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from tests.core.web.conftest import PASSWORD, Running, core, serving, until  # noqa: F401 - fixtures
from tests.etl.conftest import warehouse  # noqa: F401 - fixture

ENTRIES = [
    EntryPoint("10_etl", "etl.web:mount", "hotline.web"),
    EntryPoint("15_kpi", "kpi.web:mount", "hotline.web"),
]


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A home with nine days of demo calls in both databases, made once."""
    home = tmp_path_factory.mktemp("kpi")
    engine, now = connect(f"sqlite:///{home / 'hotline.db'}"), utc_now()
    migrate(engine)
    with Session(engine) as session:
        for name, role, extension in (
            ("supervisor", "supervisor", None),
            ("director", "director", None),
            ("qa", "qa", None),
            ("agent8001", "agent", "8001"),
            ("agent8002", "agent", "8002"),
        ):
            create_user(session, name, PASSWORD, role, extension=extension, commit=False)
        event_log.append(session, history.events(9, 5, now))
        roster.fill(session, now, "Asia/Shanghai")
        save_installation(session, installation.demo_installation())
    made = Warehouse(home / "warehouse.duckdb").open()
    prepare(made)
    with engine.connect() as connection:
        last = 0
        while batch := event_log.read_after(connection, last, 20_000):
            load(made, batch, "Asia/Shanghai")
            last = batch[-1][0]
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    made.close()
    engine.dispose()
    return home


@pytest.fixture
def home(tmp_path, filled):
    for name in ("hotline.db", "warehouse.duckdb"):
        shutil.copy(filled / name, tmp_path / name)
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
async def office(home, core, monkeypatch):  # noqa: F811
    monkeypatch.setattr(app_module, "entry_points", lambda group: ENTRIES)
    app = build(home)
    async with serving(app) as port:
        made = Running(app, port)
        await until(lambda: made.web.parts["feeder"].status()["state"] == "up", 20)
        yield made
        for client in made.clients:
            await client.aclose()
