"""Calendars over HTTP: a link's token reads one roster and nothing else."""

from datetime import date, datetime

import icalendar

from tests.kpi.asking import ask, day


async def test_a_calendar_is_read_with_a_token_that_opens_nothing_else(office):
    client = await office.program("agent8001")
    answer = await ask(client, "GET", "/api/v1/rosters/8001.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
    shown = await ask(client, "GET", f"/api/v1/rosters?from={day(0)}&days=14")
    starts = {
        event["DTSTART"].dt
        for event in events
        if not isinstance(event["DTSTART"].dt, date) or "TZID" in event["DTSTART"].params
    }
    assert {datetime.fromisoformat(shift["starts_at"]) for shift in shown["shifts"]} <= starts
    link = await ask(client, "POST", "/api/v1/rosters/8001/link", 201)
    stranger = office.anonymous()
    assert (await stranger.get(link["path"])).status_code == 200
    token = link["path"].partition("token=")[2]
    for path in (f"/api/v1/rosters/8001.ics?token={token}", f"/api/v1/rosters?from={day(0)}&token={token}"):
        assert (await stranger.get(path)).status_code == 401
    refused = await stranger.get("/api/v1/rosters/8001.ics", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert (await client.delete("/api/v1/rosters/8001/link")).status_code == 204
    assert (await stranger.get(link["path"])).status_code == 404
