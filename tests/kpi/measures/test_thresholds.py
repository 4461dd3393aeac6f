"""Within T, and given up at once: said once, so that a figure is the same wherever it is asked."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.demo.installation import demo_installation
from core.installation.definition import THRESHOLD_S
from kpi.alert_figures import readings
from kpi.lists.call_list import CallList
from kpi.measures import behind, boards
from kpi.measures.catalogue import MEASURES, SERVICE_LEVEL
from kpi.measures.counting import MeasureQuery, Measuring
from tests.etl.conftest import NOON, feed
from tests.etl.test_marts import told
from tests.kpi.test_alert_figures import visit

ZONE = "Asia/Shanghai"
FROM, UNTIL = (datetime.fromtimestamp(NOON + s, UTC).replace(tzinfo=None) for s in (0, 900))
ANSWERED = (18.2, 19.0, 19.3, 19.5, 20.0, 20.7)
GAVE_UP = (4.9, 5.0, 5.1, 19.2)


@pytest.fixture(params=[(19.5, 2), (19.0, 2), (20.0, 5), (20.9, 5), (None, 5)])
def judged(request, warehouse):
    """A queue's T, how many of the answered are within it, and the warehouse."""
    own, within = request.param
    if own is not None:
        with warehouse.writing() as cursor:
            cursor.execute("insert into marts.dim_queue values ('repair', '报修', ?)", [own])
    waits = [*((s, "answered") for s in ANSWERED), *((s, "abandoned") for s in GAVE_UP)]
    facts = [fact for n, (s, how) in enumerate(waits) for fact in visit(f"c{n}", "repair", n, s, how)]
    feed(warehouse, told(*sorted(facts, key=lambda one: one[0])))
    return warehouse, within


async def test_every_place_that_counts_within_t_counts_the_same(judged):
    warehouse, within = judged
    share = within / (len(ANSWERED) + len(GAVE_UP) - 2)
    day = datetime.fromtimestamp(NOON, ZoneInfo(ZONE)).date()
    for counted in (await boards.today(warehouse, day), await boards.lately(warehouse, UNTIL)):
        for counts in counted.values():
            assert (counts.answered_in_t, counts.abandoned_in_t, counts.short_abandons) == (
                within,
                (within > 2 and 4) or 3,
                2,
            )
    found = await readings(warehouse, NOON + 600, ZONE)
    for figure in ("service_level_15min", "service_level_today"):
        assert {one.value for one in found[figure]} == {share}
    for level in ("entry", "caller"):
        asked = MeasureQuery(MEASURES[SERVICE_LEVEL], NOON, NOON + 900, (), NOON + 900, level=level)
        measuring = Measuring(None, warehouse, ZoneInfo(ZONE), demo_installation())
        ((_group, row),) = await measuring.answer(asked)
        assert asked.measure.of(row) == share
        rows = await behind.items(measuring, asked, {})
        assert (sum(one.numerator for one in rows), sum(one.denominator for one in rows)) == (within, len(rows))
        listed = await CallList(FROM, UNTIL, visit="decided", level=level).totals(warehouse)
        assert (listed.entries_in_time, listed.entries_short) == (within, 2)
        in_time = await CallList(FROM, UNTIL, visit="in_time", level=level).totals(warehouse)
        assert in_time.all_rows == within


def test_a_queue_that_names_no_threshold_has_the_one_of_the_definition(warehouse):
    assert warehouse.query("select marts.threshold_s(null) as t") == [{"t": THRESHOLD_S}]
