"""The moment of the run, and databases for all tests: the same test runs on SQLite and on a throw-away PostgreSQL."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import time
import tracemalloc  # noqa: F401 - pytest asks for it where something was left open, perhaps in the middle of this import
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies import models
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import SHIFT
from core.db import connect, migrate
from core.i18n import LANGUAGES, set_language
from core.people import users
from tests import clock, memory_disk, postgres
from tests.answers import answers_are_watched, answers_have_their_shapes  # noqa: F401 - fixtures
from tests.house import demo_folder

HERE = Path(__file__).parent
BEGUN = time.monotonic()
KINDS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))

# A busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="Also the tests that are marked as deep.")
    parser.addoption("--repeat", type=int, default=1, help="How often each test that is marked as flickered is run.")
    parser.addoption("--within", type=float, default=math.inf, help="Seconds after which no repetition begins.")
    parser.addoption("--at", default=clock.BEGIN, help="When the run begins, on the site's clock (2026-10-01T23:58).")


def pytest_configure(config: pytest.Config) -> None:
    memory_disk.use()
    clock.begin_at(config.getoption("--at"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("any_time"):
        metafunc.parametrize("at_moment", clock.MOMENTS, indirect=True, ids=lambda found: found[0])
    times = metafunc.config.getoption("--repeat")
    if times > 1 and metafunc.definition.get_closest_marker("flickered"):
        metafunc.parametrize("repetition", range(times), indirect=True, ids=lambda n: f"again{n}")


# For every test, so that those which are repeated need not ask for it.
@pytest.fixture(autouse=True)
def repetition(request: pytest.FixtureRequest) -> None:
    """The first round is always run."""
    if getattr(request, "param", 0) and time.monotonic() - BEGUN > request.config.getoption("--within"):
        pytest.skip("the time for repetitions is up")


# For every test, and so before all that one asks for: a name that is only added to those a test has is dropped again.
@pytest.fixture(autouse=True)
def at_moment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(request, "param"):
        yield
        return
    local, zone = request.param
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        patch.setenv(SHIFT, "0")
        clock.begin_at(local)
        yield
    time.tzset()


# Houses are slow and cannot share a core with the rest as well as the rest can: they come first, browsers together.
FIRST = ("house", "browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--deep"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(HERE).parts[0]
        return FIRST.index(folder) if folder in FIRST else len(FIRST)

    # A stable sort: rounds of repetitions inside of each folder's place.
    items.sort(
        key=lambda item: (
            place(item),
            (getattr(item, "callspec", None) and item.callspec.params.get("repetition", 0)) or 0,
        )
    )


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords of this process's people: the real cost, a fifth of a second at each log-in, is no test's subject."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "_hasher", users._quick)
        yield


@pytest.fixture(autouse=True)
def applications_are_let_go() -> Iterator[None]:
    """FastAPI remembers thousands of endpoints that it has looked at, and with each its whole application."""
    yield
    for name in dir(models):
        if name.endswith("_callable_cached"):
            getattr(models, name).cache_clear()


@pytest.fixture(autouse=True)
def everybody_reads_chinese() -> Iterator[None]:
    """A test that looks at another language leaves it to nobody."""
    yield
    set_language(LANGUAGES[0])


@pytest.fixture(scope="session", autouse=True)
def demo_folder_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One for all workers."""
    base = tmp_path_factory.getbasetemp()
    os.environ[demo_folder.WHERE] = str((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo")


def pytest_report_header(config: pytest.Config) -> str:
    return f"site's clock: {config.getoption('--at')}, zone of the machine: {os.environ['TZ']}, folders in {tempfile.gettempdir()}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    try:
        cluster = postgres.create()
    except postgres.NoPostgres as why:
        pytest.skip(str(why))
    try:
        cluster.run("create database migrated")
        engine = connect(cluster.url("migrated"))
        migrate(engine)
        engine.dispose()
        yield cluster
    finally:
        postgres.remove(cluster)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with all tables."""
    yield from database_of(request, tmp_path)


def database_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "hotline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    name = f"t{uuid.uuid4().hex}"
    # By copying its files: twice as fast as by the write-ahead log, and a server that syncs nothing makes no checkpoint wait.
    cluster.run(f"create database {name} template migrated strategy file_copy")
    yield cluster.url(name)
    cluster.run(f"drop database if exists {name} with (force)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as made:
        yield made
