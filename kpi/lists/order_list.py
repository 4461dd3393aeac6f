"""Which orders a list shows, as plain SQL.

Times are UTC without a zone; ``none`` asks for orders without a category, district or site.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from kpi.lists.listing import Listing

# The same deadlines as in kpi/measures/sql/order_timeliness.sql.
DEADLINES = """
    select
        order_id,
        bool_and(state = 'met') as kept
    from marts.fct_order_clocks
    where
        clock = $clock
        and state <> 'stopped'
        and ($from_at::timestamp is null or due_at >= $from_at::timestamp)
        and due_at < least(coalesce($until::timestamp, $at::timestamp), $at::timestamp)
    group by order_id"""
TOP_CATEGORY = "marts.top_category(orders.category, categories.parent)"
CATEGORIES = "left join marts.dim_category as categories on orders.category = categories.category"
FLAGS = {
    "urged": "urged > 0",
    "supervised": "supervised",
    "extended": "extended > 0",
    "returned": "returned > 0",
    "again": "round > 1",
    "late": "missed > 0",
    "again_at_once": "immediate and round > 1",
}
NOW = {
    "open": "marts.is_open(state)",
    "overdue": "due_at < $at",
    # Merged into another one it is not a repair that was done.
    "closed": "closed_at is not null and not is_child",
}
# Each for the field of the same name, where it is set.
CONDITIONS = {
    "state": "state = $state",
    "category": f"(list_contains($category, orders.category) or list_contains($category, {TOP_CATEGORY}))",
    "district": "list_contains($district, coalesce(nullif(district, ''), 'none'))",
    "site": "coalesce(nullif(site, ''), 'none') = $site",
    "urgency": "urgency = $urgency",
    "place": "(longitude is not null and latitude is not null) = ($place = 'known')",
    "assignee": "assignee = $assignee",
    "opened_by": "opened_by = $opened_by",
    "caller": "caller = $caller",
    "caller_part": "contains(caller, $caller_part)",
    "customer": "customer_id = $customer",
    "from_call": "from_call = $from_call",
    "q": "contains(lower(concat_ws(' ', orders.order_id, district, address, summary, assignee)), lower($q))",
    "own_site": "site = $own_site",
    # What nobody has yet is assigned to its site.
    "own_assignee": (
        "(assignee = $own_assignee"
        " or (site = $free_site and coalesce(assignee, site) in ('', site) and marts.is_open(state)))"
    ),
}
TOTALS = """
    count(*) as all_orders,
    count(*) filter (where marts.is_open(state)) as all_open,
    count(*) filter (where due_at < $at) as all_overdue,
    count(closed_at) as all_closed"""


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Of all orders of the list, shown or not."""

    all_orders: int = 0
    all_open: int = 0
    all_overdue: int = 0
    all_closed: int = 0
    all_kept: int = 0


@dataclass(frozen=True)
class OrderList(Listing[OrderTotals]):
    """What is chosen; ``None`` and empty are no condition. ``clock`` makes the period one of that clock's deadlines."""

    at: datetime
    from_at: datetime | None = None
    until: datetime | None = None
    by_closing: bool = False
    clock: str | None = None
    kept: str | None = None
    now: str | None = None
    state: str | None = None
    category: list[str] | None = None
    district: list[str] | None = None
    site: str | None = None
    urgency: str | None = None
    flag: str | None = None
    place: str | None = None
    assignee: str | None = None
    opened_by: str | None = None
    caller: str | None = None
    caller_part: str | None = None
    customer: int | None = None
    from_call: str | None = None
    q: str | None = None
    own_site: str | None = None
    own_assignee: str | None = None
    free_site: str | None = None

    sums = OrderTotals

    def totals_sql(self) -> str:
        kept = ", count(*) filter (where deadlines.kept) as all_kept" if self.clock else ""
        return f"select {TOTALS}{kept} {self._rest}"

    def page_sql(self) -> str:
        by_deadline = "due_at asc nulls last, " if self.now in ("open", "overdue") else ""
        return f"select orders.* {self._rest} order by {by_deadline}opened_at desc, orders.order_id desc"

    @cached_property
    def _rest(self) -> str:
        tables = ["marts.fct_orders as orders"]
        if self.category:
            tables.append(CATEGORIES)
        if self.clock:
            tables.append(f"inner join ({DEADLINES}) as deadlines on orders.order_id = deadlines.order_id")
        return f"from {' '.join(tables)} where {' and '.join(self._conditions()) or 'true'}"

    def _conditions(self) -> Iterator[str]:
        yield from (sql for name, sql in CONDITIONS.items() if getattr(self, name) is not None)
        if self.clock:
            yield "state not in ('merged', 'void')"
            if self.clock != "return_visit":
                yield "not is_child"
            if self.kept:
                yield "deadlines.kept = ($kept = 'yes')"
        else:
            moment = "closed_at" if self.by_closing else "opened_at"
            if self.from_at is not None:
                yield f"{moment} >= $from_at"
            if self.until is not None:
                yield f"{moment} < $until"
        if self.by_closing:
            yield "not is_child"
        if self.now in NOW:
            yield NOW[self.now]
        if self.flag:
            yield FLAGS[self.flag]
