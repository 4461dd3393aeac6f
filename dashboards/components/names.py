"""Names of the site's queues, agents, voice menus and announcements for the ids in calls. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import _, called
from core.installation.definition import Installation
from dashboards.components.words import phone


class Names:
    """``queues`` and ``agents`` are id to name, for choices; ``announcements`` are texts by id and ``people`` names by
    log-in name, where they matter."""

    def __init__(
        self,
        installation: Installation,
        announcements: Mapping[str, str] | None = None,
        people: Mapping[str, str] | None = None,
    ) -> None:
        self._announcements = announcements or {}
        self._people = people or {}
        self._numbers: dict[str, list[str]] = {}
        for did in installation.dids.values():
            kind, _colon, rest = did.target.partition(":")
            if kind == "flow":
                self._numbers.setdefault(rest, []).append(did.number)
        self.queues = {queue.id: called(queue) for queue in installation.queues.values()}
        self.agents = {agent.extension: f"{agent.extension} {agent.name}" for agent in installation.agents.values()}

    def queue(self, queue: str | None, none: str = "—") -> str:
        return self.queues.get(queue, queue) if queue else none

    def party(self, extension: str | None, none: str = "—") -> str:
        """An agent by name, anybody else by number."""
        return self.agents.get(extension) or phone(extension) if extension else none

    def person(self, name: str | None) -> str:
        """Somebody who is signed in, by name; those who have left by what they signed in with."""
        return self._people.get(name or "") or name or ""

    def flow(self, flow: str | None) -> str:
        """A voice menu is known by the numbers that lead to it."""
        numbers = self._numbers.get(flow or "")
        return _("voice menu of {numbers}", numbers=", ".join(numbers)) if numbers else _("voice menu {id}", id=flow)

    def announcement(self, announcement: str | None) -> str:
        """What was said."""
        text = self._announcements.get(announcement or "")
        return f"“{text}”" if text else _("announcement {id}", id=announcement)

    def target(self, target: str | None) -> str:
        """Where a transfer leads: ``queue:ID``, ``extension:N``, ``number:N``, ``flow:ID`` or just a number."""
        kind, colon, rest = (target or "").partition(":")
        if not colon:
            return self.queues.get(kind) or self.party(kind)
        if kind == "flow":
            return self.flow(rest)
        return self.queue(rest) if kind == "queue" else self.party(rest)
