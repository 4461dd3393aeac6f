"""What the groups of figures are called in the reader's language. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import called
from core.installation.definition import Installation
from kpi.lists.categories import Categories


@dataclass(frozen=True, slots=True)
class Called:
    installation: Installation
    tree: Categories

    def reason(self, said: str | None) -> str | None:
        """Of a break; another reason as it was said."""
        one = self.installation.break_reasons.get(said or "")
        return called(one) if one else said

    def name(self, group: str, key: str) -> str:
        """Empty where the key says all that there is to say."""
        if group == "queue" and key in self.installation.queues:
            return called(self.installation.queues[key])
        if group == "agent" and key in self.installation.agents:
            return self.installation.agents[key].name
        return self.tree.name(key) if group == "category" and key in self.tree.names else ""
