"""The interface's description: every operation says what it answers, and the file of it in ``docs`` is the present one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dash
import pytest

from core.web.app import build
from core.web.openapi import text_of

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"
JSON = "application/json"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    dash.page_registry.clear()
    app = build(tmp_path_factory.mktemp("openapi"))
    yield app.openapi()
    app.state.web.database.dispose()


def answers(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Operation, status and what comes with it, of everything that went well."""
    for path, operations in document["paths"].items():
        for method, about in operations.items():
            for status, answer in about["responses"].items():
                if status.startswith("2"):
                    yield f"{method.upper()} {path}", status, answer


def properties(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    named = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][named] if named else schema
    return found.get("properties", {})  # type: ignore[no-any-return]


def test_every_operation_has_a_response_model(document: dict[str, Any]) -> None:
    """Give the route a ``response_model`` (``core/web/shapes``), or a ``response_class`` when it sends a file."""
    without = []
    for name, status, answer in answers(document):
        content = answer.get("content", {})
        schema = content.get(JSON, {}).get("schema", {})
        typed = properties(document, schema) or isinstance(schema.get("additionalProperties"), dict)
        if status != "204" and (not content or (JSON in content and not typed)):
            without.append(name)
    assert not without


# What makes something and takes no key, with the reason why a repeat does no harm.
WITHOUT_KEY: dict[str, str] = {}


def test_whatever_makes_something_takes_a_key(document: dict[str, Any]) -> None:
    making = [
        (path, about["post"])
        for path, about in document["paths"].items()
        if {"201", "202"} & set(about.get("post", {}).get("responses", ()))
    ]
    assert len(making) > 30
    for path, about in making:
        headers = [one["name"] for one in about.get("parameters", ()) if one["in"] == "header"]
        assert ("Idempotency-Key" in headers) != (path in WITHOUT_KEY), path


def test_every_list_is_items_and_next(document: dict[str, Any]) -> None:
    for name, _status, answer in answers(document):
        fields = properties(document, answer.get("content", {}).get(JSON, {}).get("schema", {}))
        assert ("items" in fields) == ("next" in fields), name
        # A list by a name of its own is an answer with nothing else in it.
        alone = [one for one, about in fields.items() if about.get("type") == "array"]
        assert len(fields) != 1 or not alone, name


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for about in operations.values():
            assert "application/problem+json" in about["responses"]["default"]["content"], path
            assert "422" not in about["responses"], path


def test_names_of_shapes_are_given_once(document: dict[str, Any]) -> None:
    """Two of one name get those of their modules before them, in the types of our scripts, too."""
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_the_kept_description_is_the_present_one(document: dict[str, Any]) -> None:
    """``make openapi`` writes it anew, and the types of our scripts with it."""
    assert KEPT.read_text("utf-8") == text_of(document), "the interface has changed: run make openapi and commit both"
