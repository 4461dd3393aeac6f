"""Component ids of the page of calibration."""

from __future__ import annotations

PAGE = "qa-calibration"
BODY, ASKED = "qa-calibration-body", "qa-calibration-asked"
