"""The frame around every page: product, menu by role, freshness of the live figures, clock, language, log-out."""

from __future__ import annotations

import json
from typing import Any

import dash
from dash import dcc, html

from core import __version__
from core.i18n import N_, _
from core.people.users import Role, User
from dashboards.components import alerts
from dashboards.components.live import words
from dashboards.pages import PAGES

ROLE_NAMES = {
    Role.DIRECTOR: N_("Director"),
    Role.SUPERVISOR: N_("Shift supervisor"),
    Role.AGENT: N_("Agent"),
    Role.SITE_MANAGER: N_("Site manager"),
    Role.WORKER: N_("Field worker"),
    Role.QA: N_("Quality reviewer"),
    Role.ADMIN: N_("Administrator"),
    Role.WALLBOARD: N_("Wall"),
}


def shell(user: User | None, language: str, timezone: str) -> Any:
    """Called once without a request, too: nobody is signed in then and the least is shown."""
    about = {
        "version": __version__,
        "language": language,
        "timezone": timezone,
        "user": {"name": user.name, "role": user.role.value, "extension": user.extension} if user else None,
        "states": words(),
        "words": script_words(),
        "bare": [page.path for page in PAGES if page.bare],
    }
    return html.Div(
        [
            html.Div(id="about", hidden=True, **{"data-about": json.dumps(about, ensure_ascii=False)}),
            html.Header(bar(user, language), className="bar"),
            html.Main(dash.page_container),
            dcc.Location(id="url"),
        ],
    )


def bar(user: User | None, language: str) -> list[Any]:
    links = [
        dcc.Link(_(page.title), href=page.path, className="bar-link")
        for page in PAGES
        if user and page.in_menu and user.may(page.right)
    ]
    other = ("en", "English") if language == "zh_CN" else ("zh_CN", "中文")
    return [
        html.Div([html.Span(className="drop"), html.B(_("Hotline"))], className="bar-mark"),
        html.Nav(links, **{"aria-label": _("Pages")}),
        html.Div(className="bar-space"),
        alerts.count(user),
        html.Span(html.Span(className="live", **{"data-live": "freshness"}), className="fresh", role="status"),
        html.Button(other[1], className="bar-button", **{"data-language": other[0]}),
        html.Button(
            html.Span(_("Dark"), **{"data-live": "scheme"}),
            className="bar-button",
            **{"data-scheme-switch": "1"},
        ),
        html.Span(f"{user.display_name} · {_(ROLE_NAMES[user.role])}" if user else "", className="bar-user"),
        html.Button(_("Log out"), className="bar-button", **{"data-log-out": "1"}),
        html.Span(className="bar-clock live", **{"data-live": "clock"}),
    ]


def script_words() -> dict[str, str]:
    """What the scripts of every page say to people; a page's own words come with the page."""
    return {
        "live": _("Live"),
        "stale": _("Not live: figures of {time}"),
        "connecting": _("Connecting…"),
        "unreachable": _("The house cannot be reached. Try again in a moment."),
        "failed": _("The house could not do this. Try again in a moment."),
        "light": _("Light"),
        "dark": _("Dark"),
        "just_now": _("just now"),
        "minutes_ago": _("{n} min ago"),
        "no_sound": _("The recording cannot be played now. Reload the page to try again."),
    }
