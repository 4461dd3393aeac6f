"""Fair comparison over HTTP: funnels of a scheme's lines, the group's own values behind a curve, signs of gaming.

All of it is for those who may see everybody's scores; nothing is saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import Field

from core.clock import iso, utc_now, wall_text
from core.errors import Conflict
from core.i18n import _
from core.people.users import User
from core.web.answers import off_loop
from core.web.routes.telephony import Body
from kpi.api.common import Rooms
from kpi.api.indicators import period, plain
from kpi.api.schemes import PATH, Editor, Id, Reader
from kpi.api.score_rows import who_shown
from kpi.api.score_words import name_of
from kpi.api.scores import PeriodBody, check_sees_all, version_for
from kpi.api.shapes import comparisons as shape
from kpi.comparing import funnels_of, signs_for
from kpi.fairness.funnel import Funnel
from kpi.judging import JudgingQuery, figures_for
from kpi.measures.catalogue import Source
from kpi.schemes.service import SchemeRecord
from kpi.schemes.values import Judged
from kpi.scoring.check import problems
from kpi.scoring.curves import Bonus
from kpi.scoring.scheme import Adjust, Scheme, SchemeLine, SchemeScope, Whose, measured, settle
from kpi.scoring.score import LineValue
from kpi.signs.counting import SignCount

# What is drawn for the bootstrap, and counted along the funnel.
COUNTS: Mapping[Source, Literal["thing", "shift", "day"]] = {"rosters": "shift", "agent_time": "day"}


class FunnelBody(PeriodBody):
    """``method``: exact limits of shares, or normal ones."""

    method: Literal["exact", "normal"] = "exact"


class DistributionBody(Body):
    """The indicator as a line of a scheme would ask for it, of whom a scheme would judge."""

    subject: SchemeScope = Field(alias="for")
    indicator: str = Field(max_length=64)
    begins: datetime = Field(alias="from")
    ends: datetime = Field(alias="to")
    of: Whose | None = None
    threshold_s: int | None = Field(None, ge=1, le=3600)
    minimum: int | None = Field(None, ge=0, le=1_000_000)
    adjust: Adjust = "none"


def add_routes(rooms: Rooms) -> None:
    app = rooms.web.app

    @app.post(f"{PATH}/{{scheme_id}}/funnel", response_model=shape.Funnels, tags=["kpi"])
    async def funnels(scheme_id: Id, said: FunnelBody, user: Reader) -> dict[str, Any]:
        """For each line that judges everybody by the own figure: values by how much there was to do, with the limits of
        chance around the value of all."""
        return await funnels_for(rooms, user, scheme_id, said)

    @app.post(f"{PATH}/{{scheme_id}}/signs", response_model=shape.Signs, tags=["kpi"])
    async def signs(scheme_id: Id, said: PeriodBody, user: Reader) -> dict[str, Any]:
        """Signs that somebody works for the score, beside the scores and never in them."""
        return await signs_of(rooms, user, scheme_id, said)

    @app.post("/api/v1/kpi/distribution", response_model=shape.Distribution, tags=["kpi"])
    async def distribution(said: DistributionBody, user: Editor) -> dict[str, Any]:
        """What an indicator was for each one of a group in a past period, without names: to choose a target by."""
        return await distribution_of(rooms, user, said)


async def funnels_for(rooms: Rooms, user: User, scheme_id: str, said: FunnelBody) -> dict[str, Any]:
    """For the route and for pages."""
    kept, asked = await _asked(rooms, user, scheme_id, said)
    people, figures = await figures_for(rooms.web, rooms.warehouse, rooms.zone, asked, with_units=True)
    found = await funnels_of(figures, said.method)
    return {
        **_head(kept, asked),
        "watermark": figures.watermark.id,
        "demo": figures.demo,
        "funnels": await off_loop(
            lambda: [_plot(user, kept.scheme, n, one, people) for n, one in sorted(found.items())]
        ),
    }


async def signs_of(rooms: Rooms, user: User, scheme_id: str, said: PeriodBody) -> dict[str, Any]:
    kept, asked = await _asked(rooms, user, scheme_id, said)
    people, found, demo = await signs_for(rooms.web, rooms.warehouse, rooms.zone, asked)
    rows = [
        {
            "who": who_shown(user, kept.scheme, one.key),
            "name": one.name,
            "group": one.group,
            "signs": [_sign(each, one, asked, rooms.zone) for each in found[one.key]],
        }
        for one in people
        if found.get(one.key)
    ]
    return {**_head(kept, asked), "demo": demo, "people": rows}


async def distribution_of(rooms: Rooms, user: User, said: DistributionBody) -> dict[str, Any]:
    check_sees_all(user)
    now = utc_now()
    from_at, until = period(said.begins, said.ends, now, rooms.zone)
    # The curve is what is being sought: any will do.
    line = SchemeLine(
        said.indicator, 0.0, Bonus(1.0, 1.0), said.minimum, "renormalise", said.of, said.threshold_s, said.adjust
    )
    scheme = _scheme_of(said.subject, line)
    line = scheme.lines[0]
    measure = measured(line)
    if measure is None:
        raise Conflict(
            "{indicator} cannot be measured yet.",
            field="indicator",
            remedy="Choose one that is counted from calls, orders or shifts.",
            indicator=said.indicator,
        )
    people, figures = await figures_for(
        rooms.web, rooms.warehouse, rooms.zone, JudgingQuery(scheme, from_at, until, now)
    )
    own = [figures.known[one.key][0] for one in people]
    return {
        "indicator": measure.id,
        "name": name_of(measure.id, measure),
        "unit": measure.unit,
        "of": line.of,
        "adjust": line.adjust,
        "minimum": line.minimum,
        "from": iso(from_at),
        "to": iso(until),
        "demo": figures.demo,
        "people": len(people),
        "reference": _of_all(own),
        "values": sorted(
            (
                {"value": round(one.value, 6), "sample": one.sample, "enough": one.sample >= (line.minimum or 0)}
                for one in own
                if one.value is not None
            ),
            key=lambda one: (one["value"], one["sample"]),
        ),
    }


async def _asked(rooms: Rooms, user: User, scheme_id: str, said: PeriodBody) -> tuple[SchemeRecord, JudgingQuery]:
    check_sees_all(user)
    now = utc_now()
    from_at, until = period(said.begins, said.ends, now, rooms.zone)
    kept = await rooms.web.in_session(
        lambda session: version_for(session, scheme_id, said.version, from_at, until, rooms.zone)
    )
    return kept, JudgingQuery(kept.scheme, from_at, until, now)


def _scheme_of(subject: SchemeScope, line: SchemeLine) -> Scheme:
    """``BadInput`` for what a line could not ask."""
    scheme = Scheme("-", subject, (line,), "2020-01-01")
    for wrong in problems(scheme):
        field = (wrong.field or "").removeprefix("lines.0.")
        if wrong.field == "for" or field in ("indicator", "of", "threshold_s", "adjust"):
            wrong.field = field
            raise wrong
    return settle(scheme)


def _of_all(own: Sequence[LineValue]) -> float | None:
    whole = sum(one.denominator for one in own)
    return round(sum(one.numerator for one in own) / whole, 6) if whole else None


def _head(kept: SchemeRecord, asked: JudgingQuery) -> dict[str, Any]:
    return {
        "scheme": kept.scheme.id,
        "version": kept.version,
        "from": iso(asked.from_at),
        "to": iso(asked.until),
    }


def _plot(user: User, scheme: Scheme, n: int, found: Funnel, people: Sequence[Judged]) -> dict[str, Any]:
    line = scheme.lines[n]
    measure = measured(line)
    names = {one.key: one for one in people}
    return {
        "line": n,
        "indicator": line.indicator,
        "name": name_of(line.indicator, measure),
        "unit": measure.unit if measure else "number",
        "of": line.of,
        "adjust": line.adjust,
        "target": round(found.target, 6),
        "method": found.method,
        "counts": COUNTS.get(measure.source, "thing") if measure else "thing",
        "dispersion": None if found.dispersion is None else round(found.dispersion, 3),
        "points": [
            {
                "who": who_shown(user, scheme, one.place),
                "name": names[one.place].name,
                "group": names[one.place].group,
                "value": round(one.value, 6),
                "numerator": plain(one.numerator),
                "denominator": plain(one.denominator),
                "outside": one.outside,
                **_limits(asdict(one.limits)),
            }
            for one in found.points
        ],
        "curve": [_limits(asdict(one)) for one in found.curve],
    }


def _limits(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name == "n" else round(value, 6) for name, value in given.items()}


def _sign(one: SignCount, who: Judged, asked: JudgingQuery, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "sign": one.sign.id,
        "name": _(one.sign.name),
        "counted": _(one.sign.counted),
        "among": _(one.sign.among),
        "count": one.count,
        "base": one.base,
        "share": None if one.share is None else round(one.share, 6),
        "median": None if one.median is None else round(one.median, 6),
        "outside": one.outside,
        "list": _list(one, who, asked, zone),
    }


def _list(one: SignCount, who: Judged, asked: JudgingQuery, zone: ZoneInfo) -> str:
    begin, end = (wall_text(datetime.fromtimestamp(at, zone)) for at in (asked.from_at, asked.until))
    whose = {"/calls": {"agent": who.key, "sign": one.sign.id}, "/figures": {"agent": who.key}}.get(one.sign.page)
    if whose is None:
        whose = {"site": who.key} if asked.scheme.subject.site else {"opened_by": one.owner}
    period_of = {"from": iso(asked.from_at), "to": iso(asked.until)} if one.sign.page == "/figures" else None
    return f"{one.sign.page}?{urlencode({**(period_of or {'from': begin, 'to': end}), **whose, **one.sign.filter})}"
