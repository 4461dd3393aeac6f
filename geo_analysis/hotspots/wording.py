"""What a map of hot spots means, in sentences that need no statistics to be understood. Pure but for the language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from core.i18n import N_, _
from geo_analysis.cells import Grid
from geo_analysis.hotspots.query import HotspotMap, Method

SHOWN = 5
KINDS = {
    "new": N_("new: hot in the last period for the first time"),
    "intensifying": N_("intensifying: nearly always hot, and more and more so"),
    "persistent": N_("persistent: nearly always hot"),
    "diminishing": N_("diminishing: nearly always hot, but less and less so"),
    "sporadic": N_("sporadic: hot now and then, and now"),
    "former": N_("former: was hot, is no longer"),
}


def _classes(features: Iterable[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(one["properties"]["class"] for one in features).most_common())


def _ground(about: dict[str, Any]) -> list[str]:
    said = [
        _(
            "{points} reports in {cells} cells of about {km2} km²; {empty} cells without a report are counted as well.",
            points=about["points"],
            cells=about["cells"],
            km2=f"{about['cell_km2']:.3g}",
            empty=about["empty_cells"],
        )
    ]
    if about["area"] == "assumed":
        said.append(_("The area was taken from the reports themselves, with its gaps; --area makes it exact."))
    return said


def _place(longitude: float, latitude: float) -> str:
    return f"{longitude:.4f}, {latitude:.4f}"


def in_how_many(p: float) -> str:
    """ "1 in 250": how often chance does this."""
    return _("1 in {times}", times=f"{max(1, round(1 / p)):,}")


def of_neighbourhoods(method: Method, about: dict[str, Any], features: list[dict[str, Any]], grid: Grid) -> HotspotMap:
    classes = _classes(features)
    marked = sum(n for name, n in classes.items() if name != "chance")
    said = _ground(about)
    if about["rate"]:
        said.append(
            _(
                "Rates are compared: {points} reports in {cells} cells with nothing to divide by are left out.",
                points=about["points_without_exposure"],
                cells=about["cells_without_exposure"],
            )
        )
    if not marked:
        said.append(_("Nothing stands out: places differ no more than chance makes them differ."))
    elif method is Method.GI:
        said.append(
            _(
                "In {hot} cells, each with its neighbours, there is more than chance explains, in {cold} less; "
                "in the other {chance} what looks like a pattern is chance.",
                hot=classes.get("hot", 0),
                cold=classes.get("cold", 0),
                chance=classes.get("chance", 0),
            )
        )
    else:
        said.append(
            _(
                "{hh} cells are high among high neighbours, {ll} low among low; {hl} stand out alone, {lh} are gaps; "
                "the other {chance} are what chance makes.",
                hh=classes.get("high_high", 0),
                ll=classes.get("low_low", 0),
                hl=classes.get("high_low", 0),
                lh=classes.get("low_high", 0),
                chance=classes.get("chance", 0),
            )
        )
    if marked:
        said.append(_("Of the marked cells about 5 in 100 at most are marked by chance (false discovery rate)."))
        said += _strongest(features, grid, about["rate"])
    return HotspotMap(method, about, features, said, classes)


def _strongest(features: list[dict[str, Any]], grid: Grid, rate: bool) -> list[str]:
    name = "z" if "z" in features[0]["properties"] else "i"
    hot = [n for n, one in enumerate(features) if one["properties"]["class"] in ("hot", "high_high")]
    hot.sort(key=lambda n: -features[n]["properties"][name])
    longitude, latitude = grid.centres
    said = []
    for n in hot[:SHOWN]:
        one, where = features[n]["properties"], _place(longitude[n], latitude[n])
        if rate:
            text = _(
                "Around {where}: {count} reports, a rate of {rate}; chance alone: {chance}.",
                where=where, count=one["count"], rate=f"{one['rate']:.3g}", chance=in_how_many(one["p"]),
            )  # fmt: skip
        else:
            text = _(
                "Around {where}: {around} where {expected} would be usual; chance alone: {chance}.",
                where=where, around=f"{one['around']:.4g}", expected=f"{one['expected']:.3g}",
                chance=in_how_many(one["p"]),
            )  # fmt: skip
        said.append("  " + text)
    return said


def of_density(about: dict[str, Any], features: list[dict[str, Any]], grid: Grid) -> HotspotMap:
    order = sorted(range(len(features)), key=lambda n: -features[n]["properties"]["density_per_km2"])
    longitude, latitude = grid.centres
    said = [
        *_ground(about),
        _("Reports per km², smoothed over {metres} m.", metres=f"{about['bandwidth_m']:.0f}"),
        _("This shows where there is much. It does not judge whether chance explains it: for that take gi."),
        *(
            "  "
            + _(
                "Around {where}: {density} per km².",
                where=_place(longitude[n], latitude[n]),
                density=f"{features[n]['properties']['density_per_km2']:.3g}",
            )
            for n in order[:SHOWN]
        ),
    ]
    return HotspotMap(Method.KDE, about, features, said, _classes(features))


def of_clusters(about: dict[str, Any], features: list[dict[str, Any]]) -> HotspotMap:
    said = [
        *_ground(about),
        _(
            "A cluster: at least {fewest} reports within {metres} m of one of them. "
            "An even scatter has as many at fewer than one place in a thousand.",
            fewest=about["fewest"],
            metres=f"{about['distance_m']:.0f}",
        )
        if features
        else _(
            "There is no cluster of {fewest} reports within {metres} m.",
            fewest=about["fewest"],
            metres=f"{about['distance_m']:.0f}",
        ),
    ]
    if features:
        said.append(_("{n} clusters; {alone} reports belong to none.", n=len(features), alone=about["alone"]))
        said += [
            "  "
            + _(
                "Around {where}: {count} reports.",
                where=_place(*one["properties"]["centre"]),
                count=one["properties"]["count"],
            )
            for one in features[:SHOWN]
        ]
    return HotspotMap(Method.DBSCAN, about, features, said, _classes(features))


def of_emerging(about: dict[str, Any], features: list[dict[str, Any]]) -> HotspotMap:
    classes = _classes(features)
    said = [
        *_ground(about),
        _(
            "{steps} periods of {days} days, from {day}.",
            steps=about["steps"],
            days=f"{about['step_days']:.4g}",
            day=about["from"],
        ),
    ]
    marked = [name for name in KINDS if classes.get(name)]
    said += ["  " + _("{cells} cells {kind}.", cells=classes[name], kind=_(KINDS[name])) for name in marked]
    if not marked:
        said.append(_("Nothing stands out: places and times differ no more than chance makes them differ."))
    said.append(_("In {cells} cells nothing but chance is seen.", cells=classes.get("chance", 0)))
    return HotspotMap(Method.EMERGING, about, features, said, classes)


def of_scan(about: dict[str, Any], features: list[dict[str, Any]]) -> HotspotMap:
    said = [
        *_ground(about),
        _(
            "Looked for: more reports at one place within up to {steps} × {days} days than place and time have anyway.",
            steps=about["longest_steps"],
            days=f"{about['step_days']:g}",
        ),
    ]
    real = [one["properties"] for one in features if one["properties"]["class"] == "cluster"]
    if not real:
        said.append(
            _(
                "None: among {runs} maps with the same reports at shuffled times something as unusual is common.",
                runs=about["permutations"],
            )
        )
    said += ["  " + _gathering(one) for one in real[:SHOWN]]
    rest = len(features) - len(real)
    if rest:
        said.append(_("{count} further gatherings are what chance makes; they are marked so.", count=rest))
    return HotspotMap(Method.SCAN, about, features, said, _classes(features))


def _gathering(one: dict[str, Any]) -> str:
    return _(
        "{begin} to {end}, within {metres} m of {where}: {observed} reports where {expected} are usual; "
        "chance alone: {chance}.",
        begin=one["from"],
        end=one["to"],
        metres=one["radius_m"],
        where=_place(*one["centre"]),
        observed=one["observed"],
        expected=f"{one['expected']:.2g}",
        chance=in_how_many(one["p"]),
    )
