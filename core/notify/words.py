"""An alert in words of the request's language, for lists, files and notices; scripts have the same in theirs."""

from __future__ import annotations

from core.i18n import N_, _
from core.notify.figures import Figure, Unit
from core.notify.rules import Comparison, Subject

SCOPES = {
    "site": N_("The whole house"),
    "queue": N_("Queue"),
    "group": N_("Group"),
    "agent": N_("Seat"),
    "trunk": N_("Trunk"),
}
SEVERITIES = {"warn": N_("Warning"), "alarm": N_("Alarm")}
ENDS = {"eased": N_("eased"), "no_data": N_("no data any more"), "gone": N_("rule or subject gone")}
REACHED = N_("{figure} reached {limit}")
BELOW = N_("{figure} below {limit}")
# Whom it is about before what is the matter.
OF = N_("{subject}: {title}")


def title(figure: Figure | None, name: str, subject: Subject, comparison: Comparison, limit: float) -> str:
    """``name`` is the rule's own; without one the figure and its limit say it."""
    said = name
    if not said and figure is not None:
        pattern = (REACHED if comparison == "above" else BELOW) if figure.says_limit else "{figure}"
        said = _(pattern, figure=_(figure.name), limit=at_limit(limit, figure.unit))
    whom = called(subject)
    return _(OF, subject=whom, title=said) if whom else said


def called(subject: Subject) -> str:
    """Seats by number and name, the house not at all."""
    if subject.kind == "agent":
        return f"{subject.id} {subject.name}".strip()
    return subject.name or subject.id


def at_limit(value: float, unit: Unit) -> str:
    """Limits are round numbers: 80 %, not 80.0 %."""
    if unit == "share":
        return f"{value * 100:.10g} %"
    return f"{value:g} GB" if unit == "gb" else measured(value, unit)


def measured(value: float | None, unit: Unit) -> str:
    if value is None:
        return "—"
    if unit == "seconds":
        minutes, seconds = divmod(int(value), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    if unit == "share":
        return f"{value * 100:.1f} %"
    if unit == "gb":
        return f"{value:.1f} GB"
    if unit == "flag":
        return _("yes") if value else _("no")
    return f"{value:g}"
