"""A fault of ours in a page's function: the log has it, the person reads it in words; refusals pass as they are."""

import logging

import pytest
from dash.exceptions import PreventUpdate

from core.errors import HotlineError, NotFound
from dashboards.app import reported


def failing(error):
    async def function():
        raise error

    return reported(function, "calls-body.children")


async def test_a_fault_has_its_line_in_the_log_and_words_for_the_person(caplog):
    with caplog.at_level(logging.ERROR), pytest.raises(HotlineError) as failed:
        await failing(KeyError("call"))()
    assert (failed.value.status, bool(failed.value.remedy)) == (500, True)
    assert ("calls-body.children" in caplog.text, "KeyError" in caplog.text) == (True, True)


@pytest.mark.parametrize("error", [NotFound("There is no call {call}.", call="1"), PreventUpdate()])
async def test_a_refusal_passes_and_is_no_fault(caplog, error):
    with pytest.raises(type(error)):
        await failing(error)()
    assert not caplog.records
