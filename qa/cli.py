"""``hotline bench audio``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from core.commands import bench


def register(app: typer.Typer) -> None:
    @bench.group(app).command("audio")
    def audio(
        minutes: Annotated[float, typer.Option(min=0.1, max=120, help="How long the call is.")] = 10.0,
        times: Annotated[int, typer.Option(min=1, max=100, help="How often it is measured; the best counts.")] = 5,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
    ) -> None:
        """Measure a recording as the site does: file, talk, silence, overtalk, levels."""
        # Speech and the voice detector are needed by this command alone.
        from qa.bench import run

        figures = {"machine": bench.machine(), **run(minutes, times)}
        print(json.dumps(figures, indent=None if as_json else 1))
