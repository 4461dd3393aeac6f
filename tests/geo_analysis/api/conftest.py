"""A running web process with the places' routes."""

from importlib.metadata import EntryPoint

import pytest

from core.web import app as app_module
from core.web.app import build
from tests.core.web.conftest import Running, core, home, people_db, serving  # noqa: F401 - fixtures

GEO = [EntryPoint("17_geo", "geo_analysis.web:mount", "hotline.web")]


@pytest.fixture
async def house(home, core, monkeypatch):  # noqa: F811
    monkeypatch.setattr(app_module, "entry_points", lambda group: GEO)
    app = build(home)
    async with serving(app) as port:
        made = Running(app, port)
        yield made
        for client in made.clients:
            await client.aclose()
