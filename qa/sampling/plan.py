"""A plan: by which rules calls are drawn, by which form they are scored, by whom and until when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter

from core.errors import BadInput, Several
from core.wrong_input import validated
from qa.sampling.rules import SamplingRules
from qa.sampling.rules import problems as problems_of_rules

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
WORDS = r"^[^\x00-\x08\x0b-\x1f]*$"
ID = r"^[a-z0-9_-]{1,40}$"
ALL_UNSAID = SamplingRules()


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """``scorers`` are user names; none: everybody who may score. ``deadline_days`` are working days.
    ``most_of_agent``: calls of one agent that one scorer gets of a draw's weeks. ``id`` empty: it is given one."""

    __pydantic_config__ = STRICT
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=WORDS)]
    form: Annotated[str, Field(pattern=ID)]
    rules: SamplingRules = ALL_UNSAID
    scorers: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=100)] = ()
    deadline_days: Annotated[int, Field(ge=1, le=60)] = 5
    most_of_agent: Annotated[int, Field(ge=1, le=100)] = 4
    note: Annotated[str, Field(max_length=1000, pattern=WORDS)] = ""
    id: Annotated[str, Field(pattern=f"{ID}|^$")] = ""


PLAN: TypeAdapter[SamplingPlan] = TypeAdapter(SamplingPlan)
RULES: TypeAdapter[SamplingRules] = TypeAdapter(SamplingRules)


def plan_of(raw: Mapping[str, Any]) -> SamplingPlan:
    """From JSON; ``BadInput`` names the field and what it must be."""
    return validated(PLAN, raw)


def plan_json(plan: SamplingPlan) -> dict[str, Any]:
    written: dict[str, Any] = PLAN.dump_python(plan, mode="json")
    return written


def checked(plan: SamplingPlan) -> SamplingPlan:
    """The plan, or ``BadInput``; ``Several`` where more than one thing is wrong."""
    wrong = list(problems_of_rules(plan.rules))
    if not plan.name.strip():
        wrong.append(BadInput("A plan needs a name.", field="name", remedy="Say what is drawn for."))
    if len(set(plan.scorers)) < len(plan.scorers):
        wrong.append(BadInput("A word stands here twice.", field="scorers", remedy="Name each once."))
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Several(wrong)
    return plan
