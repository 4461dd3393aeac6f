"""What is typed is read while one types: checked, drawn, kept in the browser; tried and saved when asked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from dash import ALL, Input, Output, State, ctx, no_update

from core.clock import utc_now
from core.errors import BadInput, HotlineError
from core.i18n import _, translate_error
from core.rights import Right
from dashboards.components import dialog
from dashboards.pages.kpi_schemes import check, editor, fields, figures, ids, layout, queries, trial
from dashboards.pages.kpi_schemes.draft import SchemeDraft, acted, draft_from, draft_json, same, shape_of, with_values
from dashboards.pages.kpi_schemes.draft_reading import reading_of
from dashboards.session import user
from kpi.schemes.service import NEW

DRAFT_S = 7 * 86_400
MINE = {"right": Right.KPI_SCHEMES}


def register(app: Any) -> None:
    again = app.callback(
        Output(ids.LIST, "children"), Input(dialog.done(ids.PAGE), "data"), right=Right.KPI, prevent_initial_call=True
    )
    again(listed_again)
    chosen = app.callback(
        Output(ids.COMPARED, "children"), Input(ids.TABLE, "selectedRows"), right=Right.KPI, prevent_initial_call=True
    )
    chosen(layout.compared)
    dialog.register(app, ids.PAGE, Right.KPI, layout.DIALOGS)
    _register_editor(app)


def _register_editor(app: Any) -> None:
    stored = ids.stored(ALL, ALL)
    edit = app.callback(
        Output(ids.WORKING, "data"),
        Output(stored, "data"),
        Output(ids.LINES, "children"),
        Output(ids.line(ALL), "children"),
        Output(ids.GRADES, "children"),
        Output(ids.PART, "children"),
        Output(ids.NEEDS, "data"),
        Input(ids.field(ALL), "value"),
        Input(ids.choice(ALL), "data"),
        Input(ids.act(ALL, ALL, ALL), "n_clicks"),
        State(ids.WORKING, "data"),
        State(ids.FIGURES, "data"),
        prevent_initial_call=True,
        **MINE,
    )
    edit(edited)
    # What the browser kept is there a moment after the page.
    restore = app.callback(
        Output(ids.WORKING, "data", allow_duplicate=True),
        Output(stored, "data", allow_duplicate=True),
        Output(ids.HEAD, "children"),
        Output(ids.LINES, "children", allow_duplicate=True),
        Output(ids.GRADES, "children", allow_duplicate=True),
        Output(ids.NEEDS, "data", allow_duplicate=True),
        Output(ids.NOTE, "children"),
        Input(ids.RESTORE, "n_intervals"),
        Input(ids.ANEW, "n_clicks"),
        State(stored, "data"),
        State(ids.WORKING, "data"),
        State(ids.SERVED, "data"),
        State(ids.FIGURES, "data"),
        prevent_initial_call=True,
        **MINE,
    )
    restore(restored)
    look = app.callback(
        Output(ids.CHECK, "children"),
        Output(ids.wrong(ALL), "children"),
        Output({"type": "figure", "name": ALL}, "data"),
        Output(ids.DRAWN, "data"),
        Output(ids.SAID, "children", allow_duplicate=True),
        Input(ids.WORKING, "data"),
        Input(ids.MODE, "data"),
        Input(ids.FIGURES, "data"),
        State(ids.ABOUT, "data"),
        State(ids.DRAWN, "data"),
        prevent_initial_call="initial_duplicate",
        **MINE,
    )
    look(checked)
    measure = app.callback(
        Output(ids.FIGURES, "data"),
        Input(ids.NEEDS, "data"),
        Input(ids.PERIOD, "data"),
        State(ids.WORKING, "data"),
        State(ids.FIGURES, "data"),
        **MINE,
    )
    measure(measured)
    tried = app.callback(
        Output(ids.TRIED, "children"),
        Input(ids.TRY, "n_clicks"),
        State(ids.WORKING, "data"),
        State(ids.PERIOD, "data"),
        State(ids.ABOUT, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.TRY, "disabled"), True, False)],
        **MINE,
    )
    tried(on_past)
    save = app.callback(
        Output(ids.SAID, "children"),
        Output(stored, "data", allow_duplicate=True),
        Output(ids.GO, "href"),
        Input(ids.SAVE, "n_clicks"),
        State(ids.WORKING, "data"),
        State(ids.MODE, "data"),
        State(ids.ABOUT, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.SAVE, "disabled"), True, False)],
        **MINE,
    )
    save(saved)


async def listed_again(_sent: Any) -> Any:
    return await layout.listed()


# --- typing -----------------------------------------------------------------------------------------------------


async def edited(_values: Any, _chosen: Any, _clicks: Any, working: Any, behind: Any) -> Any:
    """What was typed or pressed goes into the draft; what has other fields because of it is drawn anew."""
    before = draft_from(working)
    now = with_values(before, _typed())
    name = ctx.triggered_id
    if isinstance(name, Mapping) and name.get("type") == ids.act("")["type"] and _was_pressed():
        now = acted(now, str(name["act"]), int(name["key"]), int(name["row"]))
    n_lines, n_stored = len(ctx.outputs_list[3]), len(ctx.outputs_list[1])
    if same(before, now):
        return no_update, (no_update,) * n_stored, no_update, (no_update,) * n_lines, no_update, no_update, no_update
    now = replace(now, at=utc_now())
    part = fields.part(now, await queries.choices()) if before.whom != now.whom else no_update
    drawn_of = [one["id"]["key"] for one in ctx.outputs_list[3]]
    needs = queries.needs(now)

    def drawing() -> Any:
        raw, read, values = draft_json(now), reading_of(now), queries.values_of(now, behind)
        # Other fields: of all lines where these are others or are for somebody else, else of those that changed.
        all_anew = [one.key for one in before.lines] != [one.key for one in now.lines] or _subject(before) != _subject(
            now
        )
        changed = {
            one.key
            for one in now.lines
            if (old := before.line(one.key)) is None
            or shape_of(old) != shape_of(one)
            or (one.kind == "veto" and before.grades != now.grades)
        }
        lines = tuple(
            editor.line(found, now, read, values)
            if not all_anew and key in changed and (found := now.line(key)) is not None
            else no_update
            for key in drawn_of
        )
        graded = (before.graded, len(before.grades)) != (now.graded, len(now.grades))
        return (
            raw,
            (raw,) * n_stored,
            editor.lines(now, read, values) if all_anew else no_update,
            lines,
            fields.grades(now) if graded else no_update,
            part,
            needs if needs != queries.needs(before) else no_update,
        )

    return drawing


def _subject(draft: SchemeDraft) -> tuple[str, str]:
    """Of a department no name changes anything."""
    return draft.whom, draft.part if draft.whom.startswith("post:") else ""


def _typed() -> dict[str, Any]:
    """By place, what the form's fields say."""
    return {str(one["id"]["at"]): one.get("value") for family in ctx.inputs_list[:2] for one in family}


