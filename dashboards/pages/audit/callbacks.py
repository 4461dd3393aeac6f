"""The button reads the whole chain, in a thread, and says what was found."""

from __future__ import annotations

from typing import Any

from dash import Input, Output

from core.i18n import _
from core.rights import Right
from core.web.routes import audit as door
from dashboards.pages.audit import ids
from dashboards.session import user, web


def register(app: Any) -> None:
    check = app.callback(
        Output(ids.VERDICT, "children"), Input(ids.VERIFY, "n_clicks"), right=Right.AUDIT, prevent_initial_call=True
    )
    check(verified)


async def verified(_clicks: int | None) -> str:
    verdict = await door.verified(web(), user(), "")
    if verdict.whole:
        return _("The audit is whole: {n} lines, head {head}", n=verdict.head.n, head=verdict.head)
    if verdict.broken_at is not None:
        return _("The audit is broken: line {id} {why}.", id=verdict.broken_at, why=_(verdict.why))
    return _("The audit is broken: {why}.", why=_(verdict.why))
