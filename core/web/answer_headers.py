"""What every answer says to browsers besides its content: which scripts may run, who may keep it, and for how long.

Scripts come from our own files, or carry the request's nonce: a page's two inline ones do, what somebody smuggles in
does not. Styles may stand inside pages, since Dash and the table write them there; they run nothing. Knows no page.
"""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

YEAR_S = 365 * 86400
HSTS = f"max-age={YEAR_S}"
FOR_GOOD = f"private, max-age={YEAR_S}, immutable"
# Kept by the browser, and asked about before each use.
ASK_FIRST = "private, no-cache"
NEVER = "no-store"
NOTHING = "default-src 'none'; frame-ancestors 'self'"

_nonce: ContextVar[str] = ContextVar("nonce", default="")
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
# A name that changes with the content: by hash, or by Dash's fingerprint.
_HASHED = re.compile(
    r"/(?:res|_dash-component-suites)/.*-[0-9a-f]{8,}\.\w+$|/_dash-component-suites/.*\.v\d[\w.-]*m\d+\."
)
_FILES = ("/res/", "/_dash-component-suites/")


def new_nonce() -> str:
    """For the request that begins; ``script_nonce`` is then the same everywhere in it."""
    made = secrets.token_urlsafe(16)
    _nonce.set(made)
    return made


def script_nonce() -> str:
    return _nonce.get()


def policy(nonce: str, host: str) -> str:
    """The Content-Security-Policy of a page. Older browsers do not count websockets to their own host as ``'self'``."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            f"connect-src 'self'{sockets}",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def cacheable(scope: Scope, status: int) -> str:
    """How long an answer may be kept: pages and data never, files by whether their name changes with their content."""
    path = scope["path"]
    if status not in (200, 206, 304) or not path.startswith(_FILES):
        return NEVER
    query = scope.get("query_string", b"").decode("latin-1")
    return FOR_GOOD if _HASHED.search(f"{path}?{query}" if query else path) else ASK_FIRST


def add_to(headers: MutableHeaders, scope: Scope, status: int, nonce: str, host: str) -> None:
    """What a route has said itself stays, but for files whose name is a promise."""
    is_page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("Content-Security-Policy", policy(nonce, host) if is_page else NOTHING)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Referrer-Policy", "same-origin")
    if scope["scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", HSTS)
    keep = cacheable(scope, status)
    if keep == NEVER:
        headers.setdefault("Cache-Control", keep)
    else:
        headers["Cache-Control"] = keep
