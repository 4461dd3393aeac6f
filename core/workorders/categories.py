"""What calls and orders are about: one tree of categories, chosen from by id. For orders each has its urgency, the
fields it asks for and its limits. Pure.

The shipped tree is a start for every site. All of its limits are examples (示例): the office sets its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.events import Urgency
from core.records import record
from core.workorders.definition import EventField

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
URGENCIES: tuple[Urgency, ...] = ("normal", "urgent", "emergency")
# Counts whole working days: 86,400 s of it are one.
WORKDAYS = "workdays"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long a clock may run. ``urgency`` empty is any; ``night_s`` holds for what begins at night; ``above_mm``:
    only for pipes wider than this; ``calendar`` empty is 7×24."""

    clock: str
    seconds: float
    urgency: str = ""
    night_s: float | None = None
    above_mm: int | None = None
    calendar: str = ""
    example: bool = True


@dataclass(frozen=True, slots=True)
class Category:
    """``immediate``: usually answered on the spot. ``asks`` maps an event to the fields that it needs of this category.
    ``sites`` maps a district to the site that has to do it, ``""`` every other one."""

    id: str
    name_zh: str
    name_en: str
    parent: str = ""
    urgency: Urgency = "normal"
    immediate: bool = False
    asks: Mapping[str, tuple[EventField, ...]] = field(default_factory=dict)
    limits: tuple[TimeLimit, ...] = ()
    sites: Mapping[str, str] = field(default_factory=dict)
    active: bool = True

    def name(self, language: str) -> str:
        """The Chinese one where it has no other."""
        return (self.name_en if language == "en" else "") or self.name_zh


Tree = Mapping[str, Category]


def path(tree: Tree, category_id: str, language: str = "zh_CN") -> str:
    """ "报修/明漏": how the category is written where one line has to do."""
    one = tree.get(category_id)
    if one is None:
        return category_id
    own = one.name(language)
    return f"{tree[one.parent].name(language)}/{own}" if one.parent in tree else own


def written_names(tree: Tree, language: str = "zh_CN") -> dict[str, str]:
    """Paths and names to ids; a name that several have is nobody's."""
    names = [one.name(language) for one in tree.values()]
    alone = {one.name(language): one.id for one in tree.values() if names.count(one.name(language)) == 1}
    return alone | {path(tree, one, language): one for one in tree}


def leaves(tree: Tree) -> list[Category]:
    """What may be chosen: what nothing stands below that could be."""
    parents = {one.parent for one in tree.values() if one.active}
    return [one for one in tree.values() if one.id not in parents and one.active]


def limits_of(tree: Tree, category_id: str) -> tuple[tuple[TimeLimit, ...], ...]:
    """By level: the category's own, its parent's, then what holds for everything."""
    one = tree.get(category_id)
    levels = [tree[name].limits for name in (category_id, one.parent if one else "") if name in tree]
    return (*levels, COMMON_LIMITS)


def asks_of(tree: Tree, category_id: str, event: str) -> tuple[EventField, ...]:
    """The fields that this event needs for the category, its parent's included."""
    one = tree.get(category_id)
    if one is None:
        return ()
    above = tree[one.parent].asks.get(event, ()) if one.parent in tree else ()
    own = one.asks.get(event, ())
    names = {field.id for field in own}
    return (*(field for field in above if field.id not in names), *own)


def limits_json(limits: Iterable[TimeLimit]) -> list[dict[str, Any]]:
    return [asdict(limit) for limit in limits]


def limits_from(raw: Sequence[Mapping[str, Any]]) -> tuple[TimeLimit, ...]:
    return tuple(record(TimeLimit, one, "limits") for one in raw)


def asks_json(asks: Mapping[str, Sequence[EventField]]) -> dict[str, Any]:
    return {
        event: [{**asdict(one), "choices": [list(c) for c in one.choices]} for one in asks[event]] for event in asks
    }


def asks_from(raw: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[EventField, ...]]:
    return {event: tuple(record(EventField, one, "asks") for one in raw[event]) for event in raw}


