"""``hotline bench pages``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from core.commands import bench

# Where ``bench history`` puts its sites when nothing is said.
USUAL = "history-*"


def register(app: typer.Typer) -> None:
    @bench.group(app).command("pages")
    def pages(
        home: Annotated[
            list[Path] | None,
            typer.Option(help="A site of bench history; several for the growth. Without it all below var/."),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
        times: Annotated[int, typer.Option(help="How often each is asked.", min=1, max=50)] = 3,
    ) -> None:
        """Each page, list and figure over sites of any size, and how they grow with the calls."""
        from dashboards.bench_pages import measure

        found = measure(home or sorted(Path("var").glob(USUAL)), times)
        print(json.dumps(found, indent=None if as_json else 2, ensure_ascii=False))
