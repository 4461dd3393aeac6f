from __future__ import annotations

from pathlib import Path

import pytest

from core.telephony.inputs import Input, Registered, Unregistered
from core.telephony.signalling.registrar import MOST_CONTACTS, Contact, Registrar

NOW = 1_000_000.0


def contact(uri: str, until: float = NOW + 300, cseq: int = 1, call_id: str = "c") -> Contact:
    return Contact(uri, ("10.0.0.9", 5060), until, call_id, cseq)


@pytest.fixture
def told() -> list[Input]:
    return []


@pytest.fixture
def registrar(tmp_path: Path, told: list[Input]) -> Registrar:
    return Registrar(tmp_path / "state" / "registrations.json", told.append)


def test_every_phone_of_an_extension_is_told_and_that_the_last_is_gone(registrar: Registrar, told: list[Input]) -> None:
    registrar.bind("8001", contact("sip:a"), NOW)
    registrar.bind("8001", contact("sip:b"), NOW)
    registrar.unbind("8001", "sip:a", "asked")
    assert told == [Registered("8001", "sip:a", 300), Registered("8001", "sip:b", 300)]
    registrar.unbind("8001", "sip:b", "asked")
    assert told[2:] == [Unregistered("8001", "asked")]


def test_a_phone_that_does_not_refresh_expires(registrar: Registrar, told: list[Input]) -> None:
    registrar.bind("8001", contact("sip:a", NOW + 30), NOW)
    registrar.expire(NOW + 29)
    assert registrar.of("8001", NOW + 29)
    assert not registrar.of("8001", NOW + 30)
    registrar.expire(NOW + 30)
    assert told[-1] == Unregistered("8001", "expired")


def test_an_older_request_of_the_same_phone_changes_nothing(registrar: Registrar) -> None:
    assert registrar.bind("8001", contact("sip:a", cseq=5), NOW)
    assert not registrar.bind("8001", contact("sip:a", NOW + 900, cseq=4), NOW)
    assert registrar.bind("8001", contact("sip:a", NOW + 900, cseq=1, call_id="after a reboot"), NOW)


def test_registrations_survive_a_restart_and_are_told_again(registrar: Registrar, told: list[Input]) -> None:
    registrar.bind("8001", contact("sip:a;line=1"), NOW)
    registrar.bind("8002", contact("sip:b", NOW + 10), NOW)
    assert registrar.dirty
    registrar.write(registrar.dump())
    assert not registrar.dirty
    again: list[Input] = []
    later = Registrar(registrar.path, again.append)
    later.restore(NOW + 60)
    assert again == [Registered("8001", "sip:a;line=1", 240)]
    assert later.of("8001", NOW + 60)[0].source == ("10.0.0.9", 5060)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"8001": [{"uri": 1}]}', '{"8001": 3}'])
def test_a_damaged_file_means_phones_register_again(registrar: Registrar, told: list[Input], text: str) -> None:
    registrar.path.parent.mkdir()
    registrar.path.write_text(text, "utf-8")
    registrar.restore(NOW)
    assert told == []


def test_registrations_that_could_not_be_written_are_written_next_time(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", "utf-8")
    registrar = Registrar(blocked / "registrations.json", lambda _told: None)
    registrar.write(registrar.dump())
    assert registrar.dirty


def test_one_account_cannot_fill_the_house_with_contacts(registrar: Registrar) -> None:
    for n in range(MOST_CONTACTS + 3):
        registrar.bind("8001", contact(f"sip:{n}", NOW + 300 + n), NOW)
    assert registrar.of("8001", NOW)[0].uri == f"sip:{MOST_CONTACTS + 2}"
    assert len(registrar.of("8001", NOW)) == MOST_CONTACTS
