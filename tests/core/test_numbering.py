"""One form for a number, the classes of numbers, and who may dial which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.numbering import CLASSES, DialRight, NumberRule, check_right, check_rule, classify, judge, normal, right_of

SAME = (
    ("13900001111", ("+8613900001111", "008613900001111", "8613900001111", "013900001111", "+86 139-0000-1111")),
    ("057188001234", ("+8657188001234", "008657188001234", "8657188001234", "0571-88001234", "(0571) 88001234")),
    ("057188001234", ("86057188001234", "+86057188001234")),
    ("01088001234", ("+861088001234", "861088001234", "010 88001234")),
    ("4008001234", ("+864008001234", "864008001234", "400-800-1234")),
    ("12345", ("+8612345", "008612345")),
    ("0085221234567", ("+85221234567", "0085221234567", "00 852 2123 4567")),
    (
        "",
        ("anonymous", "Anonymous", "unavailable", "restricted", "", " ", "0", "00000000", "+0", "Coverage-Unavailable"),
    ),
    ("8661", ("8661",)),
    ("86123456", ("86123456",)),
    ("alice", ("alice",)),
)


@pytest.mark.parametrize(("one", "forms"), SAME)
def test_all_ways_to_write_a_number_are_one_number(one: str, forms: tuple[str, ...]) -> None:
    assert {normal(form) for form in (one, *forms)} == {one}


@given(st.text("+0123456789 -", max_size=24))
def test_the_one_form_is_its_own_form(text: str) -> None:
    assert normal(normal(text)) == normal(text)


CLASSIFIED = {
    "emergency": ("110", "119", "120", "122", "12110"),
    "local": ("88001234", "6612345", "4008001234", "8001234567", "95588", "955168", "96000", "12345", "10086", "114"),
    "national": (
        *("13900001111", "013900001111", "+8613900001111", "16612345678", "19912345678"),
        *("057188001234", "01088001234", "02188001234", "+8657188001234", "0571 96000", "057112345"),
        *("17951013900001111", "12593057188001234"),
    ),
    "international": ("0085221234567", "+85221234567", "00447700900123", "1795100447700900123", "000123456"),
    "premium": (
        *("16812345", "168123456", "16012345", "16612345", "125901234", "12580", "057116812345", "01016812345"),
        *("00881612345678", "00882123456", "0097912345678", "0019005551234", "+19005551234", "1795116812345"),
        *("+8616812345", "008616812345"),
    ),
    "": (
        "8555",
        "9",
        "",
        "*72",
        "13900001111;ext=1",
        "1390000111",
        "sip:x",
        "13900001111@x",
        "５５５５５５５",
        "0571889",
    ),
}


@pytest.mark.parametrize(("number_class", "number"), [(k, n) for k, numbers in CLASSIFIED.items() for n in numbers])
def test_numbers_are_of_a_class_however_they_are_written(number_class: str, number: str) -> None:
    assert classify(number) == number_class


def test_the_houses_own_area_is_local_and_its_own_patterns_come_first() -> None:
    assert classify("057188001234", area="0571") == "local"
    assert classify("057116812345", area="0571") == "premium"
    own = (NumberRule("8XXX", "local"), NumberRule("0571.", "premium", rank=1), NumberRule("05712.", "local", rank=2))
    assert [classify(number, own) for number in ("8555", "057128001234")] == ["local", "premium"]


@pytest.mark.parametrize("pattern", ["", "?", "(1+)+", "a", "1..", ".1", "[9-3]", "[1-", "1" * 41, "X*", "1\n"])
def test_what_is_no_pattern_is_refused_by_its_field(pattern: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_rule(NumberRule(pattern, "local"))
    assert refused.value.field == "pattern"


def test_a_class_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadInput):
        check_rule(NumberRule("1X", "cheap"))
    with pytest.raises(BadInput):
        check_right(DialRight("role:agent", ("cheap",)))
    for subject in ("agent", "role:king", "extension:x", "extension:8001 "):
        with pytest.raises(BadInput):
            check_right(DialRight(subject, ("local",)))


USUAL = DialRight("role:agent", ("internal", "local"), "office", 2)


@pytest.mark.parametrize(
    ("number_class", "right", "in_hours", "at_once", "why"),
    [
        ("local", USUAL, True, 0, ""),
        ("local", USUAL, True, 1, ""),
        ("local", USUAL, True, 2, "most"),
        ("local", USUAL, False, 0, "hours"),
        ("national", USUAL, True, 0, "class"),
        ("premium", USUAL, True, 0, "class"),
        ("internal", USUAL, False, 9, ""),
        ("internal", DialRight("role:qa", ("local",)), True, 0, "class"),
        ("emergency", DialRight("role:qa", (), "office", 0), False, 9, ""),
        ("emergency", None, True, 0, "stranger"),
        ("local", None, True, 0, "stranger"),
        ("premium", DialRight("role:agent", CLASSES), True, 99, ""),
    ],
)
def test_a_class_is_held_against_a_right(
    number_class: str, right: DialRight | None, in_hours: bool, at_once: int, why: str
) -> None:
    assert judge(number_class, right, in_hours=in_hours, at_once=at_once) == why


def test_an_extensions_own_right_counts_before_its_roles() -> None:
    own = {"extension:8001": DialRight("extension:8001", ("local",)), "role:agent": DialRight("role:agent", ())}
    assert right_of(own, "8001", "agent").classes == ("local",)
    assert right_of(own, "8002", "agent").classes == ()
    assert "international" in right_of({}, "8090", "supervisor").classes
    assert right_of({}, "8099", "nobody knows").classes == ()
    assert not any("premium" in right_of({}, "1", role).classes for role in ("agent", "supervisor", "admin", "phone"))
