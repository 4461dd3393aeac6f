"""What people choose from by name: the tree of categories, reasons of a break."""

from __future__ import annotations

from pydantic import BaseModel

from core.events import Urgency
from core.web.shapes import Applied, Page
from core.web.shapes.installation import Versioned


class CategoryNamed(BaseModel):
    """``name`` is the Chinese one; an empty ``name_en`` is said in Chinese. ``path`` is in the reader's language."""

    id: str
    name: str
    name_en: str
    parent: str
    urgency: Urgency
    immediate: bool
    path: str
    open_orders: int


class CategoryInTree(CategoryNamed, Versioned):
    """``chosen``: it can be, since none stands below it."""

    chosen: bool


class CategoryGroup(BaseModel):
    id: str
    name: str


class CategoryChoices(BaseModel):
    parents: list[CategoryGroup]
    urgencies: list[Urgency]


class Categories(Page[CategoryInTree]):
    retired: list[CategoryNamed]
    choices: CategoryChoices


class CategoryRetired(BaseModel):
    id: str


class ReasonNamed(BaseModel):
    id: str
    name: str
    name_en: str


class BreakReason(ReasonNamed, Versioned):
    """Facts and live rows carry its ``id``."""


class BreakReasonSaved(BreakReason):
    telephony: Applied


class BreakReasonRetired(BaseModel):
    id: str
    telephony: Applied


class BreakReasons(Page[BreakReason]):
    retired: list[ReasonNamed]
