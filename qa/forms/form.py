"""A form: sections of weighted items, how each may be answered, and which are fatal. Pure.

The records are the form of requests, of files and of the database at once; ``check`` says what is wrong with one. An
item of the same id in two forms is the same item: that is how forms share items, and how statistics compare them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter

from core.wrong_input import validated

# Fields that nobody knows are refused, also where a file or a request is read into these records.
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
# No control characters but line ends and tabs: not every database keeps them.
WORDS = r"^[^\x00-\x08\x0b-\x1f]*$"
ID = r"^[a-z0-9_-]{1,40}$"
NOT_APPLICABLE: Literal["not_applicable"] = "not_applicable"
# To whom an item's failing is fatal: the customer, the business, or the law.
Fatal = Literal["customer", "business", "compliance"]
Help = Annotated[str, Field(max_length=1000, pattern=WORDS)]


@dataclass(frozen=True, slots=True)
class YesNo:
    """``yes`` is worth all, ``no`` nothing, ``partial`` that share of it; without one there is no ``partial``."""

    __pydantic_config__ = STRICT
    partial: float | None = 0.5
    kind: Literal["yes_no"] = "yes_no"


@dataclass(frozen=True, slots=True)
class Scale:
    """Whole numbers; ``least`` is worth nothing, ``most`` all, those between in a line."""

    __pydantic_config__ = STRICT
    least: int = 1
    most: int = 5
    kind: Literal["scale"] = "scale"


AnswerKind: TypeAlias = Annotated[YesNo | Scale, Field(discriminator="kind")]
# ``yes``, ``partial``, ``no``, ``not_applicable``, or a number of the scale.
ItemAnswer: TypeAlias = Literal["yes", "partial", "no", "not_applicable"] | int


@dataclass(frozen=True, slots=True)
class FormItem:
    """``weight`` within its section. ``good`` and ``bad`` are examples for who scores."""

    __pydantic_config__ = STRICT
    id: Annotated[str, Field(pattern=ID)]
    text: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]
    weight: float
    answer: AnswerKind = YesNo()
    not_applicable: bool = True
    fatal: Fatal | None = None
    text_en: Annotated[str, Field(max_length=200, pattern=WORDS)] = ""
    help: Help = ""
    good: Help = ""
    bad: Help = ""


@dataclass(frozen=True, slots=True)
class FormSection:
    """``weight`` is shared among its items by theirs; without one each item counts with its own."""

    __pydantic_config__ = STRICT
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=WORDS)]
    items: Annotated[tuple[FormItem, ...], Field(min_length=1, max_length=60)]
    weight: float | None = None
    name_en: Annotated[str, Field(max_length=64, pattern=WORDS)] = ""


@dataclass(frozen=True, slots=True)
class QaForm:
    """``categories`` are ids of the tree of categories that it is for, with all below them; none: every call.
    ``pass_mark`` in points of 100. ``id`` empty: it is given one."""

    __pydantic_config__ = STRICT
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=WORDS)]
    sections: Annotated[tuple[FormSection, ...], Field(min_length=1, max_length=20)]
    pass_mark: float = 80.0
    categories: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=40, pattern=WORDS)], ...], Field(max_length=40)
    ] = ()
    name_en: Annotated[str, Field(max_length=64, pattern=WORDS)] = ""
    note: Help = ""
    id: Annotated[str, Field(pattern=f"{ID}|^$")] = ""

    @property
    def items(self) -> Iterator[FormItem]:
        return (item for section in self.sections for item in section.items)

    @property
    def weights(self) -> dict[str, float]:
        """What each item counts, by its id, in the order of the form: of a section's weight its share."""
        found = {}
        for section in self.sections:
            whole = sum(item.weight for item in section.items)
            for item in section.items:
                scale = 1.0 if section.weight is None or not whole else section.weight / whole
                found[item.id] = item.weight * scale
        return found


FORM: TypeAdapter[QaForm] = TypeAdapter(QaForm)


def form_of(raw: Mapping[str, Any]) -> QaForm:
    """From JSON; ``BadInput`` names the field and what it must be."""
    return validated(FORM, raw)


def form_json(form: QaForm) -> dict[str, Any]:
    """As ``form_of`` reads it."""
    written: dict[str, Any] = FORM.dump_python(form, mode="json")
    return written
