"""``hotline geo hotspots`` on files: whole ones, broken ones and the real leaks."""

import csv
import json
from collections import Counter

import h3
import numpy as np
import pandas as pd
import pytest

from core.cli import main
from etl.importers.projection import shifted
from geo_analysis.hotspots.bench import city
from tests.geo_analysis.real import leaks


@pytest.fixture
def points(tmp_path):
    made = city(1500, 3)
    days = pd.to_datetime(made.at, unit="s").strftime("%Y-%m-%d %H:%M")
    table = pd.DataFrame({"no": np.arange(1500), "lon": made.longitude, "lat": made.latitude, "reported": days})
    path = tmp_path / "reports.csv"
    table.to_csv(path, index=False)
    return path, table


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("HOTLINE_LANGUAGE", "en")


def run(capsys, *words):
    try:
        main(["geo", "hotspots", *map(str, words)])
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    said = capsys.readouterr()
    return code, said.out, said.err


def answered(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.parametrize("method", ["gi", "moran", "kde", "dbscan", "emerging", "scan"])
def test_every_method_answers_in_words_json_and_geojson(method, points, capsys, tmp_path):
    out = tmp_path / "map.geojson"
    words = (points[0], "--x", "lon", "--y", "lat", "--method", method, "--out", out, "--permutations", 19)
    code, said, err = run(capsys, *words)
    assert (code, err) == (0, "")
    assert "1500 rows read, 1500 taken." in said
    found = json.loads(out.read_text("utf-8"))
    assert (found["type"], found["method"]) == ("FeatureCollection", method)
    assert {"seed", "resolution", "cells", "empty_cells"} <= found["parameters"].keys()
    assert all({"class", "p", "q"} <= one["properties"].keys() for one in found["features"])
    assert sum(found["classes"].values()) == len(found["features"])
    assert answered(capsys, *words)["classes"] == found["classes"]


def test_the_same_reports_as_excel_parquet_and_in_other_systems_give_the_same_map(points, capsys, tmp_path):
    path, table = points
    expected = answered(capsys, path, "--x", "lon", "--y", "lat", "--cell", 7)
    table.to_parquet(tmp_path / "reports.parquet")
    table.to_excel(tmp_path / "reports.xlsx", index=False, engine="xlsxwriter")
    for name in ("reports.parquet", "reports.xlsx"):
        found = answered(capsys, tmp_path / name, "--x", "lon", "--y", "lat", "--cell", 7)
        assert found == expected
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, 4549, always_xy=True).transform(table.lon, table.lat)
    gx, gy = shifted(table.lon.to_numpy(), table.lat.to_numpy(), "gcj02")
    for crs, one, other in (("4549", x, y), ("gcj02", gx, gy)):
        pd.DataFrame({"e": one, "n": other}).to_csv(tmp_path / "grid.csv", index=False)
        found = answered(capsys, tmp_path / "grid.csv", "--x", "e", "--y", "n", "--crs", crs, "--cell", 7)
        assert abs(found["classes"].get("hot", 0) - expected["classes"].get("hot", 0)) <= 2
        assert found["parameters"]["cells"] == pytest.approx(expected["parameters"]["cells"], abs=3)


def broken(tmp_path, lines):
    path = tmp_path / "broken.csv"
    path.write_text("lon,lat\n" + "".join(f"{line}\n" for line in lines), "utf-8")
    return path


GOOD = [f"121.{400 + n},31.{200 + (n * 7) % 90}" for n in range(90)]


@pytest.mark.parametrize(
    ("lines", "said", "remedy"),
    [
        ([], "has no rows", "headings and rows"),
        (["121.4,31.2"], "1 of 1 rows", "at least 10"),
        (["0,0"] * 40, "0 of 40 rows", "Position 0, 0"),
        (["31.2,121.4"] * 40, "look swapped", "--x"),
        (["40500123,3456789"] * 40, "projection is not said", "--crs"),
        (["121.4,31.2"] * 40, "the same position", "right columns"),
        (["a,b"] * 40, "0 of 40 rows", "no number"),
    ],
)
def test_a_file_that_says_nothing_is_refused_with_the_remedy(lines, said, remedy, capsys, tmp_path):
    code, out, err = run(capsys, broken(tmp_path, lines), "--x", "lon", "--y", "lat", "--out", tmp_path / "map.geojson")
    assert (code, out) == (1, "")
    assert said in err
    assert remedy in err
    assert not (tmp_path / "map.geojson").exists()


