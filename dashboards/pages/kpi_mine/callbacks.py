"""The own score is drawn anew once an appeal was made; its form comes when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, State

from core.errors import NotFound
from core.i18n import _
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.form import Act, FormField, form
from dashboards.pages.kpi_mine import ids, layout, queries
from kpi.api.periods import PATH
from kpi.api.score_words import name_of
from kpi.scoring.scheme import measured


def register(app: Any) -> None:
    dialog.register(app, ids.PAGE, Right.KPI, {"appeal": (Right.KPI, appeal)})
    again = app.callback(
        Output(ids.BODY, "children"),
        Input(dialog.done(ids.PAGE), "data"),
        State(ids.ASKED, "data"),
        right=Right.KPI,
        prevent_initial_call=True,
    )
    again(drawn_again)


async def drawn_again(_done: Any, asked: Any) -> Any:
    return await layout.drawn(str(asked or "")[:40])


async def appeal(said: Mapping[str, str]) -> Any:
    """Against one line, with the reason; somebody else decides."""
    found = await queries.own_scores(said.get("period", ""))
    shown, number = found.shown, said.get("line", "")
    lines = shown.judged.scheme.lines if shown else ()
    if shown is None or not number.isdecimal() or int(number) >= len(lines):
        raise NotFound("The scheme has no line {line}.", field="line", remedy="Lines count from 0.", line=number)
    line = lines[int(number)]
    name = name_of(line.indicator, measured(line))
    caption = _("What is not right, and how it was")
    reason = FormField("reason", caption, "area", "", most=1000, required=True, wide=True, focus=True, counts=True)
    send = Act(_("Send the appeal"), path=f"{PATH}/{shown.stored.id}/appeals", body={"line": int(number)})
    about = _("Somebody else than who published decides. Each line can be appealed against once.")
    content = form("appeal", [reason], [send], about=about, in_dialog=True)
    return dialog.dialog(_("Appeal: {name}", name=name), [content], closes=False)
