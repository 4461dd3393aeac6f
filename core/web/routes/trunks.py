"""Trunks over HTTP; a running site takes them over at once."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from core.installation.definition import Trunk
from core.installation.service import load_installation
from core.installation.trunks import put_nat, put_trunk
from core.web.context import Web
from core.web.routes.changes import Keeper, changed
from core.web.routes.telephony import Body
from core.web.shapes import floor as shape


class TrunkRequest(Body):
    """``gateway`` is one, or several to be tried in turn. Of a ``trusted`` trunk we believe who calls."""

    peers: tuple[str, ...] = ()
    gateway: str | tuple[str, ...] | None = Field(None, max_length=400)
    caller: str = Field("", max_length=40)
    trusted: bool = True


class NatRequest(Body):
    """``auto``: behind NAT when its Contact has another address than its packets."""

    nat: Literal["auto", "on", "off"]


def add_routes(web: Web) -> None:
    @web.app.get("/api/v1/trunks", response_model=shape.Trunks, tags=["site"])
    async def listed(_user: Keeper) -> dict[str, Any]:
        """Trunks with whether they answer, and the numbers with where they lead."""
        installation = await web.in_session(load_installation)
        health = web.live.state().get("health") or {}
        states, each = health.get("trunks") or {}, health.get("gateways") or {}
        return {
            "items": [
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
                for one in installation.trunks.values()
            ],
            "next": None,
            "numbers": [{"number": one.number, "target": one.target} for one in installation.dids.values()],
        }

    @web.app.put("/api/v1/trunks/{trunk}", response_model=shape.TrunkSaved, tags=["site"])
    async def put(trunk: str, wanted: TrunkRequest, keeper: Keeper) -> dict[str, Any]:
        ways = wanted.gateway if isinstance(wanted.gateway, str) else ",".join(wanted.gateway or ())
        made = Trunk(trunk, wanted.peers, ways or None, wanted.caller, wanted.trusted)
        _, telephony = await changed(web, keeper, lambda session, by: put_trunk(session, made, by))
        return {"id": trunk, "telephony": telephony}

    @web.app.put("/api/v1/phones/{extension}/nat", response_model=shape.PhoneSaved, tags=["site"])
    async def put_phone(extension: str, wanted: NatRequest, keeper: Keeper) -> dict[str, Any]:
        """Whether everything for this phone is sent to where its packets come from, as a remote site needs it."""
        _, telephony = await changed(web, keeper, lambda session, by: put_nat(session, extension, wanted.nat, by))
        return {"extension": extension, "telephony": telephony}
