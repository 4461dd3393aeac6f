"""``hotline bench roster``: forecast, staffing and a proposed roster for an invented office, as one JSON object."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from core.commands import bench


def register(app: typer.Typer) -> None:
    @bench.group(app).command("roster")
    def roster(
        agents: Annotated[int, typer.Option(min=1, max=500, help="How many people.")] = 60,
        days: Annotated[int, typer.Option(min=1, max=28, help="How many days.")] = 14,
        limit_s: Annotated[float, typer.Option(min=1, max=600, help="Seconds that the solver may take.")] = 30.0,
        workers: Annotated[int, typer.Option(min=1, max=64, help="Threads of the solver.")] = 8,
        seed: Annotated[int, typer.Option(help="Repeat an earlier run.")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
    ) -> None:
        """Propose a roster by CP-SAT and time it."""
        # The solver is heavy and needed by this command alone.
        from kpi.planning.bench import run

        figures = {"machine": bench.machine(), **run(agents, days, limit_s, workers, seed)}
        print(json.dumps(figures, indent=None if as_json else 1))
