"""The two documents say what is there."""

import re
from pathlib import Path

from core.events import FACTS
from etl.runner import SQL

DOCS = Path(__file__).parents[2] / "docs"


def test_every_fact_and_each_of_its_fields_is_explained():
    text = (DOCS / "events.md").read_text("utf-8")
    words = set(re.findall(r"`([a-z_]+)`", text))
    assert set(FACTS) <= words
    fields = {name for fact in FACTS.values() for name in fact.__dataclass_fields__ if name.islower()}
    assert fields - words == set()


def test_every_mart_is_named_and_no_other():
    named = set(re.findall(r"`marts\.((?:fct|agg|dim)_[a-z_]+)`", (DOCS / "marts.md").read_text("utf-8")))
    assert named == {path.stem for path in SQL.parents[1].glob("*/sql/marts/*/*.yml")}
