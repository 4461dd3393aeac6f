"""The spans that somebody marked, each with its item and its comment; a click on its time plays from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from core.i18n import _
from dashboards.components.choice import choice
from dashboards.components.qa import words
from dashboards.components.words import duration
from dashboards.pages.qa_review import ids
from qa.forms.form import QaForm

LONGEST_COMMENT = 1000
Marks = Sequence[Mapping[str, Any]]


def listed(form: QaForm, marks: Marks, *, live: bool) -> list[Any]:
    head = html.H2([_("Spans and comments"), html.Small(_("{n} spans", n=len(marks)), className="dim")])
    if not marks:
        said = _("Press M while it plays, and M again at the end.") if live else _("No span was marked.")
        return [head, html.P(said, className="dim")]
    return [head, html.Ul([_line(form, n, mark, live=live) for n, mark in enumerate(marks)], className="qa-marks")]


def _line(form: QaForm, n: int, mark: Mapping[str, Any], *, live: bool) -> Any:
    times = f"{duration(mark['from_s'])}–{duration(mark['to_s'])}"
    play = html.Button(
        times,
        type="button",
        className="quiet",
        **{"data-seek": f"{mark['from_s']:.2f}", "aria-label": _("Play from {time}", time=duration(mark["from_s"]))},
    )
    number = html.Span(str(n + 1), className="qa-pin")
    items = {item.id: words.item_text(item) for item in form.items}
    if not live:
        about = items.get(mark.get("item") or "", "")
        return html.Li(
            [number, play, html.Span(mark.get("comment") or "—"), html.Small(about, className="dim") if about else None]
        )
    options = [("", _("no item")), *items.items()]
    return html.Li(
        [
            number,
            play,
            choice(ids.mark_item(n), options, mark.get("item") or "", label=_("Item of span {n}", n=n + 1)),
            html.Button(
                "×", id=ids.remove(n), type="button", className="quiet", **{"aria-label": _("Remove span {n}", n=n + 1)}
            ),
            html.Label(
                [
                    html.Span(_("Comment on span {n}", n=n + 1), className="unseen"),
                    dcc.Input(
                        id=ids.comment(n),
                        type="text",
                        value=mark.get("comment") or "",
                        placeholder=_("What is to be heard here"),
                        maxLength=LONGEST_COMMENT,
                        debounce=0.4,
                        className="field",
                    ),
                ],
                className="qa-comment",
            ),
        ]
    )
