"""``hotline geo``: the map's analysis on a file, without a site; and its benchmarks."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from core.commands import bench
from core.errors import BadInput, NotFound
from core.i18n import _
from geo_analysis.hotspots.query import TIMED, HotspotQuery, Method
from geo_analysis.reading import PointFile


def register(app: typer.Typer) -> None:
    geo = typer.Typer(help="Places: hot spots of a file, addresses.", no_args_is_help=True)
    app.add_typer(geo, name="geo")
    _register_bench(bench.group(app))

    @geo.command("hotspots")
    def hotspots(
        file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet, one report a row.")],
        x: Annotated[str, typer.Option("--x", help="The column of the longitude, or of metres east.")],
        y: Annotated[str, typer.Option("--y", help="The column of the latitude, or of metres north.")],
        crs: Annotated[str, typer.Option(help="System of coordinates: an EPSG code, gcj02 or bd09.")] = "",
        cell: Annotated[int | None, typer.Option(min=3, max=12, help="H3 resolution; fitting without it.")] = None,
        method: Annotated[Method, typer.Option(help="What is looked for.")] = Method.GI,
        time: Annotated[str, typer.Option(help="The column of the time; found if only one can be meant.")] = "",
        time_format: Annotated[str, typer.Option(help="How times are written, such as %d/%m/%Y.")] = "",
        zone: Annotated[str, typer.Option(help="The zone of times without an offset.")] = "Asia/Shanghai",
        id_: Annotated[str, typer.Option("--id", help="The column whose repeats count once.")] = "",
        area: Annotated[Path | None, typer.Option(help="The supply area as GeoJSON.")] = None,
        exposure: Annotated[
            Path | None, typer.Option(help="Customers or pipes to divide by; columns as above.")
        ] = None,
        weight: Annotated[str, typer.Option(help="Column of the exposure: customers, or km, of each row.")] = "",
        distance: Annotated[float, typer.Option(min=0, help="Metres: of clusters, or of the smoothing.")] = 0,
        fewest: Annotated[int, typer.Option(min=0, help="Reports that make a cluster.")] = 0,
        step_days: Annotated[float, typer.Option(min=0, help="Length of a period (emerging, scan).")] = 0,
        permutations: Annotated[int, typer.Option(min=19, max=99_999, help="Shufflings of the scan.")] = 999,
        seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same answer.")] = 1,
        out: Annotated[Path | None, typer.Option(help="The GeoJSON file to write.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Find hot spots in a file, and say which of them chance explains."""
        # Heavy: hexagons, arrays and what reads files are of this command alone.
        from geo_analysis.hotspots.analysis import analyse, refused_in_words
        from geo_analysis.reading import read_area, read_points, time_column

        source = PointFile(file, x, y, crs, time, time_format, id_, zone)
        if method in TIMED and not time:
            source = replace(source, time=time_column(file, zone, (x, y, id_)))
        outline = read_area(area) if area else None
        points, sieve = read_points(source, outline)
        query = HotspotQuery(
            method, cell, outline, None, None, distance, fewest, step_days, permutations, seed, zone
        )  # fmt: skip
        if exposure is not None:
            query = replace(query, **_exposed(replace(source, path=exposure, time="", id=""), weight))
        found = analyse(points, query)
        if source.time:
            found.parameters["time"] = source.time
        if out is not None:
            _write(out, found.as_geojson())
        rows = {"read": sieve.read, "taken": sieve.taken, "refused": dict(sieve.refused)}
        if as_json:
            named = {**rows, "refused": {_(reason): count for reason, count in sieve.refused.items()}}
            told = {key: value for key, value in found.as_geojson().items() if key not in ("type", "features")}
            print(json.dumps({**told, "rows": named, "strongest": _strongest(found.features)}, ensure_ascii=False))
            return
        print(_("{read} rows read, {taken} taken.", **rows))
        print("\n".join([*refused_in_words(dict(sieve.refused), sieve.examples), *found.sentences]))
        if out is not None:
            print(_("The map is in {file}.", file=out))

    @geo.command("locate")
    def locate(
        text: Annotated[str, typer.Argument(help="An address as a caller says it.")],
        home: Annotated[Path, typer.Option(help="The site's data folder.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Say which places of the site these words may mean, the likeliest first."""
        from geo_analysis.locate.matcher import locate as found_for

        found = found_for(_gazetteer_of(home), text)
        if as_json:
            print(json.dumps({"items": [asdict(one) for one in found]}, ensure_ascii=False))
        elif not found:
            print(_("Nothing that the site knows is like it."))
        for one in [] if as_json else found:
            print(f"{one.confidence:.2f}  {one.text}  {one.longitude:.5f} {one.latitude:.5f}  ±{one.radius_m:.0f} m")


def _gazetteer_of(home: Path) -> Any:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    from core.config import FILE, load_settings
    from core.db import connect, database_away
    from geo_analysis.locate.reading import read

    if not (home / FILE).exists():
        raise NotFound("There is no site in {home}.", field="--home", remedy="Create one with hotline init.", home=home)
    database = connect(load_settings(home).database)
    try:
        with Session(database) as session:
            return read(session)
    except SQLAlchemyError as away:
        raise database_away() from away
    finally:
        database.dispose()


def _exposed(source: PointFile, weight: str) -> dict[str, Any]:
    from geo_analysis.reading import read_exposure

    points, weights = read_exposure(source, weight)
    return {"exposure": points, "exposure_weights": weights}


def _strongest(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first ten features that are more than chance, without their shapes."""
    marked = [one["properties"] for one in features if one["properties"]["class"] != "chance"]
    order = ("z", "i", "ratio", "density_per_km2", "count")
    key = next((name for name in order if marked and name in marked[0]), "count")
    return sorted(marked, key=lambda one: -one.get(key, 0))[:10]


def _write(path: Path, found: dict[str, Any]) -> None:
    """All of it, or the file stays as it was."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
        draft.replace(path)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise BadInput(
            "{path} cannot be written: {problem}.",
            field="--out",
            remedy="Choose a folder that exists and may be written.",
            path=path,
            problem=problem.strerror,
        ) from problem


def _register_bench(group: typer.Typer) -> None:
    @group.command("hotspots")
    def hotspots(
        points: Annotated[list[int] | None, typer.Option(min=1000, help="How many points; may be repeated.")] = None,
        seed: Annotated[int, typer.Option(help="Repeat an earlier run.")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
    ) -> None:
        """Find hot spots of invented points and time it, esda beside it."""
        from geo_analysis.hotspots.bench import run

        figures = {"machine": bench.machine(), **run(points or [100_000, 1_000_000], seed)}
        print(json.dumps(figures, indent=None if as_json else 1))

    @group.command("locate")
    def locate(
        file: Annotated[
            Path | None, typer.Argument(help="Real addresses with their places: columns ADDRESS, LON, LAT.")
        ] = None,
        seed: Annotated[int, typer.Option(help="Repeat an earlier run.")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
    ) -> None:
        """Locate addresses with slips of every kind: how often the right street is first, and how fast."""
        from geo_analysis.locate.bench import run

        print(json.dumps({"machine": bench.machine(), **run(file, seed)}, indent=None if as_json else 1))

    @group.command("incidents")
    def incidents(
        file: Annotated[Path | None, typer.Argument(help="Real reports: columns LEAK_ID, RPT_DATE, LON, LAT.")] = None,
        seed: Annotated[int, typer.Option(help="Repeat an earlier run.")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object (always so).")] = True,
    ) -> None:
        """Put bursts into a quiet past: how soon they are raised, how often nothing is, a fixed threshold beside."""
        from geo_analysis.incidents.bench import run

        print(json.dumps({"machine": bench.machine(), **run(file, seed)}, indent=None if as_json else 1))
