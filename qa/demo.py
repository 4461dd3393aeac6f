"""A demo site's scored calls: a plan with its draw, scores with spans, answers, appeals, and a calibration round.

All of it invented, labelled 示例, and made by the services that people use; only chance is ours.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import from_micros
from core.config import Settings
from core.db.tables import EventRow, QaTaskRow
from core.people.users import User, list_users
from core.rights import Right
from qa.forms.form import ItemAnswer, QaForm
from qa.sampling.frame import FrameCall
from qa.sampling.plan import SamplingPlan
from qa.sampling.rules import RandomRule, RiskRule, SamplingRules
from qa.scoring.answers import possible
from qa.service import forms, plans, rounds, scores
from qa.service.scores import MarkedSpan, ScoredCall, ScoreInput

FORM = "example-water-repair"
PLAN = SamplingPlan(
    name="每周抽样（示例）",
    form=FORM,
    rules=SamplingRules(RandomRule(per_agent_week=2), RiskRule(per_agent_week=1, reasons=("overtalk",))),
    note="示例：数量与风险须由本单位自定。",
    id="example-weekly",
)
SEED = 96000
DAY_S = 86_400.0
# A full list is left to score.
SCORED = 12
ROUND_CALLS = 3
# How often an item is answered best, second best, …
CHANCES = (0.82, 0.13, 0.05)
COMMENTS = ("问候完整，工号清楚。", "来电人还没说完就插话。", "查询时没有说明在做什么。", "时限讲得清楚，可作示例。")


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """``seconds`` of its recording; times in epoch seconds."""

    call_id: str
    agent: str
    answered_at: float
    seconds: float

    def scored(self) -> ScoredCall:
        return ScoredCall(self.call_id, self.agent, self.answered_at, demo=True, seconds=self.seconds)


def fill(session: Session, settings: Settings, now: float) -> None:
    """After the site's history is there; without recordings or scorers nothing."""
    # Whoever scored yesterday heard what was recorded before.
    calls = {name: call for name, call in recorded(session).items() if call.answered_at < now - DAY_S}
    people = {one.name: one for one in list_users(session)}
    scorers = [one for one in people.values() if one.may(Right.QA_SCORING)]
    if not calls or not scorers:
        return
    chance, form = random.Random(SEED), forms.version(session, FORM).form
    plans.add(session, PLAN, scorers[0].name, now - 2 * DAY_S)
    zone = ZoneInfo(settings.timezone)
    frame = [_in_frame(call, zone) for call in calls.values()]
    begins = min(call.answered_at for call in calls.values())
    plans.draw_calls(session, PLAN.id, SEED, frame, (begins, now - DAY_S), scorers[0].name, now - DAY_S)
    given = _score(session, form, calls, people, chance, now)
    _answer(session, given, people, now)
    _calibrate(session, form, list(calls.values())[:ROUND_CALLS], scorers, chance, now)


def recorded(session: Session) -> dict[str, RecordedCall]:
    """Calls of one agent that were recorded to their end, the oldest first."""
    agents: dict[str, tuple[str, float]] = {}
    found = {}
    kinds = ("call_answered", "recording_saved")
    for row in session.scalars(select(EventRow).where(EventRow.kind.in_(kinds)).order_by(EventRow.id)):
        said = orjson.loads(row.payload)
        if row.kind == "call_answered":
            agents[row.subject] = (said["extension"], from_micros(row.at_us))
        elif row.subject in agents:
            found[row.subject] = RecordedCall(row.subject, *agents[row.subject], said["seconds"])
    return found


def answers(form: QaForm, chance: random.Random) -> dict[str, ItemAnswer]:
    """Mostly good; a fatal item is hardly ever violated."""
    given: dict[str, ItemAnswer] = {}
    for item in form.items:
        choices = [one for one in possible(item) if one != "not_applicable"]
        if item.fatal is not None:
            given[item.id] = choices[-1] if chance.random() < 0.02 else choices[0]
        else:
            given[item.id] = chance.choices(choices, (CHANCES + (0.0,) * len(choices))[: len(choices)])[0]
    return given


