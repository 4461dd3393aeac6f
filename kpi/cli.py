"""``hotline kpi``: scores of a period, schemes as files, asked of the running site; and ``hotline bench roster``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

import typer

from core.commands import bench
from core.commands.running import ask
from core.errors import BadInput
from core.i18n import _
from core.json_file import parsed
from kpi.commands import periods
from kpi.commands.periods import LIMIT_S, running, scores_text
from kpi.scoring.file import from_file

Home = Annotated[Path, typer.Option(help="The site's data folder.")]
PATH = "/api/v1/kpi/schemes"


def register(app: typer.Typer) -> None:
    _register_bench(app)
    kpi = typer.Typer(help="Scores of people and sites, and the schemes they are judged by.", no_args_is_help=True)
    app.add_typer(kpi, name="kpi")

    @kpi.command("score")
    def score(
        home: Home,
        scheme: Annotated[str, typer.Option(help="The scheme's id; hotline kpi schemes lists them.")],
        begins: Annotated[str, typer.Option("--from", help="First day of the period.")],
        ends: Annotated[str, typer.Option("--to", help="Its end, not included.")],
        version: Annotated[int, typer.Option(help="A version; the one that holds in the period without it.")] = 0,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Score a period as a draft; nothing is saved."""
        body = {"from": begins, "to": ends, **({"version": version} if version else {})}
        found = ask(running(home), "POST", f"{PATH}/{quote(scheme, safe='')}/preview", body, limit_s=LIMIT_S)
        print(json.dumps(found, ensure_ascii=False) if as_json else scores_text(found))

    periods.register(kpi)

    @kpi.command("schemes")
    def schemes(
        home: Home, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
    ) -> None:
        """The schemes of the site, and the shipped examples."""
        found = ask(running(home), "GET", PATH, None)
        if as_json:
            print(json.dumps(found, ensure_ascii=False))
            return
        for one in found["items"]:
            print(f"{one['id']}  v{one['version']}  {one['from']}–{one['to'] or ''}  {one['name']}")

    @kpi.command("export")
    def export(
        scheme: Annotated[str, typer.Argument(help="The scheme's id.")],
        home: Home,
        out: Annotated[Path, typer.Option(help="The file to write.")],
        version: Annotated[int, typer.Option(help="A version; the newest without it.")] = 0,
    ) -> None:
        """Write a scheme into a file that another site can import."""
        asked = f"?{urlencode({'version': version})}" if version else ""
        found = ask(running(home), "GET", f"{PATH}/{quote(scheme, safe='')}/file{asked}", None)
        out.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
        print(_("Scheme {id} is in {file}.", id=scheme, file=out))

    @kpi.command("import")
    def take_in(
        file: Annotated[Path, typer.Argument(help="A file that was exported.")],
        home: Home,
        scheme_id: Annotated[str, typer.Option("--id", help="Another id than the file's.")] = "",
    ) -> None:
        """Take a scheme in from a file; the same file twice changes nothing."""
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise BadInput(
                "{file} cannot be read: {problem}.",
                field="FILE",
                remedy="Choose a file that was exported.",
                file=file,
                problem=problem,
            ) from None
        raw = parsed(text)
        from_file(raw)
        asked = f"?{urlencode({'id': scheme_id})}" if scheme_id else ""
        kept = ask(running(home), "POST", f"{PATH}/import{asked}", raw)
        print(_("Scheme {id} is kept as version {version}.", id=kept["id"], version=kept["version"]))


def _register_bench(app: typer.Typer) -> None:
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

    @bench.group(app).command("kpi")
    def kpi(
        calls: Annotated[int, typer.Option(min=100, max=5_000_000, help="Calls in the year.")] = 1_000_000,
        orders: Annotated[int, typer.Option(min=10, max=5_000_000, help="Orders in the year.")] = 300_000,
        agents: Annotated[int, typer.Option(min=2, max=2000, help="How many people are judged.")] = 1000,
        seed: Annotated[int, typer.Option(min=0, help="Another year.")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
    ) -> None:
        """A month's scores of a year, their ranges, and a step of what-if."""
        from kpi.bench.measure import measure
        from kpi.bench.year import YearSize

        found = measure(YearSize(calls, orders, agents, seed))
        print(json.dumps(found, indent=None if as_json else 1))
