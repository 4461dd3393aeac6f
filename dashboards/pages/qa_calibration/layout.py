"""Calibration: the rounds on the left; of the chosen one what I have to score, or how far its scorers agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import dcc, html

from core.i18n import _, translate_error
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.address import go
from dashboards.components.form import Act, act
from dashboards.components.qa import pages, words
from dashboards.pages.qa_calibration import ids, queries
from dashboards.pages.qa_calibration.queries import CalibrationRounds
from dashboards.session import user
from qa.api.common import PATH
from qa.calibration import RoundAgreement
from qa.service.rounds import RoundRecord

HERE = "/qa/calibration"


async def layout(**parameters: Any) -> Any:
    asked = str(parameters.get("round") or "")[:40]
    body = await drawn(asked)

    def whole() -> Any:
        return html.Div(
            [
                html.H1(_("Calibration"), className="unseen"),
                html.Div(body(), id=ids.BODY),
                *dialog.place(ids.PAGE),
                dcc.Store(id=ids.ASKED, data=asked),
            ],
            className="page qa",
            **{"data-page": "qa-calibration"},
        )

    return whole


async def drawn(asked: str) -> Callable[[], list[Any]]:
    found = await queries.calibration(asked)
    return lambda: page(found)


def page(found: CalibrationRounds) -> list[Any]:
    shown: list[Any] = [nothing()] if found.chosen is None else one(found, found.chosen)
    return [
        pages.tabs(user(), HERE),
        html.Div(
            [html.Div(shown, className="qa-main"), html.Div(rounds(found), className="qa-side")], className="qa-list"
        ),
    ]


def nothing() -> Any:
    said = _("No round has been opened yet. In a round several people score the same calls, none seeing the others.")
    return html.Div(said, className="panel empty")


def rounds(found: CalibrationRounds) -> Any:
    head: list[Any] = [html.H2(_("Rounds")), html.Span(className="bar-space")]
    if user().may(Right.QA_PLANS):
        head.append(html.Button(_("New round"), type="button", className="quiet", **dialog.opens({"what": "round"})))
    items = [
        html.Li(
            [
                go(record.name, f"{HERE}?round={record.id}", className="quiet"),
                html.Small(standing(record), className="dim"),
            ],
            **({"aria-current": "true"} if found.chosen is not None and record.id == found.chosen.id else {}),
        )
        for record in found.rounds
    ]
    return html.Section([html.Div(head, className="qa-bar"), html.Ul(items, className="qa-plans")], className="panel")


def standing(record: RoundRecord) -> str:
    state = _("closed") if record.closed_at is not None else _("all scored") if record.is_whole else _("goes on")
    return _(
        "{state} · {done} of {due} scores · {calls} calls, {people} people",
        state=state,
        done=record.done,
        due=len(record.calls) * len(record.scorers),
        calls=len(record.calls),
        people=len(record.scorers),
    )


def one(found: CalibrationRounds, record: RoundRecord) -> list[Any]:
    form = words.form_name(found.form.form) if found.form is not None else record.form
    title = [html.H2(record.name), html.Span(form, className="dim"), html.Span(className="bar-space")]
    if user().may(Right.QA_PLANS) and record.closed_at is None:
        sure = _("Press again: nobody can score in it any more")
        title.append(act(Act(_("Close the round"), path=f"{PATH}/rounds/{record.id}/close", confirm=sure, sends=False)))
    shown: list[Any] = [
        html.Section(
            [
                html.Div(title, className="qa-bar"),
                html.P("", role="alert", className="error", **{"data-live": "act-error"}),
                *to_score(found, record),
            ],
            className="panel",
        )
    ]
    if found.agreement is None:
        said = translate_error(found.problem) if found.problem is not None else ("", "")
        shown.append(html.Div(" ".join(filter(None, said)), className="panel empty", role="status"))
        return shown
    return [*shown, *agreement(found, found.agreement)]


def to_score(found: CalibrationRounds, record: RoundRecord) -> list[Any]:
    if user().name not in record.scorers or record.closed_at is not None or record.is_whole:
        return []
    links = [
        html.Li(
            [
                html.A(_("Call {n}", n=n), href=words.review_path(call, record.form, record.id), className="quiet"),
                html.Small(_("scored") if call in found.scored else _("to be scored"), className="dim"),
            ]
        )
        for n, call in enumerate(record.calls, 1)
    ]
    return [html.P(_("Mine to score, blind:"), className="dim"), html.Ul(links, className="qa-plans")]


# --- agreement ---------------------------------------------------------------------------------------------------


def agreement(found: CalibrationRounds, of: RoundAgreement) -> list[Any]:
    head = html.Div(
        [
            html.H2(_("Agreement on the scores")),
            html.B(figure(of.alpha), className="qa-hero"),
            html.Span(verdict(of.alpha)),
            html.Small(
                _(
                    "Krippendorff's alpha of {calls} calls by {people} people; — where it is undefined",
                    calls=of.calls,
                    people=of.scorers,
                ),
                className="dim",
            ),
        ],
        className="panel qa-bar",
    )
    return [head, pairs(found, of), items(found, of), leniency(found, of)]


def pairs(found: CalibrationRounds, of: RoundAgreement) -> Any:
    rows = [
        (
            f"{found.names.person(one.first)} · {found.names.person(one.second)}",
            figure(one.kappa),
            figure(one.linear),
            figure(one.quadratic),
            str(one.judged),
        )
        for one in of.pairs
    ]
    titles = (_("Two scorers"), _("kappa"), _("kappa, linear"), _("kappa, quadratic"), _("judged"))
    return table(_("In pairs (Cohen's kappa)"), titles, rows)


def items(found: CalibrationRounds, of: RoundAgreement) -> Any:
    texts = {item.id: words.item_text(item) for item in found.form.form.items} if found.form is not None else {}
    ordered = sorted(of.items, key=lambda one: (one.alpha is None, one.alpha or 0.0))
    rows = [(texts.get(one.item, one.text), figure(one.alpha), figure(one.gap), str(one.judged)) for one in ordered]
    titles = (_("Item"), _("alpha"), _("distance from the master score"), _("judged"))
    return table(_("By item, the least agreed first"), titles, rows)


def leniency(found: CalibrationRounds, of: RoundAgreement) -> Any:
    rows = [
        (
            found.names.person(one.scorer),
            f"{one.points:+.1f}".replace("-", "−"),
            "—" if one.interval is None else "{:+.1f} … {:+.1f}".format(*one.interval).replace("-", "−"),
            str(one.calls),
        )
        for one in of.leniency
    ]
    titles = (_("Scorer"), _("points"), _("95 % interval"), _("calls"))
    return table(_("Lenient (+) or severe (−)"), titles, rows)


def table(title: str, titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Any:
    top = html.Thead(
        html.Tr([html.Th(text, scope="col", className="number" if n else "") for n, text in enumerate(titles)])
    )
    body = html.Tbody(
        [html.Tr([html.Td(text, className="number" if n else "") for n, text in enumerate(row)]) for row in rows]
    )
    return html.Section(
        [html.H2(title), html.Div(html.Table([top, body], className="plain"), className="qa-scroll", tabIndex=0)],
        className="panel",
    )


def figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}".replace("-", "−")


def verdict(alpha: float | None) -> str:
    """Krippendorff's own borders (2004): 0.8 to rely on, 0.667 for tentative conclusions."""
    if alpha is None:
        return _("undefined: all scores are equal, or nothing was scored twice")
    return _("reliable") if alpha >= 0.8 else _("for orientation only") if alpha >= 0.667 else _("not reliable")
