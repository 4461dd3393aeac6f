"""Why somebody is on leave: kept by id, called by its name in the reader's language. Pure."""

from __future__ import annotations

from core.i18n import LANGUAGES, N_, _, translated

# The first is chosen beforehand.
LEAVE_REASONS = {
    "annual": N_("annual leave"),
    "sick": N_("sick leave"),
    "personal": N_("personal leave"),
    "in_lieu": N_("time off in lieu"),
    "training": N_("training leave"),
    "other": N_("other leave"),
}


def reason_of(said: str) -> str:
    """The id, also when a name of it was given; other words stay as they are."""
    names = {translated(name, code): one for code in LANGUAGES for one, name in LEAVE_REASONS.items()}
    return names.get(said.strip(), said)


def reason_name(reason: str) -> str:
    return _(LEAVE_REASONS[reason]) if reason in LEAVE_REASONS else reason
