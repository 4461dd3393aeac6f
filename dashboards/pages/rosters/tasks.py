"""What waits for a word: swaps and leave, for the supervisor and for the agent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html

from core.i18n import _
from core.rights import Right
from dashboards.components.form import Act, act
from dashboards.pages.rosters import queries
from dashboards.pages.rosters.blocks import leave_span, named, named_in
from dashboards.session import user

OPEN = ("asked", "accepted")
SHOWN, OWN_SHOWN = 20, 12
SWAPS, LEAVES = "/api/v1/rosters/swaps", "/api/v1/rosters/leaves"
Row = Mapping[str, Any]


def state_word(state: str) -> str:
    return {
        "asked": _("waits for the colleague"),
        "accepted": _("waits for the supervisor"),
        "approved": _("approved"),
        "declined": _("declined by the colleague"),
        "refused": _("refused"),
        "withdrawn": _("withdrawn"),
        "lapsed": _("lapsed: a shift was changed"),
    }.get(state, state)


async def view() -> Any:
    found, edits = await queries.roster_of_today(), user().may(Right.ROSTER_EDITS)
    names = {one["extension"]: one["name"] for one in found["agents"]}
    return lambda: drawn(found, names, edits=edits)


def drawn(found: Row, names: Mapping[str, str], *, edits: bool) -> Any:
    open_ = sorted(
        (one for one in found["swaps"] if one["state"] in OPEN),
        key=lambda one: (one["state"] != "accepted", -one["id"]),
    )
    done = [one for one in found["swaps"] if one["state"] not in OPEN][:SHOWN]
    swaps = html.Section(
        [
            html.H2(_("Swaps")),
            listed([swap(one, decisions(one) if edits else []) for one in open_], _("No swaps.")),
            html.H3(_("Decided lately")) if done else None,
            html.Ul([swap(one, []) for one in done], className="rosters-tasks") if done else None,
        ],
        className="panel",
    )
    asked = [leave(one, names, edits=edits) for one in found["asked_leave"]]
    leaves = html.Section(
        [html.H2(_("Leave asked for")), listed(asked, _("No leave waits for a decision."))], className="panel"
    )
    return html.Div([swaps, leaves], className="rosters-two")


def listed(lines: list[Any], nothing: str) -> Any:
    return html.Ul(lines, className="rosters-tasks") if lines else html.P(nothing, className="dim")


def decisions(one: Row) -> list[Any]:
    path = f"{SWAPS}/{one['id']}/decision"
    approve = Act(_("Approve"), "POST", path, {"approve": True}, said=_("Approved: the shifts have changed hands."))
    refuse = Act(_("Refuse"), "POST", path, {"approve": False})
    yes = act(approve, className="primary", **{"data-swap-decide": "1"}) if one["state"] == "accepted" else None
    return [yes, act(refuse, **{"data-swap-decide": "0"})]


def side(shift: Row | None) -> str:
    """Name and times; the end's day only where it is another one."""
    if shift is None:
        return _("gives nothing back")
    start, end = shift["starts"], shift["ends"]
    return f"{named_in(shift)} {start}–{end[6:] if end[:5] == start[:5] else end}"


def swap(one: Row, acts: list[Any]) -> Any:
    at = one["decided_at"] or one["answered_at"] or one["asked_at"]
    when = f"{datetime.fromtimestamp(at, queries.rooms().zone):%m-%d %H:%M}" if at else ""
    said = " · ".join(filter(None, (one["words"], when, one["decided_by"], one["decided_words"])))
    return html.Li(
        [
            html.Div([html.B(f"{one['extension']} {one['name']}"), f" {side(one['shift'])}"]),
            html.Div(["⇄ ", html.B(f"{one['other_extension']} {one['other_name']}"), f" {side(one['other_shift'])}"]),
            html.Div([html.Span(state_word(one["state"]), className="tag"), f" {said}"], className="dim"),
            html.Div(acts, className="rosters-acts") if acts else None,
        ],
        **{"data-swap": str(one["id"])},
    )


def touched(one: Row) -> str:
    """What the leave does to the roster: shifts that would go, and those that are only shorter."""
    gone = _(", ").join(named(shift) for shift in one["shifts"] if not shift["stays"])
    stay = _(", ").join(named(shift) for shift in one["shifts"] if shift["stays"])
    return " ".join(
        filter(
            None,
            (
                _("It falls on {shifts}: approving takes the shift away.", shifts=gone) if gone else "",
                _("{shifts} stays, less these hours.", shifts=stay) if stay else "",
            ),
        )
    )


def leave(one: Row, names: Mapping[str, str], *, edits: bool) -> Any:
    path = f"{LEAVES}/{one['id']}/decision"
    # Approving may need the shifts of those days taken away: asked where it is refused.
    instead = {"take_shifts_away": {"what": "take_away", "id": one["id"]}}
    approve = Act(_("Approve"), "POST", path, {"approve": True}, otherwise=instead)
    refuse = Act(_("Refuse"), "POST", path, {"approve": False})
    acts = [
        act(approve, "leave", className="primary", **{"data-leave-decide": "1"}),
        act(refuse, **{"data-leave-decide": "0"}),
    ]
    person = f"{one['extension']} {names.get(one['extension'], '')}"
    return html.Li(
        [
            html.Div([html.B(person), f" {one['reason_name']} {leave_span(one)}"]),
            html.Div(touched(one), className="dim") if one["shifts"] else None,
            html.Div(one["note"], className="dim") if one["note"] else None,
            html.Div(acts, className="rosters-acts") if edits else None,
        ],
        **{"data-leave": str(one["id"])},
    )
