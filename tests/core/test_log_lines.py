import logging

import pytest

from core.log_lines import Masking, without_numbers


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("caller 13812345678 rang", "caller 138**** rang"),
        ("sip:13812345678@10.20.0.5:5060", "sip:138****@10.20.0.5:5060"),
        ("GET /api/v1/customers?phone=+8613812345678", "GET /api/v1/customers?phone=+86****"),
        ("主叫13812345678的来电", "主叫138****的来电"),
        ("021-55667788", "021-556****"),
        ("138 1234 5678", "138 1234 5678".replace("138 1234 5678", "138****")),
        ("{'caller': '02155667788'}", "{'caller': '021****'}"),
        ("listening on 127.0.0.1:15060, site version 3", "listening on 127.0.0.1:15060, site version 3"),
        ("call 3b26e281234567f9 of 2026-11-29 16:13:22", "call 3b26e281234567f9 of 2026-11-29 16:13:22"),
        ("seat 8001 to 96001", "seat 8001 to 96001"),
    ],
)
def test_numbers_of_people_are_masked_and_nothing_else(line: str, shown: str) -> None:
    assert without_numbers(line) == shown


def test_a_traceback_is_masked_and_the_time_stays() -> None:
    try:
        raise ValueError("no customer 13812345678")
    except ValueError as problem:
        record = logging.LogRecord("x", 40, "", 1, "failed", (), (ValueError, problem, problem.__traceback__))
    record.created = 1764432000.5
    text = Masking("%(asctime)s %(message)s").format(record)
    assert "13812345678" not in text
    assert "138****" in text
    assert text[:4] == "2025"
