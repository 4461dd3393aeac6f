"""Component ids of one review."""

from __future__ import annotations

from typing import Any

PAGE = "qa-review"
BODY, ABOUT = "qa-review-body", "qa-review-about"
WAVE = "qa-wave"
# The script puts a span here when it was marked; all of them are in ``MARKS``.
MARKED, MARKS, MARK_LIST = "qa-marked", "qa-marks", "qa-mark-list"
NOTE, TOTAL, STORED = "qa-note", "qa-total", "qa-stored"
SUBMIT, UPHOLD, PROBLEM = "qa-submit", "qa-uphold", "qa-problem"


def answer(item: Any) -> dict[str, Any]:
    return {"type": "qa-answer", "item": item}


def section(n: Any) -> dict[str, Any]:
    return {"type": "qa-section", "n": n}


def comment(n: Any) -> dict[str, Any]:
    return {"type": "qa-comment", "n": n}


def mark_item(n: Any) -> dict[str, Any]:
    return {"type": "qa-mark-item", "n": n}


def remove(n: Any) -> dict[str, Any]:
    return {"type": "qa-mark-remove", "n": n}
