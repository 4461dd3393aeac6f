"""``/docs``: the interface described on one plain page, made from the OpenAPI document; works without a network."""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from core.web.context import Web

METHODS = ("get", "post", "put", "patch", "delete")


def add_routes(web: Web) -> None:
    # Made at the first asking, which takes a second and more: in threads, so that nobody's call waits for it.
    @web.app.get("/openapi.json", include_in_schema=False)
    def description() -> dict[str, Any]:
        return web.app.openapi()

    @web.app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(page(web.app.openapi()))


def page(document: dict[str, Any]) -> str:
    info = document["info"]
    rows = [
        _operation(method, path, operations[method], document)
        for path, operations in document["paths"].items()
        for method in METHODS
        if method in operations
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        '<p>OpenAPI document: <a href="/openapi.json">/openapi.json</a>. Live state is pushed on the websocket '
        "<code>/ws/live</code>. Errors are problem details (RFC 9457).</p>"
        f"{''.join(rows)}</main></body></html>"
    )


def _operation(method: str, path: str, about: dict[str, Any], document: dict[str, Any]) -> str:
    fields = [
        _row(one["name"], one["in"], one.get("schema", {}), required=one.get("required", False))
        for one in about.get("parameters", ())
    ]
    for kind, content in about.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content.get("schema", {}), document)
        needed = schema.get("required", ())
        fields += [
            _row(name, kind, inner, required=name in needed) for name, inner in schema.get("properties", {}).items()
        ]
    table = f"<table><tr><th>name</th><th>in</th><th>type</th><th></th></tr>{''.join(fields)}</table>" if fields else ""
    answers = ", ".join(escape(code) for code in about.get("responses", {}))
    return (
        f"<section><h2><b>{method.upper()}</b> <code>{escape(path)}</code></h2>"
        f"<p>{escape(about.get('description') or about.get('summary', ''))}</p>{table}"
        f"<p>Answers: {answers}</p></section>"
    )


def _row(name: str, where: str, schema: dict[str, Any], *, required: bool) -> str:
    kind = " | ".join(map(str, schema.get("enum", ()))) or schema.get("type") or "any"
    return (
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(where)}</td><td>{escape(str(kind))}</td>"
        f"<td>{'required' if required else ''}</td></tr>"
    )


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    if reference.startswith("#/components/schemas/"):
        found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
        return found
    return schema


_STYLE = """
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 960px; margin: 0 auto; padding: 16px } section { border-top: 1px solid #868e96 }
h2 { font-size: 17px } td, th { text-align: left; padding: 2px 16px 2px 0 }
"""
