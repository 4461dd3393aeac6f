"""What a person may do, as data: every right of the house, how far it reaches, and the rows that are shipped. Pure.

Routes, websockets, Dash callbacks, pages, the menu and exports all ask for a ``Right`` and know no role. Which role
holds which right, and over whose things, is the table ``role_rights``; ``SHIPPED`` is what it begins with. Knows no
database and no web.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Right(StrEnum):
    """One thing that can be permitted."""

    SELF = "self"
    WALL = "wall"
    LIVE = "live"
    FLOOR = "floor"
    LIMITS = "limits"
    STEER = "steer"
    LISTEN = "listen"
    SUPERVISION = "supervision"
    NOTICES = "notices"
    PHONES = "phones"
    DESK = "desk"
    DIALLING = "dialling"
    NUMBERS = "numbers"
    CUSTOMERS = "customers"
    CALLS = "calls"
    RECORDINGS = "recordings"
    INDICATORS = "indicators"
    KPI = "kpi"
    KPI_SCHEMES = "kpi_schemes"
    KPI_PERIODS = "kpi_periods"
    KPI_APPEALS = "kpi_appeals"
    KPI_INPUTS = "kpi_inputs"
    QA = "qa"
    QA_SCORING = "qa_scoring"
    QA_APPEALS = "qa_appeals"
    QA_PLANS = "qa_plans"
    ALERTS = "alerts"
    ALERT_RULES = "alert_rules"
    ORDERS = "orders"
    ORDERS_OPEN = "orders_open"
    ORDERS_RING = "orders_ring"
    ORDERS_OVERDUE = "orders_overdue"
    ORDER_SITES = "order_sites"
    MAP = "map"
    INCIDENTS = "incidents"
    ROSTERS = "rosters"
    ROSTER_WISHES = "roster_wishes"
    ROSTER_PLANS = "roster_plans"
    ROSTER_EDITS = "roster_edits"
    AGENTS = "agents"
    CATEGORIES = "categories"
    USERS = "users"
    INSTALLATION = "installation"
    RIGHTS = "rights"
    AUDIT = "audit"


class Scope(StrEnum):
    """Over whose things a right reaches: nobody's, one's own, those of one's own site, or all."""

    NONE = "none"
    OWN = "own"
    SITE = "site"
    ALL = "all"


Rights = Mapping[Right, Scope]

# What each right is about; where it can be limited, by what.
MEANINGS: Mapping[Right, str] = {
    Right.SELF: "be signed in: one's own name, the frame of the pages",
    Right.WALL: "the wall and its figures of the day",
    Right.LIVE: "the floor as it is now: queues, agents, calls, on the live connection",
    Right.FLOOR: "the floor page: figures, the shift, the caller behind a call",
    Right.LIMITS: "set from when on tiles turn amber and red",
    Right.STEER: "steer queues and calls, force states, enter calls, announcements, messages, wall links",
    Right.LISTEN: "listen to calls in progress, set calls aside",
    Right.SUPERVISION: "see who listens to whom",
    Right.NOTICES: "read announcements and messages to desks",
    Right.PHONES: "states, wrap-up and call control: own, the own phone; all, everybody's",
    Right.DESK: "the desk page and the caller behind a call: own, calls one takes part in; all, every call",
    Right.DIALLING: "see who may dial what",
    Right.NUMBERS: "see whole telephone numbers",
    Right.CUSTOMERS: "look customers up by number",
    Right.CALLS: "the list of calls: own, of the own phone; all, every call",
    Right.RECORDINGS: "hear recordings of the calls that one may see",
    Right.INDICATORS: "indicators: own, of the own phone; all, everybody's",
    Right.KPI: "scores: own, the own one; site, of the own site; all, everybody's",
    Right.KPI_SCHEMES: "change scoring schemes",
    Right.KPI_PERIODS: "score periods, publish and freeze them",
    Right.KPI_APPEALS: "decide on appeals against scores that somebody else published",
    Right.KPI_INPUTS: "write down attendance, commendations, complaints and training for scores, with evidence",
    Right.QA: "QA scores: own, of the own calls; all, everybody's",
    Right.QA_SCORING: "score recordings",
    Right.QA_APPEALS: "decide on appeals against QA scores that somebody else gave",
    Right.QA_PLANS: "QA forms, sampling plans and calibration rounds",
    Right.ALERTS: "alerts and their history",
    Right.ALERT_RULES: "acknowledge alerts, change their rules",
    Right.ORDERS: "work orders: own, assigned to oneself; site, of the own site; all",
    Right.ORDERS_OPEN: "open work orders",
    Right.ORDERS_RING: "ring up the number of an order that one may see",
    Right.ORDERS_OVERDUE: "how many orders are past a deadline, by district and site",
    Right.ORDER_SITES: "the units that do the work, and who belongs to them",
    Right.MAP: "the map: hot spots, incidents, orders as points",
    Right.INCIDENTS: "accept, dismiss, merge and close incidents",
    Right.ROSTERS: "rosters: own, the own one; all, everybody's",
    Right.ROSTER_WISHES: "wish for breaks, offer and take swaps, ask for leave, as one of the roster",
    Right.ROSTER_PLANS: "forecasts, staffing, proposals, adherence of everybody",
    Right.ROSTER_EDITS: "change rosters, decide on leave and swaps",
    Right.AGENTS: "which queues agents serve, at what level, with which skills",
    Right.CATEGORIES: "name, add and retire categories and kinds of breaks",
    Right.USERS: "add people and change them",
    Right.INSTALLATION: "trunks, numbers, queues, flows, calendars, and who may dial what",
    Right.RIGHTS: "change which role may do what",
    Right.AUDIT: "read the audit and check its chain",
}
# A right that is not here is held whole or not at all.
LIMITED: Mapping[Right, tuple[Scope, ...]] = {
    Right.PHONES: (Scope.OWN, Scope.ALL),
    Right.DESK: (Scope.OWN, Scope.ALL),
    Right.CALLS: (Scope.OWN, Scope.ALL),
    Right.RECORDINGS: (Scope.OWN, Scope.ALL),
    Right.INDICATORS: (Scope.OWN, Scope.ALL),
    Right.KPI: (Scope.OWN, Scope.SITE, Scope.ALL),
    Right.QA: (Scope.OWN, Scope.ALL),
    Right.ORDERS: (Scope.OWN, Scope.SITE, Scope.ALL),
    Right.ROSTERS: (Scope.OWN, Scope.ALL),
}


