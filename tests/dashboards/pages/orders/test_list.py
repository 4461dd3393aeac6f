"""The list against the wall: for every figure of orders the list holds exactly the orders that it counts."""

import asyncio
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from core.db.tables import OrderSiteMemberRow, WorkOrderClockRow
from core.people.users import Role, User
from dashboards.pages.orders import queries
from dashboards.pages.orders.filters import OrderFilter
from dashboards.pages.orders.rows import holder
from dashboards.pages.wallboard import orders as wall
from dashboards.pages.wallboard.links import ORDERS
from kpi.lists.categories import Categories
from tests.etl.conftest import NOON, feed, warehouse  # noqa: F401 - a fixture
from tests.etl.order_facts import day_of_orders, opened, step, told, whole_life

ZONE = "Asia/Shanghai"
EVENING = NOON + 5 * 3600
SUPERVISOR = User(1, "supervisor", "班长", Role.SUPERVISOR, None)
CATEGORIES = """insert into marts.dim_category values
    ('repair', '', '报修', 'Repair', 1), ('repair.leak_visible', 'repair', '明漏', 'Visible leak', 2),
    ('repair.no_water', 'repair', '无水', 'No water', 3), ('quality', '', '水质', 'Quality', 4)"""


@pytest.fixture
def house(warehouse, session):  # noqa: F811
    """A web process without orders yet; ``east`` is the site of the manager ``east.lead``."""
    session.add(OrderSiteMemberRow(user_name="east.lead", site="east"))
    session.add(OrderSiteMemberRow(user_name="east.worker", site="east"))
    session.flush()

    async def in_session(ask):
        return ask(session)

    async def no_look_up(*_of: object) -> None:
        pass

    return SimpleNamespace(
        parts={"warehouse": warehouse},
        in_session=in_session,
        audit=SimpleNamespace(seen=lambda *_line, **_detail: None),
        lookups=SimpleNamespace(searched=no_look_up),
    )


@pytest.fixture
def web(house):
    warehouse = house.parts["warehouse"]  # noqa: F811
    feed(warehouse, day_of_orders())
    with warehouse.writing() as cursor:
        cursor.execute(CATEGORIES).fetchall()
    return house


def listed(web, user=SUPERVISOR, **parameters):
    now = datetime.fromtimestamp(EVENING, ZoneInfo(ZONE))
    return asyncio.run(queries.page(web, user, OrderFilter.of(parameters, now), EVENING))


def today(web):
    return asyncio.run(wall.today(web.parts["warehouse"], EVENING, ZONE))


def test_the_days_totals_and_their_lists_agree(web):
    day = today(web)
    assert min(day["opened"], day["closed"], day["overdue"], day["open"]) > 0
    for figure, parameters in ORDERS.items():
        if figure in ("orders-due", "orders-unplaced"):
            continue
        found = listed(web, **parameters)
        assert found.totals.all_orders == len(found.orders) == day[figure.removeprefix("orders-")], figure


@pytest.mark.parametrize(("what", "field"), [("categories", "category"), ("districts", "district")])
def test_each_category_and_district_opens_the_orders_it_counts(web, what, field):
    day = today(web)
    assert len(day[what]) > 2
    for one in day[what]:
        for counted in ("opened", "closed", "overdue"):
            found = listed(web, **ORDERS[f"orders-{counted}"], **{field: one["id"]})
            assert found.totals.all_orders == one[counted], (one, counted)
    for counted in ("opened", "closed", "overdue"):
        assert sum(one[counted] for one in day[what]) == day[counted]


def test_each_milestones_timeliness_opens_the_orders_whose_deadline_fell_today(web):
    milestones = [one for one in today(web)["timeliness"] if one["due"]]
    assert milestones
    for one in milestones:
        link = {**ORDERS["orders-due"], "by": one["clock"]}
        found = listed(web, **link)
        assert (found.totals.all_orders, found.totals.all_kept) == (one["due"], one["kept"]), one
        assert listed(web, **link, kept="yes").totals.all_orders == one["kept"]
        assert listed(web, **link, kept="no").totals.all_orders == one["due"] - one["kept"]


def test_subcategories_are_counted_with_the_one_above_and_named(web):
    day = today(web)
    repair = next(one for one in day["categories"] if one["id"] == "repair")
    leaks, dry = (listed(web, day="today", category=f"repair.{one}") for one in ("leak_visible", "no_water"))
    assert repair["opened"] == leaks.totals.all_orders + dry.totals.all_orders
    assert repair["name"] == "报修"


def test_several_categories_or_districts_together_open_exactly_those(web):
    day = today(web)
    for what, field in (("categories", "category"), ("districts", "district")):
        rest = day[what][1:]
        assert len(rest) > 1
        many = ",".join(one["id"] for one in rest)
        for counted in ("opened", "closed", "overdue"):
            found = listed(web, **ORDERS[f"orders-{counted}"], **{field: many})
            assert found.totals.all_orders == sum(one[counted] for one in rest), (field, counted)


