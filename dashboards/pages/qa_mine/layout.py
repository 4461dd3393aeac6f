"""An agent's own scores, the newest first: what is new stands out until it was accepted or appealed against."""

from __future__ import annotations

from datetime import datetime
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from core.clock import utc_now
from core.db.tables import QaScoreRow
from core.i18n import _
from dashboards.components.qa import pages, words
from dashboards.components.words import word
from dashboards.session import user, web
from qa.service import forms, scores
from qa.service.forms import FormRecord

MOST = 200


async def layout(**_parameters: Any) -> Any:
    who = user()
    mine = [QaScoreRow.round.is_(None), QaScoreRow.agent == (who.extension or "")]
    rows, known = await web().in_session(
        lambda session: (
            scores.listed(session, mine, None, MOST),
            {one.form.id: one for one in forms.newest(session)},
        )
    )
    web().audit.seen(who.name, "qa_scores_listed", "qa", agent=who.extension or "")
    now = utc_now()

    def drawn() -> Any:
        content = [head(rows, now), table(rows, known, now)] if rows else [empty()]
        title = html.H1(_("My quality"), className="unseen")
        return html.Div([title, pages.tabs(who, "/qa/mine"), *content], className="page qa", **{"data-page": "qa-mine"})

    return drawn


def empty() -> Any:
    said = _("None of your calls has been scored yet. A score stands here as soon as it is given, with its recording.")
    return html.Div(said, className="panel empty")


def head(rows: list[QaScoreRow], now: float) -> Any:
    """Averages of the random part only: what was picked for a risk says nothing of all calls."""
    at_random = [one.score for one in rows if one.part == "random"]
    mean = fmean(at_random) if at_random else None
    waiting = sum(may_answer(one, now) for one in rows)
    return html.Div(
        [
            html.H2(_("My scores")),
            html.Span(_("{n} scores", n=len(rows)), className="dim"),
            html.Span(
                [_("mean of the random ones"), " ", html.B(words.points(mean)), f" ({len(at_random)})"],
                title=_("Calls that were picked for a risk are shown, and not averaged."),
            ),
            html.Span(_("{n} wait for your answer", n=waiting), className="tag") if waiting else None,
        ],
        className="panel qa-bar",
    )


def table(rows: list[QaScoreRow], known: dict[str, FormRecord], now: float) -> Any:
    titles = (_("Time of the call"), _("Score"), _("Verdict"), _("Part"), _("Form"), _("Scored"), _("State"), "")
    top = html.Thead(html.Tr([html.Th(text, scope="col") for text in titles]))
    body = html.Tbody([line(one, known, now) for one in rows])
    return html.Div(html.Table([top, body], className="plain"), className="panel qa-scroll", tabIndex=0)


def line(row: QaScoreRow, known: dict[str, FormRecord], now: float) -> Any:
    record = known.get(row.form)
    result = _("passed") if row.passed else _("fatal item") if row.fatal else _("not passed")
    until = _("answer until {time}", time=day_time(row.appeal_until)) if may_answer(row, now) else ""
    demo = html.Span(_("Demo data"), className="tag-demo") if row.demo else None
    return html.Tr(
        [
            html.Td(
                [
                    html.A(day_time(row.called_at), href=words.review_path(row.call_id, row.form), className="quiet"),
                    " ",
                    demo,
                ]
            ),
            html.Td(html.B(words.points(row.score)), className="number"),
            html.Td(result, className="" if row.passed else "warn"),
            html.Td(word(words.PARTS, row.part)),
            html.Td(words.form_name(record.form) if record is not None else row.form),
            html.Td(day_time(row.scored_at)),
            html.Td(word(words.STATES, row.state)),
            html.Td(until, className="dim"),
        ],
        **{"data-score": row.id},
    )


def may_answer(row: QaScoreRow, now: float) -> bool:
    return row.state == "scored" and row.appeal_until is not None and now < row.appeal_until


def day_time(at: float | None) -> str:
    return "—" if at is None else f"{datetime.fromtimestamp(at, ZoneInfo(web().settings.timezone)):%m-%d %H:%M}"
