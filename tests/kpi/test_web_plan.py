"""Forecast, need and coverage over HTTP: every figure is the calls behind it."""

from datetime import date, timedelta

import pytest

from tests.kpi.asking import ask, day


def offered(office, queue, when, first, last):
    """From the visits themselves: what a list of calls would show."""
    rows = office.web.parts["warehouse"].query(
        """select count(*) as n from marts.fct_queue_visits
        where ($queue::varchar is null or queue = $queue) and outcome <> 'waiting'
        and timezone('Asia/Shanghai', timezone('UTC', entered_at)) >= $first::timestamp
        and timezone('Asia/Shanghai', timezone('UTC', entered_at)) < $last::timestamp""",
        {"queue": queue, "first": f"{when} {first}", "last": f"{when} {last}"},
    )
    return rows[0]["n"]


async def test_actual_and_baseline_are_the_calls_behind_them(office):
    client = await office.program("supervisor")
    past = await ask(client, "GET", f"/api/v1/rosters/day?day={day(-2)}&pool=general")
    assert past["past"] is True
    for slot in (0, 36, 40, 60, 95):
        end = f"{(slot + 1) // 4:02d}:{(slot + 1) % 4 * 15:02d}" if slot < 95 else "23:59:59.999999"
        line = past["lines"][slot]
        assert line["actual"] == offered(office, "general", day(-2), line["at"], end)
        assert line["forecast"] is None
    tomorrow = await ask(client, "GET", f"/api/v1/rosters/day?day={day(1)}")
    line = tomorrow["lines"][40]
    assert line["baseline"] == offered(office, None, day(1 - 7 * int(line["baseline_weeks"])), "10:00", "10:15")
    assert line["actual"] is None
    assert line["needed"] >= line["agents"] > line["load"]
    assert tomorrow["patience_s"] > 20
    assert all(0 <= one["abandoned"] <= 1 for one in tomorrow["lines"])


async def test_the_forecast_stands_beside_its_baseline_with_both_errors(office):
    client = await office.program("director")
    found = await ask(client, "GET", f"/api/v1/rosters/forecast?queue=general&from={day(1)}&minutes=30")
    assert len(found["forecast"]) == len(found["baseline"]) == 14
    assert all(len(row) == 48 for row in found["forecast"])
    assert found["measured"]["ours"]["wape"] > 0
    assert found["measured"]["naive"]["wape"] > 0
    assert found["handling"]["answered"] > 100
    assert set(found["special"]) == {"odd", "unseen", "years"}
    seconds = found["handling"]["talk_s"] + found["handling"]["hold_s"] + found["handling"]["wrap_up_s"]
    assert found["handling"]["aht_s"] == pytest.approx(seconds / found["handling"]["answered"], abs=0.1)
    same = (date.fromisoformat(day(1)) - timedelta(days=7)).isoformat()
    assert sum(found["baseline"][0]) == offered(office, "general", same, "00:00", "23:59:59.999999")
    bad = await client.get(f"/api/v1/rosters/forecast?queue=general&from={day(1)}&minutes=20")
    assert (bad.status_code, bad.json()["field"]) == (422, "minutes")
    gone = await client.get(f"/api/v1/rosters/forecast?queue=nowhere&from={day(1)}")
    assert (gone.status_code, gone.json()["field"]) == (404, "queue")


async def test_every_forecast_figure_opens_the_days_it_rests_on(office):
    client = await office.program("supervisor")
    path = f"/api/v1/rosters/forecast/witnesses?queue=repair&day={day(3)}&from=09:00&to=10:00"
    found = await ask(client, "GET", path)
    assert found["items"]
    assert sum(one["weight"] for one in found["items"]) == pytest.approx(1, abs=1e-3)
    for one in found["items"]:
        assert one["calls"] == offered(office, "repair", one["day"], "09:00", "10:00")


