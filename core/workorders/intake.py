"""What somebody wants to report, looked at before it becomes an order: every refusal names the field and the remedy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import CustomerRow, MeterRow
from core.errors import BadInput, Doubtful
from core.events import OrderChannel, Urgency
from core.i18n import language
from core.workorders.calendars import version_of
from core.workorders.case import Report
from core.workorders.categories import SHIPPED_TREE, URGENCIES, Category, leaves, limits_of, path
from core.workorders.deadlines import Terms, chosen
from core.workorders.office import Office
from core.workorders.places import check_district, district_in, locate

Then = Literal["draft", "accept", "dispatch", "answer"]
LONGEST_GIVEN_S = 400 * 86_400.0


@dataclass(frozen=True, slots=True)
class IntakeRequest:
    """An order to be. ``then`` is how far it goes at once; what is empty is filled in from what is known.

    Without ``looks_up`` nothing is filled in from the customer: whoever asks may not look customers up.
    """

    category: str
    summary: str = ""
    channel: OrderChannel = "phone"
    urgency: Urgency | None = None
    district: str = ""
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None
    diameter_mm: int | None = None
    site: str = ""
    assignee: str = ""
    customer_id: int | None = None
    contact: str = ""
    caller: str = ""
    from_call: str | None = None
    given_due_at: float | None = None
    note: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    then: Then = "accept"
    demo: bool = False
    confirmed: bool = False
    looks_up: bool = True

    def hash(self) -> str:
        """Of all that was asked for, so that a key is never used for something else."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()


def checked(session: Session, office: Office, wanted: IntakeRequest, by: str, at: float) -> Report:
    """The report with everything filled in, or ``BadInput``."""
    category = existing_category(office, wanted.category)
    customer = _customer(session, wanted.customer_id) if wanted.looks_up else None
    address = " ".join(wanted.address.split())
    if not wanted.summary.strip() and not wanted.note.strip():
        raise BadInput("{field} is missing.", field="summary", remedy="Say in a few words what it is about.")
    if wanted.then not in ("answer", "draft") and not address and not category.immediate:
        raise BadInput("{field} is missing.", field="address", remedy="Say where it is.")
    longitude, latitude, district = _place(session, wanted, address)
    # What another hotline hands over late is taken all the same, and is overdue.
    earliest = at - LONGEST_GIVEN_S if wanted.channel == "hotline_12345" else at
    if wanted.given_due_at is not None and not earliest < wanted.given_due_at < at + LONGEST_GIVEN_S:
        raise BadInput("The due date must lie ahead.", field="given_due_at", remedy="Correct the date.")
    if wanted.district:
        check_district(session, wanted.district, "district")
    district = wanted.district or district or district_in(session, address) or (customer.district if customer else "")
    site = wanted.site or office.site_for(category.id, district)
    if site and site not in office.sites:
        raise BadInput(
            "There is no site {id}.",
            field="site",
            remedy="Use one of: {allowed}.",
            id=site[:40],
            allowed=", ".join(one.name for one in office.sites.values()) or "—",
        )
    if wanted.then == "dispatch" and not site:
        raise BadInput(
            "Nobody is named who does it.",
            field="site",
            remedy="Choose a site or a district that has one, or accept it only.",
        )
    diameter = wanted.diameter_mm
    if diameter is None and customer is not None and category.id == "repair.meter":
        diameter = session.scalar(select(MeterRow.diameter_mm).where(MeterRow.customer_id == customer.id).limit(1))
    return Report(
        wanted.channel,
        category.id,
        _urgency(wanted, category),
        wanted.summary.strip() or wanted.note.strip(),
        by,
        district,
        address,
        longitude,
        latitude,
        diameter,
        site,
        wanted.customer_id,
        wanted.contact.strip() or (customer.name if customer else ""),
        wanted.caller,
        wanted.from_call,
        wanted.given_due_at,
        wanted.demo,
    )


def terms_for(office: Office, report: Report) -> Terms:
    """The limits that hold from now on for this order, with their calendars as they stand: a later change of the
    office's concerns later orders."""
    tree = office.tree or SHIPPED_TREE
    every = Terms(
        report.urgency,
        limits_of(tree, report.category),
        office.zone,
        office.calendars,
        report.diameter_mm,
        report.given_due_at,
    )
    found = [limit for rule in office.definition.clocks if (limit := chosen(every, rule.id)) is not None]
    calendars = dict(office.calendars)
    for n, limit in enumerate(found):
        if (calendar := office.calendars.get(limit.calendar)) is not None:
            found[n] = replace(limit, calendar=version_of(calendar))
            calendars[found[n].calendar] = calendar
    return Terms(report.urgency, (tuple(found),), office.zone, calendars, report.diameter_mm, report.given_due_at)


def existing_category(office: Office, category_id: str, where: str = "category") -> Category:
    choice = {one.id: one for one in leaves(office.tree)}
    if category_id not in choice:
        below = [one for one in choice.values() if one.parent == category_id]
        raise BadInput(
            "{id} is no category that can be chosen.",
            field=where,
            remedy="Use one of: {allowed}.",
            id=category_id[:64] or "—",
            allowed=", ".join(
                f"{one.id} ({path(office.tree, one.id, language())})" for one in below or choice.values()
            ),
        )
    return choice[category_id]


def _customer(session: Session, customer_id: int | None) -> CustomerRow | None:
    if customer_id is None:
        return None
    row = session.get(CustomerRow, customer_id)
    if row is None:
        raise BadInput(
            "There is no customer {id}.", field="customer_id", remedy="Leave it out or correct it.", id=customer_id
        )
    return row


def _urgency(wanted: IntakeRequest, category: Category) -> Urgency:
    """An emergency by its kind stays one, whatever was ticked."""
    if category.urgency == "emergency" or wanted.urgency is None:
        return category.urgency
    if wanted.urgency not in URGENCIES:
        raise BadInput(
            "{name} is not known here.",
            field="urgency",
            remedy="Use one of: {allowed}.",
            name=str(wanted.urgency)[:20],
            allowed=", ".join(URGENCIES),
        )
    return wanted.urgency


def check_not_nowhere(longitude: Any, latitude: Any, field: str, *, confirmed: bool) -> None:
    """0/0 is what a program writes that knows no place: it is asked for twice."""
    if not confirmed and longitude == 0 and latitude == 0 and not isinstance(longitude, bool):
        raise Doubtful(
            "0, 0 lies in the sea off Africa.", field=field, remedy="Correct the place, or confirm that it is meant."
        )


def _place(session: Session, wanted: IntakeRequest, address: str) -> tuple[float | None, float | None, str]:
    if (wanted.longitude is None) != (wanted.latitude is None):
        missing = "longitude" if wanted.longitude is None else "latitude"
        raise BadInput("A place has two numbers.", field=missing, remedy="Give longitude and latitude, or neither.")
    if wanted.longitude is not None and wanted.latitude is not None:
        for name, value, most in (("longitude", wanted.longitude, 180.0), ("latitude", wanted.latitude, 90.0)):
            if not -most <= value <= most:
                raise BadInput("{field} is no place on earth.", field=name, remedy="Use degrees (WGS 84).")
        check_not_nowhere(wanted.longitude, wanted.latitude, "longitude", confirmed=wanted.confirmed)
        return wanted.longitude, wanted.latitude, ""
    place = locate(session, address, wanted.customer_id if wanted.looks_up else None)
    return (place.longitude, place.latitude, place.district) if place else (None, None, "")