# Below everything that a category says itself.
COMMON_LIMITS = (
    TimeLimit("take", 30 * MINUTE),
    TimeLimit("take", 15 * MINUTE, "urgent"),
    TimeLimit("take", 5 * MINUTE, "emergency"),
    TimeLimit("return_visit", 24 * HOUR),
    TimeLimit("total", 5 * DAY),
)

_REPAIR = (
    TimeLimit("arrive", 120 * MINUTE, night_s=180 * MINUTE),
    TimeLimit("arrive", 60 * MINUTE, "urgent", night_s=90 * MINUTE),
    TimeLimit("arrive", 60 * MINUTE, "emergency", night_s=90 * MINUTE),
    TimeLimit("finish", 24 * HOUR),
    # Larger mains are worked on without a break.
    TimeLimit("finish", 48 * HOUR, above_mm=100),
    TimeLimit("close", 36 * HOUR),
    TimeLimit("close", 60 * HOUR, above_mm=100),
    TimeLimit("total", 72 * HOUR),
)
_QUALITY = (
    TimeLimit("arrive", 2 * HOUR),
    TimeLimit("finish", 24 * HOUR),
    TimeLimit("close", 36 * HOUR),
    TimeLimit("total", 72 * HOUR),
)
_COMPLAINT = (
    TimeLimit("finish", 8 * DAY),
    TimeLimit("finish", 12 * HOUR, "urgent"),
    TimeLimit("close", 9 * DAY),
    TimeLimit("close", 16 * HOUR, "urgent"),
    TimeLimit("total", 10 * DAY),
    TimeLimit("total", 24 * HOUR, "urgent"),
)
_REPORT = (TimeLimit("arrive", 4 * HOUR), TimeLimit("finish", 48 * HOUR), TimeLimit("close", 72 * HOUR))
_SERVICE = (
    TimeLimit("finish", 5 * DAY, calendar=WORKDAYS),
    TimeLimit("close", 7 * DAY, calendar=WORKDAYS),
    TimeLimit("total", 10 * DAY, calendar=WORKDAYS),
)
_ANSWER = (TimeLimit("finish", 24 * HOUR), TimeLimit("close", 36 * HOUR), TimeLimit("total", 48 * HOUR))
_WORDS = (TimeLimit("close", 7 * DAY, calendar=WORKDAYS), TimeLimit("total", 10 * DAY, calendar=WORKDAYS))

SHIPPED: tuple[Category, ...] = (
    Category("repair", "报修", "Repair", limits=_REPAIR),
    Category("repair.leak_visible", "明漏", "Visible leak", "repair", "urgent"),
    Category("repair.leak_hidden", "暗漏", "Hidden leak", "repair"),
    Category("repair.burst", "爆管", "Burst main", "repair", "emergency"),
    Category("repair.no_water", "无水", "No water", "repair", "urgent"),
    Category("repair.low_pressure", "水压低", "Low pressure", "repair"),
    Category("repair.meter", "水表故障", "Meter fault", "repair"),
    Category("repair.manhole", "井盖", "Manhole cover", "repair", "urgent"),
    Category("repair.frozen", "冻管", "Frozen pipe", "repair", "urgent"),
    Category("repair.gas_leak", "燃气泄漏", "Gas leak", "repair", "emergency"),
    Category("repair.ignition", "点火故障", "Ignition fault", "repair"),
    Category("quality", "水质", "Water quality", "", "urgent", limits=_QUALITY),
    Category("complaint", "投诉", "Complaint", limits=_COMPLAINT),
    Category("report", "举报", "Theft or damage", limits=_REPORT),
    Category("consultation", "咨询", "Consultation", immediate=True, limits=_ANSWER),
    Category("service", "业务办理", "Service request", limits=_SERVICE),
    Category("service.connect", "新装", "New connection", "service"),
    Category("service.transfer", "过户", "Change of owner", "service"),
    Category("service.meter_test", "验表", "Meter test", "service"),
    Category("service.disconnect", "停用", "Disconnection", "service"),
    Category("bill", "查询", "Bill enquiry", immediate=True, limits=_ANSWER),
    Category("suggestion", "建议", "Suggestion", limits=_WORDS),
    Category("praise", "表扬", "Praise", immediate=True, limits=_WORDS),
)
SHIPPED_TREE: Tree = {one.id: one for one in SHIPPED}