async def test_coverage_adds_up_and_its_marks_agree_with_its_figures(office):
    client = await office.program("supervisor")
    found = await ask(client, "GET", f"/api/v1/rosters/coverage?from={day(-2)}&days=6")
    assert found["past"] == 2
    assert [pool["id"] for pool in found["pools"]] == ["all", "general", "repair", "billing", "complaint"]
    for needed, there, marks, short in zip(
        found["needed"], found["rostered"], found["marks"], found["short_h"], strict=True
    ):
        assert short == pytest.approx(sum(max(0, n - t) for n, t in zip(needed, there, strict=True)) / 4, abs=0.01)
        for need, people, mark in zip(needed, there, marks, strict=True):
            assert (mark == ".") == (people >= need)
    repair = await ask(client, "GET", f"/api/v1/rosters/coverage?from={day(-2)}&days=6&pool=repair")
    assert all(
        a <= b for x, y in zip(repair["rostered"], found["rostered"], strict=True) for a, b in zip(x, y, strict=True)
    )
    assert (await client.get(f"/api/v1/rosters/coverage?from={day(0)}&pool=nowhere")).status_code == 404


async def test_a_shift_put_in_shows_at_once_in_the_coverage(office):
    client = await office.program("supervisor")
    when = day(50)
    before = await ask(client, "GET", f"/api/v1/rosters/coverage?from={when}&days=1")
    body = {"extension": "8001", "day": when, "start": "8:00", "end": "16:00", "breaks": [["12:00", "12:30"]]}
    await ask(client, "POST", "/api/v1/rosters/shifts", 201, json=body)
    after = await ask(client, "GET", f"/api/v1/rosters/coverage?from={when}&days=1")
    gained = [b - a for a, b in zip(before["rostered"][0], after["rostered"][0], strict=True)]
    assert [n for n, one in enumerate(gained) if one] == [*range(32, 48), *range(50, 64)]


async def test_the_office_s_figures_change_the_need_and_impossible_ones_are_refused(office):
    client = await office.program("supervisor")
    settings = await ask(client, "GET", "/api/v1/rosters/settings")
    path = f"/api/v1/rosters/coverage?from={day(1)}&days=7"
    before = await ask(client, "GET", path)
    await ask(client, "PUT", "/api/v1/rosters/settings", json={**settings, "shrinkage": 0.4})
    after = await ask(client, "GET", path)
    assert sum(map(sum, after["needed"])) > 1.2 * sum(map(sum, before["needed"]))
    bad = await client.put("/api/v1/rosters/settings", json={**settings, "least_rest_h": 30})
    assert (bad.status_code, bad.json()["field"]) == (422, "least_rest_h")


async def test_what_the_office_expects_of_a_special_day_counts_instead_of_the_forecast(office):
    supervisor, director = await office.program("supervisor"), await office.program("director")
    path = f"/api/v1/rosters/expected/general/{day(3)}"
    query = f"/api/v1/rosters/forecast?queue=general&from={day(3)}&days=2"
    before = await ask(supervisor, "GET", query)
    need = (await ask(supervisor, "GET", f"/api/v1/rosters/day?day={day(3)}&pool=general"))["lines"]
    try:
        await ask(supervisor, "PUT", path, json={"calls": 5000})
        found = await ask(supervisor, "GET", query)
        assert (round(sum(found["forecast"][0])), found["expected"]) == (5000, [5000, None])
        assert found["forecast"][1] == before["forecast"][1]
        # The shape of the day stays.
        assert max(range(48), key=found["forecast"][0].__getitem__) == max(
            range(48), key=before["forecast"][0].__getitem__
        )
        more = (await ask(supervisor, "GET", f"/api/v1/rosters/day?day={day(3)}&pool=general"))["lines"]
        assert sum(one["needed"] for one in more) > 2 * sum(one["needed"] for one in need)
        assert (await director.put(path, json={"calls": 1})).status_code == 403
        for bad in ({"calls": -1}, {"calls": "many"}):
            refused = await supervisor.put(path, json=bad)
            assert (refused.status_code, refused.json()["field"]) == (422, "calls")
        gone = await supervisor.put(path.replace("general", "nowhere"), json={"calls": 1})
        assert (gone.status_code, gone.json()["field"]) == (404, "queue")
    finally:
        await ask(supervisor, "PUT", path, json={"calls": None})
    after = await ask(supervisor, "GET", query)
    assert (after["forecast"], after["expected"]) == (before["forecast"], [None, None])
