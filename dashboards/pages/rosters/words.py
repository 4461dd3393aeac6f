"""What the rosters' scripts say, in the language of the request."""

from __future__ import annotations

from core.i18n import _
from dashboards.pages.rosters import words_people, words_planning


def reasons() -> list[str]:
    """Why somebody is on leave; the first is chosen beforehand."""
    return [
        _("annual leave"),
        _("sick leave"),
        _("personal leave"),
        _("time off in lieu"),
        _("training leave"),
        _("other leave"),
    ]


def weekdays() -> list[str]:
    """Monday first."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def script_words() -> dict[str, str]:
    return {
        **_common(),
        **words_people.grid(),
        **words_people.adherence(),
        **words_people.tasks(),
        **words_people.rules(),
        **words_planning.cover(),
        **words_planning.forecast(),
        **words_planning.proposal(),
    }


def _common() -> dict[str, str]:
    return {
        "agent": _("Agent"),
        "day": _("Day"),
        "days_unit": _("days"),
        "hours": _("h"),
        "group": _("Group"),
        "queue": _("Queue"),
        "interval": _("Interval"),
        "close": _("Close"),
        "save": _("Save"),
        "saved": _("Saved."),
        "remove": _("Remove"),
        "edit": _("Edit"),
        "cancel": _("Cancel"),
        "name": _("Name"),
        "note": _("Note"),
        "reason": _("Reason"),
        "loading": _("Loading…"),
        "yes": _("yes"),
        "holiday": _("holiday"),
        "makeup": _("workday"),
        "earlier": _("Earlier"),
        "later": _("Later"),
        "back": _("Back to the roster"),
        "minutes": _("{n} min"),
        "next_day": _("next day "),
        "all_queues": _("All queues"),
        "calls": _("Calls"),
    }
