"""What the wall's scripts are answered."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core.web.shapes import At, Day


class WallCounts(BaseModel):
    """A answered, B abandoned, R redirected; A_T, B_T within the threshold; B_S abandoned at once."""

    answered: int
    abandoned: int
    redirected: int
    answered_in_t: int
    abandoned_in_t: int
    short_abandons: int
    wait_answered_seconds: float
    offered: int
    service_level: float | None
    abandon_rate: float | None
    asa: float | None


class WallTotal(WallCounts):
    """With those who were turned away before they waited, by why."""

    closed: int
    no_agents: int
    overflow: int
    max_wait: int


class Today(BaseModel):
    """``quarters`` are the beginnings of the day's quarters as the lists' filters read them, and its end."""

    day: Day
    total: WallTotal
    queues: dict[str, WallCounts]
    quarters: list[str]
    first_quarter: At
    arrivals: list[int]
    arrivals_week_ago: list[int]
    outcomes: dict[str, int]
    minute: At
    last_hour: int
    last_hour_week_ago: int
    so_far_week_ago: int


class Share(BaseModel):
    """Of a category or a district."""

    id: str
    name: str
    opened: int
    closed: int
    overdue: int


class Milestone(BaseModel):
    """Of the deadlines that fell today up to now, those that were kept."""

    clock: str
    name: str
    due: int
    kept: int
    share: float | None


class WallOrders(BaseModel):
    """``points`` are longitude, latitude and whether it is overdue."""

    opened: int
    closed: int
    closed_at_once: int
    open: int
    overdue: int
    located: int
    categories: list[Share]
    districts: list[Share]
    timeliness: list[Milestone]
    points: list[tuple[float, float, bool]]


class Feed(BaseModel):
    state: str
    lag_s: float


class Wall(BaseModel):
    """``today`` is null without analytics. ``chart`` is plotly's figure of the day's arrivals, for a wall of
    1920 × 1080; null while there is no call to show."""

    at: At
    version: str
    site: str
    demo: bool
    feed: Feed | None
    today: Today | None
    chart: dict[str, Any] | None = None
    orders: WallOrders | None = None


class District(BaseModel):
    """``rings`` in degrees."""

    name: str
    rings: list[list[tuple[float, float]]]
