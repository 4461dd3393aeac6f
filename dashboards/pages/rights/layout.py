"""The page: a table of rights by role, and below it who may dial what."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from sqlalchemy.orm import Session

from core.i18n import _
from core.installation import dialling
from core.installation.service import load_installation
from core.numbering import CLASSES
from core.people import role_rights
from core.people.users import Role
from core.rights import SHIPPED, Right, scopes_of
from dashboards.components.words import ROLE_NAMES
from dashboards.pages.rights import ids
from dashboards.pages.rights.cells import as_drawn, irrevocable
from dashboards.pages.rights.words import ABOUT, SCOPES
from dashboards.pages.rights.words import CLASSES as CLASS_NAMES
from dashboards.session import user, web

MOST_DIGITS = 10


async def layout(**_parameters: Any) -> Any:
    return html.Div(
        [
            html.H1(_("Rights"), className="unseen"),
            html.Div(await matrix(), id=ids.BODY, className="panel"),
            html.Div(await dial_table(), id=ids.DIAL_BODY, className="panel") if may_dial() else None,
        ],
        className="page rights",
    )


def may_dial() -> bool:
    return user().may(Right.DIALLING) and user().may(Right.INSTALLATION)


# --- rights by role --------------------------------------------------------------------------------------------


async def matrix(said: str = "") -> list[Any]:
    table = await web().in_session(role_rights.table)
    drawn = {role: {right.value: scope.value for right, scope in rights.items()} for role, rights in table.items()}
    head = [html.Th(_("Right"), scope="col")]
    head += [html.Th(role_name(role), scope="col", className="rights-role") for role in SHIPPED]
    rows = [
        html.Tr(
            [
                html.Th(_(ABOUT[right]), scope="row"),
                *(html.Td(box(role, right, drawn[role][right.value])) for role in SHIPPED),
            ]
        )
        for right in Right
    ]
    told = _(
        "What each role may do. A change counts at once and stands in the audit; what is greyed cannot be taken away."
    )
    return [
        html.H2(_("What a role may do")),
        html.P(told, className="dim"),
        html.Div(
            html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="plain"),
            className="rights-scroll",
            tabIndex=0,
        ),
        foot(ids.SAVE, _("Save the rights"), ids.SAID, said),
        dcc.Store(id=ids.DRAWN, data=drawn),
    ]


def box(role: str, right: Right, scope: str) -> Any:
    """A tick, or where the right can be limited a choice of how far it reaches."""
    name, scopes, fixed = ids.cell(role, right), scopes_of(right), irrevocable(role, right)
    if len(scopes) > len(("none", "all")):
        options = [{"label": _(SCOPES[one]), "value": one.value} for one in scopes]
        return dcc.RadioItems(options, scope, id=name, className="rights-choice")
    label = html.Span(f"{role_name(role)}: {_(ABOUT[right])}", className="unseen")
    tick: list[dict[str, Any]] = [{"label": label, "value": "all", "disabled": fixed}]
    return dcc.Checklist(tick, ["all"] if scope == "all" else [], id=name, className="rights-tick")


def role_name(role: str) -> str:
    return _(ROLE_NAMES[Role(role)])


# --- who may dial what -----------------------------------------------------------------------------------------


async def dial_table(said: str = "") -> list[Any]:
    told, calendars = await web().in_session(_dialling)
    rows = sorted(told["rights"], key=_place)
    head = (_("Subject"), _("May dial"), _("Hours"), _("Most at once"), "")
    new: dict[str, Any] = {"subject": ids.NEW, "classes": [], "hours": None, "most_at_once": None, "example": True}
    return [
        html.H2(_("Who may dial what")),
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(text, scope="col") for text in head])),
                    html.Tbody([line(row, calendars) for row in (*rows, new)]),
                ],
                className="plain",
            ),
            className="rights-scroll",
            tabIndex=0,
        ),
        foot(ids.DIAL_SAVE, _("Save the rights to dial"), ids.DIAL_SAID, said),
        dcc.Store(id=ids.DIAL_DRAWN, data={row["subject"]: as_drawn(row) for row in rows}),
    ]


def line(row: dict[str, Any], calendars: list[str]) -> Any:
    subject, shown = row["subject"], as_drawn(row)
    named: Any = subject_name(subject)
    if subject == ids.NEW:
        field = dcc.Input(
            id=ids.EXTENSION, type="text", value="", maxLength=MOST_DIGITS, className="field", placeholder="8001"
        )
        named = html.Label([html.Span(_("One extension more")), field], className="rights-new")
    hours = [{"label": _("always"), "value": ""}, *({"label": one, "value": one} for one in calendars)]
    forget = [{"label": _("Back to what is shipped"), "value": "forget"}]
    shipped = html.Span(_("example"), className="tag-demo") if subject != ids.NEW else ""
    return html.Tr(
        [
            html.Th(named, scope="row"),
            html.Td(
                dcc.Checklist(
                    [{"label": _(CLASS_NAMES[one]), "value": one} for one in CLASSES],
                    shown["classes"],
                    id=ids.dial(subject, "classes"),
                    inline=True,
                    className="rights-classes",
                )
            ),
            html.Td(dcc.RadioItems(hours, shown["hours"], id=ids.dial(subject, "hours"), className="rights-choice")),
            html.Td(
                dcc.Input(
                    id=ids.dial(subject, "most"),
                    type="number",
                    min=0,
                    max=1000,
                    step=1,
                    value=shown["most"],
                    className="field rights-most",
                    placeholder="—",
                )
            ),
            html.Td(
                [
                    shipped if row["example"] else None,
                    # Every row has one, so that a save reads all rows alike.
                    dcc.Checklist(
                        [] if row["example"] else forget, [], id=ids.dial(subject, "forget"), className="rights-forget"
                    ),
                ]
            ),
        ]
    )


def subject_name(subject: str) -> str:
    kind, _colon, name = subject.partition(":")
    if kind == "role":
        return role_name(name) if name in SHIPPED else _("phones without a person")
    return _("Extension {extension}", extension=name) if name else _("the house by itself (menus, queues)")


def _place(row: dict[str, Any]) -> tuple[int, str]:
    """Roles in the order of the table above, then the house, then extensions."""
    order = [f"role:{role}" for role in SHIPPED]
    subject = row["subject"]
    return (order.index(subject) if subject in order else len(order) + subject.startswith("extension:"), subject)


def _dialling(session: Session) -> tuple[dict[str, Any], list[str]]:
    return dialling.dialling_json(session), sorted(load_installation(session).calendars)


def foot(save: str, text: str, where: str, said: str) -> Any:
    return html.Div(
        [
            html.Button(text, id=save, type="button", className="primary"),
            html.Span(said, id=where, role="status", className="rights-said"),
        ],
        className="rights-foot",
    )
