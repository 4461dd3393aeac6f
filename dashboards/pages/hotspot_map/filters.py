"""The map's filter as it stands in the URL. Pure. Without a period it is the last thirty days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from core.i18n import N_
from dashboards.components import filters

USUAL_DAYS = 30
STATES = {"open": N_("still open"), "closed": N_("done")}
LAYERS = {"points": N_("Orders alone"), "gi": N_("Hot spots"), "kde": N_("Density"), "dbscan": N_("Clusters")}
NAMES = ("from", "to", "category", "district", "now", "layer")


@dataclass(frozen=True, slots=True)
class MapFilter:
    """Empty texts mean all."""

    begin: datetime
    end: datetime
    first: str
    last: str
    category: str = ""
    district: str = ""
    now: str = ""
    layer: str = "gi"

    @classmethod
    def of(cls, parameters: Mapping[str, Any], now: datetime) -> Self:
        """``now`` in the site's zone. Raises ``BadInput`` naming the parameter that cannot be read."""
        given = filters.texts_of(parameters)
        usual = f"{(now - timedelta(days=USUAL_DAYS)).date()}"
        period = filters.period(given.get("from") or usual, given.get("to") or "today", now)
        words = {"now": given.get("now", ""), "layer": given.get("layer", "") or "gi"}
        filters.check_choices(words, {"now": STATES, "layer": LAYERS})
        return cls(
            period.begin,
            period.end,
            period.first,
            period.last,
            given.get("category", "")[:64],
            given.get("district", "")[:64],
            **words,
        )

    def query(self, **changes: Any) -> str:
        """The filter as the URL's query, without what is empty."""
        return filters.query({**asdict(self), "from": self.first, "to": self.last, **changes}, NAMES)
