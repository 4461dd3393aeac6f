"""Which addresses are pages."""

import pytest

from dashboards.addresses import page_at


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/wall", "wallboard"),
        ("/calls", "calls"),
        ("/calls/", "calls"),
        ("/calls/c-1", "call"),
        ("/orders/261125-0001", "order"),
    ],
)
def test_a_pages_address_with_what_it_is_about_is_known(path, page):
    assert page_at(path).id == page


@pytest.mark.parametrize("path", ["/", "/nothing", "/calls/a/b", "/walls", "/api/v1/calls", "/orders/1/2", "/CALLS"])
def test_anything_else_is_no_page(path):
    assert page_at(path) is None
