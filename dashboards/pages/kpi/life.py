"""The life of a kept period on the page: in words, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html

from core.i18n import _
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.form import Act, FormField, act, form
from dashboards.pages.kpi import queries
from dashboards.pages.kpi.queries import Review
from dashboards.session import user, web
from kpi.api.periods import PATH
from kpi.periods import reading
from kpi.periods.life import APPEAL_DAYS, State


def state_word(state: State) -> str:
    return {"draft": _("draft"), "published": _("published"), "frozen": _("frozen")}[state]


def state_text(found: Review) -> str:
    stored = found.period.stored
    if stored is None:
        return _("trial, not kept")
    if stored.state == "draft":
        return _("draft of {at}", at=day(stored.computed_at))
    if stored.state == "frozen":
        return _("frozen on {at}", at=day(stored.frozen_at or 0.0))
    until = stored.appeals_until or 0.0
    if until <= found.now:
        return _("published, appeals are over")
    # The deadline is a midnight: the day before it is the last.
    return _("published, appeals until {day}", day=f"{datetime.fromtimestamp(until - 1, queries.rooms().zone):%m-%d}")


def day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, queries.rooms().zone):%m-%d %H:%M}"


def acts(found: Review) -> list[Any]:
    """Buttons; what is final asks once more."""
    stored = found.period.stored
    if stored is None:
        return [_keep(found)] if user().may(Right.KPI_PERIODS) else []
    path = f"{PATH}/{stored.id}"
    buttons: list[Any] = []
    if "recompute" in found.allowed:
        buttons.append(act(Act(_("Compute anew"), path=f"{path}/recompute"), "recompute", **{"data-act": "recompute"}))
    if "publish" in found.allowed:
        opens = dialog.opens({"what": "publish", "period": stored.id})
        buttons.append(
            html.Button(_("Publish…"), type="button", className="bar-button", **opens, **{"data-act": "publish"})
        )
    if "freeze" in found.allowed:
        sure = _("Press again: nothing changes any more")
        buttons.append(act(Act(_("Freeze"), path=f"{path}/freeze", confirm=sure), "freeze", **{"data-act": "freeze"}))
    return buttons


def _keep(found: Review) -> Any:
    zone = queries.rooms().zone
    begin, end = (datetime.fromtimestamp(at, zone) for at in (found.judged.from_at, found.judged.until))
    body = {"scheme": found.scheme_id, "from": begin.isoformat(), "to": end.isoformat()}
    return act(Act(_("Keep as a draft"), path=PATH, body=body), "keep", **{"data-act": "keep"})


async def publish(said: Mapping[str, str]) -> Any:
    """What publishing does, before it is done; the draft that was looked at, and no other one."""
    queries.require_everybodys()
    period_id = said.get("period", "")
    stored = await web().in_session(lambda session: reading.period(session, period_id))
    people = await web().in_session(lambda session: reading.texts(session, period_id))
    about = _(
        "{n} people see their score, and may appeal. After that appeals alone change it: it cannot be taken back.",
        n=len(people),
    )
    days = FormField(
        "appeal_days", _("Working days for appeals"), "number", str(APPEAL_DAYS), most=2, required=True, focus=True
    )
    send = Act(_("Publish"), path=f"{PATH}/{stored.id}/publish", body={"sha256": stored.sha256})
    return dialog.dialog(
        _("Publish the scores"), [form("publish", [days], [send], about=about, in_dialog=True)], closes=False
    )
