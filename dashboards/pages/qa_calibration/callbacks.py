"""The page is drawn anew when a round was opened or closed; the form of a new one comes when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import Input, Output, State
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import QaTaskRow
from core.i18n import _
from core.people.users import User, list_users
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.form import Act, FormField, form
from dashboards.components.qa.heading import name_and_form
from dashboards.pages.qa_calibration import ids, layout
from dashboards.session import web
from etl.warehouse import WAREHOUSE
from qa import reading
from qa.api.common import PATH
from qa.service import forms
from qa.service.forms import FormRecord

MOST_CALLS = 30


def register(app: Any) -> None:
    again = app.callback(
        Output(ids.BODY, "children"),
        Input(dialog.done(ids.PAGE), "data"),
        State(ids.ASKED, "data"),
        right=Right.QA,
        prevent_initial_call=True,
    )
    again(drawn_again)
    dialog.register(app, ids.PAGE, Right.QA, {"round": (Right.QA_PLANS, new_round)})


async def drawn_again(_done: Any, asked: Any) -> Any:
    return await layout.drawn(str(asked or "")[:40])


async def new_round(_said: Mapping[str, str]) -> Any:
    """Of calls that were drawn last: they are recorded, and long enough."""
    parts = web()

    def work(session: Session) -> tuple[list[FormRecord], list[User], list[str]]:
        drawn = session.scalars(select(QaTaskRow.call_id).order_by(QaTaskRow.id.desc()).limit(MOST_CALLS))
        people = [one for one in list_users(session) if one.may(Right.QA_SCORING)]
        return forms.newest(session), people, list(dict.fromkeys(drawn))

    known, people, calls = await parts.in_session(work)
    times = await reading.called_at(parts.parts[WAREHOUSE], calls)
    zone = ZoneInfo(parts.settings.timezone)
    shown = [(one, f"{datetime.fromtimestamp(times[one], zone):%m-%d %H:%M}") for one in calls if one in times]
    fields = [
        *name_and_form(known),
        FormField("calls", _("Calls, of those drawn last"), "many", [], shown, wide=True),
        FormField(
            "scorers", _("Scorers"), "many", [], [(one.name, one.display_name or one.name) for one in people], wide=True
        ),
    ]
    about = _("All score the same calls. Nobody sees what the others gave before all have scored.")
    content = form("qa-round", fields, [Act(_("Open the round"), path=f"{PATH}/rounds")], about=about, in_dialog=True)
    return dialog.dialog(_("New calibration round"), [content], closes=False)
