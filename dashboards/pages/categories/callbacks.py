"""The page is drawn anew when something was changed; forms come when they are asked for."""

from __future__ import annotations

from typing import Any

from dash import Input, Output

from core.rights import Right
from dashboards.components import dialog
from dashboards.pages.categories import forms, ids
from dashboards.pages.categories.layout import body


def register(app: Any) -> None:
    drawn = app.callback(
        Output(ids.BODY, "children"),
        Input(dialog.done(ids.PAGE), "data"),
        right=Right.CATEGORIES,
        prevent_initial_call=True,
    )
    drawn(again)
    dialog.register(app, ids.PAGE, Right.CATEGORIES, forms.DIALOGS)


async def again(_sent: Any) -> Any:
    return await body()
