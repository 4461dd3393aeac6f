"""Which phone is where: contacts by extension with their expiry, kept on disk over a restart. No SIP in here."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.telephony.inputs import Input, Registered, Unregistered

log = logging.getLogger(__name__)

SHORTEST_S, LONGEST_S, USUAL_S = 30, 7200, 300
MOST_CONTACTS = 8

Reason = Literal["asked", "expired", "keep_alive_failed", "account_closed"]


@dataclass(slots=True)
class Contact:
    """``uri`` is where to send, as the phone wrote it; ``source`` where its REGISTER came from; times are UTC epoch.

    ``misses`` counts keep-alives without an answer, ``ask_at`` is when the next one is due; neither is kept on disk.
    """

    uri: str
    source: tuple[str, int]
    expires_at: float
    call_id: str
    cseq: int
    misses: int = 0
    ask_at: float = 0.0


class Registrar:
    """``on_input`` is told when an extension gains a contact or loses its last one.

    Changes only mark it ``dirty``; who owns the loop calls ``dump`` there and ``write`` wherever waiting is no harm.
    """

    def __init__(self, path: Path, on_input: Callable[[Input], None]) -> None:
        self.path = path
        self.on_input = on_input
        self.contacts: dict[str, dict[str, Contact]] = {}
        self.dirty = False

    def restore(self, now: float) -> None:
        """After a restart phones stay reachable until they refresh."""
        try:
            stored = json.loads(self.path.read_text("utf-8"))
            rows = [
                (ext, Contact(row["uri"], (row["source"][0], row["source"][1]), row["until"], row["id"], row["cseq"]))
                for ext, contacts in stored.items()
                for row in contacts
            ]
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as broken:
            log.warning("registrations on disk cannot be read, phones must register again: %s", broken)
            return
        for extension, contact in rows:
            if contact.expires_at > now:
                self.contacts.setdefault(extension, {})[contact.uri] = contact
        for extension, known in self.contacts.items():
            first = next(iter(known.values()))
            self.on_input(Registered(extension, first.uri, int(first.expires_at - now)))

    def bind(self, extension: str, contact: Contact, now: float) -> bool:
        """Adds or refreshes; ``False`` when the request is older than what is known (RFC 3261 10.3, 7)."""
        known = self.contacts.get(extension, {})
        before = known.get(contact.uri)
        if before is not None and before.call_id == contact.call_id and before.cseq >= contact.cseq:
            return False
        # A phone at another address may be the one that was known, after a start of its own.
        fresh = before is None or before.expires_at <= now
        if before is not None:
            contact.ask_at = before.ask_at
        known[contact.uri] = contact
        self.contacts[extension] = known
        while len(known) > MOST_CONTACTS:
            del known[min(known, key=lambda uri: known[uri].expires_at)]
        self.dirty = True
        if fresh:
            self.on_input(Registered(extension, contact.uri, int(contact.expires_at - now)))
        return True

    def unbind(self, extension: str, uri: str | None, reason: Reason) -> None:
        """One contact, or all of them with ``uri`` None."""
        known = self.contacts.get(extension)
        if not known:
            return
        if uri is None:
            known.clear()
        else:
            known.pop(uri, None)
        self.dirty = True
        if not known:
            del self.contacts[extension]
            self.on_input(Unregistered(extension, reason))

    def keep_only(self, stands: Callable[[str], bool]) -> None:
        """Phones whose account was closed or has another secret are gone at once, whenever they would expire."""
        for extension in [one for one in self.contacts if not stands(one)]:
            self.unbind(extension, None, "account_closed")

    def expire(self, now: float) -> None:
        for extension, known in list(self.contacts.items()):
            for uri in [uri for uri, contact in known.items() if contact.expires_at <= now]:
                self.unbind(extension, uri, "expired")

    def of(self, extension: str, now: float) -> list[Contact]:
        """Live contacts, newest first."""
        live = [contact for contact in self.contacts.get(extension, {}).values() if contact.expires_at > now]
        return sorted(live, key=lambda contact: -contact.expires_at)

    def every(self) -> list[tuple[str, Contact]]:
        return [(extension, contact) for extension, known in self.contacts.items() for contact in known.values()]

    def dump(self, ahead_s: float = 0.0) -> str:
        """``ahead_s``: what the machine's clock says more than the one that contacts expire by."""
        self.dirty = False
        rows = {
            extension: [
                {"uri": c.uri, "source": c.source, "until": c.expires_at + ahead_s, "id": c.call_id, "cseq": c.cseq}
                for c in known.values()
            ]
            for extension, known in self.contacts.items()
        }
        return json.dumps(rows)

    def write(self, text: str) -> None:
        """The whole file or the old one, never half of it."""
        fresh = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as full:
            self.dirty = True
            log.warning("registrations not kept on disk: %s", full)
