"""Scores over HTTP: every line is the indicator's own figure, its rows add up to it, and who sees whose."""

import json

import pytest

from core.clock import utc_now
from core.rights import SHIPPED
from core.workorders import office as orders_office
from core.workorders.office import Site
from kpi.manual.entries import COUNTED
from kpi.schemes.service import examples
from kpi.scoring.curves import Veto, points_of
from kpi.scoring.scheme import MANUAL, scheme_json
from tests.kpi.asking import TODAY, ask, day
from tests.kpi.schemes.test_check import GOOD, put

PATH = "/api/v1/kpi/schemes"
PERIOD = {"from": day(-7), "to": day(0)}
ASKED = f"from={day(-7)}&to={day(0)}"


async def preview(client, scheme, status=200, **more):
    return await ask(client, "POST", f"{PATH}/{scheme}/preview", status, json={**PERIOD, **more}, timeout=60)


async def test_every_line_is_the_indicator_s_figure_and_its_rows_add_up_to_it(office):
    client = await office.program("director")
    refused = await preview(client, "example-sites", 422)
    assert refused["field"] == "for"
    await office.web.in_session(
        lambda session: orders_office.save_site(session, Site("north", "北站"), [], "chief", utc_now())
    )
    for name in examples():
        await lines_are_figures(client, name)


async def lines_are_figures(client, name):
    found = await preview(client, name)
    scheme = examples()[name].scheme
    assert (found["state"], found["example"], found["demo"]) == ("draft", True, name != "example-sites")
    assert found["watermark"] > 0
    assert found["fed_at"]
    for n, line in enumerate(scheme.lines):
        lines = [one["lines"][n] for one in found["scores"]]
        if lines[0]["rows"] is None:
            assert {one["state"] for one in lines} == {"no_data"}
            continue
        if line.indicator in COUNTED:
            # Nothing was written down: nothing was there.
            assert {(one["state"], one["value"], one["list"]) for one in lines} == {("counted", 0, None)}
            assert (await ask(client, "GET", lines[0]["rows"]))["items"] == []
            continue
        by = {"own": scheme.subject.own_by, "house": ""}[line.of]
        answer = await ask(client, "GET", f"/api/v1/indicators/{line.indicator}?{ASKED}&by={by}")
        known = {one[by] if by else "": one for one in answer["values"]}
        for one in found["scores"]:
            shown, value = one["lines"][n], known.get(one["who"] if by else "")
            for part in ("value", "numerator", "denominator", "sample"):
                assert shown[part] == (value[part] if value else None if part == "value" else 0), (line, one["who"])
            assert shown["list"] == (value["list"] if value else shown["list"])
            if shown["state"] == "counted":
                assert shown["score"] == pytest.approx(points_of(line.curve, shown["value"]), abs=1e-3)
        some = next((one for one in lines if one["denominator"]), None)
        if some:
            rows = await ask(client, "GET", f"{some['rows']}&limit=1")
            assert rows["sum_numerator"] == pytest.approx(some["numerator"], abs=0.01)
            assert rows["sum_denominator"] == pytest.approx(some["denominator"], abs=0.01)


async def test_points_of_the_lines_are_the_total_and_the_sentence_has_the_numbers(office):
    found = await preview(await office.program("director"), "example-agents")
    judged = [one for one in found["scores"] if one["total"] is not None]
    assert judged
    for one in judged:
        assert sum(line["points"] for line in one["lines"]) == pytest.approx(one["total"], abs=0.006)
        assert sum(line["counted_weight"] for line in one["lines"]) == pytest.approx(100)
        for line in one["lines"]:
            assert line["name"] in line["sentence"]
            if line["state"] == "counted":
                said = line["score"] if line["weight"] else line["points"]
                assert f"{said:,.2f}".rstrip("0").rstrip(".") in line["sentence"]
    for group in {one["group"] for one in judged}:
        totals = [one["total"] for one in judged if one["group"] == group]
        assert totals == sorted(totals, reverse=True)
        assert [one["rank"] for one in judged if one["group"] == group] == [
            1 + sum(other > total for other in totals) for total in totals
        ]


async def test_ranges_hold_each_score_and_are_the_same_every_time(office):
    client = await office.program("director")
    found = await preview(client, "example-agents")
    for one in found["scores"]:
        among = sum(other["group"] == one["group"] and other["rank"] is not None for other in found["scores"])
        if one["rank"] is None:
            assert one["rank_low"] is one["rank_high"] is one["total_low"] is None
            continue
        assert 1 <= one["rank_low"] <= one["rank"] <= one["rank_high"] <= among
        assert one["total_low"] <= one["total"] <= one["total_high"]
        for line in one["lines"]:
            if line["state"] == "counted" and line["indicator"] not in MANUAL:
                assert line["low"] <= line["value"] <= line["high"]
            else:
                assert line["low"] is line["high"] is None
    assert any(one["total_low"] < one["total_high"] for one in found["scores"] if one["rank"])
    again = await preview(client, "example-agents")
    assert again["scores"] == found["scores"]
    # All of them are the same people's: nobody is better than another.
    whole = await preview(client, "example-supervisors")
    assert len({one["total"] for one in whole["scores"]}) == 1
    assert {(one["rank_low"], one["rank_high"]) for one in whole["scores"]} == {(1, len(whole["scores"]))}
    assert all(one["total_low"] <= one["total"] <= one["total_high"] for one in whole["scores"])


