"""The words of the matrix: what each right is about, how far it reaches, classes of numbers. ``core.rights`` is too low
to know languages; a test holds both to the same words."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_
from core.rights import Right, Scope

ABOUT: Mapping[Right, str] = {
    Right.SELF: N_("be signed in: one's own name, the frame of the pages"),
    Right.WALL: N_("the wall and its figures of the day"),
    Right.LIVE: N_("the floor as it is now: queues, agents, calls, on the live connection"),
    Right.FLOOR: N_("the floor page: figures, the shift, the caller behind a call"),
    Right.LIMITS: N_("set from when on tiles turn amber and red"),
    Right.STEER: N_("steer queues and calls, force states, enter calls, announcements, messages, wall links"),
    Right.LISTEN: N_("listen to calls in progress, set calls aside"),
    Right.SUPERVISION: N_("see who listens to whom"),
    Right.NOTICES: N_("read announcements and messages to desks"),
    Right.PHONES: N_("states, wrap-up and call control: own, the own phone; all, everybody's"),
    Right.DESK: N_("the desk page and the caller behind a call: own, calls one takes part in; all, every call"),
    Right.DIALLING: N_("see who may dial what"),
    Right.NUMBERS: N_("see whole telephone numbers"),
    Right.CUSTOMERS: N_("look customers up by number"),
    Right.CALLS: N_("the list of calls: own, of the own phone; all, every call"),
    Right.RECORDINGS: N_("hear recordings of the calls that one may see"),
    Right.INDICATORS: N_("indicators: own, of the own phone; all, everybody's"),
    Right.KPI: N_("scores: own, the own one; site, of the own site; all, everybody's"),
    Right.KPI_SCHEMES: N_("change scoring schemes"),
    Right.KPI_PERIODS: N_("score periods, publish and freeze them"),
    Right.KPI_APPEALS: N_("decide on appeals against scores that somebody else published"),
    Right.KPI_INPUTS: N_("write down attendance, commendations, complaints and training for scores, with evidence"),
    Right.QA: N_("QA scores: own, of the own calls; all, everybody's"),
    Right.QA_SCORING: N_("score recordings"),
    Right.QA_APPEALS: N_("decide on appeals against QA scores that somebody else gave"),
    Right.QA_PLANS: N_("QA forms, sampling plans and calibration rounds"),
    Right.ALERTS: N_("alerts and their history"),
    Right.ALERT_RULES: N_("acknowledge alerts, change their rules"),
    Right.ORDERS: N_("work orders: own, assigned to oneself; site, of the own site; all"),
    Right.ORDERS_OPEN: N_("open work orders"),
    Right.ORDERS_RING: N_("ring up the number of an order that one may see"),
    Right.ORDERS_OVERDUE: N_("how many orders are past a deadline, by district and site"),
    Right.ORDER_SITES: N_("the units that do the work, and who belongs to them"),
    Right.MAP: N_("the map: hot spots, incidents, orders as points"),
    Right.INCIDENTS: N_("accept, dismiss, merge and close incidents"),
    Right.ROSTERS: N_("rosters: own, the own one; all, everybody's"),
    Right.ROSTER_WISHES: N_("wish for breaks, offer and take swaps, ask for leave, as one of the roster"),
    Right.ROSTER_PLANS: N_("forecasts, staffing, proposals, adherence of everybody"),
    Right.ROSTER_EDITS: N_("change rosters, decide on leave and swaps"),
    Right.AGENTS: N_("which queues agents serve, at what level, with which skills"),
    Right.CATEGORIES: N_("name, add and retire categories and kinds of breaks"),
    Right.USERS: N_("add people and change them"),
    Right.INSTALLATION: N_("trunks, numbers, queues, flows, calendars, and who may dial what"),
    Right.RIGHTS: N_("change which role may do what"),
    Right.AUDIT: N_("read the audit and check its chain"),
}
SCOPES = {Scope.NONE: N_("no"), Scope.OWN: N_("own"), Scope.SITE: N_("own site"), Scope.ALL: N_("all")}
CLASSES = {
    "internal": N_("internal calls"),
    "local": N_("local calls"),
    "national": N_("national calls"),
    "international": N_("international calls"),
    "premium": N_("premium numbers"),
}
