"""The form as the server describes it: each item with its answers, its help and its keys; fatal items stand apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from core.i18n import _
from dashboards.components.qa import words
from dashboards.pages.qa_review import ids
from dashboards.pages.qa_review.queries import CallReview
from qa.forms.form import NOT_APPLICABLE, FormItem, ItemAnswer, QaForm, Scale
from qa.scoring.answers import possible
from qa.scoring.score import CallScore, score, worth

KEYS: Mapping[ItemAnswer, str] = {"yes": "1", "partial": "2", "no": "3", NOT_APPLICABLE: "0"}


def sheet(found: CallReview) -> Any:
    form, live = found.form.form, found.mode in ("score", "decide")
    worked_out = score(form, found.given)
    parts: list[Any] = [_head(found, live=live)]
    for n, section in enumerate(form.sections):
        plain = [item for item in section.items if item.fatal is None]
        if not plain:
            continue
        parts.append(
            html.Div(
                [html.H3(words.section_name(section)), html.B(section_sum(form, n, worked_out), id=ids.section(n))],
                className="qa-section",
            )
        )
        parts += [_row(found, item, live=live) for item in plain]
    fatal = [item for item in form.items if item.fatal is not None]
    if fatal:
        said = _("If one is violated, the score is 0; what it would be stands beside it.")
        parts.append(html.Div([html.H3(_("Fatal items")), html.Small(said, className="dim")], className="qa-section"))
        parts += [_row(found, item, live=live) for item in fatal]
    return html.Section(parts, className="panel qa-sheet", **{"aria-label": words.form_name(form)})


def section_sum(form: QaForm, n: int, found: CallScore) -> str:
    """Points of the weights that apply, as 24.5 / 35."""
    weights = form.weights
    of = {item.id for item in form.sections[n].items}
    counted = [one for one in found.items if one.item in of and one.worth is not None]
    have = sum(weights[one.item] * (one.worth or 0.0) for one in counted)
    return f"{_number(have)} / {_number(sum(weights[one.item] for one in counted))}"


def _number(value: float) -> str:
    """With one decimal, where it has one."""
    return f"{value:.1f}".removesuffix(".0")


def _head(found: CallReview, *, live: bool) -> Any:
    record = found.form
    keys = [
        html.Span([html.Kbd(key), text])
        for key, text in (
            ("1", _("yes")),
            ("2", _("partly")),
            ("3", _("no")),
            ("0", _("not applicable")),
            ("↑↓", _("item")),
        )
    ]
    title = html.H2(words.form_name(record.form))
    if live and found.mode == "score" and len(found.choices) > 1 and found.task is None:
        title = html.Select(
            [
                html.Option(words.form_name(one.form), value=one.form.id, selected=one.form.id == record.form.id)
                for one in found.choices
            ],
            className="field",
            **{"aria-label": _("Form"), "data-query": "form"},
        )
    return html.Div(
        [
            title,
            html.Span(_("version {n}", n=record.version), className="tag"),
            html.Span(_("Example"), className="tag-demo") if record.example else None,
            html.Span(className="bar-space"),
            html.Span(keys, className="qa-keys dim") if live else None,
        ],
        className="qa-sheet-head",
    )


def _row(found: CallReview, item: FormItem, *, live: bool) -> Any:
    answers = possible(item)
    given = found.given.get(item.id)
    chosen = given if given in answers else None
    if live:
        keys = ",".join(KEYS.get(one, str(one)) for one in answers)
        control: Any = _answers(item, answers, chosen)
        attributes = {"data-item": item.id, "data-keys": keys}
    else:
        said = "—" if chosen is None else words.answer_text(item, chosen)
        control = html.B(said, className=f"qa-answer {_level(item, chosen)}")
        attributes = {"data-item": item.id}
    weight = (
        html.Span("", className="qa-weight")
        if item.fatal
        else html.Span(_number(found.form.form.weights[item.id]), className="qa-weight")
    )
    pins = [str(n) for n, mark in enumerate(found.marks, 1) if mark.get("item") == item.id] if not live else []
    return html.Div(
        [
            html.Div(
                [html.Span(words.item_text(item), className="qa-fatal" if item.fatal else "qa-text"), _help(item)]
            ),
            weight,
            control,
            html.Span([html.Span(n, className="qa-pin") for n in pins]),
        ],
        className="qa-row",
        **attributes,
    )


def _answers(item: FormItem, answers: Sequence[ItemAnswer], chosen: ItemAnswer | None) -> Any:
    """``assets/qa.js`` puts what is chosen into the store."""
    name = ids.answer(item.id)
    buttons = [
        html.Button(
            words.answer_text(item, one),
            type="button",
            role="radio",
            **{"aria-checked": str(one == chosen).lower(), "data-answer": json.dumps(one)},
        )
        for one in answers
    ]
    return html.Div(
        [*buttons, dcc.Store(id=name, data=chosen)],
        className="qa-answers",
        role="radiogroup",
        **{"aria-label": words.item_text(item), "data-answers": json.dumps(name)},
    )


def _level(item: FormItem, chosen: ItemAnswer | None) -> str:
    value = None if chosen is None else worth(item, chosen)
    return "dim" if value is None else "" if value == 1 else "bad" if value == 0 else "warn"


def _help(item: FormItem) -> Any:
    lines = [
        item.help,
        _("Good: {text}", text=item.good) if item.good else "",
        _("Not so: {text}", text=item.bad) if item.bad else "",
        _("Scale from {least} to {most}.", least=item.answer.least, most=item.answer.most)
        if isinstance(item.answer, Scale)
        else "",
    ]
    shown = [html.P(line) for line in lines if line]
    return html.Details([html.Summary(_("help")), *shown], className="qa-help") if shown else None
