"""A line of the audit as a row: what was done in words, the details as they were kept. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import N_, _
from core.people.audit import AuditEntry
from core.workorders.shipped import DEFAULT
from dashboards.components.words import PURPOSES

# What has no word here is shown as it is kept.
ACTIONS: Mapping[str, str] = {
    "signed_in": N_("signed in"),
    "signed_out": N_("signed out"),
    "sign_in_refused": N_("log-in refused"),
    "registration_refused": N_("phone's registration refused"),
    "dial_refused": N_("dialling refused"),
    "refused": N_("request refused"),
    "calls_listed": N_("list of calls read"),
    "call_read": N_("call read"),
    "calls_exported": N_("calls exported"),
    "orders_listed": N_("list of orders read"),
    "order_opened": N_("order opened"),
    "order_read": N_("order read"),
    "orders_exported": N_("orders exported"),
    "alerts_exported": N_("alerts exported"),
    "figure_opened": N_("rows of a figure read"),
    "recording_heard": N_("recording heard"),
    "recording_seen": N_("recording's waveform seen"),
    "customer_looked_up": N_("customer looked up"),
    "customer_shown": N_("caller's customer shown"),
    "lookups_beyond_limit": N_("too many look-ups"),
    "user_added": N_("user added"),
    "user_ended": N_("account closed"),
    "password_changed": N_("password changed"),
    "sip_password_changed": N_("SIP password changed"),
    "sessions_ended": N_("sessions ended"),
    "rights_changed": N_("rights changed"),
    "kpi_scheme_saved": N_("scoring scheme saved"),
    "kpi_period_made": N_("scores of a period made"),
    "kpi_period_computed": N_("scores of a period computed anew"),
    "kpi_period_published": N_("scores of a period published"),
    "kpi_period_frozen": N_("scores of a period frozen"),
    "kpi_scores_read": N_("scores of a period read"),
    "kpi_appeal_made": N_("appeal made"),
    "kpi_appeal_decided": N_("appeal decided"),
    "kpi_input_entered": N_("entry for scores made"),
    "kpi_inputs_imported": N_("entries for scores imported"),
    "kpi_input_agreed": N_("entry for scores agreed to"),
    "kpi_input_withdrawn": N_("entry for scores withdrawn"),
    "kpi_evidence_added": N_("evidence added"),
    "kpi_evidence_read": N_("evidence read"),
    "qa_form_saved": N_("QA form saved"),
    "qa_plan_saved": N_("sampling plan saved"),
    "qa_drawn": N_("calls drawn for QA"),
    "qa_reassigned": N_("overdue QA calls given to others"),
    "qa_scored": N_("call scored"),
    "qa_score_accepted": N_("QA score accepted"),
    "qa_score_appealed": N_("QA score appealed against"),
    "qa_appeal_decided": N_("appeal against a QA score decided"),
    "qa_round_opened": N_("calibration round opened"),
    "qa_round_closed": N_("calibration round closed"),
    "qa_score_read": N_("QA score read"),
    "expected_calls_said": N_("expected calls said"),
    "supervision": N_("supervision"),
    "audit_read": N_("audit read"),
    "audit_verified": N_("audit verified"),
    "audit_gap": N_("lines that found no room"),
}

OF_ORDERS = "order_"


def row(one: AuditEntry, timezone: str) -> dict[str, Any]:
    said = ", ".join(
        f"{key}: {_text(key, value)}" for key, value in one.detail.items() if value not in (None, "", [], {})
    )
    return {
        "id": one.id,
        "at": datetime.fromtimestamp(one.at, ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M:%S"),
        "who": one.who,
        "action": action(one.action),
        "subject": one.subject,
        "detail": said,
    }


def action(code: str) -> str:
    if code in ACTIONS:
        return _(ACTIONS[code])
    # A step of an order is called as its button is.
    step = DEFAULT.event(code.removeprefix(OF_ORDERS)) if code.startswith(OF_ORDERS) else None
    return f"{_('Work order')} · {_(step.name)}" if step else code


def _text(key: str, value: Any) -> str:
    if key == "purpose" and value in PURPOSES:
        return _(PURPOSES[value])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
