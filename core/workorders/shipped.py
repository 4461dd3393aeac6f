"""The process as it is shipped, as a table to be read. Its limits stand with the categories; all of it is an example.

A site's own copy is made from it once; a change here reaches new sites only.
"""

from __future__ import annotations

from core.i18n import N_
from core.workorders.definition import RESULT_OF_VISIT, ClockRule, Definition, EventField, OrderState, Transition

DAY_S = 86_400.0
LONGEST_SUSPENSION_S = 7 * DAY_S
LONGEST_EXTENSION_S = 60 * DAY_S

STATES = (
    OrderState("draft", N_("Draft")),
    OrderState("accepted", N_("To be dispatched")),
    OrderState("dispatched", N_("Dispatched, not taken")),
    OrderState("taken", N_("Taken")),
    OrderState("en_route", N_("En route")),
    OrderState("on_site", N_("On site")),
    OrderState("working", N_("Being worked on")),
    OrderState("suspended", N_("Suspended")),
    OrderState("in_review", N_("In review")),
    OrderState("awaiting_visit", N_("Awaiting return visit")),
    OrderState("closed", N_("Completed"), final=True),
    OrderState("merged", N_("Merged"), side=True),
    OrderState("void", N_("Void"), final=True, side=True),
)

SUSPENSION_REASONS = (
    ("parts", N_("Waiting for parts")),
    ("customer", N_("Customer not reached or away")),
    ("permit", N_("Waiting for a permit to dig")),
    ("weather", N_("Weather")),
    ("third_party", N_("Another party has to act first")),
)
RETURN_REASONS = (
    ("not_ours", N_("Not of this site")),
    ("wrong_place", N_("Place not found")),
    ("wrong_category", N_("Wrong category")),
    ("not_utility", N_("Not the utility's pipe")),
    ("other", N_("Other")),
)

NOTE = EventField("note", N_("Note"))
REASON = EventField("note", N_("Reason"), required=True)
SITE = EventField("site", N_("Site"), "site")
SITE_NEEDED = EventField("site", N_("Site"), "site", required=True)
WORKER = EventField("assignee", N_("Worker"), "user")
UNTIL = EventField("until", N_("Until"), "time", required=True, most=LONGEST_SUSPENSION_S)
DUE_AT = EventField("due_at", N_("New due date"), "time", required=True, most=LONGEST_EXTENSION_S)
WHY_SUSPENDED = EventField("reason", N_("Reason"), "choice", required=True, choices=SUSPENSION_REASONS)
WHY_RETURNED = EventField("reason", N_("Reason"), "choice", required=True, choices=RETURN_REASONS)
RESULT = EventField("result", N_("Result"), required=True)
SATISFIED = EventField(
    "satisfied",
    N_("Satisfaction"),
    "choice",
    choices=(("very", N_("Very satisfied")), ("yes", N_("Satisfied")), ("fair", N_("Fairly satisfied"))),
)
CALL = EventField("call", N_("Call"), "call")
CALL_MADE = EventField("call", N_("Call"), "call", required=True)
NO_CALL = EventField("no_call", N_("Why without a call"))
INTO = EventField("into", N_("Into order"), "order", required=True)

CORRECTED = (
    EventField("category", N_("Category"), "category"),
    EventField(
        "urgency",
        N_("Urgency"),
        "choice",
        choices=(("normal", N_("Normal")), ("urgent", N_("Urgent")), ("emergency", N_("Emergency"))),
    ),
    EventField("district", N_("District")),
    EventField("address", N_("Address")),
    EventField("longitude", N_("Longitude"), "number", most=180),
    EventField("latitude", N_("Latitude"), "number", most=90),
    EventField("summary", N_("What is reported")),
    NOTE,
)

DESK = ("agent", "supervisor")
FRONT = ("agent", "supervisor", "site_manager")
SITE_LEAD = ("site_manager", "supervisor")
CREW = ("worker", "site_manager")
EVERYBODY = ("agent", "supervisor", "site_manager", "worker", "director", "admin")
UNDER_WAY = ("taken", "en_route", "on_site", "working")

