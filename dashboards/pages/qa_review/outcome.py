"""What becomes of a score: who gave it, the agent's answer, the appeal and who decided; and what may be done now."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from core.i18n import _
from dashboards.components import dialog
from dashboards.components.form import Act, act
from dashboards.components.qa import words
from dashboards.components.words import local, word
from dashboards.pages.qa_review import ids
from dashboards.pages.qa_review.queries import CallReview
from dashboards.session import web
from qa.api.common import PATH

TIME = "%m-%d %H:%M"


def story(found: CallReview) -> Any:
    """Of a score that was given: each step with who and when."""
    score = found.score
    if score is None:
        return None
    zone, names = web().settings.timezone, found.names
    lines = [
        _("Scored by {who} on {time}", who=names.person(score["scorer"]), time=local(score["scored_at"], zone, TIME))
    ]
    if score["answered_at"]:
        said = _("accepted by {who} on {time}") if score["state"] == "accepted" else _("{who} appealed on {time}")
        lines.append(said.format(who=names.person(score["answered_by"]), time=local(score["answered_at"], zone, TIME)))
    if score["appeal_reason"]:
        lines.append(_("Reason: {text}", text=score["appeal_reason"]))
    if score["decided_at"]:
        who, at = names.person(score["decided_by"]), local(score["decided_at"], zone, TIME)
        lines.append(_("Decided by {who} on {time}: {text}", who=who, time=at, text=score["decision_words"]))
    first = score["first"]
    if first is not None and score["state"] == "changed":
        lines.append(_("First score {score}", score=words.points(first["score"])))
    tags = [html.Span(word(words.STATES, score["state"]), className="tag", **{"data-state-of-score": score["state"]})]
    if score["demo"]:
        tags.append(html.Span(_("Demo data"), className="tag-demo"))
    head = html.H2([_("What became of it"), *tags])
    note = html.P(score["note"], className="qa-words") if score["note"] else None
    return html.Div([head, note, *(html.P(line) for line in lines)], className="qa-story")


def acts(found: CallReview) -> list[Any]:
    """In the order in which they are meant; nothing for who only reads."""
    if found.mode == "score":
        submit = html.Button(
            [_("Submit the score"), html.Kbd("Ctrl ↵")], id=ids.SUBMIT, type="button", className="primary"
        )
        return [submit, _next(found, _("Next call"))]
    if found.mode == "decide":
        change = html.Button(_("Change to these answers"), id=ids.SUBMIT, type="button", className="primary")
        uphold = html.Button(_("The score stays"), id=ids.UPHOLD, type="button", className="bar-button")
        return [change, uphold]
    if found.mode == "answer" and found.score is not None:
        path = f"{PATH}/scores/{found.score['id']}"
        accept = Act(_("Accept"), path=f"{path}/accept", sends=False)
        appeal = {"what": "appeal", "score": found.score["id"]}
        until = local(found.score["appeal_until"], web().settings.timezone, TIME)
        return [
            act(accept, "qa-accept"),
            html.Button(_("Appeal…"), type="button", className="bar-button", **dialog.opens(appeal)),
            html.Small(_("an appeal is possible until {time}", time=until), className="dim"),
            html.P("", role="alert", className="error", **{"data-live": "act-error"}),
        ]
    return [_next(found, _("Next call"))]


def note(found: CallReview) -> Any:
    """In words: of the scorer on the whole call, or of who decides on the appeal."""
    caption = _("On the whole call") if found.mode == "score" else _("Why the decision is so")
    value = found.note if found.mode == "score" else ""
    return html.Label(
        [
            html.Span(caption),
            dcc.Textarea(id=ids.NOTE, value=value, maxLength=1000, className="field", rows=3),
        ],
        className="qa-note",
    )


def _next(found: CallReview, words_: str) -> Any:
    if found.next_call is None:
        return html.A(_("Back to the list"), href="/qa", className="quiet")
    return html.A(words_, href=words.review_path(*found.next_call), className="bar-button qa-next")
