"""Work that is done by a copy of the process: its result and its error come back, and nothing stays."""

import os
import sys

import pytest

from core.commands.apart import apart
from core.errors import NotFound


def test_the_result_comes_back_and_what_was_loaded_does_not():
    def work() -> int:
        sys.modules["loaded_apart"] = sys
        return os.getpid()

    assert apart(work) != os.getpid()
    assert "loaded_apart" not in sys.modules


def test_an_error_comes_back_whole():
    def work() -> None:
        raise NotFound("There is no site in {home}.", field="--home", remedy="Create one.", home="/x")

    with pytest.raises(NotFound) as told:
        apart(work)
    assert str(told.value) == "There is no site in /x. Create one."
    assert (told.value.field, told.value.remedy) == ("--home", "Create one.")


def test_an_error_that_cannot_travel_is_told_in_words():
    def work() -> None:
        class Local(Exception):
            pass

        raise Local("gone")

    with pytest.raises(RuntimeError, match="Local: gone"):
        apart(work)


def test_a_copy_that_is_killed_is_no_success():
    with pytest.raises(RuntimeError, match="without a word"):
        apart(lambda: os.kill(os.getpid(), 9))
