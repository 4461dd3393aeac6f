"""The process as it is shipped, as a table to be read. Its limits stand with the categories; all of it is an example.

A site's own copy is made from it once; a change here reaches new sites only.
"""

from __future__ import annotations

from core.i18n import N_
from core.workorders.definition import RESULT_OF_VISIT, ClockRule, Definition, Event, Field, State

DAY_S = 86_400.0
LONGEST_SUSPENSION_S = 7 * DAY_S
LONGEST_EXTENSION_S = 60 * DAY_S

STATES = (
    State("draft", N_("Draft")),
    State("accepted", N_("To be dispatched")),
    State("dispatched", N_("Dispatched, not taken")),
    State("taken", N_("Taken")),
    State("en_route", N_("En route")),
    State("on_site", N_("On site")),
    State("working", N_("Being worked on")),
    State("suspended", N_("Suspended")),
    State("in_review", N_("In review")),
    State("awaiting_visit", N_("Awaiting return visit")),
    State("closed", N_("Completed"), final=True),
    State("merged", N_("Merged"), side=True),
    State("void", N_("Void"), final=True, side=True),
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

NOTE = Field("note", N_("Note"))
REASON = Field("note", N_("Reason"), required=True)
SITE = Field("site", N_("Site"), "site")
SITE_NEEDED = Field("site", N_("Site"), "site", required=True)
WORKER = Field("assignee", N_("Worker"), "user")
UNTIL = Field("until", N_("Until"), "time", required=True, most=LONGEST_SUSPENSION_S)
DUE_AT = Field("due_at", N_("New due date"), "time", required=True, most=LONGEST_EXTENSION_S)
WHY_SUSPENDED = Field("reason", N_("Reason"), "choice", required=True, choices=SUSPENSION_REASONS)
WHY_RETURNED = Field("reason", N_("Reason"), "choice", required=True, choices=RETURN_REASONS)
RESULT = Field("result", N_("Result"), required=True)
SATISFIED = Field(
    "satisfied",
    N_("Satisfaction"),
    "choice",
    choices=(("very", N_("Very satisfied")), ("yes", N_("Satisfied")), ("fair", N_("Fairly satisfied"))),
)
CALL = Field("call", N_("Call"), "call")
CALL_MADE = Field("call", N_("Call"), "call", required=True)
NO_CALL = Field("no_call", N_("Why without a call"))
INTO = Field("into", N_("Into order"), "order", required=True)

CORRECTED = (
    Field("category", N_("Category"), "category"),
    Field(
        "urgency",
        N_("Urgency"),
        "choice",
        choices=(("normal", N_("Normal")), ("urgent", N_("Urgent")), ("emergency", N_("Emergency"))),
    ),
    Field("district", N_("District")),
    Field("address", N_("Address")),
    Field("longitude", N_("Longitude"), "number", most=180),
    Field("latitude", N_("Latitude"), "number", most=90),
    Field("summary", N_("What is reported")),
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
    Event("accept", N_("Accept the order"), ("draft",), "accepted", (*FRONT, "worker"), (NOTE,)),
    Event("answer", N_("Answered on the spot"), ("draft",), "closed", (*FRONT, "worker"), (NOTE,)),
    Event("dispatch", N_("Dispatch"), ("accepted",), "dispatched", FRONT, (SITE, WORKER, NOTE), effects=("assign",)),
    Event("take", N_("Take"), ("dispatched",), "taken", CREW, (WORKER, NOTE), effects=("take",)),
    Event(
        "return",
        N_("Return to the desk"),
        ("dispatched", "taken"),
        "accepted",
        ("site_manager",),
        (WHY_RETURNED, NOTE),
        effects=("count_return", "unassign"),
    ),
    Event(
        "reassign",
        N_("Reassign"),
        ("accepted", "dispatched", *UNDER_WAY, "suspended", "in_review"),
        "dispatched",
        SITE_LEAD,
        (SITE, WORKER, NOTE),
        effects=("assign",),
    ),
    Event("depart", N_("Depart"), ("taken",), "en_route", CREW, (NOTE,)),
    Event("arrive", N_("Arrive"), ("taken", "en_route"), "on_site", CREW, (NOTE,)),
    Event("work", N_("Begin work"), ("taken", "on_site"), "working", CREW, (NOTE,)),
    Event("submit", N_("Submit"), ("on_site", "working"), "in_review", CREW, (RESULT, NOTE)),
    Event("close_out", N_("Close out"), ("in_review",), "awaiting_visit", SITE_LEAD, (NOTE,), effects=("free_merged",)),
    Event("send_back", N_("Back to the worker"), ("in_review",), "working", SITE_LEAD, (REASON,)),
    Event("ring", N_("Ring up"), ("awaiting_visit",), "", DESK, (CALL_MADE,)),
    Event(
        "visit",
        N_("Return visit: satisfied"),
        ("awaiting_visit",),
        "closed",
        DESK,
        (SATISFIED, CALL, NO_CALL, NOTE),
        (RESULT_OF_VISIT,),
    ),
    Event(
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
    Event(
        "reopen",
        N_("Return visit: not satisfied"),
        ("awaiting_visit",),
        "accepted",
        DESK,
        (REASON, CALL),
        (RESULT_OF_VISIT,),
        ("next_round", "unassign"),
    ),
    Event(
        "ask_suspend",
        N_("Ask to suspend"),
        ("working",),
        "",
        ("worker",),
        (WHY_SUSPENDED, UNTIL, NOTE),
        ("not_emergency", "not_asked", "later"),
        ("ask_suspend",),
    ),
    Event(
        "suspend",
        N_("Suspend"),
        ("working",),
        "suspended",
        SITE_LEAD,
        (WHY_SUSPENDED, UNTIL, NOTE),
        ("not_emergency", "later"),
        ("answer_asked",),
    ),
    Event("resume", N_("Resume"), ("suspended",), "working", (*CREW, "supervisor"), (NOTE,)),
    Event(
        "ask_extend",
        N_("Ask for an extension"),
        ("*",),
        "",
        CREW,
        (DUE_AT, REASON),
        ("not_asked", "later"),
        ("ask_extend",),
    ),
    Event(
        "extend", N_("Extend"), ("*",), "", ("supervisor",), (DUE_AT, REASON), ("later",), ("extend", "answer_asked")
    ),
    Event("refuse", N_("Refuse what was asked for"), ("*",), "", SITE_LEAD, (REASON,), ("asked",), ("answer_asked",)),
    Event("merge", N_("Merge"), ("*",), "merged", DESK, (INTO, NOTE), ("other_open_order",), ("link",)),
    Event("split", N_("Split"), ("merged",), "accepted", DESK, (REASON,), (), ("unlink", "unassign")),
    Event(
        "master_done",
        N_("Done with its master order"),
        ("merged",),
        "awaiting_visit",
        ("supervisor",),
        (NOTE,),
        effects=("freed", "free_merged"),
    ),
    Event("correct", N_("Correct"), ("*",), "", FRONT, CORRECTED, effects=("correct",)),
    Event("urge", N_("Urge"), ("*",), "", DESK, (NOTE,), effects=("count_urge",)),
    Event("supervise", N_("Supervise"), ("*",), "", ("supervisor", "director"), (REASON,), effects=("supervise",)),
    Event(
        "note", N_("Add a note"), ("*", "merged", "closed"), "", EVERYBODY, (Field("note", N_("Note"), required=True),)
    ),
    Event("void", N_("Void the order"), ("*",), "void", ("supervisor",), (REASON,)),
)

CLOSED_OUT = ("awaiting_visit", "closed")
DONE = ("in_review", *CLOSED_OUT)
ARRIVED = ("on_site", "working", "suspended", *DONE)
TAKEN = ("taken", "en_route", *ARRIVED)
WAITS = ("suspended",)
CLOCKS = (
    ClockRule("take", N_("Take"), ("dispatch", "reassign"), TAKEN, stopped_in=("accepted",)),
    ClockRule("arrive", N_("Arrive"), ("accept", "reopen"), ARRIVED),
    ClockRule("finish", N_("Finish"), ("accept", "reopen"), DONE, pauses_in=WAITS, extends=True),
    ClockRule("close", N_("Close out"), ("accept", "reopen"), CLOSED_OUT, pauses_in=WAITS, extends=True, given=True),
    ClockRule("return_visit", N_("Return visit"), ("close_out", "master_done"), ("closed", "accepted")),
    ClockRule("total", N_("Overall"), ("accept",), ("closed",), extends=True, given=True, customers=True),
)

DEFAULT = Definition("default", 1, N_("Default process"), "draft", "closed", STATES, EVENTS, CLOCKS)
