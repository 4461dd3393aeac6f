"""One person's score as a bill: each line's value and curve, and what it brings; the last line repeats the sum."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from core.i18n import _
from core.web.masking import shown_text
from dashboards.components.score import words
from dashboards.components.score.curves import CurvePicture, curve, is_met, target_of
from dashboards.session import user
from kpi.api.indicators import links
from kpi.api.score_words import name_of, sentence
from kpi.judging import JudgedPeriod
from kpi.schemes.values import Judged, place_of
from kpi.scoring.curves import FULL, Bonus, Deduction, Veto
from kpi.scoring.scheme import SchemeLine, measured
from kpi.scoring.score import AppealPoints, LineScore, TotalScore

# Less than this is lost by rounding alone.
WORTH = 0.005
MOST_LOST = 3


@dataclass(frozen=True, slots=True)
class ScoreBillLine:
    """``opens`` leads to the calls, orders or shifts that were counted; ``others`` are the group's values;
    ``allowed``: from where to where chance alone could have brought this one."""

    n: int
    line: SchemeLine
    score: LineScore
    name: str
    unit: str
    opens: str | None = None
    others: Sequence[float] = ()
    allowed: tuple[float, float] | None = None

    @property
    def is_weighted(self) -> bool:
        return self.line.weight > 0

    @property
    def lost(self) -> float:
        """Points of the total that lie between this line and what is expected of it; nothing where it is left out."""
        return max(0.0, self.score.weight * (FULL - (self.score.score or 0.0)) / 100) if self.score.weight else 0.0

    @property
    def is_low(self) -> bool:
        """Whether the value is worse than the target."""
        curve, value = self.line.curve, self.score.figure.value
        return (
            self.score.state == "counted"
            and value is not None
            and not isinstance(curve, (Veto, Bonus))
            and not is_met(curve, value)
        )


@dataclass(frozen=True, slots=True)
class ScoreBill:
    who: Judged
    total: TotalScore
    lines: Sequence[ScoreBillLine]

    @property
    def weighted(self) -> list[ScoreBillLine]:
        return [one for one in self.lines if one.is_weighted]

    @property
    def adjusting(self) -> list[ScoreBillLine]:
        """Those that move the total, or undo it."""
        return [one for one in self.lines if not one.is_weighted]

    @property
    def sum(self) -> float:
        """Of the lines with weight, before what moves the total."""
        return math.fsum(one.score.points for one in self.weighted)

    @property
    def lost_most(self) -> list[ScoreBillLine]:
        found = sorted((one for one in self.weighted if one.lost > WORTH), key=lambda one: (-one.lost, one.n))
        return found[:MOST_LOST]


def bill_of(judged: JudgedPeriod, who: str, zone: ZoneInfo, *, with_group: bool = True) -> ScoreBill | None:
    """``None`` for somebody whom the scheme does not judge. ``with_group``: its values stand behind the curves."""
    person = next((one for one in judged.people if one.key == who), None)
    total = next((one for one in judged.scores if one.who == who), None)
    if person is None or total is None:
        return None
    group = [one for one in judged.scores if one.group == total.group]
    lines = []
    for n, (line, question) in enumerate(zip(judged.scheme.lines, judged.questions, strict=True)):
        shown: Mapping[str, str] = links(question, zone, place_of(question, person)) if question is not None else {}
        lines.append(
            ScoreBillLine(
                n,
                line,
                total.lines[n],
                name_of(line.indicator, measured(line)),
                words.unit_of(line),
                shown.get("list"),
                values_of(group, n) if with_group else (),
                _allowed(total, n),
            )
        )
    return ScoreBill(person, total, lines)


def _allowed(total: TotalScore, n: int) -> tuple[float, float] | None:
    known = total.allowed.lines[n] if total.allowed else None
    return (known.low, known.high) if known else None


def values_of(scores: Sequence[TotalScore], n: int) -> list[float]:
    """What was counted of one line, of everybody of whom anything was."""
    found = (one.lines[n] for one in scores)
    return [one.figure.value for one in found if one.state == "counted" and one.figure.value is not None]


# --- drawing ----------------------------------------------------------------------------------------------------


def bill(name: str, found: ScoreBill, *, below: Mapping[int, list[Any]] | None = None) -> Any:
    """``name`` tells its curves from those of another bill on the page; ``below`` is what stands under a line."""
    heads = (
        (_("Indicator"), "bill-name"),
        (_("Actual"), "bill-value"),
        (_("Target"), "bill-target"),
        (_("Curve, dotted the target"), "bill-curve"),
        (_("Score"), "bill-score"),
        (_("Weight"), "bill-weight"),
        (_("Got of what is possible"), "bill-bar"),
        (_("Counts"), "bill-points"),
    )
    longest = max((_bar_length(one) for one in found.weighted), default=1.0)
    body = [row for one in found.weighted for row in (_weighted(name, one, longest), *_below(one, below))]
    if found.adjusting or found.total.appeals:
        moving = [row for one in found.adjusting for row in (_adjusting(one), *_below(one, below))]
        body += [_sum(found), *moving, *(_appealed(found, one) for one in found.total.appeals)]
    return html.Table(
        [
            html.Caption(_("Score of {name}", name=found.who.name), className="unseen"),
            html.Thead(html.Tr([html.Th(text, scope="col", className=style) for text, style in heads])),
            html.Tbody([*body, _total(found)]),
        ],
        className="bill",
    )


def _below(one: ScoreBillLine, below: Mapping[int, list[Any]] | None) -> list[Any]:
    said = (below or {}).get(one.n)
    return [html.Tr(html.Td(said, colSpan=8), className="bill-said")] if said else []


def _bar_length(one: ScoreBillLine) -> float:
    """A bar is as long as the weight, or as what was got where that is more."""
    return max(one.score.weight or one.line.weight, one.score.points)


def _weighted(name: str, one: ScoreBillLine, longest: float) -> Any:
    score, figure = one.score, one.score.figure
    counted = score.state == "counted"
    target = None if isinstance(one.line.curve, Veto) else target_of(one.line.curve)
    return html.Tr(
        [
            _named(one),
            html.Td(_value(one), className="bill-value"),
            html.Td(words.target_text(target, one.unit), className="bill-target"),
            html.Td(_curve(name, one, figure.value if counted else None), className="bill-curve"),
            html.Td(words.points(score.score, 1), className="bill-score"),
            html.Td(_weight(one), className="bill-weight"),
            html.Td(_bar(one, longest), className="bill-bar"),
            html.Td(words.points(score.points) if score.weight else words.NONE, className="bill-points"),
        ],
        title=sentence(one.line, score),
        className="bill-line is-low" if one.is_low else "bill-line",
        **{"data-line": str(one.n)},
    )


def _named(one: ScoreBillLine) -> Any:
    figure = one.score.figure
    below = words.expression(one.line, figure)
    if one.score.state == "too_few":
        below = _("too small a sample, {sample} of {minimum}", sample=figure.sample, minimum=one.line.minimum or 0)
    elif one.score.state == "no_data":
        below = _("nothing counted")
    return html.Th([html.Span(one.name), html.Small(below)], scope="row", className="bill-name")


def _value(one: ScoreBillLine) -> Any:
    """Opens what was counted."""
    value = one.score.figure.value
    if value is None:
        return words.NONE
    shown = [html.B(words.bare(value, one.unit)), html.Small(" %") if one.unit == "share" else None]
    if one.opens is None:
        return html.Span(shown)
    said = _("{name}: open what was counted", name=one.name)
    return html.A(shown, href=one.opens, **{"aria-label": f"{words.value_text(value, one.unit)} · {said}"})


def _curve(name: str, one: ScoreBillLine, value: float | None) -> Any:
    if isinstance(one.line.curve, Veto):
        return None
    return curve(
        f"{name}-{one.n}", CurvePicture(one.line.curve, one.name, one.unit, value, one.others, allowed=one.allowed)
    )


def _weight(one: ScoreBillLine) -> Any:
    if not one.score.weight:
        return html.Span(words.NONE, title=_("left out; the weight is spread over the other lines"))
    shown = f"× {words.short(one.score.weight)}"
    if abs(one.score.weight - one.line.weight) < WORTH:
        return shown
    spread = _("{weight} by the scheme; what other lines left was spread", weight=words.short(one.line.weight))
    return html.Span([shown, html.Sup("*")], title=spread)


def _bar(one: ScoreBillLine, longest: float) -> Any:
    if not one.score.weight:
        return None
    whole, got = one.score.weight, one.score.points
    return html.Span(
        html.I(style={"width": f"{100 * got / _bar_length(one):.2f}%"}),
        className="bill-track",
        style={"width": f"{100 * _bar_length(one) / longest:.2f}%"},
        role="img",
        **{"aria-label": _("{got} of {whole}", got=words.points(got), whole=words.short(whole))},
    )


def _sum(found: ScoreBill) -> Any:
    whole = math.fsum(one.score.weight for one in found.weighted)
    return html.Tr(
        [
            html.Th(_("Weighted sum"), scope="row", className="bill-name"),
            html.Td(colSpan=4, className="bill-gap"),
            html.Td(words.short(whole), className="bill-weight"),
            html.Td(className="bill-bar"),
            html.Td(words.points(found.sum), className="bill-points"),
        ],
        className="bill-sum",
    )


def _adjusting(one: ScoreBillLine) -> Any:
    rule, figure = one.line.curve, one.score.figure
    kind = {Deduction: _("deduction"), Bonus: _("bonus"), Veto: _("veto")}.get(type(rule), "")
    shown: Any = words.NONE
    if isinstance(rule, Veto):
        shown = html.Span(_("struck") if one.score.struck else _("not struck"))
    elif figure.value is not None:
        shown = _value(one)
    moved = one.score.points
    return html.Tr(
        [
            html.Th([html.Span(one.name), html.Small(kind)], scope="row", className="bill-name"),
            html.Td(shown, className="bill-value"),
            html.Td(words.rule_text(rule, one.unit), colSpan=5, className="bill-rule"),
            html.Td(signed(moved), className=f"bill-points {'gain' if moved > 0 else 'warn' if moved < 0 else ''}"),
        ],
        title=sentence(one.line, one.score),
        className="bill-line bill-adjusts is-struck" if one.score.struck else "bill-line bill-adjusts",
        **{"data-line": str(one.n)},
    )


def _appealed(found: ScoreBill, one: AppealPoints) -> Any:
    """What an upheld appeal gave or took, and why."""
    against = next((line.name for line in found.lines if line.n == one.line), "")
    return html.Tr(
        [
            html.Th([html.Span(_("Appeal {n}", n=one.n)), html.Small(_("upheld"))], scope="row", className="bill-name"),
            html.Td(className="bill-value"),
            html.Td(
                _("against {name}: {words}", name=against, words=shown_text(user(), one.words)),
                colSpan=5,
                className="bill-rule",
            ),
            html.Td(signed(one.points), className=f"bill-points {'gain' if one.points > 0 else 'warn'}"),
        ],
        className="bill-line bill-adjusts bill-appealed",
    )


def _total(found: ScoreBill) -> Any:
    return html.Tr(
        [
            html.Th(_("Total"), scope="row", className="bill-name"),
            html.Td(sum_text(found), colSpan=6, className="bill-gap"),
            html.Td(words.points(found.total.total), className="bill-points"),
        ],
        className="bill-total",
    )


def sum_text(found: ScoreBill) -> str:
    """82.62 − 1.00 + 2.00 = 83.62, and what cut it."""
    total = found.total.total
    if total is None:
        return _("Nothing could be judged in this period.")
    moves = [one.score.points for one in found.adjusting if one.score.points]
    appeals = [one.points for one in found.total.appeals]
    said = _added(words.points(found.sum), moves)
    vetoed = any(one.score.struck and _is_nought(one.line) for one in found.lines)
    if vetoed or found.sum + math.fsum(moves) < 0:
        cut = _("{sum}; the veto makes it 0", sum=said) if vetoed else _("{sum}; never below 0", sum=said)
        return f"{cut}; {_added('0', appeals)} = {words.points(total)}" if appeals else cut
    said = _added(said, appeals)
    if found.sum + math.fsum([*moves, *appeals]) < 0:
        return _("{sum}; never below 0", sum=said)
    shown = f"{said} = {words.points(total)}" if moves or appeals else said
    return _("{sum}, rounded once, at the end", sum=shown)


def _added(said: str, moves: Sequence[float]) -> str:
    return " ".join([said, *(f"{'+' if one > 0 else '−'} {words.points(abs(one))}" for one in moves)])


def _is_nought(line: SchemeLine) -> bool:
    return isinstance(line.curve, Veto) and line.curve.effect == "nought"


def signed(value: float) -> str:
    if abs(value) < WORTH:
        return words.NONE
    return f"{'+' if value > 0 else '−'}{words.points(abs(value))}"


def lost_text(found: ScoreBill) -> list[Any]:
    """Where most points were lost, in words."""
    if found.total.total is None:
        return []
    if not found.lost_most:
        return [_("No line is below what is expected.")]
    said: list[Any] = [_("Most points lost:"), " "]
    for n, one in enumerate(found.lost_most):
        said += [" · " if n else "", html.B(f"{one.name} {words.points(one.lost)}", className="" if n else "warn")]
    return said
