"""RFC 4475, all of its messages byte for byte (``tests/data/sip``), each with the answer it gets here.

Where ours is not what the RFC advises, or the RFC leaves a choice, the reason stands beside it. The house knows no
user of these; its trunk is the address that they come from, and it picks up every call.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.telephony import inputs as inp
from core.telephony.signalling.octets import octets
from tests.core.telephony.signalling.house import House, Peer
from tests.core.telephony.signalling.test_bad_input import still_works

MESSAGES = Path(__file__).parents[3] / "data" / "sip"
NOTHING = 0

ANSWERS: dict[str, tuple[int, str]] = {
    # 3.1.1 valid messages
    "wsinv": (481, "well-formed; its To names a dialog that nobody here has"),
    "intmeth": (501, ""),
    "esc01": (200, ""),
    "escnull": (401, "every REGISTER is challenged"),
    "esc02": (501, "the method is not REGISTER: % escapes nothing there"),
    "lwsdisp": (200, ""),
    "longreq": (200, ""),
    "dblreq": (401, "every REGISTER is challenged; what follows in the datagram is no message"),
    "semiuri": (200, ""),
    "transports": (200, ""),
    "mpart01": (405, "MESSAGE is not for us, whatever its body"),
    "unreason": (NOTHING, "a response to no request of ours"),
    "noreason": (NOTHING, "a response to no request of ours"),
    # 3.1.2 invalid messages
    "badinv01": (400, ""),
    "clerr": (400, ""),
    "ncl": (400, ""),
    "scalar02": (400, ""),
    "scalarlg": (NOTHING, ""),
    "quotbal": (400, ""),
    "ltgtruri": (400, ""),
    "lwsruri": (400, ""),
    "lwsstart": (400, ""),
    "trws": (200, "white space at the end of the line can mean nothing else"),
    "escruri": (400, ""),
    "baddate": (200, "nobody here looks at the date"),
    "regbadct": (400, ""),
    "badaspec": (200, "the blanks can mean nothing else"),
    "baddn": (200, "a name never breaks a call"),
    "badvers": (505, ""),
    "mismatch01": (400, ""),
    "mismatch02": (400, "501 would do, too; the message is broken whatever its method"),
    "bigcode": (NOTHING, ""),
    # 3.2 transaction layer semantics
    "badbranch": (200, "a branch as before RFC 3261"),
    # 3.3 application-layer semantics
    "insuf": (400, ""),
    "unkscm": (416, ""),
    "novelsc": (416, ""),
    "unksm2": (400, ""),
    "bext01": (420, ""),
    "invut": (415, ""),
    "regaut01": (401, ""),
    "multi01": (400, ""),
    "mcl01": (400, ""),
    "bcast": (NOTHING, "a response to no request of ours"),
    "zeromf": (200, "it has arrived"),
    "cparam01": (401, "every REGISTER is challenged"),
    "cparam02": (401, "every REGISTER is challenged"),
    "regescrt": (401, "every REGISTER is challenged"),
    "sdp01": (200, "406 is advised; who offers SDP understands SDP, and 400 or 406 would only lose the call"),
    # 3.4 backward compatibility
    "inv2543": (400, "without Contact there is nowhere to send our BYE"),
}
HEADERS = {
    "intmeth": ("Allow", "INVITE"),
    "bext01": ("Unsupported", "nothingSupportsThis, nothingSupportsThisEither"),
    "invut": ("Accept", "application/sdp"),
    "regaut01": ("WWW-Authenticate", "Digest"),
}


def test_every_message_of_the_rfc_is_here_as_it_was_printed() -> None:
    assert sorted(ANSWERS) == sorted(path.stem for path in MESSAGES.glob("*.sip"))
    assert len(ANSWERS) == 49
    assert b'"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f"' in (MESSAGES / "intmeth.sip").read_bytes()
    assert (MESSAGES / "mpart01.sip").read_bytes().partition(b"\r\n\r\n")[2].count(b"\0") > 1


@pytest.mark.parametrize(("name", "status"), [(name, status) for name, (status, _) in ANSWERS.items()])
async def test_a_torture_message_gets_its_answer(
    house: House, caller: Peer, monkeypatch: pytest.MonkeyPatch, name: str, status: int
) -> None:
    house.on = house.answer_all
    server = house.sip.tm.server
    sent: list[tuple[bytes, tuple[str, int]]] = []
    with monkeypatch.context() as patch:
        # The answers would go to port 5060, as their Via says.
        patch.setattr(server, "send_to", lambda data, address, *_: sent.append((_raw(data), address)))
        raw = (MESSAGES / f"{name}.sip").read_bytes()
        server.take(raw, ("127.0.0.1", caller.port))
    finals = [(data, address) for data, address in sent if not data.startswith(b"SIP/2.0 1")]
    assert [int(data.split(b" ")[1]) for data, _ in finals] == ([status] if status else [])
    for data, address in finals:
        assert address[0] == "127.0.0.1"
        _answers(data, raw)
        header, value = HEADERS.get(name, ("Server", "hotline"))
        assert f"\r\n{header}: {value}".encode() in data
    if status != 200:
        assert not [given for given in house.inputs if isinstance(given, inp.LegInvited)]
    await still_works(house, caller)


def _raw(data: bytes | str) -> bytes:
    return octets(data) if isinstance(data, str) else data


def _answers(data: bytes, raw: bytes) -> None:
    """The answer's own headers are those of the request, octet for octet but for folded white space."""
    ours, theirs = dict(_fields(data)), dict(_fields(raw))
    names = [name for name, _ in _fields(raw)]
    for name in ("from", "call-id"):
        if names.count(name) == 1:
            assert ours[name] == theirs[name]


def _fields(raw: bytes) -> list[tuple[str, bytes]]:
    lines = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")[1:]
    pairs = [line.partition(b":") for line in lines]
    long = {"f": "from", "i": "call-id"}
    names = [name.strip().lower().decode("latin-1") for name, _, _ in pairs]
    return [
        (long.get(name, name), b" ".join(part for part in value.split(b" ") if part))
        for name, (_, _, value) in zip(names, pairs, strict=True)
    ]
