"""The demo's office is whole: in every district every kind of order has a unit that does it, however it is said where."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.db import migrate
from core.demo import customers, orders
from core.demo.installation import demo_installation
from core.installation.service import save_installation
from core.workorders import office, service
from core.workorders.categories import leaves
from core.workorders.intake import IntakeRequest
from core.workorders.rights import Actor
from core.workorders.steps import StepRequest

AT = 1_795_400_000.0
AGENT = Actor("agent8001", "agent")


@pytest.fixture
def session(engine: Engine):
    migrate(engine)
    with Session(engine) as session:
        save_installation(session, demo_installation())
        customers.fill(session, 7, 20)
        orders.fill_office(session, AT)
        session.commit()
        yield session


def test_every_district_has_a_unit_for_every_category(session: Session) -> None:
    found = office.load(session)
    for district in customers.DISTRICTS:
        for category in leaves(found.tree):
            assert found.site_for(category.id, district) in found.sites, (district, category.id)


@pytest.mark.parametrize("district", customers.DISTRICTS)
@pytest.mark.parametrize("said", ["district", "address", "step"])
def test_an_order_of_a_district_is_dispatched_to_its_unit(session: Session, district: str, said: str) -> None:
    """The district chosen, named in the address alone, or corrected before it is dispatched without a unit."""
    address = f"{district}某某路 5 号" if said == "address" else "某某路 5 号"
    wish = IntakeRequest(
        "repair.no_water",
        "无水",
        address=address,
        district=district if said == "district" else "",
        then="accept" if said == "step" else "dispatch",
    )
    order_id = service.open_order(session, wish, AGENT, AT).id
    if said == "step":
        service.take_step(session, order_id, StepRequest("correct", {"district": district}), AGENT, AT + 1)
        service.take_step(session, order_id, StepRequest("dispatch"), AGENT, AT + 2)
    row = session.get_one(service.WorkOrderRow, order_id, populate_existing=True)
    assert row.state == "dispatched"
    assert district in office.load(session).sites[row.site].districts
