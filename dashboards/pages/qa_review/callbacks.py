"""While one scores, the score is added up and the draft stored; once it is given or decided, all is drawn anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dash import ALL, Input, Output, State, ctx, no_update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import BadInput, HotlineError, NotAllowed, Several
from core.i18n import _, translate_error
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.form import Act, FormField, form
from dashboards.pages.qa_review import ids, layout, marks, queries, sheet, total
from dashboards.pages.qa_review.figures import wave
from dashboards.pages.qa_review.queries import ReviewRequest
from dashboards.pages.qa_review.sound import measured_spans
from dashboards.session import user, web
from qa.api.common import PATH
from qa.forms.form import ItemAnswer
from qa.scoring.answers import possible
from qa.scoring.score import score
from qa.service import drafts, scores
from qa.service.forms import FormRecord
from qa.service.scores import MarkedSpan, ScoredCall, ScoreInput

MOST_MARKS = 100


def register(app: Any) -> None:
    typed = (
        State(ids.answer(ALL), "data"),
        State(ids.answer(ALL), "id"),
        State(ids.comment(ALL), "value"),
        State(ids.mark_item(ALL), "data"),
        State(ids.MARKS, "data"),
    )
    count = app.callback(
        Output(ids.TOTAL, "children"),
        Output(ids.section(ALL), "children"),
        Output(ids.STORED, "children"),
        Input(ids.answer(ALL), "data"),
        Input(ids.comment(ALL), "value"),
        Input(ids.mark_item(ALL), "data"),
        Input(ids.NOTE, "value"),
        State(ids.answer(ALL), "id"),
        State(ids.MARKS, "data"),
        State(ids.ABOUT, "data"),
        State(ids.section(ALL), "id"),
        right=Right.QA,
        prevent_initial_call=True,
    )
    count(counted)
    mark = app.callback(
        Output(ids.MARKS, "data"),
        Output(ids.MARK_LIST, "children"),
        Output({"type": "figure", "name": ALL}, "data"),
        Input(ids.MARKED, "data"),
        Input(ids.remove(ALL), "n_clicks"),
        *typed[2:],
        State(ids.ABOUT, "data"),
        right=Right.QA_SCORING,
        prevent_initial_call=True,
    )
    mark(marked)
    submit = app.callback(
        Output(ids.BODY, "children"),
        Output(ids.PROBLEM, "children"),
        Input(ids.SUBMIT, "n_clicks"),
        *typed,
        State(ids.NOTE, "value"),
        State(ids.ABOUT, "data"),
        right=Right.QA,
        prevent_initial_call=True,
        running=[(Output(ids.SUBMIT, "disabled"), True, False)],
    )
    submit(submitted)
    uphold = app.callback(
        Output(ids.BODY, "children", allow_duplicate=True),
        Output(ids.PROBLEM, "children", allow_duplicate=True),
        Input(ids.UPHOLD, "n_clicks"),
        State(ids.NOTE, "value"),
        State(ids.ABOUT, "data"),
        right=Right.QA_APPEALS,
        prevent_initial_call=True,
    )
    uphold(upheld)
    again = app.callback(
        Output(ids.BODY, "children", allow_duplicate=True),
        Input(dialog.done(ids.PAGE), "data"),
        State(ids.ABOUT, "data"),
        right=Right.QA,
        prevent_initial_call=True,
    )
    again(answered)
    dialog.register(app, ids.PAGE, Right.QA, {"appeal": (Right.QA, appeal)})


# --- what comes from the browser ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FilledForm:
    """``answers`` that are none of the form's are left out."""

    record: FormRecord
    answers: Mapping[str, ItemAnswer]


def request_of(about: Any) -> ReviewRequest:
    said = about if isinstance(about, Mapping) else {}
    return ReviewRequest(*(str(said.get(name) or "")[:64] for name in ("call_id", "form", "round")))


def filled(session: Session, request: ReviewRequest, values: Sequence[Any], names: Sequence[Any]) -> FilledForm:
    """By the form that the page shows."""
    who = user()
    row, task = queries.score_of(session, request, who), queries.task_of(session, request, who)
    draft = drafts.find(session, who.name, request.call_id)
    record = queries.form_of_review(session, request, row, task, draft.body if draft is not None else {})
    given = {one["item"]: value for one, value in zip(names, values, strict=True) if value is not None}
    return FilledForm(
        record, {item.id: given[item.id] for item in record.form.items if given.get(item.id) in possible(item)}
    )


def marks_of(stored: Any, comments: Sequence[Any], items: Sequence[Any]) -> list[dict[str, Any]]:
    """The spans with what stands in their fields now; what a browser made up is no span."""
    found = []
    for n, one in enumerate(stored if isinstance(stored, list) else []):
        if not isinstance(one, Mapping) or not all(isinstance(one.get(at), int | float) for at in ("from_s", "to_s")):
            continue
        comment = comments[n] if n < len(comments) else one.get("comment")
        item = items[n] if n < len(items) else one.get("item")
        found.append(
            {
                "from_s": float(one["from_s"]),
                "to_s": float(one["to_s"]),
                "item": str(item)[:40] if item else None,
                "comment": str(comment or "")[: marks.LONGEST_COMMENT],
            }
        )
    return found[:MOST_MARKS]


# --- while one scores --------------------------------------------------------------------------------------------


