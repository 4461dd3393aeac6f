"""The list is drawn anew when something was written down, agreed to or withdrawn."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State

from core.rights import Right
from dashboards.components import dialog
from dashboards.pages.kpi_inputs import forms, ids, layout, queries


def register(app: Any) -> None:
    again = app.callback(
        Output(ids.BODY, "children"),
        Input(dialog.done(ids.PAGE), "data"),
        State(ids.ASKED, "data"),
        right=Right.KPI_INPUTS,
        prevent_initial_call=True,
    )
    again(drawn_again)
    dialog.register(app, ids.PAGE, Right.KPI_INPUTS, forms.DIALOGS)


async def drawn_again(_done: Any, asked: Any) -> Any:
    return await layout.drawn(queries.query_of(asked))
