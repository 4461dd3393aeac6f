"""The floor's dialogs: what is asked before something is taken, messages, announcements, the limits of the tiles."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from core.people.limits import LIMITS
from core.people.steering import ANNOUNCEMENT_CHARACTERS, MESSAGE_CHARACTERS, REASON_CHARACTERS, USUAL_STAND_S
from core.site import Site

# Hours that an announcement may stand.
STANDS_H = (1, 2, 4, 8, 24)
USUAL_H = round(USUAL_STAND_S / 3600)


def _dialog(name: str, title: str, body: list[Any], go: str, close: str) -> Any:
    return html.Dialog(
        html.Form(
            [
                html.H2(title, **{"data-title": name}),
                *body,
                html.P(className="floor-error live", role="alert", **{"data-live": f"{name}-error"}),
                html.P(className="floor-note live", role="status", **{"data-live": f"{name}-note"}),
                html.Div(
                    [
                        html.Button(go, className="primary", type="submit"),
                        html.Button(close, className="bar-button", type="button", **{"data-close": name}),
                    ],
                    className="floor-acts",
                ),
            ],
            **{"data-form": name},
        ),
        className="floor-dialog",
        **{"data-dialog-box": name, "aria-label": title},
    )


def _field(caption: str, field: Any) -> Any:
    return html.Label([html.Span(caption), field])


def asking() -> Any:
    """One for all that takes something from somebody; the script writes what will happen."""
    return _dialog(
        "ask",
        _("Reason"),
        [
            html.P(**{"data-box": "ask-effect"}),
            html.Label(
                [html.Span(_("Kind of break")), html.Select([], className="field", **{"data-ask-kind": "1"})],
                **{"data-box": "ask-kind"},
            ),
            _field(_("Reason"), html.Select([], className="field", **{"data-ask-reason": "1"})),
            html.Label(
                [
                    html.Span(_("In own words")),
                    html.Textarea(maxLength=REASON_CHARACTERS, rows=2, className="field", **{"data-ask-words": "1"}),
                ],
                **{"data-box": "ask-words"},
            ),
        ],
        _("Set"),
        _("Cancel"),
    )


def message(site: Site) -> Any:
    people = [html.Option(f"{agent.extension} {agent.name}", value=agent.extension) for agent in site.agents.values()]
    to = html.Select([html.Option(_("everyone"), value=""), *people], className="field", **{"data-message-to": "1"})
    words = html.Textarea(
        maxLength=MESSAGE_CHARACTERS, rows=3, className="field", **{"data-message-text": "1", "data-counted": "message"}
    )
    return _dialog(
        "message",
        _("Message to agents"),
        [_field(_("To"), to), _field(_("Text"), words), _count("message")],
        _("Send"),
        _("Close"),
    )


def announcement() -> Any:
    stands = [
        html.Option(_("for {n} hours", n=hours), value=str(hours), selected="selected" if hours == USUAL_H else None)
        for hours in STANDS_H
    ]
    stands.append(html.Option(_("until it is ended"), value="0"))
    words = html.Textarea(
        maxLength=ANNOUNCEMENT_CHARACTERS,
        rows=4,
        className="field",
        **{"data-announce-text": "1", "data-counted": "announcement"},
    )
    return _dialog(
        "announcement",
        _("Announcement to callers"),
        [
            html.P(_("Every caller hears it before anything else, as long as it stands."), className="dim"),
            html.Div(className="floor-standing", **{"data-box": "announcements"}),
            html.Div(
                [
                    _field(
                        _("Area"),
                        html.Select(
                            [html.Option(_("all callers"), value="")], className="field", **{"data-announce-area": "1"}
                        ),
                    ),
                    _field(_("Stands"), html.Select(stands, className="field", **{"data-announce-hours": "1"})),
                ],
                className="floor-pair",
            ),
            _field(_("Text"), words),
            _count("announcement"),
        ],
        _("Start"),
        _("Close"),
    )


def _count(name: str) -> Any:
    return html.P(className="floor-note floor-counted live", **{"data-live": f"{name}-count"})


def limits() -> Any:
    """Minutes and seconds as 15:00, shares as percent; what the office has not set is an example."""
    head = html.Tr([html.Th(text) for text in (_("What"), _("amber from"), _("red from"), _("unit"), "")])
    rows = [
        html.Tr(
            [
                html.Th(_(limit.name), scope="row"),
                *(
                    # The script makes the field: Dash has none without a value of its own.
                    html.Td(
                        **{
                            "data-limit-cell": limit.key,
                            "data-level": level,
                            "data-unit": limit.unit,
                            "data-said": f"{_(limit.name)} · {caption}",
                        }
                    )
                    for level, caption in (("warn", _("amber from")), ("bad", _("red from")))
                ),
                html.Td(_("min:s") if limit.unit == "seconds" else "%", className="dim"),
                html.Td(className="dim live", **{"data-live": f"limit-{limit.key}"}),
            ]
        )
        for limit in LIMITS
    ]
    return _dialog(
        "limits",
        _("Limits of tiles and targets"),
        [
            html.P(
                [
                    _(
                        "From when a seat's time turns amber, then red, and the targets of service level "
                        "and abandon rate."
                    ),
                    " ",
                    html.A(_("Alerts have rules of their own."), href="/alerts?view=rules"),
                ],
                className="dim",
            ),
            html.Table([html.Thead(head), html.Tbody(rows)], className="floor-limits"),
        ],
        _("Save"),
        _("Close"),
    )
