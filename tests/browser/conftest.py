"""One running demo site and one browser for all tests of this folder; every visit is a window of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.desks import state
from tests.browser.phones import Phones
from tests.browser.visits import PICTURES, Visit
from tests.house.running import House, until

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent
# A page on a machine of two cores waits for its server, its browser and the phones of the test beside it.
expect.set_options(timeout=15_000)


# Further ways through pages that other files open already.
DEEP = {
    f"test_{name}"
    for name in (
        *("access", "desk_restart", "floor_asks", "floor_figures", "floor_stale", "orders_visits", "rosters_breaks"),
        *("supervision_windows", "unknown_pages", "wall_panes", "wall_recovers"),
    )
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            if item.path.stem in DEEP:
                item.add_marker(pytest.mark.deep)
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(150))
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"))


# One for all files of a test worker: whatever else the worker does between two of them, it is not made anew.
@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("browser") / "site")
    house.start()
    # Its history is worked out in the first seconds.
    until(lambda: house.ask("GET", "/healthz")["parts"]["feed"]["state"] == "up", 30)
    yield house
    house.stop()


# Not for the whole session: while Playwright is there its worker can run no coroutine of another test.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def warm(browser: Browser, house: House) -> None:
    """Pages have been opened once: the first one waits for all that a process loads with it."""
    first = Visit(browser, house, "supervisor", 1366, 768)
    for path, shown in (("/floor", ".seat"), ("/orders", ".ag-row"), ("/calls", ".totals")):
        first.open(path).wait_for_selector(shown, timeout=90_000)
    first.context.close()


@pytest.fixture
def visit(browser: Browser, house: House, warm: None):
    """``visit("supervisor")`` is a window with that person signed in. Complaints of any page fail the test."""
    visits: list[Visit] = []

    def begin(user: str, width: int = 1366, height: int = 768, **how) -> Visit:
        visits.append(Visit(browser, house, user, width, height, **how))
        return visits[-1]

    yield begin
    for one in visits:
        one.context.close()
    assert [complaint for one in visits for complaint in one.complaints] == []


@pytest.fixture
def phones(house: House) -> Iterator[Phones]:
    """Real phones of agents and citizens; all of them are put down at the end."""
    phones = Phones(house)
    yield phones
    phones.close()


@pytest.fixture
def desk(visit):
    """Agent 8001's window, with nothing left from before."""
    opened = visit("agent8001")
    opened.open("/desk")
    expect(state(opened.page)).not_to_be_empty(timeout=15_000)
    opened.page.evaluate(
        "Object.keys(localStorage).filter((k) => k.startsWith('desk-')).forEach((k) => localStorage.removeItem(k))"
    )
    return opened