# id, name, from, to, who, fields, guards, effects
EVENTS = (
    Transition("accept", N_("Accept the order"), ("draft",), "accepted", (*FRONT, "worker"), (NOTE,)),
    Transition("answer", N_("Answered on the spot"), ("draft",), "closed", (*FRONT, "worker"), (NOTE,)),
    Transition(
        "dispatch", N_("Dispatch"), ("accepted",), "dispatched", FRONT, (SITE, WORKER, NOTE), effects=("assign",)
    ),
    Transition("take", N_("Take"), ("dispatched",), "taken", CREW, (WORKER, NOTE), effects=("take",)),
    Transition(
        "return",
        N_("Return to the desk"),
        ("dispatched", "taken"),
        "accepted",
        ("site_manager",),
        (WHY_RETURNED, NOTE),
        effects=("count_return", "unassign"),
    ),
    Transition(
        "reassign",
        N_("Reassign"),
        ("accepted", "dispatched", *UNDER_WAY, "suspended", "in_review"),
        "dispatched",
        SITE_LEAD,
        (SITE, WORKER, NOTE),
        effects=("assign",),
    ),
    Transition("depart", N_("Depart"), ("taken",), "en_route", CREW, (NOTE,)),
    Transition("arrive", N_("Arrive"), ("taken", "en_route"), "on_site", CREW, (NOTE,)),
    Transition("work", N_("Begin work"), ("taken", "on_site"), "working", CREW, (NOTE,)),
    Transition("submit", N_("Submit"), ("on_site", "working"), "in_review", CREW, (RESULT, NOTE)),
    Transition(
        "close_out", N_("Close out"), ("in_review",), "awaiting_visit", SITE_LEAD, (NOTE,), effects=("free_merged",)
    ),
    Transition("send_back", N_("Back to the worker"), ("in_review",), "working", SITE_LEAD, (REASON,)),
    Transition("ring", N_("Ring up"), ("awaiting_visit",), "", DESK, (CALL_MADE,)),
    Transition(
        "visit",
        N_("Return visit: satisfied"),
        ("awaiting_visit",),
        "closed",
        DESK,
        (SATISFIED, CALL, NO_CALL, NOTE),
        (RESULT_OF_VISIT,),
    ),
    Transition(
        "not_reached",
        N_("Return visit: not reached"),
        ("awaiting_visit",),
        "",
        DESK,
        (CALL, NO_CALL, NOTE),
        (RESULT_OF_VISIT,),
        ("count_attempt",),
        nth=3,
        nth_to="closed",
    ),
    Transition(
        "reopen",
        N_("Return visit: not satisfied"),
        ("awaiting_visit",),
        "accepted",
        DESK,
        (REASON, CALL),
        (RESULT_OF_VISIT,),
        ("next_round", "unassign"),
    ),
    Transition(
        "ask_suspend",
        N_("Ask to suspend"),
        ("working",),
        "",
        ("worker",),
        (WHY_SUSPENDED, UNTIL, NOTE),
        ("not_emergency", "not_asked", "later"),
        ("ask_suspend",),
    ),
    Transition(
        "suspend",
        N_("Suspend"),
        ("working",),
        "suspended",
        SITE_LEAD,
        (WHY_SUSPENDED, UNTIL, NOTE),
        ("not_emergency", "later"),
        ("answer_asked",),
    ),
    Transition("resume", N_("Resume"), ("suspended",), "working", (*CREW, "supervisor"), (NOTE,)),
    Transition(
        "ask_extend",
        N_("Ask for an extension"),
        ("*",),
        "",
        CREW,
        (DUE_AT, REASON),
        ("not_asked", "later"),
        ("ask_extend",),
    ),
    Transition(
        "extend", N_("Extend"), ("*",), "", ("supervisor",), (DUE_AT, REASON), ("later",), ("extend", "answer_asked")
    ),
    Transition(
        "refuse", N_("Refuse what was asked for"), ("*",), "", SITE_LEAD, (REASON,), ("asked",), ("answer_asked",)
    ),
    Transition("merge", N_("Merge"), ("*",), "merged", DESK, (INTO, NOTE), ("other_open_order",), ("link",)),
    Transition("split", N_("Split"), ("merged",), "accepted", DESK, (REASON,), (), ("unlink", "unassign")),
    Transition(
        "master_done",
        N_("Done with its master order"),
        ("merged",),
        "awaiting_visit",
        ("supervisor",),
        (NOTE,),
        effects=("freed", "free_merged"),
    ),
    Transition("correct", N_("Correct"), ("*",), "", FRONT, CORRECTED, effects=("correct",)),
    Transition("urge", N_("Urge"), ("*",), "", DESK, (NOTE,), effects=("count_urge",)),
    Transition("supervise", N_("Supervise"), ("*",), "", ("supervisor", "director"), (REASON,), effects=("supervise",)),
    Transition(
        "note",
        N_("Add a note"),
        ("*", "merged", "closed"),
        "",
        EVERYBODY,
        (EventField("note", N_("Note"), required=True),),
    ),
    Transition("void", N_("Void the order"), ("*",), "void", ("supervisor",), (REASON,)),
)

CLOSED_OUT = ("awaiting_visit", "closed")
DONE = ("in_review", *CLOSED_OUT)
ARRIVED = ("on_site", "working", "suspended", *DONE)
TAKEN = ("taken", "en_route", *ARRIVED)
WAITS = ("suspended",)
# What was handed in is to be done again: sent back at the review, given to another crew, or split off on its own.
BACK = ("send_back", "reassign", "split")
CLOCKS = (
    ClockRule("take", N_("Take"), ("dispatch", "reassign"), TAKEN, stopped_in=("accepted",)),
    ClockRule("arrive", N_("Arrive"), ("accept", "reopen"), ARRIVED),
    ClockRule("finish", N_("Finish"), ("accept", "reopen"), DONE, pauses_in=WAITS, extends=True, undone_by=BACK),
    ClockRule(
        "close",
        N_("Close out"),
        ("accept", "reopen"),
        CLOSED_OUT,
        pauses_in=WAITS,
        extends=True,
        given=True,
        undone_by=("split",),
    ),
    ClockRule("return_visit", N_("Return visit"), ("close_out", "master_done"), ("closed", "accepted")),
    ClockRule("total", N_("Overall"), ("accept",), ("closed",), extends=True, given=True, customers=True),
)

DEFAULT = Definition("default", 2, N_("Default process"), "draft", "closed", STATES, EVENTS, CLOCKS)
