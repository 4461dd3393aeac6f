"""Work orders as programs and pages get them: names in the asker's language, numbers masked, times in ISO 8601."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import iso, iso_or_none
from core.db.tables import OrderSiteMemberRow, UserRow, WorkOrderEventRow, WorkOrderRow
from core.i18n import N_, _, language
from core.rights import Scope
from core.web.masking import masked, masked_entry, masked_text, masked_within
from core.workorders import office, places, reading
from core.workorders.case import Case
from core.workorders.categories import Tree, asks_of, leaves, path
from core.workorders.definition import Definition, EventField, Transition
from core.workorders.rights import Actor, may_step, may_visit, sees_number
from core.workorders.workflow import allowed

URGENCIES = {"normal": N_("Normal"), "urgent": N_("Urgent"), "emergency": N_("Emergency")}
CHANNELS = {
    "phone": N_("Phone"),
    "web": N_("Web"),
    "wechat": N_("WeChat"),
    "sms": N_("SMS"),
    "hotline_12345": N_("12345 hotline"),
    "counter": N_("Counter"),
    "field": N_("Field"),
}
Json = dict[str, Any]
DEVICE_OFF_S = 86_400.0


@dataclass(frozen=True, slots=True)
class OrderNames:
    """What ids are called, for a whole page of orders at once."""

    definitions: Mapping[tuple[str, int], Definition]
    tree: Tree
    sites: Mapping[str, str]
    people: Mapping[str, str]
    districts: tuple[str, ...] = ()

    @classmethod
    def read(cls, session: Session) -> OrderNames:
        found = office.load(session)
        people = session.execute(select(UserRow.name, UserRow.display_name))
        return cls(
            office.definitions(session),
            found.tree,
            {site.id: site.name for site in found.sites.values()},
            {row.name: row.display_name for row in people},
            tuple(places.districts(session)),
        )

    def state(self, row: WorkOrderRow, state: str) -> str:
        return _(self.definitions[row.workflow, row.workflow_version].state(state).name)

    def holder(self, holder: str) -> str:
        """A worker's or a site's name."""
        return self.people.get(holder) or self.sites.get(holder) or holder


def order_json(row: WorkOrderRow, names: OrderNames, who: Actor, now: float) -> Json:
    """One line of a list."""
    seen = _sees_number(who, row)
    return {
        "id": row.id,
        "state": row.state,
        "state_name": names.state(row, row.state),
        "open": row.open,
        "category": {"id": row.category, "name": path(names.tree, row.category, language())},
        "urgency": row.urgency,
        "channel": row.channel,
        "district": row.district,
        "address": row.address if seen else masked_text(row.address),
        "longitude": row.longitude,
        "latitude": row.latitude,
        "summary": row.summary if seen else masked_text(row.summary),
        "created_at": iso(row.created_at),
        "created_by": row.created_by,
        "changed_at": iso(row.changed_at),
        "closed_at": iso_or_none(row.closed_at),
        "due_at": iso_or_none(row.due_at),
        "overdue": row.due_at is not None and row.due_at < now,
        "flags": {
            "urged": row.urged,
            "supervised": row.supervised,
            "extended_to": iso_or_none(row.extended_to),
            "returned": row.returned,
            "attempts": row.attempts,
            "asked": row.asked,
        },
        "round": row.round,
        "site": row.site,
        "site_name": names.sites.get(row.site, row.site),
        "assignee": row.assignee,
        "assignee_name": names.people.get(row.assignee, row.assignee),
        "contact": row.contact if seen else masked_entry(row.contact),
        "caller": row.caller if seen else masked(row.caller),
        "customer_id": row.customer_id,
        "from_call": row.from_call,
        "parent": row.parent,
        "version": row.version,
        "demo": row.demo,
    }


def _sees_number(who: Actor, row: WorkOrderRow) -> bool:
    return sees_number(who, site=row.site, assignee=row.assignee, created_by=row.created_by, is_open=row.open)


def detail_json(session: Session, row: WorkOrderRow, case: Case, who: Actor, now: float) -> Json:
    """The order with its story, its clocks, and what the asking person may do now."""
    names = OrderNames.read(session)
    given = row.given_due_at
    seen = _sees_number(who, row)
    told = [event_json(one, row, case.definition, names) for one in reading.events(session, row.id)]
    return {
        **order_json(row, names, who, now),
        "workflow": {"id": row.workflow, "version": row.workflow_version},
        "diameter_mm": row.diameter_mm,
        "given_due_at": iso_or_none(given),
        "events": told if seen else masked_within(told),
        "clocks": [
            {**clock.explained(now), "name": _(case.definition.clock(clock.id).name)}
            for clock in (case.clocks or {}).values()
        ],
        "children": [order_json(child, names, who, now) for child in reading.children(session, row.id, who)],
        "allowed": [
            {"event": one.id, "name": _(one.name), "to": one.to or case.standing.state, **fields_json(one, case, names)}
            for one in allowed(case.definition, case.standing, who.role)
            if may_step(who, one, assignee=row.assignee) and may_visit(who, one, created_by=row.created_by)
        ],
        "called": case.called_by(who.name),
    }


def event_json(one: WorkOrderEventRow, row: WorkOrderRow, definition: Definition, names: OrderNames) -> Json:
    event = definition.event(one.event)
    place = None if one.longitude is None else {"longitude": one.longitude, "latitude": one.latitude}
    return {
        "seq": one.seq,
        "at": iso(one.at),
        "event": one.event,
        "name": _(event.name) if event else one.event,
        "from": one.from_state,
        "to": one.to_state,
        "to_name": names.state(row, one.to_state),
        "by": one.by_user,
        "by_name": names.people.get(one.by_user, one.by_user),
        "role": one.role,
        "round": one.round,
        "note": one.note,
        "assignee": one.assignee,
        "assignee_name": names.holder(one.assignee),
        "fields": {name: value for name, value in (one.fields or {}).items() if name != "was"},
        "was": (one.fields or {}).get("was", {}),
        "position": place,
        "distance_m": one.distance_m,
        "device_time": iso_or_none(one.device_at),
        # A phone's clock that is more than a day off proves nothing.
        "device_time_off": one.device_at is not None and abs(one.device_at - one.at) > DEVICE_OFF_S,
    }


def fields_json(event: Transition, case: Case, names: OrderNames) -> Json:
    """What the event asks for, the category's own fields included."""
    fields = (*event.fields, *asks_of(names.tree, case.report.category, event.id))
    corrects = "correct" in event.effects
    return {
        "required": [one.id for one in fields if one.required],
        "fields": [field_json(one, names.tree, names.districts if corrects else ()) for one in fields],
    }