async def counted(
    values: list[Any],
    comments: list[Any],
    items: list[Any],
    note: Any,
    names: list[Any],
    stored: Any,
    about: Any,
    sections: list[Any],
) -> Any:
    request, who, now = request_of(about), user(), utc_now()

    def work(session: Session) -> tuple[FilledForm, bool]:
        given = filled(session, request, values, names)
        if queries.score_of(session, request, who) is not None or not who.may(Right.QA_SCORING):
            return given, False
        body = {
            "form": given.record.form.id,
            "version": given.record.version,
            "round": request.round,
            "answers": dict(given.answers),
            "spans": marks_of(stored, comments, items),
            "note": str(note or ""),
        }
        drafts.store(session, who.name, request.call_id, body, now)
        return given, True

    try:
        found, is_draft = await web().in_session(work)
    except HotlineError as no:
        return no_update, (no_update,) * len(sections), " ".join(filter(None, translate_error(no)))
    of = found.record.form
    sums = score(of, found.answers)
    said = _("draft stored") if is_draft else no_update
    return (
        total.total(of, found.answers),
        tuple(sheet.section_sum(of, int(one["n"]), sums) for one in sections),
        said,
    )


async def marked(mark: Any, _removed: list[Any], comments: list[Any], items: list[Any], stored: Any, about: Any) -> Any:
    request, who = request_of(about), user()
    now = marks_of(stored, comments, items)
    by = ctx.triggered_id
    if by == ids.MARKED:
        now = marks_of([*now, mark], [one["comment"] for one in now], [one["item"] or "" for one in now])
    elif isinstance(by, Mapping) and any(_removed):
        now = [one for n, one in enumerate(now) if n != by.get("n")]
    else:
        return no_update, no_update, (no_update,) * len(ctx.outputs_list[2])
    parts = web()
    to_hear = await queries.there(parts, who, request.call_id)
    sound = await queries.recorded_sound(parts, who, to_hear)
    record = await parts.in_session(lambda session: filled(session, request, [], []).record)
    drawn = wave(sound.peaks, sound.seconds, measured_spans(sound), now).to_plotly_json() if sound.peaks else no_update
    return now, marks.listed(record.form, now, live=True), (drawn,) * len(ctx.outputs_list[2])


# --- what ends it ------------------------------------------------------------------------------------------------


async def submitted(
    clicks: Any,
    values: list[Any],
    names: list[Any],
    comments: list[Any],
    items: list[Any],
    stored: Any,
    note: Any,
    about: Any,
) -> Any:
    """The score is given; or, where there is one that was appealed against, it is changed to these answers."""
    if not clicks:
        return no_update, no_update
    request, who, parts = request_of(about), user(), web()
    to_hear = await queries.there(parts, who, request.call_id)
    call = ScoredCall(to_hear.call_id, to_hear.agent, to_hear.called_at, to_hear.demo, to_hear.seconds)
    spans = tuple(MarkedSpan(**one) for one in marks_of(stored, comments, items))

    def work(session: Session) -> None:
        given = filled(session, request, values, names)
        row = queries.score_of(session, request, who)
        if row is not None:
            _must(Right.QA_APPEALS)
            scores.decide(session, row.id, who, "changed", _said(note), given.answers, utc_now())
            return
        _must(Right.QA_SCORING)
        record = given.record
        said = ScoreInput(
            record.form.id, given.answers, record.version, spans, str(note or ""), request.round or None, False
        )
        scores.save(session, call, said, who, utc_now())

    return await _done(request, work)


async def upheld(clicks: Any, note: Any, about: Any) -> Any:
    if not clicks:
        return no_update, no_update
    request, who = request_of(about), user()

    def work(session: Session) -> None:
        row = queries.score_of(session, request, who)
        if row is not None:
            scores.decide(session, row.id, who, "upheld", _said(note), None, utc_now())

    return await _done(request, work)


async def answered(_done: Any, about: Any) -> Any:
    return await layout.drawn(request_of(about))


async def appeal(said: Mapping[str, str]) -> Any:
    """By the agent, once, with a reason; another reviewer decides."""
    caption = _("What is not right, and how it was")
    reason = FormField("reason", caption, "area", "", most=1000, required=True, wide=True, focus=True, counts=True)
    send = Act(_("Send the appeal"), path=f"{PATH}/scores/{quote(said.get('score', ''), safe='')}/appeal")
    about = _("Somebody else than who scored the call decides. A score can be appealed against once.")
    content = form("qa-appeal", [reason], [send], about=about, in_dialog=True)
    return dialog.dialog(_("Appeal against the score"), [content], closes=False)


def _must(right: Right) -> None:
    if not user().may(right):
        raise NotAllowed("Your role does not permit this.", remedy="Ask an administrator.")


def _said(note: Any) -> str:
    words = str(note or "").strip()
    if not words:
        raise BadInput("A decision needs its reason.", field="words", remedy="Write why, for agent and scorer.")
    return words


async def _done(request: ReviewRequest, work: Any) -> Any:
    try:
        await web().in_session(work)
    except HotlineError as no:
        return no_update, problem_text(no)
    body = await layout.drawn(request)
    return body(), ""


def problem_text(no: HotlineError) -> str:
    """All that is wrong, in a line each."""
    parts = no.parts if isinstance(no, Several) else (no,)
    return "\n".join(" ".join(filter(None, translate_error(one))) for one in parts)
