"""No word of the program's own reaches a person: codes have words, patterns are explained, a lost line is told in ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from core.events import agents, calls
from core.i18n import set_language, translate_error
from core.workorders.shipped import DEFAULT
from core.wrong_input import FORMS, as_error
from dashboards.components.words import CODES, DIRECTIONS, SEAT_REASONS, word
from dashboards.pages.orders.words import CHANNELS, CLOCK_STATES, CLOCKS, EVENTS, STATES, URGENCIES
from dashboards.theme import STATES as SEATS

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "dashboards" / "assets"
CODE = re.compile(r"[a-z]+(_[a-z]+)+|unregistered|Failed to fetch|\^\[")


@pytest.fixture(autouse=True, params=["zh_CN", "en"])
def _language(request):
    set_language(request.param)
    yield
    set_language("zh_CN")


def _codes(*kinds):
    return sorted({code for kind in kinds for code in get_args(kind)})


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (
            CODES,
            _codes(calls.RingOutcome, calls.QueueOutcome, calls.EndReason, calls.SupervisionMode, calls.SupervisionEnd),
        ),
        (DIRECTIONS, _codes(calls.Direction)),
        ({state.code: state.word for state in SEATS}, _codes(agents.AgentState)),
        # What the core itself writes as the reason of a seat's state.
        (SEAT_REASONS, ["no_answer", "busy", "declined", "unreachable", "diverted", "unregistered", "core_restarted"]),
        (STATES, [one.id for one in DEFAULT.states]),
        (EVENTS, [one.id for one in DEFAULT.events]),
        (CLOCKS, [one.id for one in DEFAULT.clocks]),
        (CLOCK_STATES, ["running", "paused", "met", "missed", "stopped"]),
        (URGENCIES, ["normal", "urgent", "emergency"]),
        (CHANNELS, ["phone", "web", "wechat", "sms", "hotline_12345", "counter", "field"]),
    ],
)
def test_every_code_has_a_word(table, codes):
    assert codes
    for code in codes:
        assert code in table, code
        assert not CODE.fullmatch(word(table, code)), code


def test_a_code_that_has_no_word_is_not_shown_and_the_offices_own_words_are():
    assert word(SEAT_REASONS, "not_yet_known") == "—"
    assert word(SEAT_REASONS, "外呼回访") == "外呼回访"


def test_every_pattern_of_a_request_is_explained_and_never_shown():
    sources = [path.read_text("utf-8") for folder in ("core", "kpi") for path in (ROOT / folder).rglob("*.py")]
    patterns = {found for text in sources for found in re.findall(r'pattern=r?"(\^[^"]+)"', text)}
    assert patterns
    for pattern in {*patterns, *FORMS}:
        error = as_error({"type": "string_pattern_mismatch", "loc": ("body", "to"), "ctx": {"pattern": pattern}})
        said = " ".join(filter(None, translate_error(error)))
        assert pattern not in said
        assert pattern in FORMS, pattern


def test_a_request_is_made_in_one_place_which_tells_a_lost_line_in_words():
    asking = [path.name for path in sorted(ASSETS.glob("*.js")) if re.search(r"\bfetch\(", path.read_text("utf-8"))]
    assert asking == ["live.js", "session.js"]
    text = (ASSETS / "live.js").read_text("utf-8")
    assert text.count("fetch(") == text.count("session.fetch(") == 1
    assert re.search(r"try \{ return await session\.fetch\(.*catch \(_\)", text)


def test_no_script_shows_a_reason_but_through_the_words():
    for path in sorted(ASSETS.glob("*.js")):
        for line in path.read_text("utf-8").splitlines():
            shown = re.search(r"(?:push|put|textContent =)\s*\(?[^;]*\b(?:agent|row|facts)\.reason\b", line)
            assert shown is None or "text.reason(" in line or "code_" in line, f"{path.name}: {line.strip()}"
