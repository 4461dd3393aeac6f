"""Trunks and numbers over HTTP; a running site takes them over at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends
from pydantic import Field

from core.api.auth import holding
from core.api.steering import reload
from core.api.supervision import noted
from core.api.telephony import Body
from core.people.site_service import load_site
from core.people.trunk_service import put_did, put_nat, put_trunk
from core.people.users import User
from core.rights import Right
from core.site import Did, Trunk

if TYPE_CHECKING:
    from core.api.app import Web

Keeper = Annotated[User, Depends(holding(Right.INSTALLATION))]


class TrunkWanted(Body):
    """``gateway`` is one, or several to be tried in turn. Of a ``trusted`` trunk we believe who calls."""

    peers: tuple[str, ...] = ()
    gateway: str | tuple[str, ...] | None = Field(None, max_length=400)
    caller: str = Field("", max_length=40)
    trusted: bool = True


class NatWanted(Body):
    """``auto``: behind NAT when its Contact has another address than its packets."""

    nat: Literal["auto", "on", "off"]


class DidWanted(Body):
    target: str = Field(min_length=1, max_length=80)


def add_routes(web: Web) -> None:
    @web.app.get("/api/v1/trunks", tags=["site"])
    async def listed(_user: Keeper) -> dict[str, Any]:
        """Trunks with whether they answer, and the numbers with where they lead."""
        site = await web.in_session(load_site)
        health = web.live.state().get("health") or {}
        states, each = health.get("trunks") or {}, health.get("gateways") or {}
        return {
            "trunks": [
                {
                    "id": one.id,
                    "peers": list(one.peers),
                    "gateway": one.gateway,
                    "gateways": [
                        {"address": gateway, "state": each.get(one.id, {}).get(gateway)} for gateway in one.gateways
                    ],
                    "trusted": one.trusted,
                    "state": states.get(one.id),
                }
                for one in site.trunks.values()
            ],
            "numbers": [{"number": one.number, "target": one.target} for one in site.dids.values()],
        }

    @web.app.put("/api/v1/trunks/{trunk}", tags=["site"])
    async def put(trunk: str, wanted: TrunkWanted, keeper: Keeper) -> dict[str, Any]:
        ways = wanted.gateway if isinstance(wanted.gateway, str) else ",".join(wanted.gateway or ())
        made = Trunk(trunk, wanted.peers, ways or None, wanted.caller, wanted.trusted)
        await web.in_session(lambda session: put_trunk(session, made))
        await noted(web, keeper, "trunk_saved", trunk, wanted.model_dump())
        return {"id": trunk, "telephony": await reload(web)}

    @web.app.put("/api/v1/phones/{extension}/nat", tags=["site"])
    async def put_phone(extension: str, wanted: NatWanted, keeper: Keeper) -> dict[str, Any]:
        """Whether everything for this phone is sent to where its packets come from, as a remote site needs it."""
        await web.in_session(lambda session: put_nat(session, extension, wanted.nat))
        await noted(web, keeper, "phone_nat_saved", extension, wanted.model_dump())
        return {"extension": extension, "telephony": await reload(web)}

    @web.app.put("/api/v1/numbers/{number}", tags=["site"])
    async def put_number(number: str, wanted: DidWanted, keeper: Keeper) -> dict[str, Any]:
        await web.in_session(lambda session: put_did(session, Did(number, wanted.target)))
        await noted(web, keeper, "number_saved", number, wanted.model_dump())
        return {"number": number, "telephony": await reload(web)}
