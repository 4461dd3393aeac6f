"""The form of a rule: only what its figure needs is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.i18n import N_, _
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.notify import rule_service
from core.notify.figures import Figure, FigureCatalogue
from core.notify.rules import AlertScope, Rule
from core.notify.words import SCOPES, SEVERITIES
from core.rights import Right
from core.web.routes.alerts import watcher
from dashboards.components.dialog import Dialogs, dialog
from dashboards.components.form import Act, FormField, Kind, form, typed
from dashboards.pages.alerts.rules import RULES, subjects
from dashboards.pages.alerts.words import TOLD, UNITS
from dashboards.session import web

# The one figure for which a queue has limits of its own.
QUEUE_LIMITS = "longest_wait_s"
EACH_QUEUE = "queue:"
WELL_FOR_S = 10.0
LEVELS: Sequence[tuple[str, str]] = (
    ("warn", N_("Warning at")),
    ("alarm", N_("Alarm at")),
    ("clear", N_("Ends at")),
)


async def of_rule(said: Mapping[str, str]) -> Any:
    """The form of the rule with this number, or of a new one."""
    catalogue = watcher(web()).catalogue
    rules, installation = await web().in_session(
        lambda session: (rule_service.rules(session), load_installation(session))
    )
    there = next((rule for rule in rules if str(rule.id) == said.get("id")), None)
    path = f"{RULES}/{there.id}" if there else RULES
    acts = [Act(_("Save"), "PUT" if there else "POST", path)]
    drawn = form("rule", fields(there, catalogue, installation), acts, in_dialog=True)
    return dialog(_("Change the rule") if there else _("New rule"), [drawn], closes=False)


def fields(rule: Rule | None, catalogue: FigureCatalogue, installation: Installation) -> list[FormField]:
    """What is not of a figure is not shown with it: a ratio alone has a least number of calls, what is so or not so has
    no limits."""
    figures = sorted(catalogue, key=lambda one: one.unit == "flag")
    first = figures[0]
    one = rule or Rule(0, first.id, first.scopes[0], comparison=first.comparison, clear_after_s=WELL_FOR_S)
    limits: dict[str, Sequence[Any]] = {
        "figure": [figure.id for figure in figures if figure.unit != "flag"],
        "queue_limits": [False],
    }
    figure = FormField(
        "figure",
        _("Figure"),
        "select",
        one.figure,
        [(figure.id, _(figure.name)) for figure in figures],
        wide=True,
        fills={figure.id: {"comparison": figure.comparison} for figure in figures},
        hints={
            figure.id: {f"{level}_number": _(UNITS[figure.unit]) for level, _caption in LEVELS}
            for figure in figures
            if figure.unit in UNITS
        },
    )
    targets = targets_of(one, figures, subjects(installation))
    return [
        figure,
        *targets,
        FormField(
            "queue_limits",
            _("Use the limits of each queue"),
            "check",
            one.queue_limits,
            wide=True,
            shown_if={"figure": [QUEUE_LIMITS], target_name(catalogue.get(QUEUE_LIMITS)): [EACH_QUEUE]},
        ),
        FormField(
            "comparison",
            _("Is bad"),
            "select",
            one.comparison,
            [("above", _("at or above the limit")), ("below", _("below the limit"))],
            shown_if=limits,
        ),
        *levels(one, catalogue, figures, limits),
        FormField("raise_after_s", _("Must last (s)"), "seconds", f"{one.raise_after_s:g}", required=True),
        FormField("clear_after_s", _("Well again for (s)"), "seconds", f"{one.clear_after_s:g}", required=True),
        FormField(
            "least_sample",
            _("At least so many calls"),
            "number",
            one.least_sample,
            required=True,
            shown_if={"figure": [figure.id for figure in figures if figure.unit == "share"]},
        ),
        FormField("recipients", _("Notify"), "many", one.recipients, recipient_choices(one.recipients), wide=True),
        FormField("name", _("Name"), "text", one.name, placeholder=_("empty: figure and limit"), most=100, wide=True),
        FormField("sound", _("Sounds"), "check", one.sound),
        FormField("enabled", _("On"), "check", one.enabled),
    ]


def recipient_choices(chosen: Iterable[str]) -> list[tuple[str, str]]:
    """Roles, and whoever else the rule names."""
    return [*((role, _(name)) for role, name in TOLD.items()), *((one, one) for one in chosen if one not in TOLD)]


# --- whom it watches --------------------------------------------------------------------------------------------


def target_name(figure: Figure | None) -> str:
    """One field for all figures that are known of the same."""
    return "_".join(("target", *(figure.scopes if figure else ())))


def targets_of(rule: Rule, figures: Sequence[Figure], known: Mapping[str, Mapping[str, str]]) -> list[FormField]:
    chosen = f"{rule.scope}:{rule.scope_id}"
    found = []
    for name in dict.fromkeys(map(target_name, figures)):
        those = [figure for figure in figures if target_name(figure) == name]
        options = [option for scope in those[0].scopes for option in of_scope(scope, those[0].scopes, known)]
        own = rule.figure in [figure.id for figure in those]
        if own and chosen not in dict(options):
            options.append((chosen, rule.scope_id))
        bodies = {code: dict(zip(("scope", "scope_id"), code.split(":", 1), strict=True)) for code, _caption in options}
        shown = {"figure": [figure.id for figure in those]}
        value = chosen if own else options[0][0] if options else ""
        found.append(FormField(name, _("Watches"), "pick", value, options, wide=True, shown_if=shown, bodies=bodies))
    return found


def of_scope(
    scope: AlertScope, scopes: Sequence[AlertScope], known: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    """The house; or each of them, and one by name. Of a seat's figure a group stands for its seats: not for each."""
    if scope == "site":
        return [("site:", _(SCOPES["site"]))]
    each = (
        []
        if scope == "group" and "agent" in scopes
        else [(f"{scope}:", _("each {scope}", scope=_(SCOPES[scope]).lower()))]
    )
    return [*each, *((f"{scope}:{one}", f"{_(SCOPES[scope])} {name}") for one, name in known.get(scope, {}).items())]