async def test_a_preview_is_for_those_who_may_see_everybody_s(office):
    everybody = await preview(await office.program("supervisor"), "example-agents")
    assert len(everybody["scores"]) > 1
    agent = await office.program("agent8001")
    for name in examples():
        await preview(agent, name, 403)
    await ask(agent, "POST", PATH, 403, json=GOOD)
    await ask(await office.program("supervisor"), "POST", PATH, 403, json=GOOD)
    await preview(await office.program("qa"), "example-agents", 403)
    assert {role for role, rights in SHIPPED.items() if "kpi_schemes" in rights} == {"director", "admin"}


async def test_a_scheme_is_made_changed_compared_copied_and_taken_as_a_file(office):
    client = await office.program("director")
    whole = {**GOOD, "id": "own", "from": day(-30), "for": {"post": "agent"}}
    made = await ask(client, "POST", PATH, 201, json=whole)
    assert (made["version"], made["example"], made["lines"][0]["curve"]["reverse"]) == (1, False, True)
    assert await ask(client, "POST", PATH, 201, json=whole) == made
    scored = await preview(client, "own")
    assert scored["version"] == 1
    later = {**whole, "from": day(-3), "note": "later"}
    assert (await ask(client, "PUT", f"{PATH}/own", json=later))["version"] == 2
    refused = await preview(client, "own", 422)
    assert refused["field"] == "to"
    assert (await preview(client, "own", version=1))["scores"] == scored["scores"]
    overlapping = await ask(client, "PUT", f"{PATH}/own", 422, json=later)
    assert overlapping["field"] == "from"
    compared = await ask(client, "GET", f"{PATH}/own/compare?version=1&other_version=2")
    assert [one["field"] for one in compared["differences"]] == ["from", "note"]
    one = await ask(client, "GET", f"{PATH}/own?version=1")
    assert [(each["version"], each["from"]) for each in one["versions"]] == [(1, day(-30)), (2, day(-3))]
    copied = await ask(
        client, "POST", f"{PATH}/example-sites/copy", 201, json={"id": "sites", "name": "站点", "from": day(-9)}
    )
    assert (copied["example"], copied["lines"]) == (False, scheme_json(examples()["example-sites"].scheme)["lines"])
    file = await ask(client, "GET", f"{PATH}/own/file?version=1")
    taken = await ask(client, "POST", f"{PATH}/import?id=again", 201, json=json.loads(json.dumps(file)))
    assert {**taken, "id": "own"} == {**made, "changed_at": taken["changed_at"]}
    for raw, field in (({**file, "format_version": 9}, "format_version"), ({}, "format")):
        refused = await ask(client, "POST", f"{PATH}/import", 422, json=raw)
        assert refused["field"] == field
        assert refused["remedy"]
    listed = (await ask(client, "GET", PATH))["items"]
    assert [(each["id"], each["version"]) for each in listed][:3] == [("again", 1), ("own", 2), ("sites", 1)]
    await ask(client, "PUT", f"{PATH}/example-sites", 409, json=whole)


async def test_what_is_wrong_is_told_while_one_types_and_nothing_is_kept(office):
    client = await office.program("director")
    wrong = put("lines.1.weight", 41)
    found = await ask(client, "POST", f"{PATH}/check", json=wrong)
    assert (found["weight"], found["lacking"]) == (101, -1)
    assert [one["field"] for one in found["problems"]] == ["lines"]
    assert found["knots"][0] == [[240, 120], [300, 100], [420, 0]]
    refused = await ask(client, "POST", PATH, 422, json=wrong)
    assert refused["field"] == "lines"
    assert "101" in refused["detail"]
    shapeless = await ask(client, "POST", PATH, 422, json=put("lines.0.curve.floor", "low"))
    assert shapeless["field"].startswith("lines.0.curve")
    assert all(one["example"] for one in (await ask(client, "GET", PATH))["items"])


async def test_a_scheme_that_is_not_saved_is_tried_on_a_past_period(office):
    client = await office.program("director")
    example = scheme_json(examples()["example-agents"].scheme)
    kept, tried = (
        await preview(client, "example-agents"),
        await ask(
            client, "POST", "/api/v1/kpi/preview", json={**PERIOD, "scheme": {**example, "id": "", "from": day(5)}}
        ),
    )
    assert tried["scores"] == kept["scores"]
    assert (tried["version"], tried["example"]) == (None, False)
    vetoed = {**example, "lines": [*example["lines"], {"indicator": "aht", "weight": 0, "curve": told_veto(1)}]}
    found = await ask(client, "POST", "/api/v1/kpi/preview", json={**PERIOD, "scheme": vetoed})
    struck = [one for one in found["scores"] if one["lines"][-1]["vetoed"]]
    assert struck
    assert {one["total"] for one in struck} == {0}
    nobody = {**example, "for": {"post": "agent", "group": "nobody's"}}
    refused = await ask(client, "POST", "/api/v1/kpi/preview", 422, json={**PERIOD, "scheme": nobody})
    assert refused["field"] == "for"


def told_veto(limit):
    return {"kind": "veto", "limit": Veto(limit).limit}


async def test_a_period_that_no_version_covers_or_that_is_none_is_refused(office):
    client = await office.program("director")
    body = {"from": day(0), "to": day(-1)}
    assert (await ask(client, "POST", f"{PATH}/example-agents/preview", 422, json=body))["field"] == "to"
    await preview(client, "nothing", 404)
    await preview(client, "example-agents", 404, version=3)
    assert TODAY