def _was_pressed() -> bool:
    return bool(ctx.triggered and ctx.triggered[0].get("value"))


async def restored(_times: Any, _clicks: Any, kept: Any, working: Any, served: Any, behind: Any) -> Any:
    """What was typed here before, or what is saved where one begins anew."""
    n_stored = len(ctx.outputs_list[1])
    now, before = draft_from(working), draft_from(served)
    nothing = (no_update, (no_update,) * n_stored, *(no_update,) * 5)
    anew = ctx.triggered_id == ids.ANEW
    wanted: SchemeDraft | None
    if anew:
        wanted, note = before, _("Begun anew: this is what is saved.") if before.base else _("Begun anew.")
    else:
        wanted, note = _kept(kept), _("What you typed here before is back.")
        if wanted is None or same(wanted, now):
            return nothing
        if wanted.base != before.base:
            note += " " + _("Version {n} was saved meanwhile: compare before you save.", n=before.base)
    choices, raw, found = await queries.choices(), draft_json(wanted), wanted

    def drawing() -> Any:
        read, values = reading_of(found), queries.values_of(found, behind)
        stored = None if anew else no_update
        return (
            raw,
            (stored,) * n_stored,
            fields.head(found, choices),
            editor.lines(found, read, values),
            fields.grades(found),
            queries.needs(found),
            note,
        )

    return drawing


