"""What the scripts of the grid, of adherence, of swaps and leave and of the rules say."""

from __future__ import annotations

from core.i18n import _


def grid() -> dict[str, str]:
    return {
        "shift": _("Shift"),
        "shifts": _("Shifts"),
        "begin": _("Begin"),
        "end": _("End of shift"),
        "breaks": _("Break time"),
        "free": _("free"),
        "asked": _("asked for"),
        "swap_open": _("a swap is open"),
        "week_hours": _("hours of the weeks"),
        "who_hover": _("Queues: {queues} · skills: {skills} · {hours} h of at most {most} h a week"),
        "no_agents": _("There are no agents yet. Add people with an extension first."),
        "no_templates": _("There are no shift templates yet."),
        "to_rules": _("Make some under Rules"),
        "new_shift": _("New shift"),
        "edit_shift": _("Change the shift"),
        "own_times": _("own times…"),
        "leave": _("Leave"),
        "leave_more": _("Leave…"),
        "new_leave": _("Enter leave"),
        "leave_about": _("{who} · asked by {asked}, approved by {decided}"),
        "spread": _("Breaks in turn"),
        "spread_hover": _(
            "Moves the breaks of shifts ahead, each within its window, to where the calls miss them least"
        ),
        "sure_spread": _("Press again: breaks of shifts ahead move"),
        "spread_done": _("{n} breaks moved: uncovered over all queues {before} h before, {after} h now."),
        "spread_nothing": _("The breaks are where they hurt least already."),
        "part_of_day": _("Only hours, not whole days"),
        "leave_from": _("Away from"),
        "leave_to": _("Away until"),
        "leave_beside": _("Entered: {leave}. Worked apart from that: {shifts}."),
        "leave_takes": _("It falls on {shifts}: approving takes the shift away."),
        "leave_leaves": _("{shifts} stays, less these hours."),
        "and": _(", "),
        "rest_window": _("{n} min, anywhere from {from} to {to}"),
        "first_day": _("First day"),
        "last_day": _("Last day"),
        "take_away": _("Take the shifts of these days away"),
        "approve_enter": _("Approve and enter"),
        "end_leave": _("End this leave"),
        "sure_leave": _("Press again: the leave ends"),
        "sure_remove": _("Press again: {shift} on {day} goes"),
        "key_move": _("move"),
        "key_open": _("edit"),
        "key_put": _("put a shift"),
        "key_remove": _("remove a shift"),
        "key_drag": _("or drag a shift to another cell"),
    }


def adherence() -> dict[str, str]:
    return {
        "now": _("Now"),
        "not_live": _("States are not live now."),
        "on_plan": _("Should be on"),
        "in_place": _("In place"),
        "off_plan": _("Not in place"),
        "as_planned": _("as planned"),
        "next_at": _("The plan changes next at {at}."),
        "unplanned": _("On without a shift"),
        "all_in_place": _("Everybody is where the roster says."),
        "nobody_planned": _("Nobody is rostered now."),
        "plan_work": _("work"),
        "plan_break": _("break planned"),
        "plan_off": _("off duty"),
        "plan_leave": _("on leave"),
        "past": _("Past"),
        "past_of": _("Past {from} – {to}"),
        "adherence": _("Adherence"),
        "conformance": _("Conformance"),
        "adherence_hover": _("In adherence / scheduled time"),
        "conformance_hover": _("Worked around the shift / planned work"),
        "expr_adherence": _("in adherence {a} / scheduled {s}"),
        "expr_conformance": _("worked {w} / planned work {s}"),
        "scheduled": _("Scheduled"),
        "worked": _("Worked"),
        "late": _("Late"),
        "absent": _("Absent"),
        "known_since": _("States are known since {at}; time before is not counted."),
        "no_states": _("No states of agents are known for this time."),
        "timeline": _("Plan and states on one axis"),
        "calls_of_shift": _("Calls of this shift"),
        "not_as_planned": _("Not as planned:"),
    }


def tasks() -> dict[str, str]:
    return {
        "swaps": _("Swaps"),
        "no_swaps": _("No swaps."),
        "decided_lately": _("Decided lately"),
        "leave_asked": _("Leave asked for"),
        "no_leave": _("No leave waits for a decision."),
        "approve": _("Approve"),
        "refuse": _("Refuse"),
        "accept": _("Accept"),
        "decline": _("Decline"),
        "withdraw": _("Withdraw"),
        "ask": _("Ask"),
        "nothing_back": _("gives nothing back"),
        "takes_over": _("takes it over, nothing back"),
        "swap_asked": _("waits for the colleague"),
        "swap_accepted": _("waits for the supervisor"),
        "swap_approved": _("approved"),
        "swap_declined": _("declined by the colleague"),
        "swap_refused": _("refused"),
        "swap_withdrawn": _("withdrawn"),
        "swap_lapsed": _("lapsed: a shift was changed"),
        "swap_done": _("Approved: the shifts have changed hands."),
        "swap_sent": _("Asked. The colleague has to accept, then the supervisor to approve."),
        "swap_more": _("Swap…"),
        "swap_title": _("Swap a shift"),
        "swap_words": _("Words to the colleague"),
        "with_whom": _("With whom, for what"),
        "no_candidates": _("No colleague can take this shift within the rules. Ask the shift supervisor."),
        "ask_leave": _("Ask for leave"),
        "leave_sent": _("Asked. The supervisor decides."),
        "own_hours": _("My fortnight: {shifts} shifts, {hours} h"),
        "not_rostered": _("You are not among the agents who are rostered. Ask the shift supervisor."),
        "calendar": _("In your own calendar"),
        "calendar_about": _(
            "A link that a phone's calendar subscribes to: it reads your shifts and leave and nothing else."
        ),
        "calendar_file": _("Download as a file"),
        "calendar_link": _("Make a link"),
        "calendar_end": _("End the link"),
        "link_ended": _("The link has ended."),
    }


def rules() -> dict[str, str]:
    return {
        "figures": _("Figures"),
        "figures_about": _(
            "Shipped figures are examples; set your own. What stands in the roster is not changed by them."
        ),
        "set_least_rest_h": _("Least rest between two shifts"),
        "set_most_week_h": _("Most hours a week"),
        "set_due_week_h": _("Hours due a week"),
        "set_most_days_in_row": _("Most days in a row"),
        "set_service_target": _("Service level aimed at"),
        "set_most_occupancy": _("Most occupancy"),
        "set_shrinkage": _("Shrinkage: rostered but not there"),
        "set_least_present": _("Fewest present while others rest"),
        "people_unit": _("people"),
        "rest_brief": _("{n} min in {from}–{to}"),
        "rests_about": _(
            "12:00-12:30 stays there. 11:00-13:30 45 is a break of 45 minutes anywhere between: proposals spread those."
        ),
        "templates": _("Shift templates"),
        "new_template": _("New template"),
        "edit_template": _("Change the template"),
        "template_about": _("Shifts that were made from it keep their times."),
        "load_examples": _("Load examples"),
        "sure_template": _("Press again: {name} goes"),
        "time": _("Time of day"),
        "skill": _("Skill needed"),
        "no_skill": _("none needed"),
    }
