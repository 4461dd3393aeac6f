import pytest
from sqlalchemy.orm import Session

from core.customers.service import find_by_phone, normal_number, search
from core.demo import customers


@pytest.mark.parametrize(
    "number", ["13900000007", "+8613900000007", "013900000007", "008613900000007", "139 0000 0007"]
)
def test_a_caller_is_recognised_however_the_trunk_writes_the_number(session: Session, number: str) -> None:
    customers.fill(session, 2026, 11)
    card = find_by_phone(session, number)
    assert card is not None
    assert card.phones == ("13900000007",)
    assert card.synthetic
    assert "合成" in card.name
    assert len(card.meters) == 1
    assert [bill.period for bill in card.bills][:2] == ["2026-10", "2026-09"]
    assert all(bill.amount_fen == round(bill.volume_m3 * 310) for bill in card.bills)


def test_an_unknown_number_is_nobody(session: Session) -> None:
    customers.fill(session, 2026, 11)
    assert find_by_phone(session, "13811112222") is None
    assert find_by_phone(session, "anonymous") is None


def test_customers_are_found_by_account_phone_name_and_address(session: Session) -> None:
    customers.fill(session, 2026, 1)
    card = search(session, "D0000005")[0]
    assert card in search(session, card.phones[0])
    assert card in search(session, card.name, 200)
    assert card in search(session, card.address)
    assert search(session, "%") == []
    assert search(session, " ") == []


def test_numbers_are_kept_as_bare_digits() -> None:
    assert normal_number("0571-8888 0000") == "057188880000"
    assert normal_number("8661") == "8661"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("+8657188880000", "057188880000"), ("8657188880000", "057188880000"), ("+86 139 0000 1111", "13900001111")],
)
def test_a_number_is_found_however_it_is_written(written: str, kept: str) -> None:
    assert normal_number(written) == kept


def test_who_keeps_the_number_back_is_no_customer(session: Session) -> None:
    customers.fill(session, 2026, 1)
    assert [find_by_phone(session, number) for number in ("", "anonymous", "unavailable")] == [None] * 3
