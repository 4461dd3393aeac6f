"""A site with the process of before gets the next version for new orders; those that are there keep theirs."""

from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.db import migrate
from core.db.tables import WorkflowDefinitionRow, WorkOrderRow
from core.workorders import service
from core.workorders.intake import IntakeRequest
from core.workorders.office import load
from core.workorders.shipped import DEFAULT
from tests.core.db.test_frozen_calendars import to_version
from tests.core.workorders.conftest import AGENT, NOW, fill

WISH = IntakeRequest("repair.low_pressure", "水压低", address="城东区清泉路12号", then="dispatch")


def test_a_process_of_before_is_published_anew_once_and_its_orders_keep_it(engine: Engine) -> None:
    migrate(engine)
    old = replace(DEFAULT, version=1, clocks=tuple(replace(one, undone_by=()) for one in DEFAULT.clocks))
    with Session(engine) as session:
        fill(session)
        session.query(WorkflowDefinitionRow).delete()
        session.add(
            WorkflowDefinitionRow(
                id=old.id, version=1, definition=old.to_json(), published_at=0.0, published_by="hotline"
            )
        )
        session.commit()
        before = service.open_order(session, WISH, AGENT, NOW).id
    for _twice in range(2):
        to_version(engine, "0023")
        migrate(engine)
    with Session(engine) as session:
        assert load(session).definition == DEFAULT
        after = service.open_order(session, replace(WISH, summary="又一处"), AGENT, NOW).id
        versions = [session.get_one(WorkOrderRow, one).workflow_version for one in (before, after)]
        assert versions == [1, 2]
        assert service.case_of(session, session.get_one(WorkOrderRow, before)).definition == old
