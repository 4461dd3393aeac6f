"""Both tables are saved whole: what was changed since they were drawn, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update

from core.errors import HotlineError
from core.i18n import _, translate_error
from core.rights import Right
from core.web.routes import dialling as dialling_door
from core.web.routes import role_rights as door
from dashboards.pages.rights import ids
from dashboards.pages.rights.cells import changed, dial_rights
from dashboards.pages.rights.layout import dial_table, matrix, role_name, subject_name
from dashboards.pages.rights.words import ABOUT
from dashboards.session import user, web


def register(app: Any) -> None:
    save = app.callback(
        Output(ids.BODY, "children"),
        Output(ids.SAID, "children"),
        Input(ids.SAVE, "n_clicks"),
        State({"type": "rights-cell", "role": ALL, "right": ALL}, "value"),
        State(ids.DRAWN, "data"),
        right=Right.RIGHTS,
        prevent_initial_call=True,
    )
    save(saved)
    parts = ("classes", "hours", "most", "forget")
    dial = app.callback(
        Output(ids.DIAL_BODY, "children"),
        Output(ids.DIAL_SAID, "children"),
        Input(ids.DIAL_SAVE, "n_clicks"),
        *(State({"type": f"dialling-{part}", "subject": ALL}, "value") for part in parts),
        State(ids.EXTENSION, "value"),
        State(ids.DIAL_DRAWN, "data"),
        right=Right.INSTALLATION,
        prevent_initial_call=True,
    )
    dial(dial_saved)


async def saved(_clicks: int | None, _values: list[Any], drawn: Mapping[str, Any] | None) -> Any:
    wanted = changed(_cells(0), drawn or {})
    if not wanted:
        return no_update, _("Nothing was changed.")
    role = ""
    try:
        before = await door.table(web())
        for role, rights in wanted.items():
            if any(before[role][Right(right)] != (drawn or {}).get(role, {}).get(right) for right in rights):
                return no_update, _("Somebody else has changed this meanwhile: look at it again.")
        done = await door.change(web(), user(), wanted)
    except HotlineError as no:
        text, remedy = translate_error(no)
        right = no.field if no.field in set(Right) else ""
        said = f"{text} {remedy or ''}".strip()
        named = _(ABOUT[Right(right)]) if right else ""
        return no_update, _("{role}, {right}: {text}", role=role_name(role), right=named, text=said) if named else said
    n = sum(len(one) for one in done.values())
    said = _("{n} rights were changed; they count from now on.", n=n)
    return await matrix(said), no_update


async def dial_saved(_clicks: int | None, *values: Any) -> Any:
    drawn, extension = values[-1] or {}, str(values[-2] or "")
    rows: dict[str, dict[str, Any]] = {}
    for n, part in enumerate(("classes", "hours", "most", "forget")):
        for name, value in _cells(n):
            rows.setdefault(str(name.get("subject")), {})[part] = value
    forgotten = [subject for subject, row in rows.items() if row["forget"] and subject in drawn]
    kept = {subject: row for subject, row in rows.items() if subject not in forgotten}
    try:
        wanted = dial_rights(kept, drawn, extension)
        if not wanted and not forgotten:
            return no_update, _("Nothing was changed.")
        known = await dialling_door.save(web(), user(), wanted, forgotten)
    except HotlineError as no:
        text, remedy = translate_error(no)
        return no_update, f"{text} {remedy or ''}".strip()
    names = ", ".join(subject_name(one) for one in (*(right.subject for right in wanted), *forgotten))
    if known == "reloaded":
        said = _("The rights to dial of {n} were changed; they count from now on.", n=names)
    else:
        said = _("The rights to dial of {n} were changed; telephony takes them over when it is back.", n=names)
    return await dial_table(said), no_update


def _cells(n: int) -> list[tuple[Mapping[str, Any], Any]]:
    """Ids and values of the n-th family of boxes that the browser sent."""
    found = ctx.states_list[n]
    return [(one["id"], one.get("value")) for one in found if isinstance(one, dict) and isinstance(one.get("id"), dict)]