def field_json(one: EventField, tree: Tree, districts: Sequence[str] = ()) -> Json:
    """A category is a choice among those that may be chosen, and so is a district where they are known."""
    choices = [(value, _(name)) for value, name in one.choices]
    if one.kind == "category":
        choices = [(leaf.id, path(tree, leaf.id, language())) for leaf in leaves(tree)]
    chooses = one.kind == "category"
    if one.id == "district" and districts:
        chooses, choices = True, [(name, name) for name in districts]
    return {
        "id": one.id,
        "name": _(one.name),
        "kind": "choice" if chooses else one.kind,
        "required": one.required,
        "choices": [{"id": value, "name": name} for value, name in choices],
        "most": one.most,
    }


def definition_json(session: Session, who: Actor) -> Json:
    """All that a page needs to draw orders and forms: states, events, clocks, categories, sites and their people.

    Whose orders are those of one site is told who belongs to that site, and of the others only what they are called.
    """
    found = office.load(session)
    definition = found.definition
    return {
        "workflow": {"id": definition.id, "version": definition.version, "name": _(definition.name)},
        "states": [
            {"id": one.id, "name": _(one.name), "open": one.id in definition.open_states, "final": one.final}
            for one in definition.states
        ],
        "events": [
            {
                "id": one.id,
                "name": _(one.name),
                "from": list(definition.sources_of(one)),
                "to": one.to,
                "roles": list(one.roles),
                "fields": [field_json(field, found.tree) for field in one.fields],
            }
            for one in definition.events
        ],
        "clocks": [{"id": one.id, "name": _(one.name)} for one in definition.clocks],
        "urgencies": [{"id": one, "name": _(name)} for one, name in URGENCIES.items()],
        "channels": [{"id": one, "name": _(name)} for one, name in CHANNELS.items()],
        "categories": categories_json(found.tree),
        "sites": _sites(session, found, who),
    }


def categories_json(tree: Tree) -> list[Json]:
    parents = {one.parent for one in tree.values() if one.active}
    return [
        {
            "id": one.id,
            "parent": one.parent,
            "name": one.name(language()),
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "path": path(tree, one.id, language()),
            "path_zh": path(tree, one.id),
            "urgency": one.urgency,
            "immediate": one.immediate,
            "leaf": one.id not in parents,
        }
        for one in tree.values()
        if one.active
    ]


def _sites(session: Session, found: office.Office, who: Actor) -> list[Json]:
    query = (
        select(OrderSiteMemberRow.site, UserRow.name, UserRow.display_name, UserRow.role)
        .join(UserRow, UserRow.name == OrderSiteMemberRow.user_name)
        .where(UserRow.active)
        .order_by(UserRow.role, UserRow.name)
    )
    people: dict[str, list[Json]] = {}
    for site, name, shown, role in session.execute(query):
        if who.reach is not Scope.ALL and site != who.site:
            continue
        people.setdefault(site, []).append({"name": name, "display_name": shown, "role": role})
    return [
        {"id": one.id, "name": one.name, "districts": list(one.districts), "people": people.get(one.id, [])}
        for one in found.sites.values()
    ]


def duplicates_json(
    found: Iterable[tuple[WorkOrderRow, float | None]], names: OrderNames, who: Actor, now: float
) -> list[Json]:
    return [
        {**order_json(row, names, who, now), "distance_m": None if away is None else round(away, 1)}
        for row, away in found
    ]
