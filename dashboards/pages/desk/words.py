"""What the desk's scripts say."""

from __future__ import annotations

from core.i18n import _
from core.workorders.workflow import LONGEST_TEXT
from dashboards.components.words import OUTCOMES
from dashboards.pages.desk.orders import order_words


def script_words() -> dict[str, str | int]:
    return {
        "count": _("{n} of {most} characters"),
        "longest": LONGEST_TEXT,
        "today": _("taken today {n} · mean handling {time}"),
        "today_none": _("no calls taken today yet"),
        "left": _("{time} left"),
        "search": _("Name, extension or number"),
        "choose_target": _("Choose whom first, then press the key again."),
        "phone_off": _("phone not registered"),
        "target_off": _("{who} cannot be rung: the phone is not registered. Choose somebody else."),
        "chosen": _("Chosen: {who}. F3 transfers, F4 asks first."),
        "number_target": _("Number {number}"),
        "nobody": _("Nobody matches."),
        "queues": _("Queues"),
        "colleagues": _("Colleagues"),
        "queue_state": _("waiting {n} · {time}"),
        "dial_first": _("Type a number first."),
        "unknown": _("Unknown number"),
        "unknown_hint": _("No customer has this number. Ask for name and address."),
        "caller_later": _("The customer appears here when a call comes in."),
        "earlier_later": _("Earlier calls appear with the call."),
        "earlier_none": _("No earlier call in {days} days."),
        "earlier_some": _("{n} in {days} days"),
        "account": _("Account"),
        "address": _("Address"),
        "residential": _("household"),
        "business": _("business"),
        "meter": _("Meter"),
        "reading": _("Reading"),
        "read_on": _("Read on"),
        "period": _("Period"),
        "volume": _("m³"),
        "amount": _("yuan"),
        "state": _("State"),
        "open": _("to pay"),
        "paid": _("paid"),
        "debt": _("Owed"),
        "other": _("Other"),
        "draft_kept": _("Draft kept at {time}"),
        "draft_left": _("Not saved, of the call {number}: {text}"),
        "draft_take": _("Put in here"),
        "draft_own": _("Save to its own call"),
        "draft_go_on": _("Go on with it"),
        "draft_drop": _("Discard"),
        "draft_late": _("Of the earlier call {number}"),
        "saved": _("Saved at {time}"),
        "saved_in_time": _("Time was up: saved at {time} as it stood."),
        "saved_to_call": _("Saved to the call {number}"),
        "form_later": _("Can be filled in from the first ring until the wrap-up ends."),
        **order_words(),
        **{f"outcome_{code}": _(text) for code, text in OUTCOMES.items()},
    }
