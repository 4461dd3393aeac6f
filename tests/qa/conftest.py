"""A running web process with QA before a warehouse of nine demo days, and a session with people in both databases."""

from importlib.metadata import EntryPoint

import pytest

from core.people.users import create_user
from core.web import app as app_module
from core.web.app import build
from tests.core.web.conftest import PASSWORD, Running, core, serving, until  # noqa: F401 - fixtures
from tests.kpi.conftest import ENTRIES, filled, home  # noqa: F401 - fixtures

QA_ENTRIES = [*ENTRIES, EntryPoint("16_qa", "qa.web:mount", "hotline.web")]


@pytest.fixture
async def office(home, core, monkeypatch):  # noqa: F811
    monkeypatch.setattr(app_module, "entry_points", lambda group: QA_ENTRIES)
    app = build(home)
    async with serving(app) as port:
        made = Running(app, port)
        await until(lambda: made.web.parts["feeder"].status()["state"] == "up", 20)
        yield made
        for client in made.clients:
            await client.aclose()


@pytest.fixture
def people(session):
    """By name."""
    made = {}
    for name, role, extension in (
        ("an", "qa", None),
        ("bo", "qa", None),
        ("cai", "qa", "8090"),
        ("agent8001", "agent", "8001"),
        ("agent8002", "agent", "8002"),
    ):
        made[name] = create_user(session, name, PASSWORD, role, extension=extension)
    return made
