"""What the control socket takes: each request in its shape, everything else refused by its field."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import BadInput
from core.telephony import requests
from core.telephony.control_server import ControlServer

STATE = {"id": 1, "do": "agent_state", "extension": "8001", "state": "ready"}
SUPERVISE = {"id": 2, "do": "supervise", "call_id": "c", "by": "u", "mode": "listen", "reason": "r"}


def test_a_request_is_read_in_its_shape_and_null_words_are_empty_ones() -> None:
    asked = requests.read({**STATE, "extension": " 8001 ", "reason": None})
    assert isinstance(asked, requests.StateRequest)
    assert (asked.extension, asked.reason) == ("8001", "")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (7, "do"),
        ([], "do"),
        ({"id": 1}, "do"),
        ({"do": ["ping"]}, "do"),
        ({"do": "dance"}, "do"),
        ({"do": "ping", "loudly": True}, "loudly"),
        ({**STATE, "extension": ""}, "extension"),
        ({**STATE, "extension": 8001}, "extension"),
        ({**STATE, "state": "asleep"}, "state"),
        ({**STATE, "reason": {"a": 1}}, "reason"),
        ({"do": "originate", "from_extension": "8001", "to": "1", "order_id": 5}, "order_id"),
        ({"do": "prioritise", "call_id": "c", "by": "u"}, "priority"),
        ({"do": "prioritise", "call_id": "c", "by": "u", "priority": "9"}, "priority"),
        ({"do": "prioritise", "call_id": "c", "by": "u", "priority": True}, "priority"),
        ({**SUPERVISE, "rtp_port": "4000"}, "rtp_port"),
        ({**SUPERVISE, "rtp_port": 70000}, "rtp_port"),
        ({**SUPERVISE, "mode": "shout"}, "mode"),
        ({"do": "end", "call_id": None}, "call_id"),
    ],
)
async def test_what_is_of_another_shape_is_refused_by_its_field(tmp_path: Any, line: Any, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        requests.read(line)
    assert refused.value.field == field

    async def never() -> int:
        raise AssertionError

    # No engine: a request that is refused asks it nothing.
    answer = await ControlServer(tmp_path / "sip.sock", None, never)._answer(line)  # type: ignore[arg-type]
    assert (answer["ok"], answer["error"]["code"], answer["error"]["field"]) == (False, "bad_input", field)
