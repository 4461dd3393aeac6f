"""``/api/v1/geo/locate``: a caller's words to places."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Depends, Query

from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.shapes import Json, Page
from geo_analysis.api import shapes as shape
from geo_analysis.locate.service import PLACES

PATH = "/api/v1/geo/locate"
TAG = "places"
Reader = Annotated[User, Depends(holding(Right.ORDERS))]
Limit = Annotated[int, Query(ge=1, le=20)]


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=Page[shape.LocatedPlace], tags=[TAG])
    async def located(_user: Reader, q: Annotated[str, Query(min_length=1, max_length=200)], limit: Limit = 8) -> Json:
        """Places that these words may mean, the likeliest first: with typos, as heard, in pinyin, by initials."""
        return await _found(web, q, limit)

    @web.app.post(PATH, response_model=Page[shape.LocatedPlace], tags=[TAG])
    async def locate(_user: Reader, asked: shape.PlaceQuery, limit: Limit = 8) -> Json:
        """The same, for texts that should not stand in an address. Changes nothing."""
        return await _found(web, asked.text, limit)


async def _found(web: Web, text: str, most: int) -> Json:
    found = await web.parts[PLACES].find(text, most)
    return {"items": [asdict(one) for one in found], "next": None}
