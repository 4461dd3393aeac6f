"""Who can be told, and what counts are of."""

from __future__ import annotations

from core.i18n import N_
from core.people.users import Role

# Who can be told by role; single people by their log-in names.
TOLD = {
    Role.SUPERVISOR.value: N_("Shift supervisor"),
    Role.ADMIN.value: N_("Administrator"),
    Role.DIRECTOR.value: N_("Director"),
}


# Of what a limit is that is neither a time nor a share.
UNITS = {"calls": N_("callers"), "seats": N_("seats"), "gb": "GB", "orders": N_("orders")}
