"""What is written down, taken in as a file, and withdrawn; each comes when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import NotFound
from core.i18n import _
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.form import Act, FormField, Options, form
from dashboards.pages.kpi_inputs import queries
from kpi.api.manual import EVIDENCE, MOST_SHEET_BYTES
from kpi.api.manual import PATH as API
from kpi.manual.entries import ATTENDANCE, COUNTED, TRAINING
from kpi.manual.evidence import MOST_BYTES
from kpi.scoring.scheme import MANUAL


async def enter(_said: Mapping[str, str]) -> Any:
    known = await queries.subjects()
    kinds = [("agent", _("agent")), ("user", _("other person")), ("site", _("site"))]
    people: dict[str, Options] = {
        kind: [("", "—"), *((key, f"{name} · {key}") for key, name in found)] for kind, found in known.items()
    }
    meant = {
        ATTENDANCE: {"value": _("days attended")},
        TRAINING: {"value": _("0 to 100")},
        **{one: {"value": _("how many times")} for one in COUNTED},
    }
    fields = [
        FormField(
            "indicator",
            _("What"),
            "select",
            ATTENDANCE,
            [(one, _(name)) for one, name in MANUAL.items()],
            hints=meant,
            focus=True,
        ),
        FormField("kind", _("Of whom"), "select", "agent", kinds),
        FormField("who", _("Name"), "select", "", people["agent"], options_of={"kind": people}, required=True),
        FormField("from", _("First day"), "date", "", required=True),
        FormField("to", _("Last day"), "date", "", required=True),
        FormField("value", _("Value"), "number", "", required=True, hint=_("days attended")),
        FormField("out_of", _("Days due"), "number", "", required=True, shown_if={"indicator": [ATTENDANCE]}),
        FormField(
            "evidence",
            _("Evidence: a file"),
            "file",
            upload=EVIDENCE,
            most=MOST_BYTES,
            hint=_("PDF, picture, Word, Excel, text: at most 10 MB"),
            wide=True,
        ),
        FormField("link", _("or a link"), "text", "", most=500, placeholder="https://", wide=True),
        FormField("note", _("Note"), "area", "", most=1000, wide=True),
    ]
    about = _(
        "It counts in every period that holds all of its days. Somebody else agrees where the scheme asks for it."
    )
    send = Act(_("Write down"), path=API)
    return dialog.dialog(_("Write down"), [form("enter", fields, [send], about=about, in_dialog=True)], closes=False)


async def take_in(_said: Mapping[str, str]) -> Any:
    file = FormField(
        "file",
        _("CSV file"),
        "file",
        upload=f"{API}/import",
        most=MOST_SHEET_BYTES,
        required=True,
        focus=True,
        wide=True,
    )
    about = _(
        "Columns: indicator, who, kind, from, to, value, out_of, note, link. All rows are taken in, or none; the file"
        " itself is the evidence of rows without a link."
    )
    # The file is all there is to send.
    content = form("import", [file], [Act(_("Import"))], about=about, in_dialog=True)
    return dialog.dialog(_("Import entries"), [content], closes=False)


async def withdraw(said: Mapping[str, str]) -> Any:
    number = said.get("entry", "")
    if not number.isdecimal():
        raise NotFound("There is no entry {id}.", field="entry", remedy="Choose one from the list.", id=number[:20])
    why = FormField("why", _("Why"), "area", "", most=1000, required=True, wide=True, focus=True)
    send = Act(_("Withdraw"), path=f"{API}/{number}/withdraw")
    about = _("It stays on record with the reason, and counts no longer.")
    return dialog.dialog(
        _("Withdraw the entry"), [form("withdraw", [why], [send], about=about, in_dialog=True)], closes=False
    )


DIALOGS: dialog.Dialogs = {
    "enter": (Right.KPI_INPUTS, enter),
    "import": (Right.KPI_INPUTS, take_in),
    "withdraw": (Right.KPI_INPUTS, withdraw),
}
