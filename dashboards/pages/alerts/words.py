"""What the rule form says."""

from __future__ import annotations

from core.i18n import N_, _
from core.people.users import Role

# Who can be told by role; single people by their log-in names.
TOLD = {
    Role.SUPERVISOR.value: N_("Shift supervisor"),
    Role.ADMIN.value: N_("Administrator"),
    Role.DIRECTOR.value: N_("Director"),
}


def script_words() -> dict[str, str]:
    return {
        "new": _("New rule"),
        "change": _("Change the rule"),
        "figure": _("Figure"),
        "target": _("Watches"),
        "each": _("each {scope}"),
        "comparison": _("Is bad"),
        "above": _("at or above the limit"),
        "below": _("below the limit"),
        "queue_limits": _("Use the limits of each queue"),
        "warn": _("Warning at"),
        "alarm": _("Alarm at"),
        "clear": _("Ends at"),
        "clear_hint": _("empty: as soon as the limit is left"),
        "raise_after_s": _("Must last (s)"),
        "clear_after_s": _("Well again for (s)"),
        "least_sample": _("At least so many calls"),
        "recipients": _("Notify"),
        "sound": _("Sounds"),
        "enabled": _("On"),
        "name": _("Name"),
        "name_hint": _("empty: figure and limit"),
        "save": _("Save"),
        "close": _("Close"),
        "remove_sure": _("Remove the rule {name}? Its open alerts end."),
        "not_a_number": _("Write a number, times as 90 or 1:30."),
        "unit_calls": _("callers"),
        "unit_seats": _("seats"),
        "unit_seconds": _("min:s"),
        "unit_share": "%",
        "unit_gb": "GB",
        "unit_orders": _("orders"),
        "unit_flag": "",
        "yes": _("yes"),
        "no": _("no"),
    }
