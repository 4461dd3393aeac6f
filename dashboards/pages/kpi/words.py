"""What the review calls things."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.i18n import _, language
from dashboards.pages.kpi.selection import Month


def month_text(month: Month) -> str:
    return f"{month.year}年{month.month}月" if language() == "zh_CN" else str(month)


def month_short(month: Month) -> str:
    return f"{month.month}月" if language() == "zh_CN" else str(month)[2:]


def span_text(from_at: float, until: float, zone: ZoneInfo) -> str:
    """Its first and its last day."""
    first, last = (datetime.fromtimestamp(at, zone) for at in (from_at, until - 1))
    return f"{first:%Y-%m-%d} – {last:%m-%d}"


def view_words() -> dict[str, str]:
    return {"review": _("Review"), "compare": _("Compare"), "fairness": _("Fairness"), "appeals": _("Appeals")}
