"""The appeals against a kept period: what was said, both figures, and who decided; open ones are decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from core.clock import from_iso
from core.errors import NotFound
from core.i18n import _
from dashboards.components import dialog
from dashboards.components.form import Act, FormField, form
from dashboards.components.score import words
from dashboards.pages.kpi import queries
from dashboards.pages.kpi.life import day
from dashboards.pages.kpi.queries import Review
from dashboards.session import user, web
from kpi.api.appeal_rows import appeal_row
from kpi.api.periods import PATH
from kpi.api.score_rows import ScoreView
from kpi.periods import appeals, reading

Appeal = Mapping[str, Any]


def appeals_view(found: Review) -> Any:
    stored = found.period.stored
    if stored is None or stored.state == "draft":
        return html.Div(_("Appeals are made once scores are published."), className="panel empty")
    if not found.appeals:
        return html.Div(_("Nobody has appealed against these scores."), className="panel empty")
    may = "decide" in found.allowed
    ordered = sorted(found.appeals, key=lambda one: (one["state"] != "open", one["n"]))
    heads = (_("Name"), _("Indicator"), _("Reason"), _("As published"), _("Decision"))
    return html.Section(
        html.Table(
            [
                html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])),
                html.Tbody([row(found, one, may=may) for one in ordered]),
            ],
            className="kpi-appeals",
        ),
        className="kpi-panel kpi-wide",
    )


def row(found: Review, one: Appeal, *, may: bool) -> Any:
    stored = found.period.stored
    assert stored is not None
    unit = words.unit_of(stored.head.scheme.lines[one["line"]])
    before, after = one["before"], one["after"]
    decision: list[Any] = [html.Span(state_word(one["state"]), className="tag")]
    if one["state"] == "open" and may:
        what = {"what": "decide", "period": stored.id, "n": one["n"]}
        decision = [
            html.Button(
                _("Decide…"), type="button", className="bar-button", **dialog.opens(what), **{"data-decide": "1"}
            )
        ]
    elif one["state"] == "open" and user().name == stored.published_by:
        decision.append(html.Small(_("somebody else than who published decides"), className="dim"))
    if one["decided_at"]:
        said = f"{one['decided_by']} · {day(from_iso(one['decided_at']))}"
        decision += [html.Small(said, className="dim"), html.Div(one["words"])]
    if after:
        decision.append(html.Div(_("then: {figures}", figures=figures_text(after, unit))))
    return html.Tr(
        [
            html.Th(one["name"], scope="row"),
            html.Td(one["indicator_name"]),
            html.Td([html.Div(one["reason"]), html.Small(day(from_iso(one["made_at"])), className="dim")]),
            html.Td(figures_text(before, unit)),
            html.Td(decision),
        ],
        **{"data-appeal": str(one["n"])},
    )


def figures_text(one: Mapping[str, Any], unit: str) -> str:
    """Its own value, the total, and the rank."""
    return _(
        "{value} · total {total} · rank {rank}",
        value=words.value_text(one["value"], unit),
        total=words.points(one["total"]),
        rank=words.rank(one["rank"]),
    )


def state_word(state: str) -> str:
    return {"open": _("not decided yet"), "upheld": _("upheld"), "rejected": _("not upheld")}[state]


async def decide(said: Mapping[str, str]) -> Any:
    """Upheld with the right figure or with points on the total, or rejected; always with words."""
    queries.require_everybodys()
    period_id, n = said.get("period", ""), said.get("n", "")

    def work(session: Any) -> Appeal:
        stored = reading.period(session, period_id)
        found = [one for one in appeals.appeals(session, period_id) if str(one.n) == n]
        if not found:
            raise NotFound("There is no appeal {n}.", field="n", remedy="Choose one from the list.", n=n)
        return appeal_row(session, ScoreView(user(), queries.rooms().zone), stored, found[0])

    one = await web().in_session(work)
    before = one["before"]
    options = [
        ("rejected", _("not upheld")),
        ("figure", _("upheld: the figure was wrong")),
        ("effect", _("upheld: points on the total")),
    ]
    upheld = {"decision": "upheld"}
    fields = [
        FormField(
            "decision",
            _("Decision"),
            "pick",
            "rejected",
            options,
            bodies={"rejected": {"decision": "rejected"}, "figure": upheld, "effect": upheld},
            wide=True,
            focus=True,
        ),
        *(
            FormField(
                name,
                caption,
                "number",
                f"{before[name]:g}",
                sends=f"figure.{name}",
                shown_if={"decision": ["figure"]},
                required=True,
            )
            for name, caption in (
                ("numerator", _("Numerator")),
                ("denominator", _("Denominator")),
                ("sample", _("Sample")),
            )
        ),
        FormField("effect", _("Points on the total"), "number", "", shown_if={"decision": ["effect"]}, required=True),
        FormField("words", _("Why"), "area", "", most=1000, required=True, wide=True),
    ]
    about = f"{one['name']} · {one['indicator_name']}: {one['reason']}"
    send = Act(_("Decide"), path=f"{PATH}/{period_id}/appeals/{one['n']}/decide")
    return dialog.dialog(
        _("Decide on the appeal"), [form("decide", fields, [send], about=about, in_dialog=True)], closes=False
    )
