"""The interface's description as OpenAPI: served at ``/openapi.json``, kept in ``docs/openapi.json``.

``make openapi`` writes it, and the scripts' types from it; a test tells when either is old.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI

from core.web.shapes import Problem

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class Application(FastAPI):
    """Says of every operation that its errors are problems."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            document = super().openapi()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = Problem.model_json_schema()
            for operation in operations(document):
                operation["responses"]["default"]["content"] = PROBLEM
        return self.openapi_schema or {}


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for path in document["paths"].values() for one in path.values()]


def text_of(document: dict[str, Any]) -> str:
    """As it is kept: the same document is the same text."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
