"""What every list is made of: the filter's form, its fields, the sums' pairs, the word of refusal, the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from core.errors import HotlineError, Several
from core.i18n import _, language, translate_error
from core.web.masking import masked, sees_numbers
from dashboards.components.grid import LOCALE_ZH
from dashboards.session import user


def refused(no: HotlineError, way_on: str, href: str) -> Any:
    """In place of the list, with a link to one that can be shown."""
    message, remedy = translate_error(no)
    return html.Div(
        [
            html.H1(message, className="refused"),
            html.P(remedy or ""),
            html.A(way_on, href=href, className="quiet"),
        ],
        className="panel note",
    )


def form(
    action: str, fields: Iterable[Any], ways: Iterable[Any], style: str = "", wrong: HotlineError | None = None
) -> Any:
    """Submitted by Enter or the button; its result can be linked, reloaded and sent to a colleague.

    What is ``wrong`` is said beside its field, each with its remedy; without such a field, after them.
    """
    fields = list(fields)
    for one in wrong.parts if isinstance(wrong, Several) else filter(None, (wrong,)):
        _mark(fields, one)
    show = html.Button(_("Show"), type="submit", className="primary")
    return html.Form(
        [*fields, html.Div([show, *ways], className="filters-go")],
        method="get",
        action=action,
        className=f"panel filters {style}".strip(),
    )


def _mark(fields: list[Any], wrong: HotlineError) -> None:
    said = " ".join(filter(None, translate_error(wrong)))
    place = next((one for one in fields if wrong.field and _name_of(one) == wrong.field), None)
    if place is None:
        fields.append(html.P(said, className="field-wrong", role="alert"))
        return
    place.children = [*place.children, html.Small(said, className="field-wrong", role="alert")]
    place.className = "field-is-wrong"


def _name_of(field: Any) -> str:
    """The name of the field that a label is of; fields that only stand in the address have none."""
    inner = getattr(field, "children", None)
    return str(getattr(inner[1], "name", "")) if isinstance(inner, list) and len(inner) > 1 else ""


def way(text: str, href: str) -> Any:
    return html.A(text, href=href, className="quiet")


def labelled(text: str, field: Any) -> Any:
    return html.Label([html.Span(text), field])


def time_field(name: str, value: str, example: str = "2026-11-23 08:30") -> Any:
    # Typed, not picked: days and times as people write them are understood.
    return dcc.Input(type="text", name=name, value=value, placeholder=example)


def number_field(text: str, number: str, sealed: str) -> list[Any]:
    """A telephone number to look for: shown by the rule, kept in the address under its seal."""
    who = user()
    value = number if sees_numbers(who) else masked(number)
    # What comes back masked is what was asked for before.
    before = dcc.Input(type="hidden", name="caller_sealed", value=sealed) if sealed and value != number else None
    return [labelled(text, dcc.Input(type="search", name="caller", value=value)), *([before] if before else [])]


def select(name: str, options: dict[str, str], chosen: str) -> Any:
    items = [html.Option(_("all"), value="")]
    items += [
        html.Option(text, value=code, selected="selected" if code == chosen else None) for code, text in options.items()
    ]
    return html.Select(items, name=name, className="field")


def pair(text: str, number: int) -> Any:
    return html.Span([text, " ", html.B(f"{number:,}")])


def totals(texts: Iterable[Any]) -> Any:
    """The line above the table; what is ``None`` is not shown."""
    return html.Div([text for text in texts if text is not None], className="panel totals")


def table(table_id: str, rows: list[dict[str, Any]], columns: list[dict[str, Any]], row_id: str = "") -> Any:
    options: dict[str, Any] = {"rowHeight": 28, "headerHeight": 30, "tooltipShowDelay": 300}
    if language() == "zh_CN":
        options["localeText"] = LOCALE_ZH
    return dag.AgGrid(
        id=table_id,
        rowData=rows,
        columnDefs=columns,
        defaultColDef={"resizable": True, "sortable": True},
        dashGridOptions=options,
        **({"getRowId": row_id} if row_id else {}),
        className="calls-table",
        style={"height": "auto"},
    )
