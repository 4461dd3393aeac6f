"""A wall without a keyboard: a link that signs a screen on as the read-only wall, made and ended by a supervisor."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.people import users
from core.people.users import Role, User
from core.web.auth import NotSignedIn
from core.web.context import Web
from core.web.routes.login import signed_in_answer
from core.web.routes.supervision import Steerer, noted
from core.web.shapes import floor as shape


def add_routes(web: Web) -> None:
    sessions = web.sessions

    @web.app.post("/api/v1/wall-links", response_model=shape.WallLink, status_code=201, tags=["supervision"])
    async def make(user: Steerer) -> dict[str, Any]:
        """Whoever opens the link sees the wall and nothing else, until it is ended."""

        def work(session: Session) -> tuple[User, str]:
            wall = next(iter(_walls(session)), None)
            if wall is None:
                raise NotFound("There is no user for the wall.", remedy="Add one with the role wallboard first.")
            return wall, users.create_session(session, wall.id, sessions.hours_of(wall))

        wall, token = await web.in_session(work)
        await noted(web, user, "wall_link_made", wall.name, {})
        return {"path": f"/wall/open/{sessions.link(token)}", "expires_in": int(sessions.hours_of(wall) * 3600)}

    @web.app.delete("/api/v1/wall-links", response_model=shape.WallLinksEnded, tags=["supervision"])
    async def end(user: Steerer) -> dict[str, Any]:
        """Signs every wall off and makes every link worthless."""

        def work(session: Session) -> int:
            walls = _walls(session)
            for wall in walls:
                users.revoke_all(session, wall.id)
            return len(walls)

        await web.in_session(work)
        await noted(web, user, "wall_links_ended", Role.WALLBOARD.value, {})
        return {"ended": True}

    @web.app.get("/wall/open/{link}", include_in_schema=False)
    async def open_wall(link: str, request: Request) -> Response:
        identity = await sessions.by_link(link)
        if identity is None or identity.user.role is not Role.WALLBOARD:
            raise NotSignedIn("This link is over.", remedy="Ask a supervisor for a new one.")
        return signed_in_answer(sessions, RedirectResponse("/wall", 303), identity.user, identity.token, request)


def _walls(session: Session) -> list[User]:
    return [one for one in users.list_users(session) if one.role is Role.WALLBOARD]
