"""What the wall's script says: banners, reasons, captions, and each figure's expression with its own numbers."""

from __future__ import annotations

from typing import Any

from core.i18n import _


def script_words() -> dict[str, Any]:
    return {
        "reports": _("on the map {n}"),
        "unplaced": _("without a place {m}"),
        "reports_none": _("No orders yet today."),
        "nothing_today": _("No orders yet today, and none is overdue."),
        "hover_orders_opened": _("Orders opened today: {n}; of all orders {open} are open"),
        "hover_orders_closed": _("Orders done today, whenever opened: {n}, of them {at_once} at intake"),
        "hover_orders_overdue": _("Open orders whose deadline has passed: {n} of {open} open"),
        "hover_kept": _(
            "{name} in time = {kept} kept ÷ {due} due today by now = {share} %; open and overdue has not kept it"
        ),
        "hover_share": _("{name}: opened today {opened}, done today {closed}, overdue {overdue}"),
        "others": _("others"),
        "demo": _("Demo data"),
        "example": _(" (example)"),
        "goal": _("goal {share}"),
        "most": _("max {share}"),
        "live_age": _("Live · day's figures {n} s old"),
        "lost": _("Connection lost. Figures are of {time}; reconnecting."),
        "core_away": _("The telephony core does not answer. Figures are of {time}."),
        "stopping": _("The hotline is being stopped: no new calls; what is left ends at {time}."),
        "disk_full": _("Disk full: calls go on, recording has stopped."),
        "recording_failed": _("Recording fails: calls go on without it."),
        "spilling": _("Database away: calls go on, events wait on disk."),
        "media_down": _("The voice process is being restarted."),
        "filling": _("The day's figures are being worked out anew; they are not complete yet."),
        "today_old": _("The day's figures are of {time}."),
        "parts": {
            "talking": _("talk {n}"),
            "ringing": _("ring {n}"),
            "queued": _("wait {n}"),
            "held": _("hold {n}"),
            "ivr": _("menu {n}"),
        },
        "no_call": _("no call"),
        "waiting_none": _("nobody waits"),
        "none_offered": _("nobody has entered a queue yet today"),
        "unstaffed": _("nobody on duty"),
        "limits": _("{queue} · warn {warn}, alarm {alarm}"),
        "over_warn": _("over {limit}"),
        "within": _("today · {n} s"),
        "within_own": _("today · own limits"),
        "today": _("today"),
        "below": _("below {share}"),
        "above": _("above {share}"),
        "low": _("low"),
        "as_of": _("as of {time}"),
        "so_far": _("today {n} · {weekday} by now {then}"),
        "last_weekday": _("last {weekday}"),
        "no_calls": _("No calls yet today. They appear here as soon as the first one comes in."),
        "chart": _("Calls every 15 minutes: today {n}, {weekday} by now {then}"),
        "then": _("{weekday}, same hour: {n}"),
        "more_queues": _("{n} more queues"),
        "hover_calls": _(
            "All calls that are up, those that ring or wait included: talking {talking} + ringing {ringing} + "
            "waiting {queued} + on hold {held} + in the menu {ivr} = {sum}"
        ),
        "hover_waiting": _("Waiting = {parts} = {sum}"),
        "hover_longest": _("Longest wait = now − {time}, when the first of those who wait entered the queue {queue}"),
        "hover_service": _(
            "Service level = answered in time {in_time} ÷ (answered {answered} + abandoned {abandoned} − "
            "gave up within 5 s {short}) = {share} %; target {target}{example}",
        ),
        "hover_abandon": _(
            "Abandon rate = (abandoned {abandoned} − gave up within 5 s {short}) ÷ (offered {offered} − {short}) = "
            "{share} %; limit {target}{example}",
        ),
        "hover_asa": _("Mean wait = waits of those answered {seconds} s ÷ answered {answered} = {mean}"),
        "hover_offered": _("Offered today: answered {answered} + abandoned {abandoned} + sent on {redirected} = {n}"),
        "hover_answered": _("Answered today: {n} of {offered} entries into queues"),
        "hover_abandoned": _("Gave up waiting today: {n} of {offered} entries into queues"),
        "hover_redirected": _(
            "Sent on by queues today: {n} of {offered} callers; closed {closed}, full {overflow}, "
            "nobody on duty {no_agents}, waited too long {max_wait}"
        ),
        "turned_away": _("closed {closed} · full {overflow}"),
        "calls": _("calls"),
        "hover_ivr_only": _("Calls today that never left the menu: {n}"),
        "hover_hour": _("Calls in {from}–{to}: today {n}, {weekday} {then}"),
        "hover_seats": _("{state}: {n} of {sum} seats: {who}"),
        "hover_queue_service": _(
            "{queue}: {in_time} ÷ ({answered} + {abandoned} − {short}) = {share} %, answered within {limit} s",
        ),
        "hover_staffed": _("{queue}: {ready} ready of {staffed} on duty"),
    }
