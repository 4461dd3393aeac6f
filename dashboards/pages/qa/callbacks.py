"""The lists are drawn anew when a sample was drawn, a plan made, or what was overdue reassigned."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State

from core.rights import Right
from dashboards.components import dialog
from dashboards.pages.qa import ids, layout
from dashboards.pages.qa.dialogs import DIALOGS


def register(app: Any) -> None:
    again = app.callback(
        Output(ids.BODY, "children"),
        Input(dialog.done(ids.PAGE), "data"),
        State(ids.ASKED, "data"),
        right=Right.QA,
        prevent_initial_call=True,
    )
    again(drawn_again)
    dialog.register(app, ids.PAGE, Right.QA, DIALOGS)


async def drawn_again(_done: Any, asked: Any) -> Any:
    said = asked if isinstance(asked, dict) else {}
    return await layout.drawn({name: str(said.get(name) or "") for name in layout.NAMES})
