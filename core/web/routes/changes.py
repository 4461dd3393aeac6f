"""A change of the installation over HTTP: who asks, what the core is told, and refusals with what stands now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Header, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.installation.edit_refusals import InUse, Stale
from core.installation.editing import By
from core.installation.flow_check import Unsound
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.problems import problem, short
from core.web.routes.steering import reload
from core.web.routes.telephony import Body

T = TypeVar("T")

Keeper = Annotated[User, Depends(holding(Right.INSTALLATION))]
Id = Annotated[str, Path(max_length=40)]
# What the list said when it was looked at; left out, the change is made whatever stands.
Version = Annotated[str | None, Query(max_length=40)]
# Who sends the same once more under the same key gets what was made; with other content it is refused (409).
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]


class Change(Body):
    """What is left out stays. ``version`` is the one that was looked at: 409 with what stands now when it has changed;
    left out, the change is made whatever stands."""

    version: str | None = Field(None, max_length=40)

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


async def changed(web: Web, keeper: User, work: Callable[[Session, By], T], key: str = "") -> tuple[T, str]:
    """What ``work`` answers, and whether the core knows of it yet."""
    return await noted(web, keeper, work, key), await reload(web)


async def noted(web: Web, keeper: User, work: Callable[[Session, By], T], key: str = "") -> T:
    """For what the core need not know."""
    by = By(keeper.name, utc_now(), key)
    return await web.in_session(lambda session: work(session, by))


def add_problems(web: Web) -> None:
    @web.app.exception_handler(Stale)
    async def stale(request: Request, error: Exception) -> Response:
        known = cast(Stale, error)
        return problem(known, request.url.path, current=dict(known.current))

    @web.app.exception_handler(InUse)
    async def in_use(request: Request, error: Exception) -> Response:
        known = cast(InUse, error)
        return problem(known, request.url.path, used_by=[asdict(one) for one in known.uses])

    @web.app.exception_handler(Unsound)
    async def unsound(request: Request, error: Exception) -> Response:
        known = cast(Unsound, error)
        return problem(known, request.url.path, errors=[short(one) for one in known.faults])


def page(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**found, "next": None}
