"""What the desk must know of work orders: categories and sites for the form, a caller's orders, the words of both."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.i18n import _
from core.web.routes.workorders_rows import URGENCIES, OrderNames, categories_json, order_json
from core.workorders.office import Office
from core.workorders.reading import of_caller
from core.workorders.rights import Actor

SHOWN = 6


def about_orders(office: Office, districts: list[str]) -> dict[str, Any]:
    """For the script: what may be chosen."""
    tree = {one["id"]: one for one in categories_json(office.tree)}
    return {
        "categories": [
            {
                "id": one["id"],
                "path": one["path"],
                "name": one["name"],
                "group": tree[one["parent"]]["name"] if one["parent"] in tree else "",
                "urgency": one["urgency"],
                "immediate": one["immediate"],
            }
            for one in tree.values()
            if one["leaf"]
        ],
        "urgencies": [{"id": one, "name": _(name)} for one, name in URGENCIES.items()],
        "sites": [{"id": one.id, "name": one.name, "districts": list(one.districts)} for one in office.sites.values()],
        "districts": districts,
    }


def caller_orders(
    session: Session, number: str, customer_id: int | None, who: Actor
) -> tuple[list[dict[str, Any]], int]:
    """The orders of a number or of its customer, open ones first; and how many of all are open."""
    rows, count_open = of_caller(session, number, customer_id, SHOWN)
    names, now = OrderNames.read(session), utc_now()
    return [order_json(row, names, who, now) for row in rows], count_open


def order_words() -> dict[str, str]:
    return {
        "orders_later": _("Orders appear with the call."),
        "orders_none": _("No order yet."),
        "orders_open": _("{n} open"),
        "urgency": _("Urgency"),
        "contact": _("Contact"),
        "site": _("Site"),
        "district": _("District"),
        "district_auto": _("District by address"),
        "from_call": _("from the call"),
        "site_auto": _("By district"),
        "site_auto_is": _("By district: {site}"),
        "dispatch_now": _("Dispatch at once"),
        "answered_now": _("Answered on the spot"),
        "choose_category": _("Choose a category first."),
        "note_first": _("Say in a few words what it is about."),
        "address_first": _("Say where it is."),
        "duplicates": _("{n} open orders like this one nearby"),
        "duplicates_ask": _("Link to one of these, or press F8 again to make a new one."),
        "link": _("Link to this one"),
        "metres": _("{n} m"),
        "same_address": _("same address"),
        "order_saved": _("Order {id}"),
        "order_linked": _("Linked to order {id}, urged once more"),
        "order_due": _("due {time}"),
        "order_again": _("One more order"),
        "late": _("overdue"),
        "save_order": _("Save order"),
        "save_dispatch": _("Save and dispatch"),
        "save_answered": _("Save as answered"),
    }
