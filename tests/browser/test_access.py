"""For everybody: axe-core finds nothing serious in light and dark, the keyboard reaches everything, 200 % zoom holds."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PAGES = {
    "/calls?from=2020-01-01&caller=13900000042": ".ag-row",
    "/calls?state=waiting": ".empty",
    "/calls?from=someday": ".field-wrong",
    "/desk": ".desk-target",
    "/wall": ".wall-row",
}
# What the focus rests on, and whether it can be seen there.
FOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e);
  const label = e.matches('.desk-category input') ? getComputedStyle(e.nextElementSibling) : s;
  return [e.outerHTML.slice(0, 400), label.outlineStyle !== 'none' || label.boxShadow !== 'none']; }"""


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious_in_light_and_in_dark(visit, path):
    someone = visit("supervisor")
    page = someone.open(path)
    expect(page.locator(PAGES[path]).first).to_be_visible(timeout=15_000)
    assert someone.barriers() == []
    someone.switch_scheme()
    assert someone.barriers() == []


def test_axe_finds_nothing_serious_on_a_call_and_on_the_desk_while_it_lasts(visit, phones):
    phones.agent("8001")
    citizen = phones.citizen().dials("8001").talks()
    call_id = citizen.call_id()
    desk, one = visit("agent8001"), visit("supervisor")
    page, call = desk.open("/desk"), one.open(f"/calls/{call_id}")
    expect(page.locator('[data-live="desk-state"]')).to_have_text("通话", timeout=15_000)
    expect(page.locator(".desk-name")).to_be_visible()
    expect(call.locator(".tag-running")).to_be_visible(timeout=15_000)
    for someone in (desk, one):
        assert someone.barriers() == []
        someone.switch_scheme()
        assert someone.barriers() == []
    desk.picture("desk_dark")
    citizen.hangs_up()
    expect(page.locator('[data-live="desk-state"]')).to_have_text("话后")
    assert desk.barriers() == []


def test_axe_finds_nothing_serious_on_the_log_in_page(visit):
    for scheme in ("light", "dark"):
        someone = visit("nobody", scheme=scheme)
        someone.page.goto(f"{someone.home}/login")
        assert someone.barriers() == []


@pytest.mark.parametrize(
    ("path", "ready", "reached"),
    [
        (
            "/calls?from=2020-01-01&caller=13900000042",
            ".ag-row",
            ('name="from"', 'name="state"', 'type="submit"', "calls.csv", "data-log-out"),
        ),
        (
            "/desk",
            ".desk-target",
            ("data-state-to", "data-break-reason", 'type="search"', 'data-box="targets"', 'inputmode="tel"'),
        ),
        (
            "/wall?rotate=0",
            ".wall-row",
            ('data-hero="calls"', 'data-hero="abandon"', "seats-talking", "visit=counted", "data-hour"),
        ),
    ],
)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit, path, ready, reached):
    page = visit("agent8001" if path == "/desk" else "supervisor").open(path)
    expect(page.locator(ready).first).to_be_visible(timeout=15_000)
    seen = []
    for _n in range(150):
        page.keyboard.press("Tab")
        where, visible = page.evaluate(FOCUSED)
        if where.startswith("<body"):
            break
        assert visible, where
        seen.append(where)
    missing = [wanted for wanted in reached if not any(wanted in one for one in seen)]
    assert missing == []


@pytest.mark.parametrize("path", ["/calls?from=2020-01-01&caller=13900000042", "/desk"])
def test_zoomed_to_200_percent_nothing_scrolls_sideways_or_lies_over_another(visit, path):
    someone = visit("supervisor", 683, 384)
    page = someone.open(path)
    expect(page.locator(PAGES[path]).first).to_be_visible(timeout=15_000)
    over = """() => { const boxes = [...document.querySelectorAll('.panel, .phone-mine, .phone-in-hand')].map((e) => [e, e.getBoundingClientRect()]);
      return boxes.flatMap(([a, p], n) => boxes.slice(n + 1).filter(([b, q]) => !a.contains(b) && !b.contains(a)
        && p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
        .map(([b]) => a.className + ' / ' + b.className)); }"""
    assert page.evaluate(over) == []
    someone.picture(f"zoom{path.split('?')[0].replace('/', '_')}")
