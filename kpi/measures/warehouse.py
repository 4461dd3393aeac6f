"""The part of ``etl.warehouse.Warehouse`` that counting needs."""

from __future__ import annotations

from typing import Any, Protocol


class Fetches(Protocol):
    async def fetch(self, sql: str, parameters: Any = None, *, fresh_s: float = 0.0) -> list[dict[str, Any]]: ...
