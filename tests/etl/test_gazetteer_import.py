"""``hotline import gazetteer``: names with their places, once, whatever the file is like."""

import json

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.cli import main
from core.config import load_settings
from core.db import connect
from core.db.tables import AddressRow
from etl.importers.projection import shifted
from tests.geo_analysis.test_geo_command import english  # noqa: F401 - fixture

LINES = "名称,片区,经度,纬度\n清泉路,东区,120.1,30.1\n净水街,东区,120.2,30.2\n清泉路,东区,120.3,30.3\n,东区,120,30\n无处路,东区,0,0\n"


def run(*words):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 0


@pytest.fixture
def site(tmp_path):
    run("init", "--home", str(tmp_path / "home"))
    return tmp_path / "home"


def taken(capsys, *words):
    capsys.readouterr()
    run("import", "gazetteer", *map(str, words), "--json")
    return json.loads(capsys.readouterr().out)


def names(site):
    with Session(connect(load_settings(site).database)) as session:
        return {(row.district, row.name): (row.longitude, row.latitude) for row in session.scalars(select(AddressRow))}


def test_names_come_in_once_and_what_is_none_is_refused_with_its_reason(site, tmp_path, capsys):
    file = tmp_path / "names.csv"
    file.write_text(LINES, "utf-8")
    assert taken(capsys, file, "--home", site, "--dry-run")["new"] == 2
    assert names(site) == {}
    found = taken(capsys, file, "--home", site)
    assert (found["read"], found["new"], sum(found["refused"].values())) == (5, 2, 3)
    assert names(site) == {("东区", "清泉路"): (120.1, 30.1), ("东区", "净水街"): (120.2, 30.2)}
    again = taken(capsys, file, "--home", site)
    assert (again["new"], again["moved"], again["there"]) == (0, 0, 2)
    file.write_text("name,district,x,y\n清泉路,东区,120.15,30.1\n", "utf-8")
    assert taken(capsys, file, "--home", site)["moved"] == 1
    assert names(site)["东区", "清泉路"] == (120.15, 30.1)


def test_places_of_a_map_service_are_set_right(site, tmp_path, capsys):
    x, y = shifted(np.array([120.1]), np.array([30.1]), "gcj02")
    file = tmp_path / "names.csv"
    file.write_text(f"name,lon,lat\n清泉路,{x[0]},{y[0]}\n", "utf-8")
    taken(capsys, file, "--home", site, "--crs", "gcj02")
    assert names(site)["", "清泉路"] == pytest.approx((120.1, 30.1), abs=2e-6)


def test_a_file_without_the_columns_is_refused_with_the_headings_that_are_known(site, tmp_path, capsys):
    file = tmp_path / "names.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(SystemExit):
        main(["import", "gazetteer", str(file), "--home", str(site)])
    assert "经度" in capsys.readouterr().err
