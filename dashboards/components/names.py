"""Names of the site's queues and agents for the ids in calls. Pure."""

from __future__ import annotations

from core.site import Site
from dashboards.components.words import phone


class Names:
    """``queues`` and ``agents`` are id to name, for choices."""

    def __init__(self, site: Site) -> None:
        self.queues = {queue.id: queue.name for queue in site.queues.values()}
        self.agents = {agent.extension: f"{agent.extension} {agent.name}" for agent in site.agents.values()}

    def queue(self, queue: str | None, none: str = "—") -> str:
        return self.queues.get(queue, queue) if queue else none

    def party(self, extension: str | None, none: str = "—") -> str:
        """An agent by name, anybody else by number."""
        return self.agents.get(extension) or phone(extension) if extension else none

    def target(self, target: str | None) -> str:
        """Where a transfer leads: ``queue:ID``, ``extension:N``, ``number:N`` or just a number."""
        kind, colon, rest = (target or "").partition(":")
        if not colon:
            return self.queues.get(kind) or self.party(kind)
        return self.queue(rest) if kind == "queue" else self.party(rest)
