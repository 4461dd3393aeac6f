"""What the rosters' scripts say, in the language of the request."""

from __future__ import annotations

from core.i18n import _


def reasons() -> list[str]:
    """Why somebody is on leave; the first is chosen beforehand."""
    return [
        _("annual leave"),
        _("sick leave"),
        _("personal leave"),
        _("time off in lieu"),
        _("training leave"),
        _("other leave"),
    ]


def weekdays() -> list[str]:
    """Monday first."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def script_words() -> dict[str, str]:
    return {**_common(), **_grid(), **_cover(), **_forecast(), **_proposal(), **_adherence(), **_tasks(), **_rules()}


def _common() -> dict[str, str]:
    return {
        "agent": _("Agent"),
        "day": _("Day"),
        "days_unit": _("days"),
        "hours": _("h"),
        "group": _("Group"),
        "queue": _("Queue"),
        "interval": _("Interval"),
        "close": _("Close"),
        "save": _("Save"),
        "saved": _("Saved."),
        "remove": _("Remove"),
        "edit": _("Edit"),
        "cancel": _("Cancel"),
        "name": _("Name"),
        "note": _("Note"),
        "reason": _("Reason"),
        "loading": _("Loading…"),
        "yes": _("yes"),
        "holiday": _("holiday"),
        "makeup": _("workday"),
        "earlier": _("Earlier"),
        "later": _("Later"),
        "back": _("Back to the roster"),
        "minutes": _("{n} min"),
        "next_day": _("next day "),
        "all_queues": _("All queues"),
        "calls": _("Calls"),
    }


def _grid() -> dict[str, str]:
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


def _cover() -> dict[str, str]:
    return {
        "needed": _("needed"),
        "rostered": _("rostered"),
        "no_forecast": _("no forecast: too few calls so far"),
        "short": _("short {hours} h"),
        "enough": _("enough"),
        "worst": _("most {from}–{to}: {n} too few"),
        "by_actual": _("need by the calls that came"),
        "by_forecast": _("need by the forecast"),
        "open_day": _("Open the day"),
        "target": _("Target {share} within {t} s, at most {occupancy} busy, {shrinkage} away"),
        "aht": _("mean handling"),
        "aht_assumed": _("This queue has answered no call in four weeks; the mean of all stands in."),
        "expr_aht": _("(talk {talk} s + hold {hold} s + wrap-up {wrap} s) / {n} answered, last 28 days"),
        "day_chart": _("Needed and rostered on {day}, by quarter hour"),
        "slot_hover": _(
            "{from}: needed {needed}, rostered {rostered}, load {load} erlang, expected service level {level}"
        ),
        "needed_n": _("needed {n}"),
        "baseline": _("same day last week"),
        "forecast": _("Forecast"),
        "actual": _("actual"),
        "load": _("Load"),
        "on_phones": _("on the phones"),
        "gap": _("Gap"),
        "expected_sl": _("Expected service level"),
        "expected_loss": _("Expected to give up"),
        "loss_hover": _("Erlang A with those rostered; callers' mean patience {patience}, from the waits of 28 days"),
        "grows": _("queue only grows"),
        "forecast_hover": _(
            "Calls expected: profile of the weekday, recent weeks weighing more, times the level of late"
        ),
        "baseline_hover": _("Naive baseline: calls of the same interval in the last week that is over"),
        "load_hover": _("Erlang: calls × mean handling / length of the interval"),
        "on_phones_hover": _("Erlang C: the fewest agents that keep target and occupancy"),
        "needed_hover": _("The fewest to roster so that, shrinkage taken off, the target is still met"),
        "rostered_hover": _("Rostered people who serve these queues, breaks left out"),
        "expected_hover": _("Erlang C with those rostered, shrinkage taken off"),
        "why": _("What does this rest on?"),
        "why_title": _("Forecast of {day} {from}–{to}"),
        "why_about": _(
            "Days of the same kind, neighbouring quarters mixed in; the weight falls by a quarter each week."
        ),
        "weight": _("Weight"),
        "no_witness": _("No day of this kind is known; its nearest relatives stand in."),
        "who": _("Who is that?"),
        "who_title": _("On duty {day} {from}"),
        "on_break": _("on a break"),
        "nobody": _("Nobody is rostered then."),
    }


def _forecast() -> dict[str, str]:
    return {
        "no_queues": _("There are no queues yet."),
        "no_history": _("No calls are known yet. A forecast needs a week of calls: take them in, or wait."),
        "not_measured": _("Not measured yet: the error needs calls of more than a week ({days} days are known)."),
        "error_ours": _("Forecast, error by {n} min"),
        "error_naive": _("Same day last week, error"),
        "by_day": _(" by day {wape}, bias {bias}"),
        "wape_hover": _("WAPE = Σ |actual − forecast| / Σ actual, each day forecast from what was known a week before"),
        "better": _("The forecast beats last week's figures, measured on {days} days with {calls} calls."),
        "worse": _("The forecast does not beat last week's figures, measured on {days} days with {calls} calls."),
        "history": _("{days} days of calls are known."),
        "forecast_chart": _("Calls of {queue} by interval: forecast, same day last week, actual"),
        "forecast_hover_day": _("{day}: forecast {forecast}, same day last week {baseline}, actual {actual} calls"),
        "by_days": _("By day"),
    }


def _proposal() -> dict[str, str]:
    return {
        "propose": _("Propose a roster"),
        "propose_about": _(
            "Covers the forecast first, then shares hours, nights and weekends out. "
            "Rest, leave, skills and weekly hours are kept. Nothing changes until you take it over."
        ),
        "how_long": _("How long"),
        "n_days": _("{n} days"),
        "n_seconds": _("{n} seconds"),
        "at_most": _("Working time at most"),
        "way": _("How it is made"),
        "anew": _("roster anew"),
        "keep": _("keep what stands, fill gaps"),
        "no_proposal": _("No proposal yet."),
        "proposal_of": _("Proposal {from} – {to}, asked by {by} at {at}"),
        "working": _("Working"),
        "phase_start": _("starting"),
        "phase_count": _("counting people by shift"),
        "phase_cover": _("covering the calls"),
        "phase_fair": _("sharing out fairly"),
        "phase_why": _("finding what holds it back"),
        "short_so_far": _("uncovered so far {hours} h"),
        "for_seconds": _("{n} s of at most {most} s"),
        "failed": _("It could not be worked out."),
        "was_cancelled": _("It was cancelled."),
        "hours_each": _("hours"),
        "roster_now": _("Roster now"),
        "this_proposal": _("This proposal"),
        "change": _("Difference"),
        "short_of": _("Uncovered: {pool}"),
        "paid_hours": _("Paid hours"),
        "fewest_hours": _("Fewest hours of one person"),
        "most_hours": _("Most hours of one person"),
        "took": _("Worked out in {n} s."),
        "all_covered": _("Every interval is covered."),
        "no_solver": _("The solver is not installed: this is the first roster found, {hours} h stay uncovered."),
        "proven": _("{hours} h stay uncovered over all queues; no roster within the rules can do better."),
        "not_proven": _("{hours} h stay uncovered over all queues; the best possible lies between {bound} h and this."),
        "held_by": _("What holds it back: {rules}."),
        "held_one": _("{rule} (without it {hours} h less)"),
        "held_by_people": _("No single rule holds it back: people or shift times are too few."),
        "rule_rest": _("minimum rest"),
        "rule_week": _("weekly hours"),
        "rule_row": _("days in a row"),
        "rule_leave": _("leave"),
        "rule_skills": _("skills"),
        "changes": _("{added} shifts new, {removed} fall away, {kept} stay"),
        "take_over": _("Take it over"),
        "sure_take": _("Press again: {added} shifts in, {removed} out"),
        "taken": _("Taken over: {added} shifts new, {removed} fell away, {kept} stayed."),
        "was_taken": _("Taken over."),
    }


def _adherence() -> dict[str, str]:
    return {
        "now": _("Now"),
        "not_live": _("States are not live now."),
        "on_plan": _("Should be on"),
        "in_place": _("In place"),
        "off_plan": _("Not in place"),
        "unplanned": _("On without a shift"),
        "all_in_place": _("Everybody is where the roster says."),
        "nobody_planned": _("Nobody is rostered now."),
        "plan_work": _("work"),
        "plan_break": _("break planned"),
        "plan_off": _("off duty"),
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


def _tasks() -> dict[str, str]:
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


def _rules() -> dict[str, str]:
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
