"""An address where nothing is: said in the person's language with HTTP 404, and a problem document for programs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "没有 /nothing 这个页面。"), ("en", "There is no page at /nothing.")]
)
def test_a_mistyped_address_is_answered_with_404_in_words_and_a_way_on(visit, language, said):
    someone = visit("supervisor", language=language)
    someone.open("/calls")
    answer = someone.page.goto(f"{someone.home}/nothing")
    assert answer.status == 404
    expect(someone.page.get_by_text(said)).to_be_visible()
    assert someone.barriers() == []
    someone.picture(f"unknown_page_{language}")
    someone.page.get_by_role("link").click()
    expect(someone.page).to_have_url(f"{someone.home}/floor")


def test_an_unplaced_address_of_the_interface_is_a_problem_document(visit):
    page = visit("supervisor").open("/calls")
    asked = "fetch('/api/v1/nothing').then(async (r) => [r.status, r.headers.get('content-type'), await r.json()])"
    status, kind, body = page.evaluate(asked)
    assert (status, kind) == (404, "application/problem+json")
    assert "/api/v1/nothing" in body["detail"]


@pytest.mark.parametrize(
    ("user", "path", "status"),
    [
        ("agent8001", "/floor", 403),
        ("agent8001", "/alerts", 403),
        ("wallboard", "/orders", 403),
        ("supervisor", "/orders/991231-0001", 404),
        ("supervisor", "/orders/xyz", 404),
        ("supervisor", "/calls/xyz", 404),
        ("supervisor", "/orders", 200),
        ("supervisor", "/floor", 200),
    ],
)
def test_a_page_that_refuses_is_answered_with_its_status_and_the_same_words(visit, user, path, status):
    someone = visit(user)
    someone.open("/")
    answer = someone.page.goto(someone.home + path)
    assert answer.status == status
    if status != 200:
        expect(someone.page.locator(".refused")).to_be_visible(timeout=15_000)
        # The bar leads on.
        assert someone.page.locator(".bar-link").count() >= (user != "wallboard")
