"""A reason of leave is kept by id, whichever language it was given in, and read in the reader's."""

import pytest

from core.i18n import set_language
from core.rosters.leave_reasons import LEAVE_REASONS, reason_name, reason_of


@pytest.fixture
def english():
    set_language("en")
    yield
    set_language("zh_CN")


@pytest.mark.parametrize("said", ["annual", "年假", "annual leave", " 年假 "])
def test_an_id_or_a_name_of_it_is_the_id(said):
    assert reason_of(said) == "annual"


def test_other_words_stay_as_they_are(english):
    assert reason_of("陪产假") == reason_name("陪产假") == "陪产假"


def test_it_is_read_in_the_readers_language(english):
    assert [reason_name(one) for one in LEAVE_REASONS] == list(LEAVE_REASONS.values())
    set_language("zh_CN")
    assert reason_name("annual") == "年假"
