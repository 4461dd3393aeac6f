"""The forms of the rosters, in dialogs: a shift, leave, a template, a swap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dash import html

from core.errors import NotFound
from core.i18n import _
from dashboards.components.dialog import dialog
from dashboards.components.form import Act, FormField, form
from dashboards.pages.rosters import queries
from dashboards.pages.rosters.blocks import break_text, leave_span, named_in, times
from dashboards.pages.rosters.parts import short, weekday
from dashboards.pages.rosters.tasks import LEAVES, SWAPS, side
from dashboards.pages.rosters.words import reasons
from dashboards.session import user

SHIFTS, TEMPLATES = "/api/v1/rosters/shifts", "/api/v1/rosters/templates"
Said = Mapping[str, str]
Row = Mapping[str, Any]


def framed(title: str, name: str, fields: Sequence[FormField], acts: Sequence[Act], about: str = "") -> Any:
    return dialog(title, [form(name, fields, acts, about=about, in_dialog=True)], closes=False)


def day_of(said: Said) -> date:
    try:
        return date.fromisoformat(said.get("day", ""))
    except ValueError:
        return queries.rooms().today()


def people(found: Row) -> list[tuple[str, str]]:
    return [(one["extension"], f"{one['extension']} {one['name']}") for one in found["agents"]]


# --- a shift ----------------------------------------------------------------------------------------------------


async def shift(said: Said) -> Any:
    """Of a cell: the shift that stands there, or a new one; a leave that stands alone is shown instead."""
    day, extension = day_of(said), said.get("extension", "")
    found = await queries.roster(day, 1)
    at = day.isoformat()
    there = next((one for one in found["shifts"] if (one["extension"], one["day"]) == (extension, at)), None)
    if there is None and any(one["extension"] == extension for one in found["leaves"]):
        return await leave(said)
    templates = {str(one["id"]): one for one in found["templates"]}
    fields = shift_fields(found, templates, there, extension, at)
    path = f"{SHIFTS}/{there['id']}" if there else SHIFTS
    acts = [Act(_("Save"), "PUT" if there else "POST", path)]
    if there:
        sure = _("Press again: {shift} on {day} goes", shift=named_in(there), day=short(day))
        acts.append(Act(_("Remove"), "DELETE", path, confirm=sure, armed=bool(said.get("remove")), stop=True))
    acts.append(Act(_("Leave…"), opens={"what": "leave", "extension": extension, "day": at}))
    who = dict(people(found)).get(extension, extension)
    return framed(
        _("Change the shift") if there else _("New shift"), "shift", fields, acts, f"{who} · {at} {weekday(day)}"
    )


def shift_fields(
    found: Row, templates: Mapping[str, Row], there: Row | None, extension: str, day: str
) -> list[FormField]:
    """Own times are asked for only where no template is chosen; a template brings its breaks, and says where they may
    be moved to."""
    known = str(there["template"]) if there else ""
    like = there is not None and known in templates
    like = like and all(templates[known][name] == there[name] for name in ("start", "end") if there)
    first = next(iter(templates), "")
    chosen = known if there and like else "" if there else first
    options = [
        *(
            (name, f"{named_in(one)} {times(one)}" + (f" ({', '.join(one['skills'])})" if one["skills"] else ""))
            for name, one in templates.items()
        ),
        ("", _("own times…")),
    ]
    own = {"template": [""]}
    called = there["name"] if there and there["name"] != f"{there['start']}–{there['end']}" else ""
    rested = ["", *(name for name, one in templates.items() if one["breaks"])]
    breaks = there["breaks"] if there else templates[first]["breaks"] if first else []
    return [
        FormField("extension", _("Agent"), "select", extension, people(found)),
        FormField("day", _("Day"), "date", day),
        FormField(
            "template",
            _("Shift"),
            "id",
            chosen,
            options,
            focus=True,
            wide=True,
            fills={name: {"breaks": break_text(one["breaks"])} for name, one in templates.items()},
            hints={"": {"breaks": ""}, **{name: {"breaks": windows(one)} for name, one in templates.items()}},
        ),
        FormField(
            "start", _("Begin"), "text", there["start"] if there else "", placeholder="08:00", most=5, shown_if=own
        ),
        FormField(
            "end", _("End of shift"), "text", there["end"] if there else "", placeholder="16:00", most=5, shown_if=own
        ),
        FormField("name", _("Name"), "text", called, placeholder=_("empty: its times"), most=40, shown_if=own),
        FormField("name_en", _("English name"), "text", there["name_en"] if there else "", most=64, shown_if=own),
        FormField(
            "breaks",
            _("Break time"),
            "spans",
            break_text(breaks),
            placeholder="12:00-12:30",
            most=80,
            shown_if={"template": rested},
        ),
        FormField("note", _("Note"), "text", there["note"] if there else "", most=200, wide=True),
    ]


def windows(template: Row) -> str:
    """Where the breaks of a template may be moved to."""
    return _(", ").join(
        _("{n} min, anywhere from {from} to {to}", **{"n": rest[2], "from": rest[0], "to": rest[1]})
        for rest in template["rests"]
        if len(rest) > 2
    )


# --- leave ------------------------------------------------------------------------------------------------------


def leave_fields(day: date, there: Row | None) -> list[FormField]:
    """Hours are asked for only when it is not whole days."""
    start = there["start"] if there else "08:00"
    end = there["end"] if there and not there["next_day"] else "12:00"
    hours = {"part": [True]}
    return [
        FormField("first_day", _("First day"), "date", day.isoformat()),
        FormField("last_day", _("Last day"), "date", day.isoformat()),
        FormField("part", _("Only hours, not whole days"), "ask", False, wide=True),
        FormField("start", _("Away from"), "text", start, placeholder="13:00", most=5, shown_if=hours),
        FormField("end", _("Away until"), "text", end, placeholder="17:00", most=5, shown_if=hours),
    ]


async def leave(said: Said) -> Any:
    """Enters one, or shows the one that there is and may end it."""
    day, extension = day_of(said), said.get("extension", "")
    found = await queries.roster(day, 1)
    names = dict(people(found))
    there = next((one for one in found["leaves"] if one["extension"] == extension), None)
    if there is not None and not said.get("new"):
        words = {
            "who": names.get(extension, extension),
            "asked": there["asked_by"],
            "decided": there["decided_by"] or "—",
        }
        told = _("{who} · asked by {asked}, approved by {decided}", **words)
        about = " · ".join(filter(None, (told, there["note"])))
        sure = _("Press again: the leave ends")
        end = Act(_("End this leave"), "DELETE", f"{LEAVES}/{there['id']}", confirm=sure, stop=True)
        return framed(f"{there['reason_name']} {leave_span(there)}", "leave-end", [], [end], about)
    shift_there = next(
        (one for one in found["shifts"] if (one["extension"], one["day"]) == (extension, str(day))), None
    )
    fields = [
        FormField("extension", _("Agent"), "select", extension, people(found)),
        FormField("reason", _("Reason"), "select", next(iter(reasons())), [*reasons().items()]),
        *leave_fields(day, shift_there),
        FormField("note", _("Note"), most=200, wide=True),
        FormField("take_shifts_away", _("Take the shifts of these days away"), "check", False, wide=True),
    ]
    return framed(_("Enter leave"), "leave", fields, [Act(_("Approve and enter"), "POST", LEAVES)])


async def ask_leave(_said: Said) -> Any:
    tomorrow = queries.rooms().today() + timedelta(days=1)
    found = await queries.roster(tomorrow, 1)
    mine = next((one for one in found["shifts"] if one["extension"] == user().extension), None)
    fields = [
        FormField("reason", _("Reason"), "select", next(iter(reasons())), [*reasons().items()], wide=True),
        *leave_fields(tomorrow, mine),
        FormField("note", _("Note"), most=200, wide=True),
    ]
    asked = Act(_("Ask"), "POST", f"{LEAVES}/own", said=_("Asked. The supervisor decides."))
    return framed(_("Ask for leave"), "ask-leave", fields, [asked])


async def take_away(said: Said) -> Any:
    """Where approving a leave was refused because of the shifts that stand there."""
    path = f"{LEAVES}/{int(said.get('id') or 0)}/decision"
    fields = [FormField("take_shifts_away", _("Take the shifts of these days away"), "check", True, wide=True)]
    acts = [Act(_("Approve"), "POST", path, {"approve": True})]
    return framed(_("Leave"), "leave", fields, acts, said.get("why", ""))


# --- templates, swaps -------------------------------------------------------------------------------------------


async def template(said: Said) -> Any:
    found = await queries.roster_of_today()
    there = next((one for one in found["templates"] if str(one["id"]) == said.get("id")), None)
    skills = sorted({skill for one in found["agents"] for skill in one["skills"]})
    about = _(
        "12:00-12:30 stays there. 11:00-13:30 45 is a break of 45 minutes anywhere between: proposals spread those."
    )
    fields = [
        FormField("name", _("Name"), "text", there["name"] if there else "", most=40, wide=True),
        FormField("name_en", _("English name"), "text", there["name_en"] if there else "", most=64, wide=True),
        FormField("start", _("Begin"), "text", there["start"] if there else "", placeholder="08:00", most=5),
        FormField("end", _("End of shift"), "text", there["end"] if there else "", placeholder="16:00", most=5),
        FormField(
            "breaks",
            _("Break time"),
            "spans",
            break_text(there["rests"]) if there else "",
            placeholder="11:00-13:30 45",
            hint=about,
            most=80,
            wide=True,
        ),
        FormField(
            "skills",
            _("Skill needed"),
            "list",
            next(iter(there["skills"]), "") if there else "",
            [("", _("none needed")), *((one, one) for one in skills)],
        ),
    ]
    path = f"{TEMPLATES}/{there['id']}" if there else TEMPLATES
    acts = [Act(_("Save"), "PUT" if there else "POST", path)]
    if there:
        sure = _("Press again: {name} goes", name=named_in(there))
        acts.append(Act(_("Remove"), "DELETE", path, confirm=sure, stop=True))
    title = _("Change the template") if there else _("New template")
    return framed(title, "template", fields, acts, _("Shifts that were made from it keep their times."))


def given(shift: Row | None) -> str:
    return side(shift) if shift else _("takes it over, nothing back")


async def swap(said: Said) -> Any:
    day, number = day_of(said), int(said.get("id") or 0)
    found = await queries.roster(day, 1)
    mine = next((one for one in found["shifts"] if one["id"] == number), None)
    if mine is None:
        raise NotFound("There is no shift {id}.", field="shift_id", id=number)
    candidates = await queries.swap_candidates(number)
    if not candidates:
        nobody = _("No colleague can take this shift within the rules. Ask the shift supervisor.")
        return dialog(_("Swap a shift"), [html.P(nobody)])
    options = [
        (
            f"{one['extension']}|{one['shift']['id'] if one['shift'] else ''}",
            f"{one['extension']} {one['name']} · {given(one['shift'])}",
        )
        for one in candidates
    ]
    bodies = {
        name: {"other_extension": one["extension"], "other_shift_id": one["shift"]["id"] if one["shift"] else None}
        for (name, _text), one in zip(options, candidates, strict=True)
    }
    fields = [
        FormField("swap", _("With whom, for what"), "pick", options[0][0], options, wide=True, bodies=bodies),
        FormField("words", _("Words to the colleague"), most=200, wide=True),
    ]
    asked = Act(
        _("Ask"),
        "POST",
        SWAPS,
        {"shift_id": number},
        said=_("Asked. The colleague has to accept, then the supervisor to approve."),
    )
    about = f"{day} {weekday(day)} {named_in(mine)} {times(mine)}"
    return framed(_("Swap a shift"), "swap", fields, [asked], about)
