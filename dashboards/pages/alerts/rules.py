"""The rules as a table, with what each reads now; the form of one is ``rule_form``'s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from core.clock import utc_now
from core.i18n import _
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.notify import rule_service
from core.notify.figures import Figure, FigureCatalogue
from core.notify.rules import Reading, Rule, concerns
from core.notify.words import SCOPES, at_limit, measured
from core.rights import Right
from core.web.routes.alerts import watcher
from dashboards.components import dialog
from dashboards.components.form import Act, act
from dashboards.components.names import Names
from dashboards.pages.alerts import ids
from dashboards.pages.alerts.words import TOLD
from dashboards.session import user, web

RULES = "/api/v1/alert-rules"
READ_EVERY_MS = 4000


async def body() -> list[Any]:
    return [
        html.P(className="form-error live", role="alert", **{"data-live": "act-error"}),
        html.Div(await drawn(), id=ids.RULES, className="rules-body"),
        dcc.Interval(id=ids.TICK, interval=READ_EVERY_MS),
        *dialog.place(ids.PAGE),
    ]


async def drawn() -> list[Any]:
    parts = web()
    catalogue = watcher(parts).catalogue
    found, installation = await parts.in_session(
        lambda session: (rule_service.rules(session), load_installation(session))
    )
    may, readings = user().may(Right.ALERT_RULES), watcher(parts).values(utc_now())
    reads = {rule.id: said_now(rule, catalogue.get(rule.figure), readings.get(rule.figure, [])) for rule in found}
    return [
        html.Div(
            [
                html.B(_("{n} rules", n=len(found))),
                html.Span(
                    _("Example rules carry invented limits; whoever changes one makes it the house's own."),
                    className="dim",
                ),
                html.Span(className="bar-space"),
                *(tools() if may else []),
            ],
            className="panel totals",
        ),
        html.Div(
            table(found, catalogue, installation, reads, may=may)
            if found
            else html.P(_("There is no rule yet: nothing raises an alert."), className="empty"),
            className="panel rules-panel",
        ),
    ]


def tools() -> list[Any]:
    opener = {"data-rule-new": "1", **dialog.opens({"what": "rule"})}
    examples = Act(_("Load example rules"), "POST", f"{RULES}/examples", sends=False)
    return [
        html.Button(_("New rule"), type="button", className="primary", **opener),
        act(examples, **{"data-rule-examples": "1"}),
    ]


# --- what rules read now ----------------------------------------------------------------------------------------


async def read_now() -> dict[str, str]:
    """By the rule's number."""
    made = watcher(web())
    readings = made.values(utc_now())
    found = await web().in_session(rule_service.rules)
    return {
        str(rule.id): said_now(rule, made.catalogue.get(rule.figure), readings.get(rule.figure, [])) for rule in found
    }


def said_now(rule: Rule, figure: Figure | None, readings: Sequence[Reading]) -> str:
    """The worst of what the rule watches, by name where the others read something else; nothing without an answer."""
    watched_ones = [one for one in readings if one.value is not None and concerns(rule, one.subject)]
    if figure is None or not watched_ones:
        return ""
    worst = (max if rule.comparison == "above" else min)(watched_ones, key=lambda one: one.value or 0)
    value = measured(worst.value, figure.unit)
    alone = all(one.value == worst.value for one in watched_ones)
    return value if alone else f"{value} {worst.subject.name or worst.subject.id}"


# --- the table --------------------------------------------------------------------------------------------------


def subjects(installation: Installation) -> dict[str, dict[str, str]]:
    """Id to name of everything that a rule may watch alone."""
    names = Names(installation)
    groups = sorted({agent.group for agent in installation.agents.values() if agent.group})
    return {
        "queue": names.queues,
        "agent": names.agents,
        "group": {group: group for group in groups},
        "trunk": {trunk: trunk for trunk in installation.trunks},
    }


def table(
    rules: Sequence[Rule],
    catalogue: FigureCatalogue,
    installation: Installation,
    reads: Mapping[int, str],
    *,
    may: bool,
) -> Any:
    titles = (
        _("Rule"),
        _("Watches"),
        _("Warning"),
        _("Alarm"),
        _("Ends at"),
        _("Lasts (s)"),
        _("Well for (s)"),
        _("Sounds"),
        _("Notified"),
        _("Value now"),
        "",
    )
    known = subjects(installation)
    rows = [line(rule, catalogue.get(rule.figure), known, reads[rule.id], may=may) for rule in rules]
    head = html.Thead(html.Tr([html.Th(text) for text in titles]))
    return html.Table([head, html.Tbody(rows)], className="plain rules")


def line(rule: Rule, figure: Figure | None, known: dict[str, dict[str, str]], now: str, *, may: bool) -> Any:
    name = rule.name or (_(figure.name) if figure else rule.figure)
    marks = [
        html.Span(_("example"), className="tag-demo") if rule.example else None,
        html.Span(_("off"), className="tag") if not rule.enabled else None,
    ]
    cells = [
        [html.B(name), *(mark for mark in marks if mark is not None)],
        watched(rule, known),
        *limits(rule, figure),
        f"{rule.raise_after_s:g}",
        f"{rule.clear_after_s:g}",
        _("yes") if rule.sound else "—",
        ", ".join(_(TOLD[one]) if one in TOLD else one for one in rule.recipients) or "—",
        html.Span(now, id=ids.now(rule.id), className="rule-now"),
        changes(rule, name) if may else "",
    ]
    return html.Tr(
        [html.Td(cell) for cell in cells], className="" if rule.enabled else "rule-off", **{"data-rule": str(rule.id)}
    )


def changes(rule: Rule, name: str) -> list[Any]:
    opener = {"data-rule-change": str(rule.id), **dialog.opens({"what": "rule", "id": rule.id})}
    sure = _("Press again: the rule {name} goes, its open alerts end", name=name)
    removed = Act(_("Remove"), "DELETE", f"{RULES}/{rule.id}", confirm=sure)
    return [
        html.Button(_("Change"), type="button", className="quiet", **opener),
        act(removed, className="quiet", **{"data-rule-remove": str(rule.id)}),
    ]


def watched(rule: Rule, known: dict[str, dict[str, str]]) -> str:
    """The whole house, each queue, or one of them by name."""
    if rule.scope == "site":
        return _(SCOPES["site"])
    if not rule.scope_id:
        return _("each {scope}", scope=_(SCOPES[rule.scope]).lower())
    return f"{_(SCOPES[rule.scope])} {known.get(rule.scope, {}).get(rule.scope_id, rule.scope_id)}"


def limits(rule: Rule, figure: Figure | None) -> list[str]:
    if rule.queue_limits:
        return [_("the queue's own"), _("the queue's own"), "—"]
    unit = figure.unit if figure else "calls"
    if unit == "flag":
        return [_("if so") if limit is not None else "—" for limit in (rule.warn, rule.alarm)] + ["—"]
    sign = "≥" if rule.comparison == "above" else "<"
    shown = [f"{sign} {at_limit(limit, unit)}" if limit is not None else "—" for limit in (rule.warn, rule.alarm)]
    back = "≤" if rule.comparison == "above" else "≥"
    return [*shown, "—" if rule.clear is None else f"{back} {at_limit(rule.clear, unit)}"]
