"""Alerts on any page: the count for the bar, and the panel with those that want somebody; scripts fill both.

``assets/alerts.js`` takes its words from the first of the two that is on the page, and speaks, sounds and counts as
soon as one of them is there.
"""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import _
from core.notify import words as alert_words
from core.people.users import User
from core.rights import Right
from core.web.routes.alerts import watcher
from dashboards.components.live import figure
from dashboards.components.words import SEAT_REASONS
from dashboards.session import user, web

# Where an open alert leads: {subject} is the queue or seat, {from} and {to} the time that was counted.
LINKS = {
    "waiting": "/calls?state=waiting&queue={subject}",
    "longest_wait_s": "/calls?state=waiting&queue={subject}",
    "unserved": "/calls?state=waiting&queue={subject}",
    "calls_up": "/calls?state=open&queue={subject}",
    "ready": "/floor",
    "staffed": "/floor",
    "agent_talking_s": "/floor?seat={subject}",
    "agent_hold_s": "/floor?seat={subject}",
    "agent_wrap_up_s": "/floor?seat={subject}",
    "agent_break_s": "/floor?seat={subject}",
    "agent_trouble_s": "/floor?seat={subject}",
    "service_level_15min": "/calls?from={from}&to={to}&visit=ended&queue={subject}",
    "service_level_today": "/calls?day=today&visit=late&queue={subject}",
    "abandon_rate_today": "/calls?day=today&visit=abandoned&queue={subject}",
    "recording_failed": "/calls?day=today",
    "overdue_orders": "/orders?overdue=1",
    "suspected_incidents": "/map",
}


# Where one that is over leads, from its raising to its end: who waits now has nothing to do with it.
WAITED = "/calls?from={from}&to={to}&visit=waited&queue={subject}"
PAST_LINKS = {"waiting": WAITED, "longest_wait_s": WAITED, "unserved": WAITED}


def count(who: User | None) -> Any:
    """For the bar on top: how many open alerts nobody has acknowledged. Nothing for those who have none to see."""
    if who is None or not who.may(Right.ALERTS):
        return None
    return html.A(
        [
            html.Span(_("Alerts"), className="unseen"),
            html.Span(className="icon", **{"aria-hidden": "true"}),
            figure("alerts-count"),
        ],
        href="/alerts",
        className="alerts-count",
        title=_("Alerts"),
        **{"data-alerts": about(who)},
    )


def panel() -> Any:
    """Open alerts first, then what was settled today; those who may acknowledge do it here."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Alerts")),
                    figure("alerts-open", "alerts-open"),
                    html.Span(className="bar-space"),
                    html.Button(
                        figure("alerts-sound"),
                        type="button",
                        className="quiet",
                        **{"data-alert-sound": "1", "aria-pressed": "false"},
                    ),
                ],
                className="alerts-head",
            ),
            html.Div(
                [
                    figure("alerts-sums", "alerts-sums"),
                    html.Span(className="bar-space"),
                    html.Button(
                        figure("alerts-over"),
                        type="button",
                        className="quiet",
                        hidden=True,
                        **{"data-acknowledge-over": "1"},
                    ),
                ],
                className="alerts-head",
            ),
            html.P(className="alerts-note live", role="status", **{"data-live": "alerts-note"}),
            html.P(className="alert-problem live", role="alert", **{"data-live": "alerts-problem"}),
            html.Ul(className="alerts-list", **{"data-box": "alerts", "aria-label": _("Alerts")}),
            html.P(className="alerts-none live", **{"data-live": "alerts-none"}),
        ],
        className="alerts-panel",
        **{"data-alerts": about(user()), "data-alerts-panel": "1"},
    )


def about(who: User) -> str:
    """Everything that the scripts need to say an alert in the request's language."""
    figures = {one.id: _(one.name) for one in watcher(web()).catalogue}
    told = {
        "figures": figures,
        "links": LINKS,
        "past_links": PAST_LINKS,
        "changes": who.may(Right.ALERT_RULES),
        "words": script_words(),
    }
    return json.dumps(told, ensure_ascii=False)


def script_words() -> dict[str, str]:
    return {
        "above": _(alert_words.REACHED),
        "below": _(alert_words.BELOW),
        "of": _(alert_words.OF),
        "warn": _("Warning"),
        "alarm": _("Alarm"),
        "to_acknowledge": _("{n} to acknowledge"),
        "sums": _("today {raised} · acknowledged {acknowledged}"),
        "since": _("since {time}, {spent}"),
        "now": _("now {value}"),
        "no_answer": _("figure not available now"),
        "waiting": _("{n} waiting"),
        "ready": _("{n} ready"),
        "nobody_ready": _("nobody ready"),
        "of_calls": _("of {n} calls"),
        "acknowledge": _("Acknowledge"),
        "acknowledge_over": _("Acknowledge all over ({n})"),
        "acknowledged": _("acknowledged"),
        "over": _("over"),
        "over_unseen": _("over, not acknowledged"),
        "by": _("acknowledged by {name} {time}"),
        "what_done": _("What is done (may stay empty)"),
        "none": _("No alerts. Everything watched is within its limits."),
        "loading": _("Connecting…"),
        "sound_on": _("Sound on"),
        "sound_off": _("Sound off"),
        "sound_asleep": _("Click anywhere: the browser lets a page sound only after a click."),
        "said": _("{severity}: {title}"),
        "call": _("Call"),
        "yes": _("yes"),
        "no": _("no"),
        **{f"code_{code}": _(text) for code, text in SEAT_REASONS.items()},
    }
