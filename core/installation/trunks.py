"""Trunks, and phones behind NAT: what connects a site to the telephone network. Checked, then saved."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from core.db.audit_log import note
from core.db.tables import AccountRow, TrunkRow
from core.errors import BadInput, NotFound
from core.installation.definition import Installation, Trunk
from core.installation.editing import By, edit
from core.installation.service import plain

MOST_GATEWAYS = 4
_ADDRESS = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?\Z")
_GATEWAY = re.compile(r"[A-Za-z0-9.-]{1,80}(?::\d{1,5})?\Z")


def put_trunk(session: Session, trunk: Trunk, by: By) -> Installation:
    """Calls come in from ``peers`` (addresses, for an address proves itself) and go out by the first
    ``gateway`` that takes them."""
    _check(trunk)

    def work(_site: Installation) -> None:
        session.merge(TrunkRow(**plain(trunk)))
        said = {name: value for name, value in plain(trunk).items() if name != "id"}
        note(session, by.user, "trunk_saved", trunk.id, {**said, "gateway": list(trunk.gateways)}, by.at)

    return edit(session, work)


def _check(trunk: Trunk) -> None:
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", trunk.id):
        raise BadInput(
            "{id} cannot be a trunk's name.", field="id", remedy="Use small letters, digits, - and _.", id=trunk.id
        )
    for peer in trunk.peers:
        match = _ADDRESS.fullmatch(peer)
        if match is None or any(int(part) > 255 for part in match[1].split(".")):
            raise BadInput(
                "{peer} is no address.", field="peer", remedy="Give an IPv4 address, with a port or without.", peer=peer
            )
    for gateway in trunk.gateways:
        if not _GATEWAY.fullmatch(gateway):
            raise BadInput(
                "{gateway} is no gateway.", field="gateway", remedy="Give HOST or HOST:PORT.", gateway=gateway
            )
    if len(set(trunk.gateways)) < len(trunk.gateways) or len(trunk.gateways) > MOST_GATEWAYS:
        raise BadInput("So many gateways are not possible.", field="gateway", remedy="Give each once, 4 at most.")
    if not trunk.peers and not trunk.gateway:
        raise BadInput(
            "A trunk needs somebody at its other end.", field="peer", remedy="Give peers, a gateway, or both."
        )


def put_nat(session: Session, extension: str, nat: str, by: By) -> Installation:
    """Whether the phone of an extension is behind NAT: ``on``, ``off``, or ``auto`` to see it by its Contact."""
    row = session.get(AccountRow, extension)
    if row is None:
        raise NotFound("There is no phone {extension}.", field="extension", extension=extension)
    if nat not in ("on", "off", "auto"):
        raise BadInput("{nat} is not possible.", field="nat", remedy="Use on, off or auto.", nat=nat)

    def work(_site: Installation) -> None:
        session.get_one(AccountRow, extension).nat = "" if nat == "auto" else nat
        note(session, by.user, "phone_nat_saved", extension, {"nat": nat}, by.at)

    return edit(session, work)
