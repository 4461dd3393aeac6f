"""``/api/v1/geo/locate`` in a running house."""

from sqlalchemy.orm import Session

from core.db.tables import AddressRow
from geo_analysis.locate import service

PATH = "/api/v1/geo/locate"


def named(house):
    with Session(house.web.database) as session:
        session.add(AddressRow(district="东区", name="清泉路", longitude=120.0, latitude=30.0))
        session.commit()


async def test_a_caller_s_words_find_the_place_by_get_and_by_post(house):
    named(house)
    client = await house.program("agent8001")
    found = (await client.get(PATH, params={"q": "青全路"})).json()["items"]
    assert (found[0]["text"], found[0]["by"], found[0]["longitude"]) == ("东区清泉路", "heard", 120.0)
    posted = await client.post(PATH, json={"text": "青全路"})
    assert posted.json()["items"] == found
    assert (await client.get(PATH, params={"q": ""})).status_code == 422
    assert (await client.get(PATH, params={"q": "没有这样的"})).json() == {"items": [], "next": None}


async def test_who_sees_no_orders_locates_nothing(house):
    client = await house.program("wallboard")
    assert (await client.get(PATH, params={"q": "清泉路"})).status_code == 403


async def test_a_new_name_is_known_soon(house, monkeypatch):
    monkeypatch.setattr(service, "LOOK_EVERY_S", 0.0)
    client = await house.program("agent8001")
    assert (await client.get(PATH, params={"q": "清泉路"})).json()["items"] == []
    named(house)
    assert (await client.get(PATH, params={"q": "清泉路"})).json()["items"]
