"""What has to be right about a step beyond the process: names, places, merging; and what a correction brings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import UserRow, WorkOrderRow
from core.errors import BadInput
from core.events import CallAnswered
from core.i18n import N_
from core.workorders import office
from core.workorders.case import NOWHERE, Case, Where, corrected
from core.workorders.categories import URGENCIES, TimeLimit, asks_of
from core.workorders.definition import RESULT_OF_VISIT, Transition
from core.workorders.intake import check_not_nowhere, existing_category, terms_for
from core.workorders.places import check_district, distance_m, locate
from core.workorders.rights import Actor
from core.workorders.workflow import Impossible, allowed


@dataclass(frozen=True, slots=True)
class StepRequest:
    """An event that somebody wants. ``version`` is the one that was looked at; left out, any will do.

    Times in epoch seconds, places in WGS 84 degrees. ``key`` makes a repeat harmless; ``confirmed`` says that what
    looked like a mistake is meant.
    """

    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    longitude: float | None = None
    latitude: float | None = None
    device_at: float | None = None
    version: int | None = None
    key: str = ""
    confirmed: bool = False

    def hash(self) -> str:
        """Of what is to happen, so that a key is never used for something else."""
        content = [self.event, dict(self.fields), self.longitude, self.latitude, self.device_at]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def prepared(
    session: Session, found: office.Office, case: Case, step: StepRequest, who: Actor
) -> tuple[Mapping[str, Any], tuple[TimeLimit, ...] | None]:
    """The fields of a step; a correction's with place and urgency worked out, and the limits that hold from then on.

    What a worker takes without naming anybody is the worker's own from then on.
    """
    event = case.definition.event(step.event)
    if event is not None and "take" in event.effects and who.role == "worker" and case.standing.assignee != who.name:
        return {"assignee": who.name, **step.fields}, None
    if event is not None and RESULT_OF_VISIT in event.guards:
        return _with_call(session, case, event, step.fields, who), None
    if event is None or "correct" not in event.effects:
        return step.fields, None
    fields = {name: value for name, value in step.fields.items() if value not in (None, "")}
    if (category := fields.get("category")) is not None:
        kind = existing_category(found, str(category), "fields.category")
        if kind.urgency == "emergency":
            fields["urgency"] = kind.urgency
    if "district" in fields:
        check_district(session, str(fields["district"]), "fields.district")
    if ("longitude" in fields) != ("latitude" in fields):
        missing = "latitude" if "longitude" in fields else "longitude"
        raise BadInput("A place has two numbers.", field=f"fields.{missing}", remedy="Give both.")
    check_not_nowhere(fields.get("longitude"), fields.get("latitude"), "fields.longitude", confirmed=step.confirmed)
    if "address" in fields and "longitude" not in fields and (place := locate(session, str(fields["address"]))):
        fields |= {"longitude": place.longitude, "latitude": place.latitude}
        fields.setdefault("district", place.district)
    urgency: Any = fields.get("urgency", case.standing.urgency)
    # What is no known urgency the process refuses, with its choices.
    known = urgency if urgency in URGENCIES else case.standing.urgency
    report = corrected(replace(case.report, urgency=known), {"category": fields.get("category", case.report.category)})
    return fields, terms_for(found, report).limits[0]


def _with_call(
    session: Session, case: Case, event: Transition, fields: Mapping[str, Any], who: Actor
) -> Mapping[str, Any]:
    """The result of a return visit with the call that it was said in. One call brings one result."""
    call = str(fields.get("call") or ("" if "no_call" in fields else case.called_by(who.name)))
    if not call:
        return fields
    if call in case.spent_calls:
        raise BadInput(
            "This call has brought its result already.",
            field="fields.call",
            remedy="Ring up from the order once more, or say why without a call.",
        )
    unreached = "count_attempt" in event.effects
    if unreached and not fields.get("note") and _answered(session, call):
        raise BadInput(
            "The call was answered.",
            field="fields.note",
            remedy="Say what came of it, or note who answered instead of the customer.",
        )
    return {**fields, "call": call}


def _answered(session: Session, call: str) -> bool:
    return any(told.kind == CallAnswered.KIND for told in event_log.for_subject(session.connection(), call))


def check_version(session: Session, case: Case, row: WorkOrderRow, step: StepRequest, who: Actor) -> None:
    # The turn has raised it already.
    if step.version is not None and step.version != row.version - 1:
        raise Impossible(
            N_("{name} was faster: the order has changed meanwhile."),
            allowed(case.definition, case.standing, who.role),
            name=office.called(session, [case.steps[-1].by if case.steps else case.report.by])[0],
        )


def check_names(session: Session, sites: Mapping[str, office.Site], case: Case, fields: Mapping[str, Any]) -> None:
    """Sites and workers that are named must be of this house."""
    site = fields.get("site") or ""
    if site and site not in sites:
        raise BadInput(
            "There is no site {id}.",
            field="fields.site",
            remedy="Use one of: {allowed}.",
            id=str(site)[:40],
            allowed=", ".join(one.name for one in sites.values()) or "—",
        )
    assignee = fields.get("assignee") or ""
    if not assignee:
        return
    people = office.members(session, site or case.standing.site)
    known = session.scalar(select(UserRow.id).where(UserRow.name == str(assignee), UserRow.active)) is not None
    if not known or assignee not in people:
        raise BadInput(
            "{name} does not belong to this site.",
            field="fields.assignee",
            remedy="Use one of: {allowed}.",
            name=str(assignee)[:64],
            allowed=", ".join(office.called(session, people)) or "—",
        )


def check_place(step: StepRequest) -> None:
    if (step.longitude is None) != (step.latitude is None):
        raise BadInput("A place has two numbers.", field="position", remedy="Give longitude and latitude, or neither.")


def check_merge(session: Session, before: Case, after: Case) -> None:
    """Into another order that is open itself."""
    into = after.standing.parent
    if not into or into == before.standing.parent:
        return
    target = session.get(WorkOrderRow, into)
    if target is None or target.id == after.id or not target.open:
        raise Impossible(
            N_("{id} is not another open order."),
            allowed(before.definition, before.standing, "supervisor"),
            id=into[:20],
        )


def extra_fields(found: office.Office, case: Case, event: str) -> tuple[Any, ...]:
    return asks_of(found.tree, case.report.category, event)


def where_of(case: Case, step: StepRequest) -> Where:
    place, at = case.report, (step.longitude, step.latitude)
    if at[0] is None or at[1] is None:
        return NOWHERE if step.device_at is None else Where(device_at=step.device_at)
    away = None
    if place.longitude is not None and place.latitude is not None:
        away = round(distance_m(at[0], at[1], place.longitude, place.latitude), 1)
    return Where(at[0], at[1], away, step.device_at)
