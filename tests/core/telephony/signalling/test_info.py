"""Keys inside INFO: whatever a phone writes for one press is one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telephony.signalling.info import TYPES, InfoKeys

EVENT = "audio/telephone-event"


def told(*bodies: str, kind: str = EVENT) -> str:
    keys = InfoKeys()
    return "".join(keys.take(kind, body.encode("latin-1")) for body in bodies)


@pytest.mark.parametrize(
    ("bodies", "wanted"),
    [
        (("\x05\x0a\x00\xa0", "\x05\x8a\x03\x20"), "5"),
        (("\x05\x0a\x00\xa0", "\x05\x0a\x01\x40", "\x05\x8a\x03\x20"), "5"),
        (("\x05\x8a\x03\x20", "\x05\x8a\x03\x20"), "55"),
        (("\x05\x0a\x00\xa0", "\x05\x8a\x03\x20", "\x05\x0a\x00\xa0", "\x05\x8a\x03\x20"), "55"),
        (("\x05\x0a\x00\xa0", "\x06\x0a\x00\xa0", "\x06\x8a\x03\x20"), "56"),
        (("\x10\x0a\x00\xa0",), ""),
        (("Signal=5\r\nDuration=160", "Signal=5\r\nDuration=160"), "55"),
        (("\x05\x0a\x00\xa0\r\n", "\x05\x8a\x03\x20\r\n"), "5"),
        (("\x05\x8a\x03\x20 and more",), ""),
        (("Signal=5\rDuration=160\r", "\r\nDuration=160\r\rSignal=6"), "56"),
        (("Duration=5",), ""),
        (("Signal=16",), ""),
        (("",), ""),
    ],
)
def test_one_press_is_one_key_and_nothing_else_is(bodies, wanted):
    assert told(*bodies) == wanted


def test_other_types_say_no_key():
    assert told("5", kind="text/plain") == ""
    assert told("5", kind="") == ""


@given(st.sampled_from(TYPES), st.lists(st.text(st.characters(max_codepoint=255), max_size=6)))
def test_no_body_raises(kind, bodies):
    assert all(key in "0123456789*#ABCD" for key in told(*bodies, kind=kind))
