"""What a page costs a browser that has nothing yet: requests and kilobytes on the wire, its sockets aside."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.visits import Visit

# Until nothing new has been asked for so long; what comes again and again is not new.
QUIET_S, LONGEST_S = 2.0, 30.0


def cost(page: Page, open_it: Callable[[], object]) -> tuple[int, float]:
    """Different addresses that were asked for, and what came over the wire for them in KB."""
    bytes_of: dict[str, float] = {}
    address_of: dict[str, str] = {}
    session = page.context.new_cdp_session(page)

    def asked(event):
        address = event["request"]["url"]
        if address.startswith("http"):
            address_of[event["requestId"]] = address
            bytes_of.setdefault(address, 0)

    def came(event):
        address = address_of.get(event["requestId"])
        if address is not None:
            bytes_of[address] = max(bytes_of[address], event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", came)
    session.send("Network.enable")
    open_it()
    seen, since, begin = 0, time.monotonic(), time.monotonic()
    while time.monotonic() - since < QUIET_S and time.monotonic() - begin < LONGEST_S:
        page.wait_for_timeout(100)
        if (count := len(bytes_of)) != seen:
            seen, since = count, time.monotonic()
    return len(bytes_of), sum(bytes_of.values()) / 1024


@pytest.mark.parametrize(
    ("user", "path", "shown", "requests", "kilobytes"),
    [
        ("supervisor", "/wall", '[data-live="calls"]', 20, 700),
        ("supervisor", "/floor", "[data-seat]", 25, 1500),
        ("agent8001", "/desk", '[data-live="desk-state"]', 25, 1500),
        pytest.param("supervisor", "/orders", ".ag-row", 25, 1500, marks=pytest.mark.deep),
        pytest.param("supervisor", "/calls", ".ag-row", 25, 1500, marks=pytest.mark.deep),
        pytest.param("supervisor", "/alerts", ".alerts-panel", 25, 1500, marks=pytest.mark.deep),
        ("supervisor", "/rosters", "[data-view]", 30, 1500),
        ("director", "/kpi", ".kpi-ranking .ag-row", 32, 1500),
        ("agent8001", "/kpi/mine", ".kpi-mine", 25, 1500),
        pytest.param("admin", "/audit", ".ag-root", 25, 1500, marks=pytest.mark.deep),
    ],
)
def test_a_page_costs_no_more_than_its_budget(visit, user, path, shown, requests, kilobytes):
    one: Visit = visit(user)
    # Signed in first: the log-in is no part of the page.
    one.open(path)
    cold: Visit = visit(user)
    asked, came = cost(cold.page, lambda: (cold.open(path), cold.page.wait_for_selector(shown, state="attached")))
    print(f"{path} ({user}): {asked} requests, {came:.0f} KB")
    assert asked <= requests
    assert came <= kilobytes


def test_what_is_named_by_its_content_is_not_asked_for_again(visit):
    one: Visit = visit("supervisor")
    one.open("/floor").wait_for_selector("[data-seat]")
    sent: list[str] = []

    def answered(response):
        path = response.url.removeprefix(one.home)
        if path.startswith(("/res/", "/_dash-component-suites/")):
            sent.append(f"{response.status} {path} {response.headers.get('cache-control', '')}")

    one.page.on("response", answered)
    one.page.reload()
    one.page.wait_for_selector("[data-seat]")
    timing = (
        "performance.getEntriesByType('resource').filter((one) => /\\/(res|_dash-component-suites)\\//.test(one.name))"
    )
    assert one.page.evaluate(f"{timing}.length") > 10
    assert one.page.evaluate(f"{timing}.filter((one) => one.transferSize > 0).map((one) => one.name)") == []
    assert all("immutable" in one for one in sent)


def test_from_page_to_page_the_next_ones_files_are_brought_and_the_line_stays_open(visit):
    one: Visit = visit("supervisor")
    page = one.open("/floor")
    page.wait_for_selector("[data-seat]")
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.evaluate("window.stayed = 1")
    for path, shown in (("/calls", ".totals"), ("/rosters", "[data-view]"), ("/floor", "[data-seat]")):
        page.click(f'a.bar-link[href="{path}"]')
        page.wait_for_selector(shown)
        assert page.evaluate("[location.pathname, window.stayed]") == [path, 1]
    page.go_back()
    page.wait_for_selector('[data-page="rosters"]')
    assert page.evaluate("window.stayed") == 1
    assert sockets == []


def test_back_to_a_page_from_before_a_reload_brings_what_that_page_needs(visit):
    one: Visit = visit("supervisor")
    page = one.open("/calls")
    page.wait_for_selector(".totals")
    page.click('a.bar-link[href="/floor"]')
    page.wait_for_selector("[data-seat]")
    page.reload()
    page.wait_for_selector("[data-seat]")
    page.go_back()
    page.wait_for_selector(".totals")
