"""Samples and scores: my list first, who waits for a decision and what was given below, plans and draws beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from core.db.tables import QaScoreRow
from core.i18n import _
from core.rights import Right
from dashboards.components import dialog, listing
from dashboards.components.address import choice
from dashboards.components.form import Act, act
from dashboards.components.qa import pages, words
from dashboards.components.words import word
from dashboards.pages.qa import ids, queries
from dashboards.pages.qa.queries import SampleList
from dashboards.session import user, web
from qa.api.common import PATH
from qa.service.plans import DrawRecord, PlanRecord
from qa.service.worklist import ScoringTask

NAMES = ("state", "whose")
LINK = {"cellRenderer": "HotlinePath"}
NUMBER = {"type": "rightAligned"}


async def layout(**parameters: Any) -> Any:
    asked = {name: str(parameters.get(name) or "")[:20] for name in NAMES}
    body = await drawn(asked)

    def whole() -> Any:
        return html.Div(
            [
                html.H1(_("Samples and scores"), className="unseen"),
                html.Div(body(), id=ids.BODY),
                *dialog.place(ids.PAGE),
                dcc.Store(id=ids.ASKED, data=asked),
            ],
            className="page qa",
            **{"data-page": "qa"},
        )

    return whole


async def drawn(asked: Mapping[str, str]) -> Callable[[], list[Any]]:
    found = await queries.sample_list(asked)
    return lambda: page(found)


def page(found: SampleList) -> list[Any]:
    who = user()
    main = [tasks(found)] if who.may(Right.QA_SCORING) or who.may(Right.QA_PLANS) else []
    if found.appeals:
        main.append(given(found, _("Appeals that wait for a decision"), found.appeals, "qa-appeals"))
    main.append(given(found, _("Scores"), found.scores, ids.SCORES))
    side = [plans(found)] if who.may(Right.QA_PLANS) else []
    style = "qa-list" if side else "qa-main"
    return [
        pages.tabs(who, "/qa"),
        html.Div(
            [html.Div(main, className="qa-main"), html.Div(side, className="qa-side") if side else None],
            className=style,
        ),
    ]


# --- what is to be scored ----------------------------------------------------------------------------------------


def tasks(found: SampleList) -> Any:
    who = user()
    states = [("open", _("to be scored")), ("scored", _("scored")), ("all", _("all"))]
    late = sum(one.state == "open" and one.due_at <= found.now for one in found.tasks)
    opened = sum(one.state == "open" for one in found.tasks)
    parts: list[Any] = [
        html.H2(_("My sample") if found.whose == "mine" else _("The samples of all")),
        html.Span(_("{n} to be scored", n=opened), className="dim"),
        html.Span(_("{n} overdue", n=late), className="warn") if late else None,
        html.Span(className="bar-space"),
        choice("state", _("State"), states, found.state),
    ]
    if who.may(Right.QA_PLANS):
        parts.append(choice("whose", _("Whose"), [("mine", _("mine")), ("all", _("of all"))], found.whose))
    rows = [task_row(found, one) for one in found.tasks]
    body = listing.table(ids.TASKS, rows, task_columns(found), "params.data.id") if rows else nothing(found)
    return html.Section([html.Div(parts, className="qa-bar"), body], className="panel qa-main")


def nothing(found: SampleList) -> Any:
    if found.state == "scored":
        said = _("Nothing of this list has been scored yet.")
    elif user().may(Right.QA_PLANS):
        said = _("Nothing is to be scored. Draw a sample by one of the plans, or make a plan first.")
    else:
        said = _("Nothing is to be scored. What is drawn next stands here by itself.")
    return html.Div(said, className="empty")


def task_columns(found: SampleList) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [
        {"field": "call", "headerName": _("Time of the call"), **LINK, "width": 150},
        {"field": "agent", "headerName": _("Agent"), "width": 116},
        {"field": "part", "headerName": _("Part"), "width": 70},
        {"field": "reasons", "headerName": _("Reason"), "flex": 1, "minWidth": 110, "tooltipField": "reasons"},
        {"field": "form", "headerName": _("Form"), "flex": 1, "minWidth": 120, "tooltipField": "form"},
        {"field": "due", "headerName": _("Due"), "width": 100},
        {"field": "state", "headerName": _("State"), "width": 96},
    ]
    if found.whose == "all":
        columns.insert(5, {"field": "scorer", "headerName": _("Scorer"), "width": 104})
    return columns


def task_row(found: SampleList, task: ScoringTask) -> dict[str, Any]:
    at, record = found.called_at.get(task.call_id), found.forms.get(task.form)
    overdue = task.state == "open" and task.due_at <= found.now
    state = _("overdue") if overdue else word(words.TASK_STATES, task.state)
    if task.state == "open" and task.call_id in found.drafts:
        state = _("begun")
    return {
        "id": str(task.id),
        "call": day_time(at) if at is not None else task.week,
        "call_href": words.review_path(task.call_id, task.form),
        "call_tag": "",
        "agent": found.names.party(task.agent),
        "part": word(words.PARTS, task.part),
        "reasons": words.reasons(task.reasons) or "—",
        "form": words.form_name(record.form) if record is not None else task.form,
        "scorer": found.names.person(task.scorer) or _("nobody may"),
        "due": day_time(task.due_at),
        "state": state,
    }


# --- scores ------------------------------------------------------------------------------------------------------


def given(found: SampleList, title: str, rows: Any, name: str) -> Any:
    head = html.Div([html.H2(title), html.Span(_("{n} scores", n=len(rows)), className="dim")], className="qa-bar")
    if not rows:
        return html.Section([head, html.Div(_("No call has been scored yet."), className="empty")], className="panel")
    columns = [
        {"field": "call", "headerName": _("Time of the call"), **LINK, "width": 170},
        {"field": "agent", "headerName": _("Agent"), "width": 116},
        {"field": "score", "headerName": _("Score"), **NUMBER, "width": 80},
        {"field": "passed", "headerName": _("Verdict"), "width": 110},
        {"field": "part", "headerName": _("Part"), "width": 70},
        {"field": "form", "headerName": _("Form"), "flex": 1, "minWidth": 110, "tooltipField": "form"},
        {"field": "scorer", "headerName": _("Scorer"), "width": 104},
        {"field": "at", "headerName": _("Scored"), "width": 100},
        {"field": "state", "headerName": _("State"), "width": 130},
    ]
    table = listing.table(name, [score_row(found, one) for one in rows], columns, "params.data.id")
    return html.Section([head, table], className="panel qa-main")


def score_row(found: SampleList, row: QaScoreRow) -> dict[str, Any]:
    record = found.forms.get(row.form)
    result = _("passed") if row.passed else _("fatal item") if row.fatal else _("not passed")
    return {
        "id": row.id,
        "call": day_time(row.called_at),
        "call_href": words.review_path(row.call_id, row.form),
        "call_tag": _("Demo data") if row.demo else "",
        "agent": found.names.party(row.agent),
        "score": words.points(row.score),
        "passed": result,
        "part": word(words.PARTS, row.part),
        "form": words.form_name(record.form) if record is not None else row.form,
        "scorer": found.names.person(row.scorer),
        "at": day_time(row.scored_at),
        "state": word(words.STATES, row.state),
    }


def day_time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(web().settings.timezone)):%m-%d %H:%M}"


# --- plans -------------------------------------------------------------------------------------------------------


def plans(found: SampleList) -> Any:
    make = html.Button(_("New plan"), type="button", className="quiet", **dialog.opens({"what": "plan"}))
    late = Act(_("Reassign what is overdue"), path=f"{PATH}/worklist/reassign", sends=False)
    head = html.Div([html.H2(_("Sampling plans")), html.Span(className="bar-space"), make], className="qa-bar")
    if not found.plans:
        said = _("There is no plan yet. A plan says how many calls of each agent are drawn, and for which risks.")
        return html.Section([head, html.P(said, className="dim")], className="panel")
    items = [plan(found, *one) for one in found.plans]
    foot = [
        act(late, "qa-reassign"),
        html.P("", role="alert", className="error", **{"data-live": "act-error"}),
    ]
    return html.Section([head, html.Ul(items, className="qa-plans"), *foot], className="panel")


def plan(found: SampleList, record: PlanRecord, last: DrawRecord | None) -> Any:
    of = record.plan
    rule = _("{n} random, {m} at risk, of each agent and week", n=of.rules.random.per_agent_week, m=at_risk(record))
    form = found.forms.get(of.form)
    shown = [
        html.B(of.name),
        html.Span(words.form_name(form.form) if form is not None else of.form, className="dim"),
        html.Small(rule, className="dim"),
        html.Small(last_draw(last), className="dim"),
        html.Button(
            _("Draw a sample now…"),
            type="button",
            className="bar-button",
            **dialog.opens({"what": "draw", "plan": of.id}),
        ),
    ]
    return html.Li(shown, **{"data-plan": of.id})


def at_risk(record: PlanRecord) -> int:
    risk = record.plan.rules.risk
    return risk.per_agent_week if risk.reasons else 0


def last_draw(last: DrawRecord | None) -> str:
    if last is None:
        return _("nothing drawn yet")
    return _(
        "last drawn {time}: {n} of {eligible} calls, {out} left out, seed {seed}",
        time=day_time(last.made_at),
        n=len(last.sample.calls),
        eligible=f"{last.sample.eligible:,}",
        out=f"{len(last.sample.excluded):,}",
        seed=last.seed,
    )
