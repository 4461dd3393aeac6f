"""What callers say is found: as written, misspelt, misheard, in pinyin, within a sentence, at a crossing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from geo_analysis.locate.address import parsed
from geo_analysis.locate.gazetteer import NamedPlace, PlacedAddress, gazetteer
from geo_analysis.locate.matcher import locate

EAST, WEST = "示例东区", "示例西区"
ROADS = {"清泉路": (120.0, 30.0), "净水街": (120.01, 30.0), "涌泉大道": (120.02, 30.01), "碧波花园": (120.03, 30.02)}
PLACES = [NamedPlace(name, EAST, *at) for name, at in ROADS.items()] + [NamedPlace("清泉路", WEST, 119.5, 30.0)]
HOUSES = [PlacedAddress(f"{EAST}清泉路{n}号", EAST, 120.0 + n / 1e5, 30.0) for n in (1, 11, 21, 2, 12)]
KNOWN = gazetteer(PLACES, HOUSES)


def first(text):
    return locate(KNOWN, text)[0]


@pytest.mark.parametrize(
    ("said", "name", "by"),
    [
        ("净水街", "净水街", "written"),
        ("静水街", "净水街", "heard"),
        ("净水该", "净水街", "written"),
        ("水净街", "净水街", "written"),
        ("jingshuijie", "净水街", "pinyin"),
        ("jing shui jie", "净水街", "pinyin"),
        ("jsj", "净水街", "initials"),
        ("你好,我家住在净水街这边", "净水街", "written"),
        ("碧波花园北门", "碧波花园", "written"),
        ("碧波花园", "碧波花园", "written"),
        ("bibohuayuan", "碧波花园", "pinyin"),
    ],
)
def test_a_name_is_found_however_it_is_said(said, name, by):
    found = first(said)
    assert (found.matched, found.by) == (name, by)
    assert found.confidence > 0.5


def test_streets_of_one_name_share_the_confidence_until_the_district_is_said():
    both = locate(KNOWN, "清泉路")
    assert [one.confidence for one in both[:2]] == [0.5, 0.5]
    assert first("示例西区清泉路").district == WEST
    assert first("示例西区清泉路").confidence > 0.9


def test_a_house_number_is_found_between_those_that_are_known():
    there = first("示例东区清泉路11号")
    assert (there.how, there.longitude) == ("address", 120.00011)
    assert first("示例东区清泉路11号2幢301室").how == "house"
    between = first("示例东区清泉路十六号")
    assert between.how == "near_number"
    odd = first("示例东区清泉路15号")
    assert odd.how == "between"
    assert odd.longitude == pytest.approx(120.00015)
    assert odd.text == "示例东区清泉路15号"


def test_a_crossing_lies_between_its_roads():
    for said in ("清泉路净水街路口", "清泉路和净水街交叉口", "清泉路与净水街路口", "清泉路/净水街"):
        found = first(said)
        assert (found.how, found.matched) == ("crossing", "清泉路 / 净水街"), said
        assert 120.0 < found.longitude < 120.01


def test_what_is_set_by_hand_is_known_to_the_next_caller():
    known = gazetteer(PLACES, HOUSES)
    known.learn(PlacedAddress("示例东区净水街8号", EAST, 120.5, 30.5))
    found = locate(known, "示例东区 净水街8号")[0]
    assert (found.how, found.longitude, found.confidence) == ("address", 120.5, 1.0)


def test_words_that_are_like_nothing_find_nothing():
    assert locate(KNOWN, "啊啊啊啊") == []
    assert locate(KNOWN, "?") == []
    assert locate(gazetteer([], []), "清泉路") == []


def test_english_addresses_are_found_by_number_and_street():
    known = gazetteer(
        [], [PlacedAddress(f"{n} W MAIN STREET", "", -118 + n / 1e4, 34.0) for n in (100, 140)]
    )  # fmt: skip
    found = locate(known, "120 W. Main St")[0]
    assert (found.how, found.text) == ("between", "120 w main st")
    assert found.longitude == pytest.approx(-118 + 120 / 1e4)
    assert locate(known, "120 w mian st")[0].matched == "w main st"


@given(st.text(max_size=150))
def test_no_text_breaks_it_and_every_answer_makes_sense(text):
    found = locate(KNOWN, text)
    assert sum(one.confidence for one in found if one.how != "crossing") <= 1.001
    for one in found:
        assert 0 <= one.confidence <= 1
        assert math.isfinite(one.longitude + one.latitude + one.radius_m)


@given(st.sampled_from(sorted(ROADS)), st.integers(0, 2), st.sampled_from("的一是不了人我在有他"))
def test_one_wrong_character_leaves_the_name_among_the_candidates(name, at, other):
    wrong = name[:at] + other + name[at + 1 :]
    assert name in {one.matched for one in locate(KNOWN, wrong)}


@given(st.sampled_from(sorted(ROADS)))
def test_pinyin_stands_for_the_name(name):
    assert first("".join(lazy_pinyin(name))).matched == name


@given(st.integers(1, 99))
def test_numbers_are_understood_as_spoken(number):
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    said = ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones else "")
    assert parsed(f"清泉路{said}号").number == number
