"""The HTML that a browser gets first."""

import pytest

from tests.core.web.conftest import core, home, people_db  # noqa: F401 - fixtures
from tests.dashboards.test_rights import house  # noqa: F401 - a fixture


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "页面正在加载。"), ("en", "The page is being drawn.")])
async def test_before_a_page_is_drawn_there_stands_its_shape_and_no_word_of_dash(house, language, words):  # noqa: F811
    client = await house.browser("director")
    page = (await client.get("/floor", params={"lang": language})).text
    assert "Loading..." not in page
    assert f'class="skeleton" role="status" aria-label="{words}"' in page
