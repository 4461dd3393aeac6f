"""The pages of scores beside one another, as far as somebody may see them."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from core.i18n import N_, _
from core.people.users import User
from core.rights import Right, Scope

# Address, words, the right, and over whose things it must reach.
PAGES: tuple[tuple[str, str, Right, tuple[Scope, ...]], ...] = (
    ("/kpi", N_("Overview of scores"), Right.KPI, (Scope.ALL,)),
    ("/kpi/sites", N_("Sites"), Right.KPI, (Scope.SITE, Scope.ALL)),
    ("/kpi/inputs", N_("Entries"), Right.KPI_INPUTS, (Scope.ALL,)),
    ("/kpi/schemes", N_("Schemes"), Right.KPI, (Scope.OWN, Scope.SITE, Scope.ALL)),
)


def tabs(who: User, here: str) -> Any:
    """``here`` is the address of the page that is open."""
    shown = [
        html.Span(
            dcc.Link(_(words), href=path, className="score-tab"),
            **({"aria-current": "page"} if path == here else {}),
        )
        for path, words, right, reaches in PAGES
        if who.scope(right) in reaches
    ]
    return html.Nav(shown, className="score-tabs", **{"aria-label": _("Pages of scores")})
