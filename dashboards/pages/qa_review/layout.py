"""One review: the sound above; the form, the score with its spans, and the call below, each in its own column."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dash import dcc, html

from core.errors import HotlineError
from core.i18n import _, translate_error
from core.rights import Right, Scope
from dashboards.components import dialog
from dashboards.components.qa import words
from dashboards.components.words import word
from dashboards.pages.qa_review import facts, ids, marks, outcome, queries, sheet, sound, total
from dashboards.pages.qa_review.queries import CallReview, ReviewRequest
from dashboards.session import note_refused, user


async def layout(call_id: str = "", **parameters: Any) -> Any:
    said = {name: str(parameters.get(name) or "")[:64] for name in ("form", "round")}
    request = ReviewRequest(call_id, said["form"], said["round"])
    body = await drawn(request)

    def whole() -> Any:
        about = {"call_id": call_id, **said}
        return html.Div(
            [
                html.Div(body(), id=ids.BODY, className="qa-body"),
                dcc.Store(id=ids.ABOUT, data=about),
                *dialog.place(ids.PAGE),
            ],
            className="page qa-review",
            **{"data-page": "qa-review"},
        )

    return whole


async def drawn(request: ReviewRequest) -> Callable[[], list[Any]]:
    try:
        found = await queries.review(request)
    except HotlineError as no:
        await note_refused(f"/qa/reviews/{request.call_id}", no)
        return partial(refused, no)
    return lambda: page(found)


def refused(no: HotlineError) -> list[Any]:
    message, remedy = translate_error(no)
    back = html.A(_("Back to the list"), href=home(), className="quiet")
    return [html.Div([html.H1(message, className="refused"), html.P(remedy or ""), back], className="panel note")]


def home() -> str:
    return "/qa" if user().scope(Right.QA) is Scope.ALL else "/qa/mine"


def page(found: CallReview) -> list[Any]:
    live = found.mode in ("score", "decide")
    content: list[Any] = [head(found), sound.player(found)]
    if found.mode == "none":
        said = _("This call is not scored. Who scores calls sees the form here.")
        columns: list[Any] = [html.Section(html.P(said, className="dim"), className="panel qa-sheet")]
    else:
        columns = [sheet.sheet(found), middle(found, live=live)]
    beside = html.Div([facts.facts(found), sound.measured(found.sound)], className="qa-beside")
    return [
        *content,
        html.Div([*columns, beside], className="qa-columns"),
        dcc.Store(id=ids.MARKS, data=list(found.marks)),
        dcc.Store(id=ids.MARKED),
    ]


def head(found: CallReview) -> Any:
    task = found.task
    about: list[Any] = [html.H1(_("Review of a call of {agent}", agent=found.names.party(found.call["agent"])))]
    if found.request.round:
        about.append(html.Span(_("Calibration, blind"), className="tag"))
    elif task is not None:
        about.append(html.Span(word(words.PARTS, task.part), className="tag"))
        if task.reasons:
            about.append(html.Span(words.reasons(task.reasons), className="dim"))
    elif found.score is not None:
        about.append(html.Span(word(words.PARTS, found.score["part"]), className="tag"))
    if found.call["demo"]:
        about.append(html.Span(_("Demo data"), className="tag-demo"))
    heard = html.Small(_("Listening stands in the audit as a quality check."), className="dim")
    return html.Div(
        [html.A("← " + _("List"), href=home(), className="quiet"), *about, html.Span(className="bar-space"), heard],
        className="qa-head",
    )


def middle(found: CallReview, *, live: bool) -> Any:
    form = found.form.form
    parts: list[Any] = [
        html.Div(total.total(form, found.given), id=ids.TOTAL, className="qa-total", **{"aria-live": "polite"}),
        outcome.story(found),
        html.Div(
            marks.listed(form, found.marks, live=found.mode == "score"), id=ids.MARK_LIST, className="qa-mark-list"
        ),
    ]
    if live:
        parts.append(outcome.note(found))
    parts += [
        html.P("", id=ids.PROBLEM, className="error", role="alert"),
        html.Div(outcome.acts(found), className="qa-acts"),
        html.Small("", id=ids.STORED, className="dim", role="status"),
    ]
    return html.Section(parts, className="panel qa-middle", **{"aria-label": _("Score")})
