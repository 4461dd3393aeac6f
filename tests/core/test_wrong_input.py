"""Pydantic's complaints in our own words, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.i18n import set_language, translate_error
from core.wrong_input import OTHERWISE, SENTENCES, as_error


class Inner(BaseModel):
    name: str = Field("", max_length=3)


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: int = Field(1, ge=1, le=9)
    share: float = Field(0.5, gt=0, lt=1)
    open: bool = True
    day: date = date(2026, 1, 1)
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    word: Annotated[str, Field(min_length=2, max_length=4)] = "word"
    code: Annotated[str, Field(pattern=r"^\d+$")] = "1"
    mode: Literal["listen", "whisper"] = "listen"
    names: list[str] = Field(default_factory=list, max_length=2)
    inner: Inner = Inner()
    inners: list[Inner] = []


@pytest.mark.parametrize(
    ("given", "field", "message", "remedy"),
    [
        ({"count": "many"}, "count", "count must be a whole number.", "Send digits without a unit."),
        ({"count": 1.5}, "count", "count must be a whole number.", "Send digits without a unit."),
        ({"count": 0}, "count", "count is too small.", "It must be at least 1."),
        ({"count": 10}, "count", "count is too large.", "It must be at most 9."),
        ({"share": 0}, "share", "share is too small.", "It must be more than 0.0."),
        ({"share": 1}, "share", "share is too large.", "It must be less than 1.0."),
        ({"open": "perhaps"}, "open", "open must be true or false.", "Send true or false, without quotes."),
        ({"day": "1 October"}, "day", "day is no date.", "Write 2026-10-01."),
        ({"at": "noon"}, "at", "at is no time.", "Write 2026-10-01T08:00:00+08:00."),
        ({"word": "x"}, "word", "word is too short.", "Use at least 2 characters."),
        ({"word": "words"}, "word", "word is too long.", "Use at most 4 characters."),
        ({"word": 5}, "word", "word must be text.", "Send it in double quotes."),
        ({"code": "a"}, "code", "code has a form that is not possible here.", "Look at /docs for what is expected."),
        ({"mode": "shout"}, "mode", "mode is not one of the words that are possible.", "Use one of: listen, whisper."),
        ({"names": "li"}, "names", "names must be a list.", "Send it in square brackets."),
        ({"names": ["a", "b", "c"]}, "names", "names has too many entries.", "Send at most 2."),
        ({"inner": 3}, "inner", "inner must be a JSON object.", "Send it in curly brackets."),
        (
            {"inners": [{}, {"name": "long"}]},
            "inners.1.name",
            "inners.1.name is too long.",
            "Use at most 3 characters.",
        ),
        ({"kolour": 1}, "kolour", "kolour is not known here.", "Remove it or correct its name; /docs shows all."),
    ],
)
def test_each_kind_of_fault_names_field_and_remedy(
    given: dict[str, Any], field: str, message: str, remedy: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Wanted(**given)
    error = as_error(refused.value.errors()[0])
    set_language("en")
    assert error.field == field
    assert translate_error(error) == (message, remedy)
    set_language("zh_CN")
    said, what = translate_error(error)
    assert "must" not in said
    assert what
    assert what != remedy


def test_a_kind_that_nobody_thought_of_still_has_a_field_and_a_remedy() -> None:
    error = as_error({"type": "moon_phase", "loc": ("body", "moon"), "msg": "wrong moon"})
    assert (error.field, error.message, error.remedy) == ("moon", *OTHERWISE)


def test_no_sentence_is_hidden_by_an_earlier_one() -> None:
    names = [name for name, _message, _remedy in SENTENCES]
    hidden = [name for at, name in enumerate(names) if any(name.startswith(f"{one}_") for one in names[:at])]
    assert hidden == []
