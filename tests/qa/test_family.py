"""QA's facts become marts, whatever batches they come in; every mart says its grain, key and columns."""

import random

import pytest
import yaml

from etl.feed import prepare
from etl.warehouse import Warehouse
from qa.facts import AppealDecided, CallMeasured, CallScored, ScoreAnswered, event_of
from qa.family import SQL
from tests.etl.conftest import NOON, contents, feed

FILES = sorted((SQL / "marts").rglob("*.yml"))


def scored(score_id, score=80.0, **more):
    values = {
        "score_id": score_id, "scored_call": f"call-{score_id}", "called_at": NOON - 3600, "agent": "8001", "form": "f",
        "form_version": 1, "answers": {"a": "yes", "b": 3}, "score": score, "score_without_fatal": 80.0, "passed": True,
        "fatal": [], "part": "random", "round": None, "master": False, "scorer": "an", "demo": False,
    }  # fmt: skip
    return CallScored(**values | more)


def facts():
    decided = AppealDecided("s2", "changed", "bo", "w", {"a": "yes"}, 90.0, 90.0, True, [])
    told = [
        scored("s1"),
        scored("s2", 0.0, passed=False, fatal=["rude"]),
        scored("s3", part="risk", round="r1", master=True, score_without_fatal=None),
        ScoreAnswered("s1", "accepted", "agent8001", ""),
        ScoreAnswered("s2", "appealed", "agent8001", "why"),
        decided,
        CallMeasured("c1", 1, {"channels": 2, "seconds": 60.0, "talk_ratio": 0.4, "overtalk_s": 1.5}, ""),
        CallMeasured("c2", 1, None, "The recording is an empty file."),
        CallMeasured("c1", 2, {"channels": 2, "seconds": 60.0, "talk_ratio": 0.5, "overtalk_s": None}, ""),
    ]
    return [(n, event_of(fact, NOON + n)) for n, fact in enumerate(told, start=1)]


@pytest.fixture
def marts(tmp_path):
    made = Warehouse(tmp_path / "qa.duckdb").open()
    prepare(made)
    yield made
    made.close()


def test_a_score_is_as_it_stands_after_its_appeal(marts):
    feed(marts, facts())
    rows = {row["score_id"]: row for row in marts.query("select * from marts.fct_qa_scores")}
    assert [rows[one]["state"] for one in ("s1", "s2", "s3")] == ["accepted", "changed", "scored"]
    assert (rows["s2"]["score"], rows["s2"]["first_score"], rows["s2"]["passed"], rows["s2"]["fatal_items"]) == (
        90.0,
        0.0,
        True,
        0,
    )
    assert (rows["s3"]["round"], rows["s3"]["master"], rows["s3"]["score_without_fatal"]) == ("r1", True, None)
    assert rows["s1"]["answered_at"] is not None
    assert rows["s1"]["interval_start"] <= rows["s1"]["called_at"]


def test_the_newest_measure_of_a_call_stands(marts):
    feed(marts, facts())
    rows = {row["call_id"]: row for row in marts.query("select * from marts.fct_call_audio")}
    assert (rows["c1"]["measuring"], rows["c1"]["talk_ratio"], rows["c1"]["overtalk_s"]) == (2, 0.5, None)
    assert (rows["c2"]["seconds"], rows["c2"]["problem"]) == (None, "The recording is an empty file.")


def test_whatever_batches_they_come_in_the_same_stands_there(marts, tmp_path):
    feed(marts, facts())
    for seed in range(3):
        other = Warehouse(tmp_path / f"other{seed}.duckdb").open()
        prepare(other)
        feed(other, facts(), random.Random(seed).randint(1, 4))
        for name in ("fct_qa_scores", "fct_call_audio"):
            assert other.query(f"select * from marts.{name} order by 1") == marts.query(
                f"select * from marts.{name} order by 1"
            )
        other.close()
    assert contents(marts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_columns_and_key_are_as_described(marts, path):
    said = yaml.safe_load(path.read_text("utf-8"))
    assert said["name"] == path.stem
    assert said["grain"].startswith("one row per ")
    assert all(said["columns"].values())
    assert [row["column_name"] for row in marts.query(f"describe marts.{path.stem}")] == list(said["columns"])
    feed(marts, facts())
    key = ", ".join(said["key"])
    assert marts.query(f"select {key} from marts.{path.stem} group by {key} having count(*) > 1") == []
