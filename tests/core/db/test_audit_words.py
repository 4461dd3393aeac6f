"""Whatever the audit is told has words: every action and every detail that the code writes, in both languages."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from core.db.audit_log import Line
from core.db.audit_words import ACTIONS, DETAILS
from core.i18n import _, set_language
from core.installation.definition import Agent, BreakReason, Calendar, Did, Queue
from core.notify.rules import Rule
from core.rosters.templates import RosterSettings, Template
from core.telephony.journal import AUDITED
from core.workorders.categories import Category
from core.workorders.shipped import DEFAULT
from dashboards.pages.audit.rows import action

ROOT = Path(__file__).parents[3]
FOLDERS = ("core", "kpi", "qa", "dashboards", "etl", "geo_analysis")
# Ways to a line of the audit, and where among their arguments the action stands.
WRITE = {
    "record": (1,),
    "record_or_queue": (1,),
    "record_once": (1,),
    "once": (1,),
    "seen": (1,),
    "note": (2,),
    "noted": (2,),
    "Line": (1,),
    "_audit": (2,),
    "_noted": (3,),
}
# What is kept whole: its fields are details.
KEPT = (Agent, BreakReason, Calendar, Did, Queue, Rule, RosterSettings, Template, Category)
EDITED = ("created", "changed", "retired", "restored")


def calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text("utf-8")
            if "audit" not in text and "noted(" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    whose = ast.unparse(node.func).rpartition(".")[0]
                    if name in WRITE and (name != "once" or whose.endswith("audit")):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def said(node: ast.expr) -> Iterator[str]:
    """The texts that an argument may be; of a text with holes its beginning and its end."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from said(one)
            yield from said(other)
        case ast.JoinedStr(values=parts):
            texts = [part.value if isinstance(part, ast.Constant) else "*" for part in parts]
            yield "".join(texts)


def actions() -> Iterator[tuple[str, str]]:
    for where, node in calls():
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        # A service's own line has the session before it.
        after = name == "record" and ast.unparse(node.func) == "audit.record"
        for place in (2,) if after else WRITE[name]:
            if place < len(node.args):
                yield from ((where, text) for text in said(node.args[place]))


def words_of(text: str) -> list[str]:
    """The actions of the registry that a text with a hole may become."""
    begin, _star, end = text.partition("*")
    steps = [f"order_{one.id}" for one in DEFAULT.events]
    return [one for one in (*ACTIONS, *steps) if one.startswith(begin) and one.endswith(end)]


def test_every_action_that_the_code_writes_has_words():
    found = [(where, text) for where, text in actions() if text.strip("*.")]
    assert len(found) > 80
    assert [(where, text) for where, text in found if not words_of(text)] == []


def test_what_the_definition_and_the_core_write_by_rule_has_words():
    edited = ("agent", "break_reason", "calendar", "category", "flow", "number", "queue")
    assert {f"{word}_{verb}" for word in edited for verb in EDITED} <= set(ACTIONS)
    assert set(AUDITED) <= set(ACTIONS)


def test_every_detail_that_the_code_writes_has_a_word():
    told = {field.name for kind in KEPT for field in fields(kind)}
    for _where, node in calls():
        told |= {keyword.arg for keyword in node.keywords if keyword.arg}
        for one in node.args:
            if isinstance(one, ast.Dict):
                told |= {key.value for key in one.keys if isinstance(key, ast.Constant)}
    assert sorted(told - set(DETAILS)) == []


@pytest.mark.parametrize("code", ["recording_hurd", "", "x"])
def test_an_action_without_words_cannot_be_written(code):
    with pytest.raises(ValueError, match="has no words"):
        Line("li", code, "y", {}, 1.0)


def test_in_chinese_every_action_and_detail_is_chinese():
    set_language("zh_CN")
    for words in (*ACTIONS.values(), *DETAILS.values()):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in _(words)), words
    assert all(action(code) != code for code in ACTIONS)
