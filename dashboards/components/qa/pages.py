"""The pages of QA beside one another, as far as somebody may see them."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from core.i18n import N_, _
from core.people.users import User
from core.rights import Right, Scope

# Address, words, and over whose things the right to QA scores must reach.
PAGES: tuple[tuple[str, str, Scope], ...] = (
    ("/qa", N_("Samples and scores"), Scope.ALL),
    ("/qa/calibration", N_("Calibration"), Scope.ALL),
    ("/qa/mine", N_("My quality"), Scope.OWN),
)


def tabs(who: User, here: str) -> Any:
    """``here`` is the address of the page that is open."""
    shown = [
        html.Span(
            dcc.Link(_(words), href=path, className="score-tab"),
            **({"aria-current": "page"} if path == here else {}),
        )
        for path, words, reach in PAGES
        if who.scope(Right.QA) is reach
    ]
    return html.Nav(shown, className="score-tabs", **{"aria-label": _("Pages of QA")})
