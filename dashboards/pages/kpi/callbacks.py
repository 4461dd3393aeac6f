"""What of the review is worked out after it was drawn."""

from __future__ import annotations

from typing import Any


def register(_app: Any) -> None:
    pass
