"""A line of the audit as a row: what was done in words, the details as they were kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.db.audit_words import ACTIONS, DETAILS, OF_ORDERS
from core.i18n import _
from core.people.audit import AuditEntry
from core.workorders.shipped import DEFAULT
from dashboards.components.words import CODES, PURPOSES, ROLE_NAMES

# States of orders, roles and what else stands in details as a code.
VALUES: Mapping[str, str] = {
    **{role.value: name for role, name in ROLE_NAMES.items()},
    **CODES,
    **{one.id: one.name for one in DEFAULT.states},
}


def row(one: AuditEntry, timezone: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": datetime.fromtimestamp(one.at, ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M:%S"),
        "who": one.who,
        "action": action(one.action),
        "subject": one.subject,
        "detail": details(one.detail),
    }


def action(code: str) -> str:
    if code in ACTIONS:
        return _(ACTIONS[code])
    # A step of an order is called as its button is.
    step = DEFAULT.event(code.removeprefix(OF_ORDERS)) if code.startswith(OF_ORDERS) else None
    name = _(step.name) if step else code.removeprefix(OF_ORDERS)
    return f"{_('Work order')} · {name}" if code.startswith(OF_ORDERS) else code


def details(found: Mapping[str, Any]) -> str:
    """What stands beside the line, in words; what is empty is left out."""
    said = ((_(DETAILS[key]) if key in DETAILS else key, _text(key, value)) for key, value in found.items())
    return _(", ").join(f"{name}{_(': ')}{value}" for name, value in said if value)


def _text(key: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case str():
            words = PURPOSES if key == "purpose" else VALUES
            return _(words[value]) if value in words else value
        case {"from": before, "to": after, **more} if not more:
            return f"{_text(key, before) or '—'} → {_text(key, after) or '—'}"
        case dict():
            inner = details(value)
            return _("({text})", text=inner) if inner else ""
        case list():
            return _(", ").join(filter(None, (_text(key, one) for one in value)))
    return str(value)