def _in_frame(call: RecordedCall, zone: ZoneInfo) -> FrameCall:
    local = datetime.fromtimestamp(call.answered_at, zone)
    year, week, _day = local.isocalendar()
    return FrameCall(call.call_id, call.agent, f"{year}-W{week:02d}", local.hour, call.seconds)


def _score(
    session: Session,
    form: QaForm,
    calls: Mapping[str, RecordedCall],
    people: Mapping[str, User],
    chance: random.Random,
    now: float,
) -> list[str]:
    tasks = session.scalars(select(QaTaskRow).where(QaTaskRow.plan == PLAN.id).order_by(QaTaskRow.id))
    todo = [(task.call_id, task.scorer) for task in tasks if task.scorer is not None]
    given = []
    for n, (call_id, scorer) in enumerate(todo[:SCORED]):
        said = ScoreInput(FORM, answers(form, chance), spans=_spans(form, calls[call_id], chance), note="示例评语。")
        row, _new = scores.save(session, calls[call_id].scored(), said, people[scorer], now - DAY_S + 600 * (n + 1))
        given.append(row.id)
    return given


def _spans(form: QaForm, call: RecordedCall, chance: random.Random) -> tuple[MarkedSpan, ...]:
    items = [item.id for item in form.items]
    begins = [chance.uniform(0, call.seconds * 0.4), call.seconds * chance.uniform(0.5, 0.8)]
    return tuple(
        MarkedSpan(round(at, 2), round(at + call.seconds * 0.1, 2), items[n], chance.choice(COMMENTS))
        for n, at in enumerate(begins)
    )


def _answer(session: Session, given: Sequence[str], people: Mapping[str, User], now: float) -> None:
    """Some accept, one appeals and is heard, one still waits; the others have not looked yet."""
    by_phone = {one.extension: one for one in people.values() if one.extension}
    reviewer = next(
        (one for one in people.values() if one.may(Right.QA_APPEALS) and not one.may(Right.QA_SCORING)), None
    )
    for n, score_id in enumerate(given):
        row = scores.one(session, score_id)
        agent, at = by_phone.get(row.agent), now - DAY_S / 2 + 60 * n
        appeals = n in (0, 1)
        if agent is None or (n % 2 and not appeals):
            continue
        reason = "来电人中途挂断后又打来，前一段不是本通的内容。" if appeals else ""
        scores.answer(session, score_id, agent, "appealed" if appeals else "accepted", reason, at)
        if n == 0 and reviewer is not None:
            better: dict[str, ItemAnswer] = {
                item: "yes" if answer == "no" else answer for item, answer in row.answers.items()
            }
            scores.decide(session, score_id, reviewer, "changed", "重听后认可坐席的说明。", better, now - DAY_S / 4)


def _calibrate(
    session: Session,
    form: QaForm,
    calls: Sequence[RecordedCall],
    scorers: Sequence[User],
    chance: random.Random,
    now: float,
) -> None:
    """All hear the same; what each gives differs in an item or two."""
    if len(scorers) < rounds.FEWEST:
        return
    names = [one.name for one in scorers]
    ids = [call.call_id for call in calls]
    made = rounds.open_round(session, "校准（示例）", FORM, ids, names, names[0], now - DAY_S)
    for call in calls:
        usual = answers(form, chance)
        for n, person in enumerate(scorers):
            other = chance.choice([item for item in form.items if item.fatal is None])
            own = {**usual, other.id: possible(other)[chance.randrange(2)]} if chance.random() < 0.8 else usual
            said = ScoreInput(FORM, own, made.form_version, round=made.id)
            scores.save(session, call.scored(), said, person, now - DAY_S / 3 + 60 * n)
