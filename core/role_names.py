"""What roles are called, for every text that names one. Keys are as in ``core.people.users.Role``."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_

ROLE_NAMES: Mapping[str, str] = {
    "director": N_("Director"),
    "supervisor": N_("Shift supervisor"),
    "agent": N_("Agent"),
    "site_manager": N_("Site manager"),
    "worker": N_("Field worker"),
    "qa": N_("Quality reviewer"),
    "admin": N_("Administrator"),
    "wallboard": N_("Wall"),
}
