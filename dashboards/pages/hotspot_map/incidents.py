"""Incidents beside the map, and the dialog in which a supervisor decides about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from core.errors import NotFound
from core.i18n import _
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.dialog import Dialogs
from dashboards.components.filters import local_now
from dashboards.components.form import Act, FormField, form
from dashboards.pages.hotspot_map import queries
from dashboards.session import user, web
from geo_analysis.incidents.service import STATES

PATH = "/api/v1/geo/incidents"
ORDERS_SHOWN = 6
Incident = Mapping[str, Any]


def listed(found: Sequence[Incident]) -> list[Any]:
    head = html.Div(
        [html.H2(_("Incidents")), html.Small(_("more reports within minutes than chance explains"))],
        className="map-head",
    )
    if not found:
        return [head, html.Div(_("No incident is open."), className="empty")]
    return [head, html.Ul([html.Li(card(one)) for one in found], className="map-cards")]


def card(one: Incident) -> list[Any]:
    decides = user().may(Right.INCIDENTS)
    style = "map-state bad" if one["state"] == "suspected" else "map-state"
    button = html.Button(
        _("Decide"), className="bar-button", **dialog.opens({"what": "incident", "id": one["id"]}),
        **{"aria-label": _("Decide about incident {id}", id=one["id"])},
    )  # fmt: skip
    orders = one["orders"]
    return [
        html.Div(
            [
                html.B(_("Incident {id}", id=one["id"])),
                html.Span(_(STATES[one["state"]]), className=style),
                html.Span(one["district"]),
                html.Span(_("since {time}", time=_clock(one["began_at"])), className="dim"),
                html.Span(className="bar-space"),
                button if decides else None,
            ],
            className="map-card-head",
        ),
        html.P(evidence(one)),
        html.P(
            [
                *(part for order in orders[:ORDERS_SHOWN] for part in (html.A(order, href=f"/orders/{order}"), " ")),
                _("and {n} more", n=len(orders) - ORDERS_SHOWN) if len(orders) > ORDERS_SHOWN else None,
            ],
            className="map-orders",
        ),
    ]


def evidence(one: Incident) -> str:
    return _(
        "{observed} reports within {radius} m where {expected} are usual; chance alone does so once in {days} days.",
        observed=one["observed"],
        radius=round(one["radius_m"]),
        expected=f"{one['expected']:.2g}",
        days=f"{min(one['recurrence_days'], 36_500):,.0f}",
    )


def _clock(at: str) -> str:
    return local_now(datetime.fromisoformat(at).timestamp(), web().settings.timezone).strftime("%m-%d %H:%M")


async def decision(said: Mapping[str, str]) -> Any:
    found = await queries.incidents()
    one = next((each for each in found if str(each["id"]) == said.get("id")), None)
    if one is None:
        raise NotFound("There is no incident {id}.", field="id", id=said.get("id", ""))
    path = f"{PATH}/{one['id']}"
    others = [(each["id"], _("Incident {id}", id=each["id"])) for each in found if each is not one]
    words = FormField("words", _("Why"), "area", "", most=500, wide=True, focus=True)
    acts = [Act(_("It is over"), "POST", f"{path}/close")]
    if one["state"] == "suspected":
        acts = [Act(_("Accept"), "POST", f"{path}/accept"), Act(_("Dismiss"), "POST", f"{path}/dismiss", stop=True)]
    parts = [html.P(evidence(one)), form("incident", [words], acts, in_dialog=True)]
    if others:
        into = FormField("into", _("Is the same as"), "id", others[0][0], others)
        parts.append(form("merge", [into], [Act(_("Merge"), "POST", f"{path}/merge")], in_dialog=True))
    return dialog.dialog(_("Decide about incident {id}", id=one["id"]), parts, closes=False)


DIALOGS: Dialogs = {"incident": (Right.INCIDENTS, decision)}
