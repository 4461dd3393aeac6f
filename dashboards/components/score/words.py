"""Figures of scores as people write them: 4:22, 96.2 %, 178 ÷ 185. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.i18n import _, language
from dashboards.components.words import duration
from kpi.measures.catalogue import Measure
from kpi.scoring.curves import Bonus, Deduction, Rule, Veto
from kpi.scoring.scheme import SchemeLine, measured
from kpi.scoring.scheme import unit_of as indicator_unit
from kpi.scoring.score import LineValue

NONE = "—"
# Both parts of these are seconds, so that the ratio says nothing of how much was counted.
OF_TIME = ("rosters", "agent_time")
MONTH_DAYS = 31


def unit_of(line: SchemeLine) -> str:
    """``share``, ``seconds`` or ``number``."""
    return indicator_unit(line.indicator)


def points(value: float | None, digits: int = 2) -> str:
    """Points of a score, always with as many digits, so that they stand under one another."""
    return NONE if value is None else f"{value:,.{digits}f}"


def rank(place: int | None) -> str:
    return NONE if place is None else str(place)


def value_text(value: float | None, unit: str) -> str:
    """With its unit, for sentences: 96.2 %, 4:22, 82.3."""
    if value is None:
        return NONE
    return f"{bare(value, unit)} %" if unit == "share" else bare(value, unit)


def bare(value: float | None, unit: str) -> str:
    """Without its unit, which stands beside it in small."""
    if value is None:
        return NONE
    if unit == "seconds":
        # Half up, as people round; a duration has no parts of seconds.
        return f"−{duration(0.5 - value)}" if value < 0 else duration(value + 0.5)
    return f"{100 * value:.1f}" if unit == "share" else short(value)


def short(value: float) -> str:
    """One digit behind the point where there is any."""
    return f"{value:,.1f}".removesuffix(".0")


def expression(line: SchemeLine, figure: LineValue) -> str:
    """Numerator ÷ denominator with this figure's own numbers; empty where nothing was counted. One that is compared
    with the same cases: ÷ what is expected of them × everybody's value."""
    found = measured(line)
    if not figure.denominator:
        return ""
    if found is None:
        return _("{n} entries", n=f"{figure.sample:,}")
    if figure.expected is not None:
        expected = LineValue(denominator=figure.expected, numerator=figure.expected)
        below = _above(found, expected) if found.unit == "seconds" else _below(found, expected)
        return f"{_above(found, figure)} ÷ {below} × {value_text(figure.reference, found.unit)}"
    return f"{_above(found, figure)} ÷ {_below(found, figure)}"


def _above(found: Measure, figure: LineValue) -> str:
    if found.source in OF_TIME:
        return f"{figure.numerator / 3600:,.1f}"
    return duration(figure.numerator) if found.unit == "seconds" else short(figure.numerator)


def _below(found: Measure, figure: LineValue) -> str:
    if found.source in OF_TIME:
        return _("{n} hours", n=f"{figure.denominator / 3600:,.1f}")
    return short(figure.denominator)


def rule_text(rule: Rule, unit: str) -> str:
    """What a line without a curve does, in words; empty for one that has a curve."""
    match rule:
        case Deduction():
            return _("−{each} each, at most −{most}", each=short(rule.each), most=short(rule.most))
        case Bonus():
            return _("+{each} each, at most +{most}", each=short(rule.each), most=short(rule.most))
        case Veto(effect="nought"):
            return _("from {limit} the total is 0", limit=value_text(rule.limit, unit))
        case Veto():
            return _("from {limit} at most grade {grade}", limit=value_text(rule.limit, unit), grade=rule.grade)
    return ""


def target_text(target: tuple[float, float] | None, unit: str) -> str:
    """75–85, or one value; a dash where nothing is aimed at."""
    if target is None:
        return NONE
    low, high = (bare(one, unit) for one in target)
    return low if low == high else f"{low}–{high}"


def period_text(from_at: float, until: float, zone: ZoneInfo) -> str:
    """A whole month by its name, anything else by its first and its last day."""
    first, last = (datetime.fromtimestamp(at, zone) for at in (from_at, until - 1))
    is_month = first.day == 1 and (last + timedelta(days=1)).day == 1 and (last - first).days < MONTH_DAYS
    return month_text(from_at, zone) if is_month else f"{first:%Y-%m-%d} – {last:%m-%d}"


def month_text(at: float, zone: ZoneInfo) -> str:
    """The month in which a period begins."""
    begin = datetime.fromtimestamp(at, zone)
    return f"{begin.year}年{begin.month}月" if language() == "zh_CN" else f"{begin:%Y-%m}"