def test_single_bad_rows_are_left_out_and_counted_with_their_reason(capsys, tmp_path):
    bad = ["0,0", "31.2,121.4", "31.3,121.5", ",", "2.35,48.85", "200,31"]
    found = answered(capsys, broken(tmp_path, bad + GOOD), "--x", "lon", "--y", "lat")
    assert found["rows"]["taken"] == 90
    assert sorted(found["rows"]["refused"].values()) == [1, 1, 1, 1, 2]


def test_an_area_leaves_out_what_is_outside_and_one_that_crosses_itself_is_refused(points, capsys, tmp_path):
    square = [[121.3, 31.1], [121.6, 31.1], [121.6, 31.4], [121.3, 31.4], [121.3, 31.1]]
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps({"type": "Polygon", "coordinates": [square]}), "utf-8")
    words = (points[0], "--x", "lon", "--y", "lat", "--area", area)
    found = answered(capsys, *words)
    lon, lat = points[1].lon, points[1].lat
    inside = ((lon > 121.3) & (lon < 121.6) & (lat > 31.1) & (lat < 31.4)).sum()
    assert found["rows"]["taken"] == inside
    assert found["parameters"]["area"] == "given"
    area.write_text(
        json.dumps({"type": "Polygon", "coordinates": [[square[0], square[2], square[1], square[3], square[0]]]}),
        "utf-8",
    )
    code, _, err = run(capsys, *words)
    assert code == 1
    assert "cross" in err


def test_rates_leave_no_hot_spot_where_there_are_simply_more_customers(capsys, tmp_path):
    chance = np.random.default_rng(4)
    customers = pd.DataFrame(
        {
            "lon": np.r_[chance.uniform(121.3, 121.7, 4000), chance.normal(121.5, 0.01, 6000)],
            "lat": np.r_[chance.uniform(31.0, 31.4, 4000), chance.normal(31.2, 0.01, 6000)],
        }
    )
    customers.to_csv(tmp_path / "customers.csv", index=False)
    customers.sample(1500, random_state=1).to_csv(tmp_path / "reports.csv", index=False)
    words = (tmp_path / "reports.csv", "--x", "lon", "--y", "lat", "--cell", 7)
    assert answered(capsys, *words)["classes"]["hot"] > 0
    rates = answered(capsys, *words, "--exposure", tmp_path / "customers.csv")
    assert rates["parameters"]["rate"] is True
    assert rates["classes"].get("hot", 0) <= 1


def test_an_id_that_comes_twice_counts_once(points, capsys, tmp_path):
    _, table = points
    pd.concat([table, table.head(100)]).to_csv(tmp_path / "twice.csv", index=False)
    found = answered(capsys, tmp_path / "twice.csv", "--x", "lon", "--y", "lat", "--id", "no")
    assert (found["rows"]["read"], found["rows"]["taken"]) == (1600, 1500)


def test_a_missing_column_is_named_with_those_that_are_there(points, capsys):
    code, _, err = run(capsys, points[0], "--x", "longitude", "--y", "lat")
    assert code == 1
    assert "longitude" in err
    assert "no, lon, lat, reported" in err


def test_the_real_leaks_are_counted_as_an_independent_count_does(capsys, tmp_path):
    with leaks().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    good = [(float(one["LAT"]), float(one["LON"])) for one in rows if one["LAT"] and one["LON"]]
    counted = Counter(h3.latlng_to_cell(*one, 8) for one in good)
    out = tmp_path / "leaks.geojson"
    found = answered(capsys, leaks(), "--x", "LON", "--y", "LAT", "--cell", 8, "--out", out)
    assert (found["rows"]["read"], found["rows"]["taken"]) == (len(rows), len(good))
    features = {one["properties"]["cell"]: one["properties"] for one in json.loads(out.read_text("utf-8"))["features"]}
    assert {cell: one["count"] for cell, one in features.items() if one["count"]} == dict(counted)
    hot = [one for one in features.values() if one["class"] == "hot"]
    assert 10 < len(hot) < 100
    for one in hot:
        around = [counted[cell] for cell in h3.grid_disk(one["cell"], 1) if cell in features]
        assert one["around"] == sum(around)
        assert one["around"] > 1.5 * one["expected"]
