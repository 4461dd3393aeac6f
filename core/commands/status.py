"""``hotline status``: the health of every part of a running site, as text or JSON; exit code 0 only when healthy."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from core.i18n import _


def register(app: typer.Typer) -> None:
    @app.command("status")
    def status(
        home: Annotated[Path, typer.Option(help="The site's data folder.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Say how the site is."""
        health = ask(home)
        print(json.dumps(health, ensure_ascii=False) if as_json else as_text(health))
        raise typer.Exit(0 if health["status"] == "ok" else 1)


def ask(home: Path) -> dict[str, Any]:
    """The running site's own word; a site that does not answer is ``down``."""
    try:
        about = json.loads((home / "run" / "site.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {"status": "down", "detail": _("No running site in {home}.", home=home), "parts": {}}
    health: dict[str, Any]
    try:
        with urllib.request.urlopen(f"{about['http']}/healthz", timeout=5) as answer:  # noqa: S310 - our own site
            health = json.load(answer)
    except urllib.error.HTTPError as unwell:
        health = json.load(unwell)
    except (OSError, ValueError) as problem:
        health = {"status": "down", "detail": str(problem), "parts": {}}
    return {**health, "processes": about.get("processes", {})}


def as_text(health: dict[str, Any]) -> str:
    lines = [f"{health['status']}  {health.get('detail', '')}".rstrip()]
    for name, process in health.get("processes", {}).items():
        lines.append(f"  {name:<10} pid {process['pid']}, {_('restarts')} {process['restarts']}")
    for name, part in health.get("parts", {}).items():
        if isinstance(part, dict):
            detail = ", ".join(f"{key} {value}" for key, value in part.items() if key != "status")
            lines.append(f"  {name:<10} {part.get('status', '')}  {detail}".rstrip())
        else:
            lines.append(f"  {name:<10} {part}")
    return "\n".join(lines)
