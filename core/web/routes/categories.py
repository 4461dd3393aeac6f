"""Categories over HTTP: the tree that wrap-ups, orders and QA choose from. The rules are in
``core.workorders.category_editing``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path
from pydantic import Field
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.events import Urgency
from core.installation import editing
from core.installation.editing import By
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.routes.changes import Change, Key, Version, noted, page
from core.web.shapes import categories as shape
from core.workorders import category_editing
from core.workorders.category_editing import CATEGORIES

PATH = "/api/v1/categories"
Keeper = Annotated[User, Depends(holding(Right.CATEGORIES))]
Id = Annotated[str, Path(max_length=64)]


class CategoryRequest(Change):
    """``parent`` is a category of the top, empty for one that is of the top itself."""

    name: str = Field("", max_length=64)
    name_en: str = Field("", max_length=64)
    parent: str = Field("", max_length=64)
    urgency: Urgency = "normal"
    immediate: bool = False


class NewCategory(CategoryRequest):
    """Without an ``id`` it is given one, which is for ever: facts, orders and reports name it by that."""

    id: str = Field("", max_length=64)
    name: str = Field(max_length=64)
    version: None = None


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.Categories, tags=["installation"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """The tree with both names of each, how many open orders are about it, and what was retired."""
        return page(await web.in_session(category_editing.listed))

    @web.app.get(f"{PATH}/{{category}}", response_model=shape.CategoryInTree, tags=["installation"])
    async def read(category: Id, _keeper: Keeper) -> dict[str, Any]:
        return await web.in_session(lambda session: _one(session, category))

    @web.app.post(PATH, response_model=shape.CategoryInTree, status_code=201, tags=["installation"])
    async def create(wanted: NewCategory, keeper: Keeper, key: Key = "") -> dict[str, Any]:
        """A group that gets its first category is itself no longer chosen."""

        def work(session: Session, by: By) -> dict[str, Any]:
            return _one(session, editing.create(session, CATEGORIES, wanted.given(), by).id)

        return await noted(web, keeper, work, key)

    @web.app.put(f"{PATH}/{{category}}", response_model=shape.CategoryInTree, tags=["installation"])
    async def change(category: Id, wanted: CategoryRequest, keeper: Keeper) -> dict[str, Any]:
        """A rename counts at once, also for what was: calls, orders and figures of the past are about the same category
        and show its new name. What is left out stays."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.change(session, CATEGORIES, category, wanted.given(), by, wanted.version)
            return _one(session, category)

        return await noted(web, keeper, work)

    @web.app.delete(f"{PATH}/{{category}}", response_model=shape.CategoryRetired, tags=["installation"])
    async def retire(category: Id, keeper: Keeper, version: Version = None) -> dict[str, Any]:
        """Nobody can choose it any more; orders that are open go on. Refused for a group with categories in it."""
        await noted(web, keeper, lambda session, by: editing.retire(session, CATEGORIES, category, by, version))
        return {"id": category}

    @web.app.post(f"{PATH}/{{category}}/restore", response_model=shape.CategoryInTree, tags=["installation"])
    async def restore(category: Id, keeper: Keeper) -> dict[str, Any]:
        """What was retired can be chosen again."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.restore(session, CATEGORIES, category, by)
            return _one(session, category)

        return await noted(web, keeper, work)


def _one(session: Session, category: str) -> dict[str, Any]:
    found = [one for one in category_editing.listed(session)["items"] if one["id"] == category]
    if not found:
        raise NotFound(CATEGORIES.missing, field="id", id=category)
    return dict(found[0])
