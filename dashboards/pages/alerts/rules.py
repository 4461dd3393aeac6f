"""The rules as a table; a script opens the form of one, writes the figures of now beside them and saves."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from dash import html

from core.api.alerts import watcher
from core.i18n import _
from core.notify import rule_service
from core.notify.figures import Catalogue, Figure
from core.notify.rules import Rule
from core.notify.words import SCOPES, at_limit
from core.people.site_service import load_site
from core.rights import Right
from core.site import Site
from dashboards.components.names import Names
from dashboards.pages.alerts.words import TOLD, script_words
from dashboards.session import user, web


async def body() -> list[Any]:
    parts = web()
    catalogue = watcher(parts).catalogue
    rules, site = await parts.in_session(lambda session: (rule_service.rules(session), load_site(session)))
    may = user().may(Right.ALERT_RULES)
    told = {
        "words": script_words(),
        "figures": [
            {**asdict(one), "name": _(one.name)} for one in sorted(catalogue, key=lambda one: one.unit == "flag")
        ],
        "scopes": {code: _(text) for code, text in SCOPES.items()},
        "subjects": subjects(site),
        "roles": {role: _(name) for role, name in TOLD.items()},
        "rules": [asdict(rule) for rule in rules],
    }
    return [
        html.Div(
            [
                html.B(_("{n} rules", n=len(rules))),
                html.Span(
                    _("Example rules carry invented limits; whoever changes one makes it the house's own."),
                    className="dim",
                ),
                html.Span(className="bar-space"),
                html.Button(_("New rule"), type="button", className="primary", **{"data-rule-new": "1"})
                if may
                else None,
                html.Button(
                    _("Load example rules"), type="button", className="bar-button", **{"data-rule-examples": "1"}
                )
                if may
                else None,
            ],
            className="panel totals",
        ),
        html.Div(
            table(rules, catalogue, site, may=may)
            if rules
            else html.P(_("There is no rule yet: nothing raises an alert."), className="empty"),
            className="panel rules-panel",
        ),
        html.Div(**{"data-alert-rules": json.dumps(told, ensure_ascii=False)}),
    ]


def subjects(site: Site) -> dict[str, dict[str, str]]:
    """Id to name of everything that a rule may watch alone."""
    names = Names(site)
    groups = sorted({agent.group for agent in site.agents.values() if agent.group})
    return {
        "queue": names.queues,
        "agent": names.agents,
        "group": {group: group for group in groups},
        "trunk": {trunk: trunk for trunk in site.trunks},
    }


def table(rules: list[Rule], catalogue: Catalogue, site: Site, *, may: bool) -> Any:
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
    known = subjects(site)
    rows = [line(rule, catalogue.get(rule.figure), known, may=may) for rule in rules]
    head = html.Thead(html.Tr([html.Th(text) for text in titles]))
    return html.Table([head, html.Tbody(rows)], className="plain rules")


def line(rule: Rule, figure: Figure | None, known: dict[str, dict[str, str]], *, may: bool) -> Any:
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
        html.Span(className="live", **{"data-live": f"rule-now-{rule.id}"}),
        [
            html.Button(_("Change"), type="button", className="quiet", **{"data-rule-change": str(rule.id)}),
            html.Button(_("Remove"), type="button", className="quiet", **{"data-rule-remove": str(rule.id)}),
        ]
        if may
        else "",
    ]
    return html.Tr(
        [html.Td(cell) for cell in cells], className="" if rule.enabled else "rule-off", **{"data-rule": str(rule.id)}
    )


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
