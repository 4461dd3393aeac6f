"""The page: what was written down of whom, its evidence, who agreed to it, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import dcc, html

from core.i18n import _
from dashboards.components import dialog
from dashboards.components.address import choice
from dashboards.components.form import Act, act
from dashboards.components.score import pages, words
from dashboards.components.words import local
from dashboards.pages.kpi_inputs import ids, queries
from dashboards.pages.kpi_inputs.queries import Inputs, InputsQuery, Row
from dashboards.session import user, web
from kpi.api.manual import PATH as API
from kpi.scoring.scheme import MANUAL

PATH = "/kpi/inputs"


async def layout(**parameters: Any) -> Any:
    asked = queries.query_of(parameters)
    body = await drawn(asked)
    return lambda: html.Div(
        [
            pages.tabs(user(), PATH),
            html.H1(_("Entries for scores"), className="unseen"),
            html.P(className="form-error live", role="alert", **{"data-live": "act-error"}),
            html.Div(body(), id=ids.BODY, className="kpi-body"),
            *dialog.place(ids.PAGE),
            dcc.Store(id=ids.ASKED, data={"indicator": asked.indicator, "state": asked.state}),
        ],
        className="kpi kpi-inputs",
        **{"data-page": "kpi-inputs"},
    )


async def drawn(asked: InputsQuery) -> Callable[[], list[Any]]:
    found = await queries.inputs(asked)
    return lambda: [head(found), listed(found)]


def state_words() -> dict[str, str]:
    return {
        "standing": _("in force"),
        "waiting": _("waiting for consent"),
        "withdrawn": _("withdrawn"),
        "all": _("all"),
    }


def head(found: Inputs) -> Any:
    indicators = [("", _("all")), *((one, _(name)) for one, name in MANUAL.items())]
    opens = [
        html.Button(_("Import a file…"), type="button", className="bar-button", **dialog.opens({"what": "import"})),
        html.Button(_("Write down…"), type="button", className="primary", **dialog.opens({"what": "enter"})),
    ]
    chosen = [
        choice("indicator", _("Indicator"), indicators, found.asked.indicator),
        choice("state", _("State"), state_words().items(), found.asked.state),
    ]
    told = _("Nothing is changed or deleted: a wrong entry is withdrawn, and a new one made. Each needs evidence.")
    return html.Div(
        [
            html.Div(
                [html.Div(chosen, className="kpi-choices"), html.Small(told, className="dim")], className="kpi-chosen"
            ),
            html.Div(opens, className="kpi-choices"),
        ],
        className="kpi-head",
    )


def listed(found: Inputs) -> Any:
    if not found.rows:
        return html.Div(
            _("Nothing is written down here. Choose “Write down…”, or import a CSV file."), className="panel empty"
        )
    titles = (_("Of"), _("Indicator"), _("Days"), _("Value"), _("Evidence"), _("Written down"), _("Consent"), "")
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(text, scope="col") for text in titles])),
            html.Tbody([row(found, one) for one in found.rows]),
        ],
        className="kpi-appeals",
    )
    more = html.P(_("Older ones are not shown: narrow it down above."), className="dim") if found.more else None
    return html.Section([table, more], className="kpi-panel kpi-wide", tabIndex=0)


def row(found: Inputs, one: Row) -> Any:
    days = one["from"] if one["from"] == one["to"] else f"{one['from']} – {one['to'][5:]}"
    return html.Tr(
        [
            html.Th(found.names.get((one["kind"], one["who"]), one["who"]), scope="row"),
            html.Td(one["name"]),
            html.Td(days),
            html.Td(value_text(one)),
            html.Td([evidence(one), html.Div(one["note"], className="dim") if one["note"] else None]),
            html.Td(_by(one["entered_by"], one["entered_at"])),
            html.Td(consent(one)),
            html.Td(acts(one)),
        ],
        **{"data-entry": str(one["id"])},
    )


def value_text(one: Row) -> str:
    """18 of 20 days, a number of times, or a result."""
    if one["indicator"] == "manual.attendance":
        return _("{n} of {due} days", n=words.short(one["numerator"]), due=words.short(one["denominator"]))
    return words.short(one["numerator"])


def evidence(one: Row) -> Any:
    if one["evidence"]:
        return html.A(one["evidence"]["name"], href=one["evidence"]["file"], className="quiet", download="")
    return html.A(one["link"], href=one["link"], className="quiet", target="_blank", rel="noopener noreferrer")


def consent(one: Row) -> Any:
    if one["state"] == "withdrawn":
        return [_("withdrawn: {why}", why=one["withdrawn_why"]), _by(one["withdrawn_by"], one["withdrawn_at"])]
    return _by(one["consent_by"], one["consent_at"]) if one["consent_at"] else words.NONE


def _by(who: str, at: str) -> Any:
    return html.Small(f"{who} · {local(at, web().settings.timezone)}", className="dim")


def acts(one: Row) -> list[Any]:
    buttons: list[Any] = []
    if "consent" in one["allowed"]:
        path = f"{API}/{one['id']}/consent"
        buttons.append(act(Act(_("Agree"), path=path, sends=False), "consent", **{"data-act": "consent"}))
    if "withdraw" in one["allowed"]:
        opens = dialog.opens({"what": "withdraw", "entry": one["id"]})
        buttons.append(html.Button(_("Withdraw…"), type="button", className="bar-button", **opens))
    return buttons
