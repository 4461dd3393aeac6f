"""What the scripts of coverage, forecast and proposals say."""

from __future__ import annotations

from core.i18n import _


def cover() -> dict[str, str]:
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


def forecast() -> dict[str, str]:
    return {
        "no_queues": _("There are no queues yet."),
        "no_history": _("No calls are known yet. A forecast needs a week of calls: take them in, or wait."),
        "not_measured": _("Not measured yet: the error needs calls of more than a week ({days} days are known)."),
        "error_ours": _("Forecast, error by {n} min"),
        "error_naive": _("Same day last week, error by {n} min"),
        "by_day": _(" by day {wape}, bias {bias}"),
        "wape_hover": _("WAPE = Σ |actual − forecast| / Σ actual, each day forecast from what was known a week before"),
        "better": _("The forecast beats last week's figures."),
        "worse": _("The forecast does not beat last week's figures."),
        "equal": _("Both are equally far off."),
        "too_few_days": _("Too few days yet to say which is better."),
        "how_measured": _(
            "WAPE on the last {days} days with {calls} calls, each day from what was known {lead} days before."
        ),
        "history": _("{days} days of calls are known."),
        "odd_day": _(
            "{day} had {calls} calls where {usual} are usual: it is left out. "
            "Was it a special day? Then put it into the calendar."
        ),
        "unseen_day": _("{day} is special in the calendar and its like was never seen: say what to expect."),
        "year_without": _("No special days of {year} are known: put holidays and make-up days into the calendar."),
        "forecast_chart": _("Calls of {queue} by interval: forecast, same day last week, actual"),
        "forecast_hover_day": _("{day}: forecast {forecast}, same day last week {baseline}, actual {actual} calls"),
        "by_days": _("By day"),
    }


def proposal() -> dict[str, str]:
    return {
        "propose": _("Propose a roster"),
        "propose_about": _(
            "Covers the forecast first, breaks in turn, then shares hours, nights and weekends out. "
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
        "held_unknown": _("What holds it back was not settled in this time: allow more."),
        "held_by_people": _("No single rule holds it back: people or shift times are too few."),
        "rule_rest": _("minimum rest"),
        "rule_week": _("weekly hours"),
        "rule_row": _("days in a row"),
        "rule_leave": _("leave"),
        "rule_skills": _("skills"),
        "changes": _("{added} shifts new, {removed} fall away, {kept} stay, {rested} of them with another break"),
        "take_over": _("Take it over"),
        "sure_take": _("Press again: {added} shifts in, {removed} out"),
        "taken": _(
            "Taken over: {added} shifts new, {removed} fell away, {kept} stayed, {rested} of them with another break."
        ),
        "was_taken": _("Taken over."),
    }
