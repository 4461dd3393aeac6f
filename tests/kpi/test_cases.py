"""Figures compared by the same cases: raw sums stay, strata are those of the calls and orders, and schemes say so."""

import asyncio

import pytest

from core.installation.definition import Installation
from kpi.cases import cases_of
from kpi.fairness.case_mix import standardised
from kpi.measures.catalogue import MEASURES
from kpi.measures.counting import MeasureQuery, Measuring
from tests.clock import ZONE
from tests.etl.conftest import NOON
from tests.kpi.asking import ask
from tests.kpi.measures.test_behind import DAY, warehouse  # noqa: F401 - fixture
from tests.kpi.schemes.test_check import put
from tests.kpi.test_scores_api import PATH, PERIOD

ADJUSTABLE = tuple(one for one in MEASURES.values() if one.has_case_mix)


@pytest.mark.parametrize("one", ADJUSTABLE, ids=lambda one: one.id)
def test_cases_add_up_to_the_figure_and_expected_to_observed(warehouse, one):  # noqa: F811
    measuring = Measuring(None, warehouse, ZONE, Installation(1, "example"))
    for by in ("agent", "site"):
        if by not in one.by:
            continue
        asked = MeasureQuery(one, NOON - DAY, NOON + DAY, (by,), NOON + 40 * DAY, case_mix=True)
        answers = {group[by]: row for group, row in asyncio.run(measuring.answer(asked))}
        found = asyncio.run(cases_of(measuring, asked))
        for n, place in enumerate(found.places):
            there = found.place == n
            row = answers[place]
            assert found.alike[there] @ found.numerator[there] == pytest.approx(one.of.numerator(row))
            assert found.alike[there] @ found.denominator[there] == pytest.approx(one.of.denominator(row))
        whole = standardised(found)
        assert sum(each.expected for each in whole.values()) == pytest.approx(
            sum(each.observed for each in whole.values())
        )
        if one.of.denominator({}) == 0 and len(found.place) > 1:
            # Hours and categories are known: the finest division has more strata than one.
            assert max(found.strata[0]) >= max(found.strata[-1])


async def test_a_line_compares_by_the_same_cases_and_says_how(office):
    client = await office.program("director")
    scheme = put("lines.0.adjust", "case_mix")
    scheme["for"] = {"post": "agent"}
    body = {**PERIOD, "scheme": scheme}
    found = await ask(client, "POST", "/api/v1/kpi/preview", json=body, timeout=60)
    plain = await ask(
        client,
        "POST",
        "/api/v1/kpi/preview",
        json={**PERIOD, "scheme": {**put("name", "x"), "for": {"post": "agent"}}},
        timeout=60,
    )
    raw = {one["who"]: one["lines"][0] for one in plain["scores"]}
    expected = observed = 0.0
    for one in found["scores"]:
        line, before = one["lines"][0], raw[one["who"]]
        assert (line["adjust"], before["adjust"], before["expected"]) == ("case_mix", "none", None)
        for part in ("numerator", "denominator", "sample", "list", "rows"):
            assert line[part] == before[part]
        if line["state"] == "no_data":
            assert line["expected"] is None
            continue
        assert line["value"] == pytest.approx(line["numerator"] / line["expected"] * line["reference"], abs=1e-3)
        if line["state"] == "counted":
            assert "同类业务" in line["sentence"]
            assert line["low"] <= line["value"] <= line["high"]
        expected, observed = expected + line["expected"], observed + line["numerator"]
    assert expected == pytest.approx(observed, rel=1e-6)
    assert any(
        abs(one["lines"][0]["value"] - raw[one["who"]]["value"]) > 0.1 for one in found["scores"] if one["total"]
    )


async def test_what_has_no_cases_and_old_files_are_told_apart(office):
    client = await office.program("director")
    for wrong in (put("lines.1.adjust", "case_mix"), put("lines.0.adjust", "case_mix")):
        if wrong["lines"][0].get("adjust"):
            wrong["lines"][0]["of"] = "house"
        found = await ask(client, "POST", f"{PATH}/check", json=wrong)
        assert [one["field"] for one in found["problems"]] == [
            "lines.0.adjust" if wrong["lines"][0].get("adjust") else "lines.1.adjust"
        ]
        assert all(one["remedy"] for one in found["problems"])
    refused = await ask(client, "POST", f"{PATH}/check", 422, json=put("lines.0.adjust", "weather"))
    assert refused["field"] == "lines.0.adjust"
    file = await ask(client, "GET", f"{PATH}/example-agents/file")
    for line in file["scheme"]["lines"]:
        assert line.pop("adjust") == "none"
    taken = await ask(client, "POST", f"{PATH}/import?id=old", 201, json=file)
    assert {line["adjust"] for line in taken["lines"]} == {"none"}
