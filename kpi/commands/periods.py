"""``hotline kpi periods``, ``period``, ``make``, ``recompute``, ``publish``, ``freeze``: judged periods of the running
site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from core.commands.running import ask, running_installation
from core.errors import Unavailable
from core.i18n import N_, _

Home = Annotated[Path, typer.Option(help="The site's data folder.")]
Id = Annotated[str, typer.Argument(help="The period's id; hotline kpi periods lists them.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
PATH = "/api/v1/kpi/periods"
# A year of calls, on a machine that also carries voice.
LIMIT_S = 120.0
STATES = {"draft": N_("draft"), "published": N_("published"), "frozen": N_("frozen")}


def register(kpi: typer.Typer) -> None:
    @kpi.command("periods")
    def periods(
        home: Home,
        scheme: Annotated[str, typer.Option(help="Of this scheme only.")] = "",
        state: Annotated[str, typer.Option(help="draft, published or frozen only.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """The periods that were judged, the latest first."""
        asked = {name: value for name, value in (("scheme", scheme), ("state", state)) if value}
        found = ask(running(home), "GET", f"{PATH}?{urlencode({**asked, 'limit': 200})}", None)
        _print(found, as_json, "\n".join(_line(one) for one in found["items"]))

    @kpi.command("period")
    def period(period_id: Id, home: Home, as_json: AsJson = False) -> None:
        """One judged period with its scores and appeals, as it was kept."""
        found = ask(running(home), "GET", _path(period_id), None, limit_s=LIMIT_S)
        _print(found, as_json, f"{_line(found)}\n{_notes(found)}{scores_text(found)}")

    @kpi.command("make")
    def make(
        home: Home,
        scheme: Annotated[str, typer.Option(help="The scheme's id; hotline kpi schemes lists them.")],
        begins: Annotated[str, typer.Option("--from", help="First day of the period.")],
        ends: Annotated[str, typer.Option("--to", help="Its end, not included.")],
        version: Annotated[int, typer.Option(help="A version; the one that holds in the period without it.")] = 0,
        as_json: AsJson = False,
    ) -> None:
        """Judge a period and keep it as a draft."""
        body = {"scheme": scheme, "from": begins, "to": ends, **({"version": version} if version else {})}
        found = ask(running(home), "POST", PATH, body, limit_s=LIMIT_S)
        _print(found, as_json, _line(found))

    @kpi.command("recompute")
    def recompute(period_id: Id, home: Home, as_json: AsJson = False) -> None:
        """Judge a draft anew, by the data of now."""
        found = ask(running(home), "POST", f"{_path(period_id)}/recompute", {}, limit_s=LIMIT_S)
        _print(found, as_json, _line(found))

    @kpi.command("publish")
    def publish(
        period_id: Id,
        home: Home,
        appeal_days: Annotated[int, typer.Option(help="Working days in which appeals are possible.")] = 5,
        as_json: AsJson = False,
    ) -> None:
        """Show those who are judged their scores, and let them appeal."""
        body = {"appeal_days": appeal_days}
        found = ask(running(home), "POST", f"{_path(period_id)}/publish", body, limit_s=LIMIT_S)
        _print(found, as_json, _line(found))

    @kpi.command("freeze")
    def freeze(period_id: Id, home: Home, as_json: AsJson = False) -> None:
        """Settle a published period for ever, once appeals are over."""
        found = ask(running(home), "POST", f"{_path(period_id)}/freeze", {}, limit_s=LIMIT_S)
        _print(found, as_json, _line(found))


def running(home: Path) -> dict[str, Any]:
    about = running_installation(home)
    if about is None:
        raise Unavailable("The site in {home} does not run.", remedy="Start it with hotline run.", home=home)
    return about


def scores_text(found: dict[str, Any]) -> str:
    """One line for each, and one for each line of the scheme below."""
    lines = [f"{found['name']}  {found['from']} – {found['to']}"]
    if found["demo"]:
        lines.append(_("Generated data."))
    for one in found["scores"]:
        total = "—" if one["total"] is None else f"{one['total']:.2f}"
        lines.append(f"{one['rank'] or '—'}  {one['who']} {one['name']}  {total}  {one['grade'] or '—'}")
        lines += [f"    {line['sentence']}" for line in one["lines"]]
    return "\n".join(lines)


def _path(period_id: str) -> str:
    return f"{PATH}/{quote(period_id, safe='')}"


def _print(found: dict[str, Any], as_json: bool, text: str) -> None:
    print(json.dumps(found, ensure_ascii=False) if as_json else text)


def _line(one: dict[str, Any]) -> str:
    scheme = f"{one['scheme']} v{one['version']}  {one['name']}"
    return f"{one['id']}  {_(STATES[one['state']])}  {one['from']} – {one['to']}  {scheme}"


def _notes(found: dict[str, Any]) -> str:
    """What a reader must know before the scores."""
    said = []
    if not found["intact"]:
        said.append(_("What is kept is not what was sealed."))
    if found["inputs_changed"]:
        said.append(_("The data of now give other figures."))
    if found["open_appeals"]:
        said.append(_("{n} appeals are not decided.", n=found["open_appeals"]))
    return "".join(f"{one}\n" for one in said)
