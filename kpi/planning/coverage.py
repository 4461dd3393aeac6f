"""Which quarters of a day a template covers, which its breaks may take, and which leave takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from core.rosters.records import Span, Template, epoch
from kpi.planning.breaks import places
from kpi.planning.staffing import SLOT_S, SLOTS

Options = dict[int, list[tuple[int, frozenset[int]]]]


def options(template: Template) -> Options:
    """By number of the break, where it may have one of several: minute it begins, and quarters that it takes."""
    found, fixed = {}, fixed_breaks(template)
    whole = covered(replace(template, breaks=fixed))
    for number in moving(template):
        start, end = template.breaks[number]
        found[number] = [
            (at, whole - covered(replace(template, breaks=(*fixed, (at, at + end - start)))))
            for at in places(template, number)
        ]
    return found


def moving(template: Template) -> list[int]:
    """Numbers of the breaks that have more than one place."""
    return [n for n in range(len(template.breaks)) if template.id and len(places(template, n)) > 1]


def fixed_breaks(template: Template) -> tuple[tuple[int, int], ...]:
    moved = set(moving(template))
    return tuple(pause for n, pause in enumerate(template.breaks) if n not in moved)


def slots_of(spans: Iterable[Span], first_day: str, zone: ZoneInfo) -> set[int]:
    """Quarters from the first day on that the spans touch."""
    begin = epoch(first_day, 0, zone)
    return {
        slot
        for span in spans
        for slot in range(int((span.start - begin) // SLOT_S), -int((begin - span.end) // SLOT_S))
    }


def covered(template: Template) -> frozenset[int]:
    """Quarters from its day's midnight of which the shift works at least half."""
    work = Span(template.start_minute, template.end_minute)
    found = set()
    for slot in range(3 * SLOTS):
        quarter = Span(slot * 15.0, slot * 15.0 + 15.0)
        present = _common(quarter, work) - sum(_common(quarter, Span(*pause)) for pause in template.breaks)
        if present >= 7.5:
            found.add(slot)
    return frozenset(found)


def _common(one: Span, other: Span) -> float:
    return max(0.0, min(one.end, other.end) - max(one.start, other.start))
