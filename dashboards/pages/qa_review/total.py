"""The score as it grows: what it is, how it comes about, whether it passes, what it is without fatal items."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.qa import words
from qa.forms.form import NOT_APPLICABLE, ItemAnswer, QaForm
from qa.scoring.score import CallScore, score


def total(form: QaForm, answers: Mapping[str, ItemAnswer]) -> list[Any]:
    found = score(form, answers)
    passes = (
        html.Span(_("passed"), className="tag") if found.passed else html.Span(_("not passed"), className="tag-demo")
    )
    return [
        html.H2(_("Score")),
        html.Div(
            [
                html.B(words.points(found.score), className="qa-hero"),
                html.Div(
                    [
                        passes if found.score is not None else html.Span(_("nothing answered yet"), className="dim"),
                        html.Small(_("pass mark {n}", n=f"{form.pass_mark:g}"), className="dim"),
                    ],
                    className="qa-passes",
                ),
            ],
            className="qa-hero-line",
        ),
        html.P(_sum(form, found), className="dim"),
        html.P(_progress(form, answers), className="dim"),
        html.P(_fatal(form, found), className="bad", role="status") if found.fatal else None,
    ]


def _sum(form: QaForm, found: CallScore) -> str:
    weights = form.weights
    counted = [one for one in found.items if one.worth is not None]
    whole = math.fsum(weights[one.item] for one in counted)
    if not whole:
        return ""
    have = math.fsum(weights[one.item] * (one.worth or 0.0) for one in counted)
    return f"{have:.4g} ÷ {whole:.4g} × 100"


def _progress(form: QaForm, answers: Mapping[str, ItemAnswer]) -> str:
    items = list(form.items)
    away = sum(answers.get(item.id) == NOT_APPLICABLE for item in items)
    parts = [_("{n} of {all} items answered", n=sum(item.id in answers for item in items), all=len(items))]
    if away:
        parts.append(_("{n} do not apply and are not counted", n=away))
    return " · ".join(parts)


def _fatal(form: QaForm, found: CallScore) -> str:
    texts = {item.id: words.item_text(item) for item in form.items}
    failed = _(", ").join(texts[one] for one in found.fatal)
    return _(
        "Fatal: {items}. Without it the score would be {score}.",
        items=failed,
        score=words.points(found.score_without_fatal),
    )
