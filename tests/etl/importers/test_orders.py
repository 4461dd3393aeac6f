"""Orders of another system: what is taken, what is refused and why, and what a second run changes."""

import csv
import json

import pandas as pd
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.cli import main
from core.commands.init import init_installation
from core.config import load_settings
from core.db import connect
from core.db.tables import EventRow, WorkOrderEventRow, WorkOrderRow
from core.errors import BadInput, NotFound
from etl.importers.mapping import parsed_mapping, read_mapping
from tests.geo_analysis.real import leaks

HEAD = "no,at,what,where,lon,lat,size,hours"
GOOD = "1,2026-03-01 08:00,LEAK,幸福路 12 号,121.4,31.2,4,6"
MAPPING = """
source = "old system"
without_end = "{end}"
summary = "{{what}} {{size}}"
[columns]
key = "no"
reported_at = "at"
category = "what"
address = "where"
longitude = "lon"
latitude = "lat"
diameter_mm = "size"
hours = "hours"
[factors]
diameter_mm = 25.4
[values.category]
"LEAK" = "明漏"
"BURST" = "repair.burst"
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_LANGUAGE", "en")
    init_installation(tmp_path / "home", demo=False)
    return tmp_path / "home"


@pytest.fixture
def taken(home, tmp_path, capsys):
    """Imports lines, and gives what was told."""

    def take(lines, *words, end="closed", file=None):
        path = file or tmp_path / "orders.csv"
        if lines is not None:
            path.write_text("\n".join([HEAD, *lines]) + "\n", "utf-8")
        mapping = tmp_path / "mapping.toml"
        mapping.write_text(MAPPING.format(end=end), "utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["import", "orders", str(path), "--home", str(home), "--mapping", str(mapping), "--json", *words])
        assert not ended.value.code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return take


def counts(home):
    database = connect(load_settings(home).database)
    try:
        with Session(database) as session:
            return [
                session.scalar(select(func.count()).select_from(one))
                for one in (WorkOrderRow, WorkOrderEventRow, EventRow)
            ]
    finally:
        database.dispose()


def orders(home):
    database = connect(load_settings(home).database)
    try:
        with Session(database, expire_on_commit=False) as session:
            return session.scalars(select(WorkOrderRow).order_by(WorkOrderRow.id)).all()
    finally:
        database.dispose()


def test_an_order_keeps_its_own_times_place_and_size(home, taken):
    found = taken([GOOD])
    assert (found["read"], found["taken"], found["new"]) == (1, 1, 1)
    [one] = orders(home)
    assert (one.category, one.address, one.diameter_mm, one.summary) == (
        "repair.leak_visible",
        "幸福路 12 号",
        102,
        "LEAK 4",
    )
    assert (one.id, one.state, one.open) == ("260301-0001", "closed", False)
    assert one.closed_at - one.created_at == 6 * 3600
    assert (one.longitude, one.latitude) == (121.4, 31.2)


def test_a_second_run_changes_nothing_and_a_trial_neither(home, taken):
    before = counts(home)
    assert taken([GOOD], "--dry-run")["new"] == 1
    assert counts(home) == before
    taken([GOOD])
    after = counts(home)
    assert taken([GOOD]) | {"first_rows": {}} == {
        "read": 1, "taken": 1, "new": 0, "already_there": 1, "refused": {}, "remarks": {}, "first_rows": {},
    }  # fmt: skip
    assert counts(home) == after
    changed = taken([GOOD.replace("幸福路", "和平路")])
    assert changed["remarks"] == {"Taken earlier with another content: left as it is.": 1}
    assert counts(home) == after


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",2026-03-01 08:00,LEAK,,121.4,31.2,4,6", "The key is empty."),
        ("1,2026-03-01 08:00,LEAK,,121.4,31.2,4,6", "The same key stands in the file twice."),
        ("2,,LEAK,,121.4,31.2,4,6", "When it was reported cannot be read."),
        ("2,2126-03-01 08:00,LEAK,,121.4,31.2,4,6", "It was reported in the future."),
        ("2,2026-03-01 08:00,ODD,,121.4,31.2,4,6", "The category is not known."),
        ("2,2026-03-01 08:00,LEAK,,31.2,121.4,4,6", "Its position is no place on earth"),
        ("2,2026-03-01 08:00,LEAK,,121.4,31.2,4,-6", "Its end lies before its report"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_and_the_others_are_taken(line, reason, home, taken):
    good = [GOOD] + [f"9{n},2026-03-0{n} 08:00,BURST,,121.4,31.2,4,6" for n in range(1, 10)]
    found = taken([*good, line])
    assert (found["read"], found["taken"]) == (11, 10)
    [(said, n)] = found["refused"].items()
    assert said.startswith(reason)
    assert (n, found["first_rows"][said]) == (1, 12)
    assert counts(home)[0] == 10


def test_what_is_odd_but_no_reason_to_refuse_is_remarked_on(home, taken):
    found = taken(["1,2026-03-01 08:00,LEAK,,0,0,,", "2,2026-03-01 09:00,LEAK,,,,x,3"])
    assert found["taken"] == 2
    assert sorted(found["remarks"].values()) == [1, 2, 2]
    assert {(one.longitude, one.diameter_mm) for one in orders(home)} == {(None, None)}


def test_an_order_without_an_end_is_open_or_refused_as_the_mapping_says(home, taken):
    line = "1,2026-03-01 08:00,LEAK,路,121.4,31.2,4,"
    assert taken([line], end="refuse")["refused"] == {"Its end is not known.": 1}
    assert taken([line], end="open")["new"] == 1
    [one] = orders(home)
    assert (one.state, one.open) == ("accepted", True)


def test_excel_and_parquet_give_the_same_orders(home, taken, tmp_path):
    taken([GOOD])
    before = counts(home)
    table = pd.read_csv(tmp_path / "orders.csv")
    table.to_excel(tmp_path / "orders.xlsx", index=False, engine="xlsxwriter")
    table.to_parquet(tmp_path / "orders.parquet")
    for name in ("orders.xlsx", "orders.parquet"):
        assert taken(None, file=tmp_path / name)["already_there"] == 1
    assert counts(home) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": {"reported_at": "at"}}, "columns.key"),
        ({"columns": {"key": "a", "reported_at": "b"}}, "fixed.category"),
        ({"columns": {"key": "a", "reported_at": "b", "color": "c"}}, "columns.color"),
        ({"source": ""}, "source"),
        ({"without_end": "maybe"}, "without_end"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"summary": "{"}, "summary"),
        ({"colour": "red"}, "colour"),
        ({"fixed": {"category": "x", "channel": "pigeon"}}, "fixed.channel"),
    ],
)
def test_a_mapping_that_is_wrong_names_its_field(change, field):
    right = {"source": "a", "columns": {"key": "a", "reported_at": "b"}, "fixed": {"category": "repair.burst"}}
    parsed_mapping(right)
    wrong = right | change
    if field == "fixed.category":
        wrong = wrong | {"fixed": {}}
    with pytest.raises(BadInput) as refused:
        parsed_mapping(wrong)
    assert refused.value.field == field


def test_a_mapping_that_is_not_there_is_told_with_the_shipped_ones(tmp_path):
    assert read_mapping(tmp_path.__class__("leaks")).source == "main-leaks"
    with pytest.raises(NotFound, match="leaks"):
        read_mapping(tmp_path / "nothing.toml")


def test_the_real_leaks_are_taken_as_they_are_and_equal_an_independent_count(home, capsys):
    with leaks().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    first = {one["LEAK_ID"]: one for one in reversed(rows)}
    words = ["import", "orders", str(leaks()), "--home", str(home), "--mapping", "leaks", "--json"]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert not ended.value.code
    found = json.loads(capsys.readouterr().out)
    assert (found["read"], found["taken"], found["new"]) == (len(rows), len(first), len(first))
    assert found["refused"] == {"The same key stands in the file twice.": len(rows) - len(first)}
    made = orders(home)
    assert len(made) == len(first)
    assert sum(one.longitude is not None for one in made) == sum(bool(one["LON"]) for one in first.values())
    assert sum(one.category == "repair.burst" for one in made) == sum(
        one["LEAK_TYPE"] in ("BLOW OUT", "RUPTURE") for one in first.values()
    )
    assert sum(one.diameter_mm or 0 for one in made) == sum(
        round(float(one["PIPE_SIZE"]) * 25.4) for one in first.values() if one["PIPE_SIZE"]
    )
    hours = sum(float(one["REPAIR_HRS"] or 0) for one in first.values())
    assert sum(one.closed_at - one.created_at for one in made) / 3600 == pytest.approx(hours)
