"""What the page says of ids."""

from __future__ import annotations

from core.i18n import N_

URGENCIES = {"normal": N_("Normal"), "urgent": N_("Urgent"), "emergency": N_("Emergency")}
