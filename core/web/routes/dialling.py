"""Rights to dial and classes of numbers over HTTP; a change counts in the running site at once and is audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from core.clock import utc_now
from core.installation import dialling
from core.numbering import DialRight, NumberRule
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.routes.steering import reload
from core.web.routes.supervision import noted
from core.web.shapes import floor as shape

PATH = "/api/v1/dialling"
Reader = Annotated[User, Depends(holding(Right.DIALLING))]
Keeper = Annotated[User, Depends(holding(Right.INSTALLATION))]


class RightRequest(BaseModel):
    """``hours`` is a calendar's id; null is always. ``most_at_once`` null is any number."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    classes: tuple[str, ...] = Field(max_length=10)
    hours: str | None = Field(None, max_length=40)
    most_at_once: int | None = None


class NumberRuleRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    pattern: str = Field(min_length=1, max_length=40)
    number_class: str = Field(max_length=20)
    name: str = Field("", max_length=64)


class NumbersRequest(BaseModel):
    """The office's own patterns, all of them in their order; ``area_code`` left out stays as it is."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    rules: tuple[NumberRuleRequest, ...] = Field(max_length=1000)
    area_code: str | None = Field(None, max_length=5)


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.Dialling, tags=["site"])
    async def listed(_user: Reader) -> dict[str, Any]:
        """Who may dial what, and which numbers are of which class; ``example`` until the office has set its own."""
        return await web.in_session(dialling.dialling_json)

    @web.app.get(f"{PATH}/check", response_model=shape.DialCheck, tags=["site"])
    async def check(
        _user: Reader,
        number: Annotated[str, Query(min_length=1, max_length=40)],
        extension: Annotated[str, Query(max_length=20)] = "",
    ) -> dict[str, Any]:
        """The class of a number, and whether an extension has the right to it. Nothing is dialled."""
        return dict(await web.in_session(lambda session: dialling.tried(session, number, extension)))

    @web.app.put(f"{PATH}/rights/{{subject}}", response_model=shape.DialRightSaved, tags=["site"])
    async def put_right(subject: str, wanted: RightRequest, keeper: Keeper) -> dict[str, Any]:
        """Of ``role:agent``, ``extension:8001`` or ``installation``."""
        right = DialRight(subject, wanted.classes, wanted.hours or None, wanted.most_at_once)
        await web.in_session(lambda session: dialling.put_right(session, right, keeper.name, utc_now()))
        await noted(web, keeper, "dial_right_saved", subject, wanted.model_dump(mode="json"))
        return {"subject": subject, "telephony": await reload(web)}

    @web.app.delete(f"{PATH}/rights/{{subject}}", response_model=shape.DialRightSaved, tags=["site"])
    async def forget_right(subject: str, keeper: Keeper) -> dict[str, Any]:
        """Back to what is shipped; an extension back to what its role may."""
        await web.in_session(lambda session: dialling.forget_right(session, subject))
        await noted(web, keeper, "dial_right_forgotten", subject, {})
        return {"subject": subject, "telephony": await reload(web)}

    @web.app.put(f"{PATH}/numbers", response_model=shape.NumbersSaved, tags=["site"])
    async def put_numbers(wanted: NumbersRequest, keeper: Keeper) -> dict[str, Any]:
        """The office's own patterns; they are asked before the shipped ones."""
        rules = tuple(NumberRule(one.pattern, one.number_class, one.name) for one in wanted.rules)
        await web.in_session(lambda session: dialling.put_numbers(session, rules, wanted.area_code))
        await noted(web, keeper, "number_classes_saved", "site", wanted.model_dump(mode="json"))
        return {"rules": len(rules), "telephony": await reload(web)}


async def save(web: Web, keeper: User, wanted: Sequence[DialRight], forgotten: Sequence[str]) -> str:
    """For the page: all of it is kept, or nothing; whether the core knows it yet."""
    await web.in_session(lambda session: dialling.change_rights(session, wanted, forgotten, keeper.name, utc_now()))
    for right in wanted:
        await noted(web, keeper, "dial_right_saved", right.subject, asdict(right))
    for subject in forgotten:
        await noted(web, keeper, "dial_right_forgotten", subject, {})
    return await reload(web)