def _kept(kept: Any) -> SchemeDraft | None:
    """Nothing of what is too old to be meant, or of another form."""
    raw = next((one for one in kept or [] if one), None)
    try:
        found = draft_from(raw) if raw else None
    except BadInput:
        return None
    return found if found and utc_now() - found.at < DRAFT_S else None


# --- checking, drawing, measuring -------------------------------------------------------------------------------


async def checked(working: Any, mode: Any, behind: Any, about: Any, drawn: Any) -> Any:
    draft = draft_from(working)
    read = reading_of(draft)
    wrong = [*read.wrong]
    if read.scheme is not None and about["scheme"] != NEW:
        clash = await queries.clash(read.scheme, str(about["scheme"]), _replaces(mode))
        wrong += [clash] if clash else []
    places = [str(one["id"]["at"]) for one in ctx.outputs_list[1]]
    names = [str(one["id"]["name"]) for one in ctx.outputs_list[2]]

    def drawing() -> Any:
        values = queries.values_of(draft, behind)
        marks, pictures = {}, {}
        for one in draft.lines:
            name, raw, others = ids.curve(one.key), read.curves.get(one.key), values.get(one.key, ())
            marks[name] = figures.mark(one, raw, others)
            # Only what has changed is drawn anew.
            if not isinstance(drawn, dict) or drawn.get(name) != marks[name]:
                pictures[name] = figures.picture(one, figures.rule_of(one, raw), others).to_plotly_json()
        return (
            check.drawn(draft, read, wrong),
            tuple(check.beside(wrong, places)),
            tuple(pictures.get(name, no_update) for name in names),
            marks,
            "",
        )

    return drawing


def _replaces(mode: Any) -> int | None:
    return int(mode) if isinstance(mode, str) and mode.isdigit() and len(mode) < 6 else None


async def measured(_needs: Any, said: Any, working: Any, known: Any) -> Any:
    """Everybody's figures of the period for each line that can be measured; only what is not known yet is asked for."""
    draft = draft_from(working)
    period = trial.span(said, trial.today(), queries.zone())
    return await queries.behind(draft, period, known)


async def on_past(_clicks: Any, working: Any, said: Any, about: Any) -> Any:
    read = reading_of(draft_from(working))
    if read.scheme is None:
        return _("It can be tried once nothing is wrong any more.")
    period = trial.span(said, trial.today(), queries.zone())
    try:
        now, then, holds = await queries.tried(read.scheme, str(about["scheme"]), period)
    except HotlineError as no:
        return _words(no)
    return lambda: trial.drawn(trial.moved(now, then), holds, demo=then.demo)


async def saved(_clicks: Any, working: Any, mode: Any, about: Any) -> Any:
    n_stored = len(ctx.outputs_list[1])
    still = (no_update,) * n_stored
    read = reading_of(draft_from(working))
    if read.scheme is None:
        return _("Not saved: correct what the check names first."), still, no_update
    scheme_id = str(about["scheme"])
    try:
        done = await queries.save(read.scheme, scheme_id, user().name, _replaces(mode), about)
    except HotlineError as no:
        return _words(no), still, no_update
    return "", (None,) * n_stored, f"{layout.PATH}/{quote(done.scheme.id)}?saved={done.version}"


def _words(no: HotlineError) -> str:
    return " ".join(filter(None, translate_error(no)))
