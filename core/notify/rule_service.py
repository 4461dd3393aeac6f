"""Alert rules in the operational database. A change is left to the caller to commit, with its line in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AlertRuleRow
from core.errors import BadInput, NotFound
from core.notify.examples import EXAMPLES
from core.notify.figures import FigureCatalogue
from core.notify.rules import Rule, check

RULE_COLUMNS = tuple(field.name for field in fields(Rule))


def rules(session: Session) -> list[Rule]:
    return [_rule(row) for row in session.scalars(select(AlertRuleRow).order_by(AlertRuleRow.id))]


def rule(session: Session, rule_id: int) -> Rule:
    return _rule(_rule_row(session, rule_id))


def save_rule(session: Session, wanted: Rule, catalogue: FigureCatalogue, by: str, now: float) -> Rule:
    """Adds the rule (id 0) or changes it; what the office touches is no example any more. Not committed."""
    wanted = replace(wanted, example=False)
    check_figure(wanted, catalogue)
    check(wanted)
    row = _rule_row(session, wanted.id) if wanted.id else AlertRuleRow()
    _fill(row, wanted, by, now)
    session.add(row)
    session.flush()
    return _rule(row)


def remove_rule(session: Session, rule_id: int) -> Rule:
    """Its open alerts end with the next look. Not committed."""
    row = _rule_row(session, rule_id)
    removed = _rule(row)
    session.delete(row)
    session.flush()
    return removed


def load_examples(session: Session, by: str, now: float) -> int:
    """The shipped rules for figures that no rule watches yet; how many. Not committed."""
    watched = set(session.scalars(select(AlertRuleRow.figure)))
    missing = [example for example in EXAMPLES if example.figure not in watched]
    for example in missing:
        row = AlertRuleRow()
        _fill(row, example, by, now)
        session.add(row)
        session.flush()  # one by one: they keep their order
    return len(missing)


def check_figure(wanted: Rule, catalogue: FigureCatalogue) -> None:
    figure = catalogue.get(wanted.figure)
    if figure is None:
        raise BadInput("There is no figure {id}.", field="figure", remedy="Choose from the list.", id=wanted.figure)
    if wanted.scope not in figure.scopes:
        raise BadInput(
            "This figure is not known for {scope}.",
            field="scope",
            remedy="Use one of: {allowed}.",
            scope=wanted.scope,
            allowed=", ".join(figure.scopes),
        )
    if wanted.scope == "site" and wanted.scope_id:
        raise BadInput("The whole house has no number.", field="scope_id", remedy="Leave it empty.")
    if figure.unit == "flag" and (wanted.comparison != "above" or 0 in (wanted.warn, wanted.alarm)):
        raise BadInput(
            "It is so or it is not: there is nothing to compare.",
            field="comparison",
            remedy="Use above and the limit 1.",
        )
    if wanted.queue_limits and (wanted.figure, wanted.scope) != ("longest_wait_s", "queue"):
        raise BadInput(
            "Queues have limits of their own for the longest wait only.",
            field="queue_limits",
            remedy="Give the limits with the rule.",
        )
    highest = {"share": 1.0, "flag": 1.0}.get(figure.unit)
    for name in ("warn", "alarm", "clear"):
        number = getattr(wanted, name)
        if highest is not None and number is not None and number > highest:
            raise BadInput(
                "{field} is more than the figure can be.", field=name, remedy="Use at most 1, which is 100 %."
            )


def rule_of(values: Mapping[str, Any]) -> Rule:
    """Also from a rule kept with an alert, whose columns may be of an earlier version."""
    known = {name: values[name] for name in RULE_COLUMNS if name in values}
    return Rule(**{**known, "recipients": tuple(known.get("recipients") or ())})


def _rule_row(session: Session, rule_id: int) -> AlertRuleRow:
    row = session.get(AlertRuleRow, rule_id)
    if row is None:
        raise NotFound("There is no alert rule {id}.", field="id", remedy="It may have been removed.", id=rule_id)
    return row


def _fill(row: AlertRuleRow, wanted: Rule, by: str, now: float) -> None:
    for name in RULE_COLUMNS:
        if name != "id":
            setattr(row, name, getattr(wanted, name))
    row.recipients = list(wanted.recipients)
    row.changed_by, row.changed_at = by[:64], now


def _rule(row: AlertRuleRow) -> Rule:
    return rule_of({name: getattr(row, name) for name in RULE_COLUMNS})
