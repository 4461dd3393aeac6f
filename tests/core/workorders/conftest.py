"""An office with two sites and their people, on both databases."""

import pytest
from sqlalchemy.orm import Session

from core.db.tables import (
    AddressRow,
    CalendarRow,
    CustomerRow,
    InstallationRow,
    OrderSiteMemberRow,
    OrderSiteRow,
    UserRow,
)
from core.workorders import office
from core.workorders.rights import Actor

# 2026-11-25 10:00 in Shanghai.
NOW = 1_795_572_000.0

AGENT = Actor("agent8001", "agent")
SUPERVISOR = Actor("chief", "supervisor")
DIRECTOR = Actor("director", "director")
EAST = Actor("east-lead", "site_manager", "east")
WEST = Actor("west-lead", "site_manager", "west")
WANG = Actor("wang", "worker", "east")
LI = Actor("li", "worker", "west")
PEOPLE = (AGENT, SUPERVISOR, DIRECTOR, EAST, WEST, WANG, LI)


def fill(session: Session) -> None:
    session.add(InstallationRow(id=1, version=1, name="测试", realm="hotline", demo=False, timezone="Asia/Shanghai"))
    for rank, one in enumerate(PEOPLE):
        session.add(
            UserRow(
                id=rank + 1,
                name=one.name,
                display_name=one.name,
                role=one.role,
                extension="8001" if one is AGENT else None,
                password_hash="x",
                active=True,
                created_at=0.0,
            )
        )
        if one.site:
            session.add(OrderSiteMemberRow(user_name=one.name, site=one.site))
    session.add(OrderSiteRow(id="east", rank=0, name="城东所", districts=["城东区"], active=True))
    session.add(OrderSiteRow(id="west", rank=1, name="城西所", districts=["城西区"], active=True))
    session.add(
        CustomerRow(
            id=7,
            account_no="D7",
            name="朱秀兰",
            kind="residential",
            district="城东区",
            address="城东区清泉路12号",
            note="",
            longitude=120.01,
            latitude=30.01,
            synthetic=True,
        )
    )
    session.add(AddressRow(id=1, district="城东区", name="清泉路", longitude=120.0, latitude=30.0))
    session.add(AddressRow(id=2, district="城西区", name="净水街", longitude=119.9, latitude=30.0))
    days = [["00:00", "24:00"]]
    session.add(
        CalendarRow(id="workdays", weekly=[days] * 5 + [[], []], holidays=[], workdays=[], timezone="Asia/Shanghai")
    )
    office.fill_shipped(session, NOW)
    session.commit()


@pytest.fixture
def house(session: Session) -> Session:
    fill(session)
    return session
