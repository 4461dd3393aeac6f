"""The frame around every page: product, menu by role, freshness of the live figures, clock, language, log-out, the own
phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import dash
from dash import dcc, html

from core import __version__
from core.i18n import _, called
from core.installation.definition import BreakReason
from core.people.users import User
from core.rights import Right
from dashboards.components import alerts, notices, phone
from dashboards.components.live import words
from dashboards.components.words import ROLE_NAMES
from dashboards.pages import PAGES


def shell(
    user: User | None,
    language: str,
    timezone: str,
    loads: list[dict[str, Any]],
    break_reasons: Sequence[BreakReason] = (),
    *,
    demo: bool = False,
) -> Any:
    """``loads`` says what each page needs (``dashboards.index.Loads``).

    Called once without a request, too: nobody is signed in then and the least is shown."""
    about = {
        "version": __version__,
        "language": language,
        "timezone": timezone,
        "user": {"name": user.name, "role": user.role.value, "extension": user.extension} if user else None,
        "states": words(),
        "breaks": {one.id: called(one) for one in break_reasons},
        "words": script_words(),
        "bare": [page.path for page in PAGES if page.bare],
        "loads": loads,
    }
    return html.Div(
        [
            html.Div(id="about", hidden=True, **{"data-about": json.dumps(about, ensure_ascii=False)}),
            html.Header(bar(user, language), className="bar"),
            *notices_for(user),
            phone.strip(user, break_reasons, demo=demo) if user and phone.has_phone(user) else None,
            html.Main(dash.page_container),
            dcc.Location(id="url"),
        ],
    )


def bar(user: User | None, language: str) -> list[Any]:
    links = [
        dcc.Link(_(page.title), href=page.path, className="bar-link")
        for page in PAGES
        if user and page.is_in_menu_of(user)
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


def notices_for(user: User | None) -> list[Any]:
    """Announcements and messages for those who may read them."""
    if user is None or not user.may(Right.NOTICES):
        return []
    return [html.Div([notices.standing(), notices.messages()], className="notices")]


def script_words() -> dict[str, str]:
    """What the scripts of every page say to people; a page's own words come with the page."""
    return {
        "live": _("Live"),
        "stopping": _("Being stopped: no new calls; what is left ends at {time}"),
        "stale": _("Not live: figures of {time}"),
        "connecting": _("Connecting…"),
        "unreachable": _("The house cannot be reached. Try again in a moment."),
        "failed": _("The house could not do this. Try again in a moment."),
        "broken": _("Something here did not work. What you typed is still there; reload the page if it happens again."),
        "close": _("Close"),
        "announcement": _("Announcement"),
        "all_callers": _("all callers"),
        "until": _("until {time}"),
        "until_ended": _("until it is ended"),
        "read": _("Read"),
        "session_over": _("Your session is over"),
        "session_kept": _("Sign in to go on here. What you typed is still there."),
        "sent_then": _("Sent after that: {n}"),
        "user_name": _("User name"),
        "password": _("Password"),
        "sign_in": _("Sign in"),
        "somebody_else": _("Somebody else"),
        "you_changed": _("Your role or your phone was changed. Reload the page when you have finished here."),
        "light": _("Light"),
        "dark": _("Dark"),
        "just_now": _("just now"),
        "minutes_ago": _("{n} min ago"),
        "no_sound": _("The recording cannot be played now. Reload the page to try again."),
    }
