"""Funnels, distributions and signs over HTTP: their figures are the preview's, lists agree, and who may ask."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from core.clock import utc_now
from core.workorders import office as orders_office
from core.workorders.office import Site
from kpi.schemes.service import examples
from kpi.scoring.scheme import measured
from tests.kpi.asking import ask, day
from tests.kpi.test_scores_api import PATH, PERIOD, preview

LIMITS = ("low_998", "low_95", "high_95", "high_998")
ASKED = {"for": {"post": "agent"}, "indicator": "aht", **PERIOD}


async def test_funnels_hold_the_figures_of_the_preview_between_limits(office):
    client = await office.program("director")
    found = await ask(client, "POST", f"{PATH}/example-agents/funnel", json=PERIOD, timeout=60)
    scores = await preview(client, "example-agents")
    scheme = examples()["example-agents"].scheme
    assert [one["line"] for one in found["funnels"]] == [
        n
        for n, line in enumerate(scheme.lines)
        if measured(line) and any(s["lines"][n]["denominator"] for s in scores["scores"])
    ]
    assert {one["method"] for one in found["funnels"]} == {"exact", "mean"}
    assert (found["watermark"], found["demo"]) == (scores["watermark"], True)
    for one in found["funnels"]:
        known = {score["who"]: score["lines"][one["line"]] for score in scores["scores"]}
        for point in one["points"]:
            shown = known[point["who"]]
            for part in ("value", "numerator", "denominator"):
                assert point[part] == pytest.approx(shown[part], abs=1e-3)
            limits = [point[name] for name in LIMITS]
            assert limits == sorted(limits)
            inside = point["low_95"] <= point["value"] <= point["high_95"]
            assert (point["outside"] is None) == inside
        whole = sum(point["numerator"] for point in one["points"]) / sum(
            point["denominator"] for point in one["points"]
        )
        assert one["target"] == pytest.approx(whole, rel=1e-4)
        numbers = [each["n"] for each in one["curve"]]
        assert numbers == sorted(numbers)
    normal = await ask(client, "POST", f"{PATH}/example-agents/funnel", json={**PERIOD, "method": "normal"}, timeout=60)
    assert {one["method"] for one in normal["funnels"]} == {"normal", "mean"}
    whole = await ask(client, "POST", f"{PATH}/example-supervisors/funnel", json=PERIOD, timeout=60)
    assert whole["funnels"] == []


async def test_the_group_s_own_values_stand_behind_a_curve_without_names(office):
    client = await office.program("director")
    found = await ask(client, "POST", "/api/v1/kpi/distribution", json=ASKED)
    scores = await preview(client, "example-agents")
    values = sorted(one["lines"][0]["value"] for one in scores["scores"] if one["lines"][0]["value"] is not None)
    assert [one["value"] for one in found["values"]] == values
    assert set(found["values"][0]) == {"value", "sample", "enough"}
    assert (found["unit"], found["of"], found["minimum"], found["demo"]) == ("seconds", "own", 20, True)
    assert min(values) < found["reference"] < max(values)
    adjusted = await ask(client, "POST", "/api/v1/kpi/distribution", json={**ASKED, "adjust": "case_mix"})
    assert adjusted["values"] != found["values"]
    house = await ask(client, "POST", "/api/v1/kpi/distribution", json={**ASKED, "indicator": "asa"})
    assert len({one["value"] for one in house["values"]}) == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"indicator": "happiness"}, 422, "indicator"),
        ({"indicator": "csat"}, 409, "indicator"),
        ({"indicator": "manual.attendance"}, 409, "indicator"),
        ({"for": {"post": "agent", "site": "x"}}, 422, "for"),
        ({"for": {"post": "agent", "group": "nobody's"}}, 422, "for"),
        ({"of": "own", "indicator": "asa"}, 422, "of"),
        ({"threshold_s": 20}, 422, "threshold_s"),
        ({"adjust": "case_mix", "indicator": "occupancy"}, 422, "adjust"),
        ({"to": day(-9)}, 422, "to"),
    ],
)
async def test_what_cannot_be_asked_is_told_by_its_field(office, change, status, field):
    refused = await ask(
        await office.program("director"), "POST", "/api/v1/kpi/distribution", status, json={**ASKED, **change}
    )
    assert refused["field"] == field
    assert refused["remedy"]


async def test_signs_stand_beside_scores_with_lists_that_open(office):
    client = await office.program("director")
    found = await ask(client, "POST", f"{PATH}/example-agents/signs", json=PERIOD)
    assert {sign["sign"] for one in found["people"] for sign in one["signs"]} == {
        "short_talk",
        "agent_hung_up",
        "late_transfer",
        "flicker",
        "reopened_at_intake",
    }
    for one in found["people"]:
        for sign in one["signs"]:
            assert sign["share"] == (pytest.approx(sign["count"] / sign["base"], abs=1e-6) if sign["base"] else None)
            asked = dict(parse_qsl(urlsplit(sign["list"]).query))
            assert asked["from"] < asked["to"]
            assert asked.get("agent", one["who"]) == one["who"]
    answered = {one["who"]: one["signs"][0]["base"] for one in found["people"]}
    scores = await preview(client, "example-agents")
    aht = {one["who"]: one["lines"][0]["sample"] for one in scores["scores"]}
    assert all(answered[who] <= aht[who] for who in answered)
    assert any(answered.values())
    assert (await ask(client, "POST", f"{PATH}/example-supervisors/signs", json=PERIOD))["people"] == []
    await office.web.in_session(
        lambda session: orders_office.save_site(session, Site("north", "北站"), [], "chief", utc_now())
    )
    (site,) = (await ask(client, "POST", f"{PATH}/example-sites/signs", json=PERIOD))["people"]
    assert [(sign["sign"], sign["base"]) for sign in site["signs"]] == [("reopened", 0)]


async def test_only_those_who_see_everybody_s_scores_compare(office):
    agent, supervisor = await office.program("agent8001"), await office.program("supervisor")
    for path in (f"{PATH}/example-agents/funnel", f"{PATH}/example-agents/signs"):
        await ask(agent, "POST", path, 403, json=PERIOD)
        await ask(supervisor, "POST", path, json=PERIOD, timeout=60)
    await ask(supervisor, "POST", "/api/v1/kpi/distribution", 403, json=ASKED)
