"""What the rosters' scripts say, in the language of the request."""

from __future__ import annotations

from core.i18n import _
from core.rosters.leave_reasons import LEAVE_REASONS


def reasons() -> dict[str, str]:
    """Why somebody is on leave; the first is chosen beforehand."""
    return {one: _(name) for one, name in LEAVE_REASONS.items()}


def script_words() -> dict[str, str]:
    """Of the grid."""
    return {
        "agent": _("Agent"),
        "hours": _("h"),
        "holiday": _("holiday"),
        "makeup": _("workday"),
        "next_day": _("next day "),
        "breaks": _("Break time"),
        "free": _("free"),
        "asked": _("asked for"),
        "swap_open": _("a swap is open"),
        "week_hours": _("hours of the weeks"),
        "who_hover": _("Queues: {queues} · skills: {skills} · {hours} h of at most {most} h a week"),
        "no_agents": _("There are no agents yet. Add people with an extension first."),
        "no_templates": _("There are no shift templates yet."),
        "to_rules": _("Make some under Rules"),
        "leave": _("Leave"),
        "leave_more": _("Leave…"),
        "spread": _("Breaks in turn"),
        "spread_hover": _(
            "Moves the breaks of shifts ahead, each within its window, to where the calls miss them least"
        ),
        "sure_spread": _("Press again: breaks of shifts ahead move"),
        "spread_done": _("{n} breaks moved: uncovered over all queues {before} h before, {after} h now."),
        "spread_nothing": _("The breaks are where they hurt least already."),
        "leave_beside": _("Entered: {leave}. Worked apart from that: {shifts}."),
        "and": _(", "),
        "key_move": _("move"),
        "key_open": _("edit"),
        "key_put": _("put a shift"),
        "key_remove": _("remove a shift"),
        "key_drag": _("or drag a shift to another cell"),
    }
