"""A line of the audit in words: what people do is called as where they do it."""

import pytest

from core.i18n import set_language
from dashboards.pages.audit.rows import action


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("order_take", "工单 · 接单"),
        ("order_correct", "工单 · 更正"),
        ("order_opened", "登记工单"),
        ("order_read", "查看工单"),
        ("order_of_nobody", "工单 · of_nobody"),
    ],
)
def test_a_step_of_an_order_is_called_as_its_button_is(code, said):
    set_language("zh_CN")
    assert action(code) == said
