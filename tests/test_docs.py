"""The pages of docs/ name everything that the code has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperGroup, TyperOption

from core.chosen import GROUP
from core.cli import build
from core.rights import SHIPPED, Right, Scope, reach

ROOT = Path(__file__).parents[1]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def commands(group: TyperGroup, words: tuple[str, ...] = ("hotline",)) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


COMMANDS = dict(commands(typer.main.get_command(build())))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_described_with_all_its_options(name: str) -> None:
    (row,) = [line for line in page("commands.md").splitlines() if line.startswith((f"| `{name}`", f"| `{name} "))]
    options = {max(option.opts, key=len) for option in COMMANDS[name].params if isinstance(option, TyperOption)}
    assert set(re.findall(r"--[a-z-]+", row)) == options - {"--home"}


def test_no_command_is_described_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `(hotline [a-z ]+?)(?: [A-Z]+)*`", page("commands.md"), re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


def test_the_shipped_rights_of_every_role_are_described() -> None:
    lines = [line.strip("| ").split("|") for line in page("rights.md").splitlines() if line.startswith("| ")]
    (_right, _what, *roles), *rows = ([cell.strip() for cell in line] for line in lines)
    assert roles == list(SHIPPED)
    described = {name.strip("`"): dict(zip(roles, cells, strict=False)) for name, _about, *cells in rows}
    assert list(described) == list(Right)
    for right, cells in described.items():
        for role in roles:
            scope = reach(SHIPPED[role], Right(right))
            assert cells.get(role, "") == ("" if scope is Scope.NONE else scope), (right, role)


def test_every_driver_is_described() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    drivers = set(project["entry-points"]["hotline.drivers"])
    assert set(re.findall(r"^\| `((?:tts|notify)\.[a-z0-9]+)`", page("drivers.md"), re.MULTILINE)) == drivers
    described = set()
    for table, keys in re.findall(r"^\| `drivers\.([a-z0-9]+)` \| ([^|]+) \|", page("drivers.md"), re.MULTILINE):
        described |= {(table, key) for key in re.findall(r"`(\w+)`", keys)}
    models = {one.name.partition(".")[2]: getattr(one.load(), "Settings", None) for one in entry_points(group=GROUP)}
    assert described == {(name, key) for name, model in models.items() if model for key in model.model_fields}


def test_the_readme_s_links_into_the_repository_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`(docs/[\w./-]+)`|\]\((docs/[\w./-]+)\)", text))
    assert named
    assert [path for pair in named for path in pair if path and not (ROOT / path).exists()] == []
