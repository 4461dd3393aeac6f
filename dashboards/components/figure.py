"""A figure: plotly's, drawn in the colours of the browser's scheme, again when that changes.

The server names colours (``var(--accent)``, as in the stylesheet); ``assets/figures.js`` puts their values in. Plotly's
script comes with the first figure that a browser is shown, from ``dcc`` itself.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import MATCH, ClientsideFunction, Input, Output, dcc, html

from dashboards import theme

CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False}


def made(traces: list[Any], **layout: Any) -> go.Figure:
    """A figure in the house's template; ``layout`` is plotly's."""
    return go.Figure(traces, {"template": theme.TEMPLATE, **layout})


def figure(
    name: str, drawn: go.Figure, *, label: str, height: int, hovers: bool = False, moves: bool = False
) -> html.Div:
    """``name`` is the figure's on its page; ``label`` says in words what it shows; ``height`` is in pixels.

    One that does not hover is a still picture: what lies over it takes the mouse. One that ``moves`` is drawn nearer by
    the wheel, and back by a double click.
    """
    config = {**CONFIG, "staticPlot": not hovers, **({"scrollZoom": True, "doubleClick": "reset"} if moves else {})}
    return html.Div(
        [
            dcc.Store(id={"type": "figure", "name": name}, data=drawn.to_plotly_json()),
            dcc.Store(id={"type": "figure-scheme", "name": name}),
            dcc.Graph(
                id={"type": "figure-drawn", "name": name},
                config=config,
                style={"height": f"{height}px"},
                responsive=True,
            ),
        ],
        className="figure",
        role="img",
        style={"height": f"{height}px"},
        **{"aria-label": label, "data-figure": name},
    )


def register(app: Any) -> None:
    app.clientside_callback(
        ClientsideFunction("figures", "drawn"),
        Output({"type": "figure-drawn", "name": MATCH}, "figure"),
        Input({"type": "figure", "name": MATCH}, "data"),
        Input({"type": "figure-scheme", "name": MATCH}, "data"),
    )
