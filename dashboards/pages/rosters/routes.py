"""The page needs no route of its own: its scripts ask ``/api/v1/rosters…``."""

from __future__ import annotations

from typing import Any

from core.api.app import Web


def register(_app: Any, _web: Web) -> None:
    """Nothing to add."""
