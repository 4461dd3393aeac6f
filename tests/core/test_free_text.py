"""Telephone numbers in what people write, and everything else that has digits."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.free_text import asks_for_number, numbers, plain_number
from core.numbering import normal
from core.web.masking import masked_text, masked_within

AREAS = ("010", "021", "025", "0571", "0755", "0998")


def found(text):
    return [normal(plain_number(text[start:end])) for start, end in numbers(text)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("请回电13912345678谢谢", "13912345678"),
        ("+86 139-1234-5678", "13912345678"),
        ("0086 13912345678", "13912345678"),
        ("8613912345678", "13912345678"),
        ("(+86)139 1234 5678", "13912345678"),
        ("013912345678", "13912345678"),
        ("１３９１２３４５６７８", "13912345678"),
        ("139.1234.5678。", "13912345678"),
        ("tel:13912345678", "13912345678"),
        ("1.13912345678", None),
        ("0571-87654321转8001", "057187654321"),
        ("（０５７１）８７６５－４３２１", "057187654321"),
        ("010 8765 4321", "01087654321"),
        ("+86 571 8765 4321", "057187654321"),
        ("0086-571-87654321", "057187654321"),
        ("+852 9123 4567", "0085291234567"),
        ("联系电话：87654321", "87654321"),
        ("座机是8765-4321", "87654321"),
        ("13812345678方女士", "13812345678"),
        ("13812345678万先生", "13812345678"),
        ("13812345678 米师傅", "13812345678"),
        ("0571-87654321方先生", "057187654321"),
        ("电话87654321万女士", "87654321"),
        ("来电12345678方", None),
        ("电话22345678万", None),
        ("mobile no. 13812345678", "13812345678"),
        ("Tel no: 13812345678", "13812345678"),
        ("Tel no: 87654321", "87654321"),
        ("phone #13812345678", "13812345678"),
        ("phone #87654321", "87654321"),
        ("meter no. 13812345678", None),
        ("account number: 13812345678", None),
        ("13812345678x", "13812345678"),
        ("13812345678 x8001", "13812345678"),
        ("41d4-a716-13812345678a", None),
        ("13812345678.50元", None),
        ("+1 (415) 555-2671", "0014155552671"),
        ("+44 (0)20 7946 0958", "00440" + "2079460958"),
        ("138 12 34 56 78", "13812345678"),
    ],
)
def test_a_number_is_found_however_it_is_written(text, number):
    assert found(text) == ([number] if number else [])


def test_numbers_that_stand_side_by_side_are_all_found():
    assert found("13812345678,139 1234 5678") == ["13812345678", "13912345678"]
    assert found("0571-87654321,139 1234 5678") == ["057187654321", "13912345678"]


@pytest.mark.parametrize(
    "text",
    [
        "表号20231234567",
        "水表表号：13912345678",
        "户号 057187654321",
        "261130-0001",
        "20261130",
        "来电20261130反映",
        "2026-11-30 18:20:30",
        "2026-11-30T10:20:30+08:00",
        "20261130182030",
        "12345678.90元",
        "1,391,234,567.80",
        "120.153576,30.287459",
        "+120.153576",
        "130.1234 5678",
        "330106199001011234",
        "6222021391234567890",
        "87654321",
        "400-123-4567",
        "M13912345678",
        "138****5678",
    ],
)
def test_what_is_no_number_stays(text):
    assert found(text) == []


mobiles = st.from_regex(r"1[3-9]\d{9}", fullmatch=True).filter(str.isascii)
locals_ = st.from_regex(r"[2-9][0-9]{7}", fullmatch=True)
words = st.text(st.sampled_from("家里漏水请回拨谢谢，。；\n"), max_size=8)


@st.composite
def written(draw):
    """A number and one of the ways to write it."""
    country = draw(st.sampled_from(("", "+86", "+86 ", "0086", "0086-", "86 ")))
    if draw(st.booleans()):
        number = draw(mobiles)
        gap = draw(st.sampled_from(("", " ", "-")))
        return number, country + gap.join((number[:3], number[3:7], number[7:]))
    area, rest = draw(st.sampled_from(AREAS)), draw(locals_)
    gap = draw(st.sampled_from(("", " ", "-")))
    return area + rest, country + (area[1:] if country else area) + gap + rest


@given(words, written(), words)
def test_no_number_is_left_whole_wherever_it_stands(before, number, after):
    plain, as_written = number
    text = before + as_written + after
    hidden = masked_text(text)
    assert as_written not in hidden
    assert (hidden[: len(before)], hidden[len(hidden) - len(after) :]) == (before, after)
    # The end of it is kept, as in a field.
    assert hidden[len(before) : len(hidden) - len(after)] == f"{plain[:3]}****{plain[-4:]}"
    assert masked_text(hidden) == hidden


days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
others = st.one_of(
    st.integers(10**9, 4 * 10**9).map(lambda at: datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")),
    days.map(str),
    days.map(lambda day: f"{day:%Y%m%d}"),
    st.builds(lambda day, n: f"{day:%y%m%d}-{n:04d}", days.filter(lambda day: day.year > 2019), st.integers(1, 9999)),
    st.floats(-180, 180).map(lambda at: f"{at:.6f}"),
    st.integers(0, 10**10 - 1).map(lambda fen: f"{fen / 100:,.2f}元"),
    st.integers(0, 10**9).map(lambda n: f"{n}立方"),
    st.from_regex(r"[2-9][0-9]{7,12}", fullmatch=True).map(lambda meter: f"表号{meter}"),
)


@given(words, others, words)
def test_orders_meters_amounts_days_and_places_are_left_alone(before, other, after):
    # A word that announces a telephone makes one of eight digits.
    text = before.replace("回拨", "回话") + other + after
    assert masked_text(text) == text


@given(st.text(st.sampled_from("0123456789 -+.()（）电话139元,*"), max_size=60))
def test_whatever_is_written_masking_twice_is_masking_once(text):
    once = masked_text(text)
    assert masked_text(once) == once


def test_texts_inside_of_others_are_masked_and_everything_else_stays():
    told = {"note": "回13912345678", "n": 13912345678, "list": [{"a": "0571-87654321"}, None, True]}
    assert masked_within(told) == {
        "note": "回139****5678",
        "n": 13912345678,
        "list": [{"a": "057****4321"}, None, True],
    }


def test_words_that_would_find_a_number_by_its_digits_are_known():
    assert [asks_for_number(text) for text in ("清泉路12号", "1391", "139 1", "261130-0001", "5678", "")] == [
        *(False, True, True, False, True, False)
    ]
