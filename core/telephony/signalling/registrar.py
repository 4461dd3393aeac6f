"""Which phone is where: contacts by extension with their expiry, kept on disk over a restart. No SIP in here."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from core.telephony.inputs import Input, Registered, Unregistered

log = logging.getLogger(__name__)

SHORTEST_S, LONGEST_S, USUAL_S = 30, 7200, 300


@dataclass(slots=True)
class Contact:
    """``uri`` is where to send, as the phone wrote it; ``source`` where its REGISTER came from; times are UTC epoch."""

    uri: str
    source: tuple[str, int]
    expires_at: float
    call_id: str
    cseq: int
    misses: int = 0


class Registrar:
    """``on_input`` is told when an extension gains its first or loses its last contact."""

    def __init__(self, path: Path, on_input: Callable[[Input], None]) -> None:
        self.path = path
        self.on_input = on_input
        self.contacts: dict[str, dict[str, Contact]] = {}

    def restore(self, now: float) -> None:
        """After a restart phones stay reachable until they refresh."""
        try:
            stored = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return
        for extension, contacts in stored.items():
            for raw in contacts:
                contact = Contact(**{**raw, "source": tuple(raw["source"])})
                if contact.expires_at > now:
                    self.contacts.setdefault(extension, {})[contact.uri] = contact
            if extension in self.contacts:
                first = next(iter(self.contacts[extension].values()))
                self.on_input(Registered(extension, first.uri, int(first.expires_at - now)))

    def bind(self, extension: str, contact: Contact, now: float) -> bool:
        """Adds or refreshes; ``False`` when the request is older than what is known (RFC 3261 10.3, 7)."""
        known = self.contacts.setdefault(extension, {})
        before = known.get(contact.uri)
        if before is not None and before.call_id == contact.call_id and before.cseq >= contact.cseq:
            return False
        fresh = not known
        known[contact.uri] = contact
        self._keep()
        if fresh:
            self.on_input(Registered(extension, contact.uri, int(contact.expires_at - now)))
        return True

    def unbind(self, extension: str, uri: str | None, reason: str) -> None:
        """One contact, or all of them with ``uri`` None."""
        known = self.contacts.get(extension)
        if not known:
            return
        if uri is None:
            known.clear()
        else:
            known.pop(uri, None)
        if not known:
            del self.contacts[extension]
            self.on_input(Unregistered(extension, reason))  # type: ignore[arg-type]
        self._keep()

    def expire(self, now: float) -> None:
        for extension, known in list(self.contacts.items()):
            for uri, contact in list(known.items()):
                if contact.expires_at <= now:
                    self.unbind(extension, uri, "expired")

    def of(self, extension: str, now: float) -> list[Contact]:
        """Live contacts, newest first."""
        live = [contact for contact in self.contacts.get(extension, {}).values() if contact.expires_at > now]
        return sorted(live, key=lambda contact: -contact.expires_at)

    def _keep(self) -> None:
        stored = {ext: [asdict(contact) for contact in known.values()] for ext, known in self.contacts.items()}
        fresh = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(stored), "utf-8")
            fresh.replace(self.path)
        except OSError as full:
            log.warning("registrations not kept on disk: %s", full)
