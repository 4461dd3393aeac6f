"""The list and an order's page keep themselves up to date; a step's form comes when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Input, Output, State, ctx, html, no_update

from core.clock import utc_now
from core.errors import HotlineError, NotAllowed, Unavailable
from core.i18n import _, translate_error
from core.rights import Right, Scope
from dashboards.components import dialog
from dashboards.components.districts import outlined
from dashboards.pages.orders import acts, detail, forms, ids, layout, one
from dashboards.pages.orders.cards import cards
from dashboards.pages.orders.clocks import running
from dashboards.session import user, web


def register(app: Any) -> None:
    look = app.callback(
        Output(ids.BODY, "children"),
        Output(ids.clock(ALL), "children"),
        Output(ids.SHOWN, "data"),
        Output(ids.SAID, "children"),
        Input(ids.SEEN, "data"),
        Input(ids.LOOK, "n_intervals"),
        State(ids.SHOWN, "data"),
        right=Right.ORDERS,
        prevent_initial_call=True,
        # Not asked again before it is answered: questions that nobody waits for would pile up.
        running=[(Output(ids.LOOK, "disabled"), True, False)],
    )
    look(looked)
    opened = app.callback(
        Output(dialog.box(ids.PAGE), "children"),
        Input(dialog.opened(ids.PAGE), "data"),
        State(ids.SHOWN, "data"),
        right=Right.ORDERS,
        prevent_initial_call=True,
    )
    opened(dialog_of)
    tick = app.callback(
        Output(ids.TOTALS, "children"),
        Output(ids.TABLE, "rowData"),
        Output(ids.CARDS, "children"),
        Output(ids.LISTED, "data"),
        Output(ids.ROWS, "hidden"),
        Output(ids.EMPTY, "children"),
        Output(ids.EMPTY, "hidden"),
        Input(ids.TICK, "n_intervals"),
        Input(ids.NARROW, "data"),
        State(ids.ASKED, "data"),
        State(ids.LISTED, "data"),
        right=Right.ORDERS,
        prevent_initial_call=True,
        running=[(Output(ids.TICK, "disabled"), True, False)],
    )
    tick(listed_again)


async def listed_again(_times: Any, narrow: Any, asked: dict[str, str], listed: Any) -> Any:
    """The table's rows or the cards, when they are others than those that are shown."""
    drawing = await layout.again(asked)

    def answer() -> Any:
        shown = drawing()
        mark = layout.mark(shown.rows, narrow=bool(narrow))
        rows: tuple[Any, Any] = (no_update, no_update)
        if mark != listed:
            rows = ([], cards(shown.rows)) if narrow else (shown.rows, [])
        return (shown.totals, *rows, mark, not shown.rows, shown.nothing, bool(shown.rows))

    return answer


async def looked(seen: Any, _times: Any, shown: Any) -> Any:
    """Everything anew after a step that was taken here and when something has changed, else the clocks."""
    told, before = _texts(seen), _texts(shown)
    names = [output["id"]["clock"] for output in ctx.outputs_list[1]]
    still = (no_update,) * len(names)
    nothing = (no_update, still, no_update)
    try:
        found = await one.standing(web(), user(), before.get("id", ""))
    except NotAllowed:
        holder = told.get("site_name", "") if told.get("site") != before.get("site") else ""
        said = acts.handed(before.get("id", "")[:20], holder or told.get("assignee_name") or told.get("site_name", ""))
        return (*nothing, html.Span(said, **{"data-leads": "/orders"}))
    except Unavailable:
        # What stands there stays; the next look may be answered.
        return (*nothing, no_update)
    order, timezone = found.detail, web().settings.timezone
    now = detail.shown(order)
    if ctx.triggered_id != ids.SEEN and _texts(now) == before:
        of = {clock["clock"]: running(clock, timezone, utc_now()) for clock in order["clocks"]}
        return no_update, tuple(of.get(name, no_update) for name in names), no_update, no_update
    said = acts.done(order, told.get("event", ""))
    drawing = await detail.again(found, said)
    return lambda: (drawing(), still, now, said)


async def dialog_of(what: Any, shown: Any) -> Any:
    if not isinstance(what, Mapping):
        return None
    asked, before = _texts(what), _texts(shown)
    try:
        found = await one.standing(web(), user(), asked.get("order", ""))
    except HotlineError as no:
        return _no_form(" ".join(filter(None, translate_error(no))))
    order = found.detail
    event = next((step for step in order["allowed"] if step["event"] == asked.get("event")), None)
    if event is None:
        return _no_form(_("This can no longer be done: the order has changed meanwhile."))
    given = {field["kind"] for field in event["fields"]} & {"site", "user"}
    sites = await one.sites(web(), user()) if given else []
    outlines = await outlined(web()) if event["event"] == forms.CORRECTS else {}
    # As it was looked at: a step on what nobody has seen is refused.
    version = int(before["version"]) if before.get("version", "").isdigit() else order["version"]
    loses = user().scope(Right.ORDERS) is Scope.SITE
    return lambda: forms.step(order, event, sites, outlines, version=version, loses=loses)


def _no_form(said: str) -> Any:
    return dialog.dialog(_("What may be done now"), [html.P(said)])


def _texts(given: Any) -> dict[str, str]:
    """What a page's store holds comes from a browser."""
    return {str(name): str(value)[:100] for name, value in given.items()} if isinstance(given, dict) else {}
