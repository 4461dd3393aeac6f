"""One rule for telephone numbers: whole for whose right it is and for whoever has the call in hand, else masked."""

import pytest

from core.errors import BadInput
from core.people.users import Role, User
from core.web.masking import calls_for, masked, masked_text, masked_within, restored, shown
from core.web.number_seal import MARK, NumberSeal, is_private

AGENT = User(1, "agent8001", "王芳", Role.AGENT, "8001")
ASKED = User(2, "agent8002", "李娜", Role.AGENT, "8002")
OTHER = User(3, "agent8003", "张伟", Role.AGENT, "8003")
SUPERVISOR = User(4, "supervisor", "班长", Role.SUPERVISOR, "8090")
QA = User(5, "qa", "质检", Role.QA, None)
ROW = {
    "id": "c1",
    "direction": "inbound",
    "caller": "13900000042",
    "did": "96000",
    "agent": "8001",
    "parties": ["8001", "8002", "13900000077"],
}
SEAL = NumberSeal(b"secret")


@pytest.mark.parametrize(
    ("user", "whole"), [(AGENT, True), (ASKED, True), (SUPERVISOR, True), (OTHER, False), (QA, False)]
)
def test_who_speaks_in_a_call_sees_its_numbers_and_nobody_else_does(user, whole):
    (row,) = calls_for(user, [ROW])
    assert (row["caller"], row["parties"][2]) == (
        ("13900000042", "13900000077") if whole else ("139****0042", "139****0077")
    )
    assert (row["did"], row["parties"][:2]) == ("96000", ["8001", "8002"])


def test_the_rule_is_the_same_whatever_is_shown():
    assert [shown(user, "13900000042") for user in (AGENT, SUPERVISOR, QA)] == [
        *("139****0042", "13900000042", "139****0042")
    ]
    assert shown(AGENT, "13900000042", in_hand=True) == "13900000042"
    assert shown(AGENT, None) is None


def test_a_number_in_an_address_is_sealed_the_same_way_each_time_and_opened_by_this_site_only():
    sealed = SEAL.seal("13900000042")
    assert sealed == SEAL.seal("13900000042")
    assert "0042" not in sealed
    assert SEAL.open(sealed) == "13900000042"
    with pytest.raises(BadInput) as refused:
        NumberSeal(b"another").open(sealed)
    assert refused.value.field == "caller"
    for strange in (f"{MARK}", f"{MARK}abc", f"{MARK}ÄÖ", sealed[:-3]):
        with pytest.raises(BadInput):
            SEAL.open(strange)


def test_a_field_that_showed_the_number_masked_brings_it_back():
    sealed = SEAL.seal("13900000042")
    assert SEAL.opened({"caller": sealed}) == {"caller": "13900000042", "caller_sealed": sealed}
    back = SEAL.opened({"caller": masked("13900000042"), "caller_sealed": sealed})
    assert back == {"caller": "13900000042", "caller_sealed": sealed}
    assert SEAL.opened({"caller": "0042"}) == {"caller": "0042", "caller_sealed": ""}
    assert SEAL.opened({"day": "today"}) == {"day": "today", "caller": "", "caller_sealed": ""}


@pytest.mark.parametrize(
    ("text", "private"), [("13900000042", True), ("139 0000-0042", True), ("8001", False), ("", False)]
)
def test_what_is_masked_has_no_place_in_an_address(text, private):
    assert is_private(text) is private


def test_a_text_that_was_written_on_from_its_masked_form_keeps_its_numbers():
    original = "邻居13912345678,户主0571-87654321"
    assert restored(masked_text(original) + ",急", original) == original + ",急"
    assert restored("别的话", original) == "别的话"
    assert restored(original, original) == original


def test_numbers_that_look_alike_once_masked_come_back_each_in_its_place():
    original = "13811115678,邻居13822225678"
    assert restored(masked_text(original) + ",急", original) == original + ",急"
    assert restored("先打138****5678,再打138****5678,又打138****5678", original) == (
        "先打13811115678,再打13822225678,又打13822225678"
    )
    assert restored(masked_text("电话87654321方先生"), "电话87654321方先生") == "电话87654321方先生"


def test_a_number_under_a_private_key_is_masked_however_deep_it_lies():
    told = {"caller": "87654321", "was": [{"phone": ["8765432", "8001"], "n": 12345678}], "number": {"to": 87654321}}
    assert masked_within(told, ("caller", "phone", "number")) == {
        "caller": "87****21",
        "was": [{"phone": ["87****32", "8001"], "n": 12345678}],
        "number": {"to": "87****21"},
    }
