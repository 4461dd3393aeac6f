"""What the interface answers, one pydantic shape for each answer: the schema of ``/docs`` and of the scripts' types.

Answers are written as they are and not run through their shapes: that would cost a list of 500 calls as much again as
reading it. The tests hold every answer that they see against its shape, strictly and without a field too many.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")

# ISO 8601 in UTC with milliseconds; a local day, 2026-11-23; a local time of day, 08:30.
At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
ClockTime = str
# Whether the core knows of a change: it reads it at its next start at the latest; or it has nothing to do with it.
Applied = Literal["reloaded", "pending"]
Json = dict[str, Any]


class Page(BaseModel, Generic[T]):
    """A list. ``next`` is the ``cursor`` of the following page; null: this is the last one."""

    items: list[T]
    next: str | int | None = None


class Problem(BaseModel):
    """RFC 9457. ``code`` is the kind for programs, ``field`` what is at fault, ``remedy`` what helps."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str = ""
    remedy: str = ""
    instance: str = ""
    errors: list[Json] = []
    allowed: list[str] = []