def _all(*rights: Right) -> dict[Right, Scope]:
    return dict.fromkeys(rights, Scope.ALL)


_OWN_DESK = dict.fromkeys(
    (Right.PHONES, Right.DESK, Right.CALLS, Right.RECORDINGS, Right.INDICATORS, Right.KPI, Right.QA, Right.ROSTERS),
    Scope.OWN,
)
_OVERSIGHT = _all(
    Right.SELF,
    Right.LIVE,
    Right.LISTEN,
    Right.SUPERVISION,
    Right.CALLS,
    Right.RECORDINGS,
    Right.INDICATORS,
    Right.QA,
    Right.ORDERS,
)
_OFFICE = _OVERSIGHT | _all(
    Right.WALL,
    Right.FLOOR,
    Right.LIMITS,
    Right.NOTICES,
    Right.DIALLING,
    Right.KPI,
    Right.ALERTS,
    Right.ORDERS_OVERDUE,
    Right.MAP,
    Right.ROSTERS,
    Right.ROSTER_PLANS,
)
_KEEPING = _OFFICE | _all(
    Right.STEER, Right.PHONES, Right.ALERT_RULES, Right.ORDER_SITES, Right.ROSTER_EDITS, Right.AGENTS, Right.INCIDENTS
)
_SCORING = _all(Right.KPI_APPEALS, Right.KPI_INPUTS)

SHIPPED: Mapping[str, Rights] = {
    "director": _OFFICE
    | _SCORING
    | _all(Right.KPI_SCHEMES, Right.KPI_PERIODS, Right.QA_PLANS, Right.NUMBERS, Right.CUSTOMERS, Right.CATEGORIES),
    "supervisor": _KEEPING
    | _SCORING
    | _all(Right.QA_APPEALS, Right.DESK, Right.NUMBERS, Right.CUSTOMERS, Right.ORDERS_OPEN, Right.ORDERS_RING),
    "agent": _OWN_DESK
    | _all(
        Right.SELF,
        Right.LIVE,
        Right.NOTICES,
        Right.CUSTOMERS,
        Right.ORDERS,
        Right.ORDERS_OPEN,
        Right.ORDERS_RING,
        Right.ROSTER_WISHES,
    ),
    "site_manager": {Right.ORDERS: Scope.SITE, Right.KPI: Scope.SITE} | _all(Right.SELF, Right.ORDERS_OPEN),
    "worker": {Right.ORDERS: Scope.OWN} | _all(Right.SELF, Right.ORDERS_OPEN),
    "qa": _OVERSIGHT | _all(Right.QA_SCORING, Right.QA_APPEALS, Right.QA_PLANS),
    "admin": _KEEPING
    | _SCORING
    | _all(
        Right.KPI_SCHEMES,
        Right.KPI_PERIODS,
        Right.QA_PLANS,
        Right.CATEGORIES,
        Right.USERS,
        Right.INSTALLATION,
        Right.RIGHTS,
        Right.AUDIT,
    ),
    "wallboard": _all(Right.SELF, Right.WALL),
}


def shipped(role: str) -> Rights:
    """Nothing for a role that nobody knows."""
    return SHIPPED.get(role, {})


def reach(rights: Rights, right: Right) -> Scope:
    return rights.get(right, Scope.NONE)


def scopes_of(right: Right) -> tuple[Scope, ...]:
    """What a row of the table may say about this right."""
    return (Scope.NONE, *LIMITED.get(right, (Scope.ALL,)))
