"""Codes of work orders to words: states, clocks and events by the process as shipped, the rest by name."""

from __future__ import annotations

from core.i18n import N_
from core.web.routes.workorders_rows import CHANNELS, URGENCIES
from core.workorders.shipped import DEFAULT

__all__ = ["CHANNELS", "CLOCKS", "CLOCK_STATES", "EVENTS", "FLAGS", "OPEN_STATES", "STATES", "URGENCIES"]

STATES = {state.id: state.name for state in DEFAULT.states}
CLOCKS = {clock.id: clock.name for clock in DEFAULT.clocks}
EVENTS = {event.id: event.name for event in DEFAULT.events}
OPEN_STATES = DEFAULT.open_states
# What stands on an order beside its state.
FLAGS = {
    "urged": N_("Urged"),
    "supervised": N_("Supervised"),
    "extended": N_("Extended"),
    "returned": N_("Returned"),
    "again": N_("Second round"),
    "again_at_once": N_("Closed at intake and opened again"),
    "late": N_("A milestone came too late"),
}
CLOCK_STATES = {
    "running": N_("running"),
    "paused": N_("paused"),
    "met": N_("in time"),
    "missed": N_("too late"),
    "stopped": N_("no longer asked for"),
}
