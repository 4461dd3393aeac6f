"""What may be asked of the sip process on its control socket (``docs/control.md``), one shape for each ``do``. Pure.

Read strictly: a number in quotes is no number, and a field that is not known is a mistake of who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from core.errors import BadInput
from core.events import SupervisionMode
from core.telephony.inputs import DeskAction
from core.wrong_input import as_error


def _empty(value: Any) -> Any:
    return "" if value is None else value


Name = Annotated[str, Field(min_length=1)]
# What may be left out, or be null.
Words = Annotated[str, BeforeValidator(_empty)]


class Request(BaseModel):
    """``id`` is the asker's, and comes back with the answer."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True, frozen=True)

    id: int | str | None = None
    do: str


class Bare(Request):
    """``ping``, ``live``, ``reload``."""


class StateRequest(Request):
    extension: Name
    state: Literal["ready", "break", "offline"]
    reason: Words = ""


class WrapUpRequest(Request):
    extension: Name
    category: Words = ""
    note: Words = ""


class Originate(Request):
    from_extension: Name
    to: Name
    order_id: str | None = None


class Action(Request):
    call_id: Name
    by: Name
    action: DeskAction
    target: Words = ""


class Supervise(Request):
    """``rtp_port`` is where a browser's voice is relayed; without it the phone ``extension`` rings."""

    call_id: Name
    by: Name
    mode: SupervisionMode
    reason: Name
    extension: Words = ""
    rtp_ip: str | None = None
    rtp_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tab: Words = ""
    instead_of: Words = ""


class SuperviseStop(Request):
    call_id: Name
    by: Name
    tab: Words = ""


class Assign(Request):
    call_id: Name
    extension: Name


class Move(Request):
    call_id: Name
    queue: Name


class Prioritise(Request):
    call_id: Name
    priority: int
    by: Name


class End(Request):
    call_id: Name


SHAPES: Mapping[str, type[Request]] = {
    "ping": Bare,
    "live": Bare,
    "reload": Bare,
    "agent_state": StateRequest,
    "wrap_up_done": WrapUpRequest,
    "originate": Originate,
    "action": Action,
    "supervise": Supervise,
    "supervise_stop": SuperviseStop,
    "assign": Assign,
    "move": Move,
    "prioritise": Prioritise,
    "end": End,
}


def read(line: Any) -> Request:
    """The request in its shape; ``BadInput`` names the field at fault."""
    do = line.get("do") if isinstance(line, dict) else None
    shape = SHAPES.get(do) if isinstance(do, str) else None
    if shape is None:
        raise BadInput("Unknown request {do}.", field="do", do=do)
    try:
        return shape.model_validate(line)
    except ValidationError as wrong:
        raise as_error(wrong.errors(include_url=False)[0]) from wrong
