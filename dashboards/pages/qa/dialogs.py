"""The forms of a new plan and of a draw, in dialogs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.i18n import _
from core.rights import Right
from dashboards.components.dialog import Dialogs, dialog
from dashboards.components.form import Act, FormField, form
from dashboards.components.qa.heading import name_and_form
from dashboards.session import web
from qa.api.common import PATH
from qa.sampling.rules import RISK_WORDS
from qa.service import forms, plans
from qa.service.forms import FormRecord
from qa.service.plans import PlanRecord

Said = Mapping[str, str]
# Short enough to be written on a note.
SEEDS = 1_000_000
DAYS = 7


async def draw(said: Said) -> Any:
    """The seed is kept with the draw, so that anybody can draw it again."""
    record: PlanRecord = await web().in_session(lambda session: plans.plan(session, said.get("plan", "")))
    today = datetime.fromtimestamp(utc_now(), ZoneInfo(web().settings.timezone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    begins, ends = today - timedelta(days=DAYS), today + timedelta(days=1)
    fields = [
        FormField("from", _("Calls from"), "time", f"{begins:%Y-%m-%dT%H:%M}", required=True),
        FormField("to", _("until"), "time", f"{ends:%Y-%m-%dT%H:%M}", required=True),
        FormField(
            "seed",
            _("Seed"),
            "number",
            str(secrets.randbelow(SEEDS)),
            required=True,
            focus=True,
            hint=_("The same seed draws the same calls."),
        ),
    ]
    send = Act(_("Draw"), path=f"{PATH}/plans/{quote(record.plan.id, safe='')}/draw")
    about = _("What was drawn before, is too short, or has no recording is left out, and listed with its reason.")
    content = form("qa-draw", fields, [send], about=about, in_dialog=True)
    return dialog(_("Draw a sample: {name}", name=record.plan.name), [content], closes=False)


async def plan(_said: Said) -> Any:
    def work(session: Session) -> list[FormRecord]:
        return forms.newest(session)

    known = await web().in_session(work)
    risks = [(code, _(text)) for code, text in RISK_WORDS.items() if code != "dissatisfied"]
    fields = [
        *name_and_form(known),
        FormField(
            "random",
            _("Random calls of each agent and week"),
            "number",
            "2",
            required=True,
            sends="rules.random.per_agent_week",
        ),
        FormField("risk", _("Besides, calls at risk"), "number", "1", required=True, sends="rules.risk.per_agent_week"),
        FormField(
            "reasons",
            _("Risks"),
            "many",
            ["complaint", "long_hold", "overtalk", "repeat_caller"],
            risks,
            wide=True,
            sends="rules.risk.reasons",
        ),
        FormField("shortest", _("Shortest talk"), "seconds", "0:20", required=True, sends="rules.shortest_s"),
        FormField("deadline_days", _("Working days to score"), "number", "5", required=True),
    ]
    about = _("A plan is not changed afterwards: what was drawn by it stays what it was.")
    content = form("qa-plan", fields, [Act(_("Save"), path=f"{PATH}/plans")], about=about, in_dialog=True)
    return dialog(_("New plan"), [content], closes=False)


DIALOGS: Dialogs = {"draw": (Right.QA_PLANS, draw), "plan": (Right.QA_PLANS, plan)}
