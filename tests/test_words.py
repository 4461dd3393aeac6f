"""One word, one thing: public classes that share a name, and house words in public names (docs/glossary.md)."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "etl", "kpi", "qa", "geo_analysis", "dashboards")

# What the interface answers (modules of ``shapes``) may be called as the one thing that it shows. Any other name that two
# modules define needs a reason here.
SAME_THING = {
    "Versioned": "an answer with the version that the next change names",
    "Runs": "the protocol of Web.in_session, for folders that must not import the web",
}

# Words of our talk, with those of the trade that names use instead.
HOUSE_WORDS = {
    "told": "reported, announced, ..._json",
    "kept": "stored, cached, met",
    "found": "the thing that was found: Page, Entry",
    "known": "what is known of whom: Identity, Choices",
    "wanted": "Query, Request",
    "asked": "requested, Request",
    "heard": "received",
    "poll": "refresh",
    "look": "check, evaluate, sample",
    "looks": "check, evaluate, sample",
    "seat": "agent, session; a seat is a tile of the floor",
    "seats": "agents, sessions; seats are tiles of the floor",
    "house": "installation, owner",
}

# Names that have them all the same, each with its reason.
ALLOWED = {
    "core.commands.bench_disk:calls_told": "a measurement's own",
    "core.commands.bench_disk:orders_told": "a measurement's own",
    "core.workorders.case:StepRecord.asked": "what somebody asked for, beside what was decided",
    "kpi.planning.forecast:History.known": "days of which anything is known",
    "core.errors:NotFound": "HTTP's word for 404",
    "core.events.calls:AnnouncementHeard": "a fact: its name is in the log",
    "core.web.lookups:Lookups.look_up": "a look-up",
    "dashboards.pages.floor.layout:seats": "the tiles",
    "dashboards.pages.wallboard.layout:seats": "the tiles",
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" not in path.parts:
                yield (
                    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."),
                    ast.parse(path.read_text("utf-8")),
                )


def is_shape(module: str) -> bool:
    return "shapes" in module.split(".")


def homonyms(sources: list[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """Public classes of two or more modules, less the interface's answer beside the one thing that it shows."""
    where: dict[str, list[str]] = defaultdict(list)
    for module, tree in sources:
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(module)
    return {
        name: modules
        for name, modules in where.items()
        if len([one for one in modules if not is_shape(one)]) > 1 or len([one for one in modules if is_shape(one)]) > 1
    }


def words_of(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def public_names(sources: list[tuple[str, ast.Module]]) -> Iterator[str]:
    """``module:Class``, ``module:function`` and ``module:Class.method``; fields are the interface's and the tables' own."""
    for module, tree in sources:
        yield f"{module}:{module.rsplit('.', 1)[-1]}"
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            ):
                yield f"{module}:{node.name}"
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and not inner.name.startswith("_"):
                        yield f"{module}:{node.name}.{inner.name}"


def house_words(sources: list[tuple[str, ast.Module]]) -> dict[str, str]:
    """Public name to the house word in it."""
    return {
        name: word
        for name in public_names(sources)
        for word in words_of(name.rsplit(".", 1)[-1].rsplit(":", 1)[-1])
        if word in HOUSE_WORDS
    }


def test_a_public_class_name_has_one_meaning() -> None:
    found = homonyms(list(trees()))
    assert {name: modules for name, modules in found.items() if name not in SAME_THING} == {}, (
        "rename one, or give the reason in SAME_THING"
    )
    assert set(SAME_THING) <= set(found), "a reason that is no longer needed"


def test_public_names_are_of_the_trade() -> None:
    found = house_words(list(trees()))
    new = {name: HOUSE_WORDS[word] for name, word in found.items() if name not in ALLOWED}
    assert new == {}, "the values are words of the trade instead"
    assert set(ALLOWED) <= set(found), "a reason that is no longer needed"


@pytest.mark.parametrize(
    "source",
    [
        "class Kept: ...",
        "def told(): ...",
        "class Sheet:\n    async def look_again(self): ...",
        "class SeatBefore: ...",
    ],
)
def test_a_house_word_that_comes_in_is_seen(source: str) -> None:
    assert house_words([("core.example", ast.parse(source))])


def test_a_homonym_that_comes_in_is_seen() -> None:
    one, other = ast.parse("class Limit: ..."), ast.parse("class Limit: ...")
    assert homonyms([("core.a", one), ("kpi.b", other)]) == {"Limit": ["core.a", "kpi.b"]}
    assert homonyms([("core.web.shapes.a", one), ("kpi.api.shapes.b", other)])
    assert homonyms([("core.a", one), ("core.web.shapes.a", other)]) == {}
