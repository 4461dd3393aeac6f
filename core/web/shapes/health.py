"""How the house's parts are, and facts that could not be read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from core.web.shapes import Json


class Health(BaseModel):
    """Parts have further fields of their own; ``detail`` is a word for programs."""

    status: Literal["ok", "degraded", "down"]
    parts: dict[str, Json]


class Unreadable(BaseModel):
    """``of`` says where it lies: the journal or the event log; ``problem`` is a word for programs."""

    of: str
    place: str
    problem: str
