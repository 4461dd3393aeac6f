"""Orders as points, hot spots and incidents over HTTP, from orders in the database to a supervisor's decision."""

import numpy as np
from sqlalchemy.orm import Session

from core.clock import iso, utc_now
from core.notify.rule_service import load_examples
from geo_analysis.incidents.watch import INCIDENT_WATCH, SUSPECTED
from tests.geo_analysis.api.orders import reported

PATH = "/api/v1/geo/incidents"


def past(now, n=400):
    """Ninety days of a quiet city with one crowded place."""
    chance = np.random.default_rng(3)
    at = now - chance.uniform(86_400, 90 * 86_400, n)
    x, y = 120 + chance.uniform(-0.1, 0.1, n), 30 + chance.uniform(-0.1, 0.1, n)
    x[:60], y[:60] = 120.05 + chance.normal(0, 0.004, 60), 30.05 + chance.normal(0, 0.004, 60)
    return list(zip(at.tolist(), x.tolist(), y.tolist(), strict=True))


def filled(house, places):
    with Session(house.web.database) as session:
        reported(session, places)


async def judged(house):
    return await house.web.in_session(lambda session: house.web.parts[INCIDENT_WATCH].judge(session, utc_now()))


async def test_orders_are_points_and_hot_spots_tell_the_crowded_place(house):
    now = utc_now()
    filled(house, past(now))
    client = await house.program("director")
    period = {"from": "2020-01-01T00:00:00Z"}
    refused = await client.get("/api/v1/geo/hotspots", params=period)
    assert (refused.status_code, refused.json()["field"]) == (422, "from")
    period = {"from": iso(now - 91 * 86_400)}
    points = (await client.get("/api/v1/geo/orders.geojson", params=period)).json()
    assert len(points["features"]) == 400
    assert "caller" not in points["features"][0]["properties"]
    for method in ("gi", "moran", "kde", "dbscan", "emerging", "scan"):
        found = (await client.get("/api/v1/geo/hotspots", params={**period, "method": method})).json()
        assert found["sentences"]
        if method == "gi":
            hot = [one for one in found["features"] if one["properties"]["class"] == "hot"]
            assert hot
            ring = np.array(hot[0]["geometry"]["coordinates"][0])
            assert np.hypot(*(ring.mean(axis=0) - (120.05, 30.05))) < 0.05
    nothing = await client.get("/api/v1/geo/hotspots", params={**period, "category": "complaint"})
    assert nothing.status_code == 422


async def test_a_burst_is_raised_told_to_the_alerts_and_decided_by_the_supervisor(house):
    now = utc_now()
    filled(house, past(now))
    assert await judged(house) == 0
    filled(house, [(now - 60 * n, 119.95 + n / 1e4, 29.95) for n in range(5, 0, -1)])
    assert await judged(house) == 1
    supervisor, director = await house.program("supervisor"), await house.program("director")
    (found,) = (await director.get(PATH)).json()["items"]
    assert (found["state"], found["district"]) == ("suspected", "东区")
    assert found["observed"] >= 3 > found["expected"]
    assert len(found["orders"]) == 5
    # What goes on at the same place is the same incident.
    filled(house, [(now, 119.9505, 29.95)])
    assert await judged(house) == 0
    one = f"{PATH}/{found['id']}"
    assert len((await director.get(one)).json()["orders"]) == 6
    assert (await director.post(f"{one}/accept", json={})).status_code == 403
    accepted = (await supervisor.post(f"{one}/accept", json={"words": "现场确认爆管"})).json()
    assert (accepted["state"], accepted["decided_by"], accepted["words"]) == ("accepted", "supervisor", "现场确认爆管")
    again = await supervisor.post(f"{one}/dismiss", json={})
    assert (again.status_code, "已确认" in again.json()["title"] + again.json()["detail"]) == (409, True)
    assert (await supervisor.post(f"{one}/merge", json={"into": 999})).status_code == 422
    assert (await supervisor.post(f"{one}/close", json={})).json()["state"] == "closed"
    assert (await director.get(PATH, params={"state": "suspected,accepted"})).json()["items"] == []
    assert (await supervisor.post(f"{PATH}/4711/accept", json={})).status_code == 404


async def test_two_incidents_become_one(house):
    now = utc_now()
    filled(house, past(now))
    places = [(now - 60 * n, x + n / 1e4, 29.95) for x in (119.93, 119.97) for n in range(5, 0, -1)]
    filled(house, sorted(places))
    assert await judged(house) == 2
    supervisor = await house.program("supervisor")
    newer, older = (await supervisor.get(PATH)).json()["items"]
    merged = (await supervisor.post(f"{PATH}/{newer['id']}/merge", json={"into": older["id"]})).json()
    assert (merged["state"], merged["merged_into"]) == ("merged", older["id"])
    stays = (await supervisor.get(f"{PATH}/{older['id']}")).json()
    assert len(stays["orders"]) == 10
    page = (await supervisor.get(PATH, params={"limit": 1})).json()
    assert page["next"] == newer["id"]
    assert (await supervisor.get(PATH, params={"limit": 1, "cursor": page["next"]})).json()["next"] is None


async def test_suspected_incidents_are_a_figure_that_alerts_watch(house):
    with Session(house.web.database) as session:
        load_examples(session, "admin", utc_now())
        session.commit()
    supervisor = await house.program("supervisor")
    rules = (await supervisor.get("/api/v1/alert-rules")).json()["items"]
    assert SUSPECTED.id in {one["figure"] for one in rules}