# --- from when on -----------------------------------------------------------------------------------------------


def levels(
    rule: Rule, catalogue: FigureCatalogue, figures: Sequence[Figure], limits: Mapping[str, Sequence[Any]]
) -> list[FormField]:
    """Times, shares and counts are typed in their own ways, so each has its own fields."""
    of_rule = catalogue.get(rule.figure)
    own = of_rule.unit if of_rule else "calls"
    kinds: dict[Kind, str] = {"seconds": _("min:s"), "share": "%", "number": ""}
    found = []
    for kind, unit in kinds.items():
        shown = {**limits, "figure": [one.id for one in figures if one.unit != "flag" and kind_of(one.unit) == kind]}
        for level, caption in LEVELS:
            value = getattr(rule, level) if own != "flag" and kind_of(own) == kind else None
            empty = _("empty: as soon as the limit is left") if level == "clear" else ""
            found.append(
                FormField(
                    f"{level}_{kind}",
                    _(caption),
                    kind,
                    typed(value, kind),
                    unit=unit,
                    placeholder=empty,
                    sends=level,
                    shown_if=shown,
                )
            )
    flags = {"figure": [one.id for one in figures if one.unit == "flag"]}
    severities = [(code, _(name)) for code, name in SEVERITIES.items()]
    chosen = "alarm" if rule.alarm is not None else "warn"
    bodies = {code: {"comparison": "above", code: 1.0} for code in SEVERITIES}
    found.append(FormField("severity", _("Severity"), "pick", chosen, severities, shown_if=flags, bodies=bodies))
    return found


def kind_of(unit: str) -> Kind:
    return "seconds" if unit == "seconds" else "share" if unit == "share" else "number"


# What can be asked for, and the right that it needs.
DIALOGS: Dialogs = {"rule": (Right.ALERT_RULES, of_rule)}