def test_orders_without_a_place_are_those_that_are_not_on_the_map(house):
    here, nowhere = opened("261123-0001"), opened("261123-0002", longitude=None, latitude=None)
    feed(house.parts["warehouse"], told([(0, here), (0, nowhere)]))
    found = listed(house, **ORDERS["orders-unplaced"])
    assert [order["order_id"] for order in found.orders] == ["261123-0002"]
    day = today(house)
    assert found.totals.all_orders == day["opened"] - day["located"]


def test_points_are_the_located_orders_of_the_day(web):
    day = today(web)
    assert day["located"] == len(day["points"]) == day["opened"]
    overdue = {row["order_id"] for row in listed(web, now="overdue").orders}
    assert sum(point[2] for point in day["points"]) == len(overdue)


def test_open_orders_stand_by_their_deadline_and_those_without_one_last(web):
    due = [order["due_at"] for order in listed(web).orders]
    known = [at for at in due if at is not None]
    assert due == sorted(known) + [None] * (len(due) - len(known))


def test_totals_are_of_all_orders_of_the_filter(web):
    totals = listed(web, day="today").totals
    states = [order["state"] for order in listed(web, day="today").orders]
    assert totals.all_closed == states.count("closed")
    assert totals.all_open == len(states) - states.count("closed")


def test_flags_words_customer_and_call_find_their_orders(house):
    other = [(0, opened("261123-0002", customer_id=9, from_call=None, address="长流街 9 号", caller="13900000009"))]
    feed(house.parts["warehouse"], told([*whole_life(), *other]))

    def found(**parameters):
        return [order["order_id"] for order in listed(house, **parameters).orders]

    assert found(customer="7") == ["261123-0001"]
    assert found(from_call="call-1") == ["261123-0001"]
    assert found(q="长流") == ["261123-0002"]
    assert found(q="0001") == ["261123-0001"]
    assert found(caller="0000009") == ["261123-0002"]
    for flag, holds in (
        ("urged", True),
        ("supervised", True),
        ("returned", True),
        ("again", True),
        ("extended", False),
    ):
        assert found(now="all", flag=flag) == (["261123-0001"] if holds else []), flag
    assert found(now="all", flag="late") == ["261123-0001"]


def test_numbers_are_whole_for_those_who_may_see_them_and_cannot_be_guessed_by_the_others(house):
    feed(house.parts["warehouse"], told([(0, opened("o"))]))
    qa, author = User(3, "qa", "质检", Role.QA, None), User(5, "agent8001", "王芳", Role.AGENT, "8001")
    assert listed(house, caller="000007").orders[0]["caller"] == "13900000007"
    assert listed(house, qa, caller="000007").orders == []
    assert listed(house, qa, caller="13900000007").orders[0]["caller"] == "139****0007"
    assert listed(house, author).orders[0]["caller"] == "13900000007"


def test_a_worker_sees_the_own_orders_and_a_manager_those_of_the_site(house):
    facts = [
        (0, opened("mine", site="west")),
        (1, step("mine", "dispatch", "accepted", "dispatched", assignee="worker1")),
        (0, opened("theirs")),
        (0, opened("done")),
        (1, step("done", "void", "accepted", "void")),
    ]
    feed(house.parts["warehouse"], told(facts))
    people = {
        User(4, "worker1", "维修工", Role.WORKER, None): ["mine"],
        User(5, "east.lead", "站长", Role.SITE_MANAGER, None): ["theirs", "done"],
        # What nobody of the site has yet its workers see, and that it is so.
        User(7, "east.worker", "维修工", Role.WORKER, None): ["theirs"],
        User(6, "nobodys.lead", "站长", Role.SITE_MANAGER, None): [],
    }
    for user, expected in people.items():
        assert [order["order_id"] for order in listed(house, user, now="all").orders] == expected, user.name
    free = listed(house, SUPERVISOR, q="theirs").orders[0]
    assert holder(free, queries.FilterChoices(Categories(), [], {"east": "城东所"}, {})) == "城东所 · 未指派"


def test_a_deadline_is_amber_by_the_share_of_its_limit_and_not_by_minutes(house, session):
    def clock(order, name, told, state="running"):
        values = {"began_at": 0.0, "due_at": 1.0, "first_due_at": 1.0, "limit_s": 1.0, "next_at": None}
        session.add(WorkOrderClockRow(order_id=order, clock=name, state=state, told=told, **values))

    clock("early", "finish", 50)
    clock("late", "finish", 80)
    clock("over", "finish", 100)
    clock("still", "finish", 80, "paused")
    # Another clock of the same order is not the next deadline.
    clock("early", "total", 80)
    session.flush()
    shown = [{"order_id": one, "due_clock": "finish"} for one in ("early", "late", "over", "still")]
    assert asyncio.run(queries.soon(house, [*shown, {"order_id": "none", "due_clock": None}])) == {"late", "over"}
