"""What is still missing or wrong in a draft, and saving it. It is said beside each field, and all together here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from core.errors import BadInput
from core.i18n import _, translate_error
from dashboards.components.choice import choice
from dashboards.pages.kpi_schemes import ids
from dashboards.pages.kpi_schemes.draft import SchemeDraft
from dashboards.pages.kpi_schemes.draft_reading import DraftReading
from dashboards.pages.kpi_schemes.typed import typed
from dashboards.pages.kpi_schemes.words import indicator_name
from kpi.schemes.service import SchemeRecord


def panel(known: Sequence[SchemeRecord], base: int) -> Any:
    """``known``: the versions that there are."""
    number = known[-1].version + 1 if known else 1
    standing = [one.version for one in known if one.replaced_by is None]
    choices = [("", _("a new version, from its first day on"))]
    choices += [(str(one), _("in place of version {n} (a correction)", n=one)) for one in standing]
    return html.Section(
        [
            html.Div(id=ids.CHECK, className="scheme-check"),
            html.Div(choice(ids.MODE, choices, "", label=_("Saved as")), className="scheme-mode")
            if known
            else dcc.Store(id=ids.MODE),
            html.Div(
                [
                    html.Button(_("Save as version {n}", n=number), id=ids.SAVE, type="button", className="primary"),
                    html.Button(_("Begin anew"), id=ids.ANEW, type="button", className="bar-button scheme-tool"),
                ],
                className="scheme-acts",
            ),
            html.P(id=ids.SAID, className="form-error", role="alert"),
        ],
        className="panel",
        **{"data-base": str(base)},
    )


def drawn(draft: SchemeDraft, read: DraftReading, wrong: Sequence[BadInput]) -> list[Any]:
    """The sum of the weights as a bar, and everything that is wrong."""
    off = round(100 - read.weight, 6)
    if not off:
        words, style = _("weights complete"), "scheme-sum-whole"
    elif off > 0:
        words, style = _("{off} missing", off=typed(off, "points")), "warn"
    else:
        words, style = _("{off} too much", off=typed(-off, "points")), "warn"
    times = Counter((place(draft, one.field or ""), said(one)) for one in wrong)
    found = [html.Li([html.B(where), " ", words, f" ×{n}" if n > 1 else ""]) for (where, words), n in times.items()]
    return [
        html.H2(_("Check")),
        html.Div(
            [
                html.Span([html.B(typed(read.weight, "points")), " / 100"], className="scheme-sum"),
                html.Progress(
                    value=str(min(100.0, max(0.0, read.weight))), max="100", **{"aria-label": _("Sum of the weights")}
                ),
                html.Span(words, className=style),
            ],
            className="scheme-weights",
        ),
        html.Ul(found, className="scheme-wrong")
        if found
        else html.P(_("Nothing is wrong: it can be saved."), className="scheme-right"),
    ]


def said(one: BadInput) -> str:
    return " ".join(filter(None, translate_error(one)))


def place(draft: SchemeDraft, at: str) -> str:
    """Where in the form a field is, in words."""
    parts = at.split(".")
    if parts[0] == "lines" and len(parts) > 1:
        keys = [str(one.key) for one in draft.lines]
        n = keys.index(parts[1]) if parts[1] in keys else -1
        name = draft.lines[n].indicator if n >= 0 else ""
        return f"{n + 1} {indicator_name(name)}:" if name else _("line {n}:", n=n + 1)
    names = {
        "name": _("Name"),
        "name_en": _("English name"),
        "note": _("Note"),
        "whom": _("Judges"),
        "part": _("Judges"),
        "begins": _("First day"),
        "ends": _("Last day"),
        "lines": _("Weights"),
        "grades": _("Grades"),
    }
    return f"{names[parts[0]]}:" if parts[0] in names else ""


def beside(wrong: Sequence[BadInput], places: Sequence[str]) -> list[str]:
    """The words for each of the form's places: a field's own, or those of what it is part of."""
    words: dict[str, list[str]] = {}
    for one in wrong:
        at = one.field or ""
        while at and at not in places:
            at = at.rpartition(".")[0]
        words.setdefault(at, []).append(said(one))
    return [" ".join(dict.fromkeys(words.get(at, []))) for at in places]
