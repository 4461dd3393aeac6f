"""The forms of a category and of a kind of break, in dialogs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import NotFound
from core.i18n import _
from core.installation.break_reasons import BREAK_REASONS
from core.rights import Right
from core.workorders.category_editing import CATEGORIES as EDITED
from dashboards.components.dialog import Dialogs, dialog
from dashboards.components.form import Act, FormField, form
from dashboards.pages.categories import queries
from dashboards.pages.categories.layout import BREAKS, CATEGORIES
from dashboards.pages.categories.queries import Row
from dashboards.pages.categories.words import URGENCIES

Said = Mapping[str, str]
LONGEST = 64


async def category(said: Said) -> Any:
    """Of the category with this id, or of a new one."""
    found = (await queries.read()).categories
    there = _there(found["items"], said.get("id"), EDITED.missing)
    fields = [*names(there), *place(there, found)]
    about = ""
    if there is not None:
        told = _("{n} open orders are about it. Calls, orders and figures of the past show the new name, too.")
        about = told.format(n=there["open_orders"])
    return framed(
        _("Change the category") if there else _("New category"), "category", fields, CATEGORIES, there, about
    )


def place(there: Row | None, found: Row) -> list[FormField]:
    groups = [
        (one["id"], one["name"]) for one in found["choices"]["parents"] if there is None or one["id"] != there["id"]
    ]
    has_some = there is not None and any(one["parent"] == there["id"] for one in found["items"])
    hint = _("A category that others belong to is itself no longer chosen.")
    # Two levels: what others belong to stays at the top.
    belongs = [] if has_some else groups
    return [
        FormField(
            "parent",
            _("Belongs to"),
            "select",
            there["parent"] if there else "",
            [("", _("none: it is of the top")), *belongs],
            hint=hint,
            wide=True,
        ),
        FormField(
            "urgency",
            _("Urgency"),
            "select",
            there["urgency"] if there else "normal",
            [(one, _(URGENCIES[one])) for one in found["choices"]["urgencies"]],
        ),
        FormField("immediate", _("Usually answered on the spot"), "check", there["immediate"] if there else False),
    ]


async def break_reason(said: Said) -> Any:
    found = (await queries.read()).breaks
    there = _there(found["items"], said.get("id"), BREAK_REASONS.missing)
    about = _("Breaks of the past show the new name, too.") if there else ""
    title = _("Change the kind of break") if there else _("New kind of break")
    return framed(title, "break", names(there), BREAKS, there, about)


def names(there: Row | None) -> list[FormField]:
    return [
        FormField(
            "name",
            _("Name in Chinese"),
            "text",
            there["name"] if there else "",
            most=LONGEST,
            required=True,
            focus=True,
            wide=True,
        ),
        FormField(
            "name_en",
            _("Name in English"),
            "text",
            there["name_en"] if there else "",
            placeholder=_("empty: the Chinese one"),
            most=LONGEST,
            wide=True,
        ),
    ]


def framed(title: str, name: str, fields: Sequence[FormField], path: str, there: Row | None, about: str) -> Any:
    """Whoever saves over another's change is told what stands there now."""
    body = {"version": there["version"]} if there else {}
    act = Act(_("Save"), "PUT" if there else "POST", f"{path}/{there['id']}" if there else path, body)
    return dialog(title, [form(name, fields, [act], about=about, in_dialog=True)], closes=False)


def _there(found: Sequence[Row], wanted: str | None, missing: str) -> Row | None:
    if not wanted:
        return None
    for one in found:
        if one["id"] == wanted:
            return one
    raise NotFound(missing, field="id", id=wanted)


DIALOGS: Dialogs = {"category": (Right.CATEGORIES, category), "break": (Right.CATEGORIES, break_reason)}
