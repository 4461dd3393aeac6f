"""The ranking of a group: shared ranks, and how far each moved since the period before."""

from __future__ import annotations

from core.i18n import set_language
from dashboards.pages.kpi import ranking
from dashboards.pages.kpi.groups import GroupScores
from dashboards.pages.kpi.selection import ReviewQuery
from kpi.scoring.score import TotalScore


def group(**ranks) -> GroupScores:
    """By who: total, rank."""
    return GroupScores(
        "A", [TotalScore(who.strip("_"), "A", total, "B", rank, ()) for who, (total, rank) in ranks.items()]
    )


NOW = group(_1=(98.0, 1), _2=(95.0, 2), _3=(95.0, 2), _4=(None, None))


def test_equal_scores_share_a_rank_and_who_has_none_stands_last() -> None:
    set_language("en")
    found = ranking.rows(NOW, None, {"1": "Ann"}, ReviewQuery({"view": "review"}), "2")
    assert [(one["rank"], one["name"], one["total_words"], one["chosen"]) for one in found] == [
        (1, "Ann", "98.0", False),
        (2, "2", "95.0", True),
        (2, "3", "95.0", False),
        (None, "4", "—", False),
    ]
    assert {one["range"] for one in found} == {""}
    assert found[0]["href"] == "/kpi?view=review&who=1&group=A"
    assert [one["share"] for one in found] == [100, 96.94, 96.94, 0]
    assert {one["moved_words"] for one in found} == {""}


def test_movement_is_told_of_who_was_ranked_before() -> None:
    before = group(_1=(90.0, 3), _2=(95.0, 2), _3=(99.0, 1))
    found = ranking.rows(NOW, before, {}, ReviewQuery({}), "")
    assert [one["moved_words"] for one in found] == ["↑2", "–", "↓1", ""]
