"""A form that the server describes: fields, what hangs on what, where it is sent; ``assets/form.js`` draws it.

It is sent to a route of ours as JSON. A refusal names its field, so its words stand beside that field; the rest stands
under the form. What is hidden is not sent. A destructive act asks once, naming what will happen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from dash import html

from core.i18n import _
from dashboards.components.words import duration

# ``time`` is a day and a time of the site;
# ``share`` is typed in percent, ``seconds`` as 90 or 1:30; ``spans`` are times of a day (12:00-12:30); ``id`` is a
# choice that is a number or none, ``flag`` one of 0 and 1; of ``many`` any number may be chosen; ``ask`` is a tick that
# only shows other fields; what a ``pick`` sends is in ``bodies``; ``json`` is a file of ``most`` bytes, whose
# content is sent as the body; ``file`` one of any kind, sent to its ``upload`` before the form is, whose answer's
# ``id`` is the field's value.
Options = Sequence[tuple[Any, str]]
Kind = Literal[
    "text",
    "area",
    "date",
    "time",
    "number",
    "share",
    "seconds",
    "select",
    "id",
    "check",
    "many",
    "spans",
    "list",
    "flag",
    "ask",
    "pick",
    "json",
    "file",
]


@dataclass(frozen=True, slots=True)
class FormField:
    """``sends`` is its name in the body where that is another one; dots lead into objects. ``shown_if``: names of
    fields before it and the values with which this one is shown; one that is not shown is empty, and not sent.
    ``fills``: by what is chosen here, the values that other fields take; ``hints``: by what is chosen here, the words
    under other fields. ``missing`` is said where a required one is empty; ``counts`` says how many characters there
    are of ``most``. ``options_of``: a field's name, and by what is chosen there, what may be chosen here; ``warns``: by
    what is chosen here, what to know before it is sent. ``goes_with``: a field that is sent when this one is changed,
    and the other way round; ``pin``: what a map shows on which the two are set (``pin`` of the page's ``scripts``)."""

    name: str
    caption: str = ""
    kind: Kind = "text"
    value: Any = ""
    options: Options = ()
    options_of: Mapping[str, Mapping[str, Options]] = field(default_factory=dict)
    warns: Mapping[str, str] = field(default_factory=dict)
    goes_with: str = ""
    pin: Mapping[str, Any] = field(default_factory=dict)
    upload: str = ""
    hint: str = ""
    unit: str = ""
    placeholder: str = ""
    most: int | None = None
    required: bool = False
    wide: bool = False
    focus: bool = False
    sends: str = ""
    missing: str = ""
    counts: bool = False
    shown_if: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    fills: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bodies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """``path`` is a route's; without one a script of the page takes what was given (``hotline:form``). ``body`` goes
    with the fields; ``sends`` says whether they are sent at all. ``confirm`` are the button's words once it was
    pressed: only the second time counts, or the first where it is ``armed``. ``leads`` is where one is afterwards, of
    the same page. ``opens`` leads to another dialog; ``otherwise`` does where the refusal names that field.
    ``sure`` goes with it once the route has doubted (``core.errors.Doubtful``) and the person said that it is meant;
    ``device``: position and clock of the device go with it (``position`` of the page's ``scripts``)."""

    caption: str
    method: Literal["POST", "PUT", "DELETE"] = "POST"
    path: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    sends: bool = True
    confirm: str = ""
    armed: bool = False
    sure: Mapping[str, Any] = field(default_factory=dict)
    device: bool = False
    focus: bool = False
    said: str = ""
    stop: bool = False
    leads: str = ""
    opens: Mapping[str, Any] = field(default_factory=dict)
    otherwise: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def typed(value: float | None, kind: Kind) -> str:
    """A number as people type it in a field of this kind."""
    if value is None:
        return ""
    if kind == "seconds" and value == int(value):
        return duration(value)
    return f"{value * 100:.10g}" if kind == "share" else f"{value:g}"


def form(
    name: str,
    fields: Sequence[FormField],
    acts: Sequence[Act],
    *,
    about: str = "",
    warning: str = "",
    only: Literal["", "filled", "changed"] = "",
    draft: str = "",
    in_dialog: bool = False,
    stays: bool = False,
    quick: bool = False,
    disabled: bool = False,
) -> html.Div:
    """``name`` tells scripts which form was sent; with ``draft``, a name for what is typed, it survives a reload. The
    first act is what Enter does: ``quick`` says from every field, also from one of several lines. A dialog that
    ``stays`` is open still when its form was sent, for the next one."""
    described = {
        "name": name,
        "about": about,
        "warning": warning,
        "only": only,
        "draft": draft,
        "dialog": in_dialog,
        "stays": stays,
        "quick": quick,
        "disabled": disabled,
        "fields": [_without_defaults(one) for one in fields],
        "acts": [_without_defaults(one) for one in acts],
        "words": {
            "close": _("Close"),
            "required": _("Please fill this in."),
            "characters": _("{n} of {most} characters"),
            "saving": _("Saving…"),
            "meant": _("Yes, it is meant"),
            "draft_there": _("What you typed here before is back."),
            "draft_anew": _("Begin anew"),
            "file_large": _("The file is larger than {most} KB. Choose one that was exported here."),
            "upload_large": _("The file is larger than {most} MB."),
            "file_no_json": _("The file is no JSON. Choose one that was exported here, unchanged."),
        },
    }
    return html.Div(className="form", **{"data-described": json.dumps(described, ensure_ascii=False)})


def _without_defaults(one: FormField | Act) -> dict[str, Any]:
    return {
        name: value for name, value in asdict(one).items() if value not in ("", None, False, (), {}) or name == "value"
    }


def act(one: Act, name: str = "", **more: Any) -> Any:
    """A button that does something by itself; a refusal stands where the page has ``data-live="act-error"``."""
    described = {"name": name, **_without_defaults(one)}
    kind = "bar-button stop" if one.stop else "bar-button"
    attributes = {"className": kind, "data-form-act": json.dumps(described, ensure_ascii=False), **more}
    return html.Button(one.caption, type="button", **attributes)
