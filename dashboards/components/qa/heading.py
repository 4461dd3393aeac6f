"""What every dialog about scored calls asks first."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import _
from dashboards.components.form import FormField
from dashboards.components.qa import words
from qa.service.forms import FormRecord


def name_and_form(known: Sequence[FormRecord]) -> list[FormField]:
    """A name, and one of the forms."""
    return [
        FormField("name", _("Name"), "text", "", most=64, required=True, focus=True, wide=True),
        FormField(
            "form",
            _("Form"),
            "select",
            known[0].form.id,
            [(one.form.id, words.form_name(one.form)) for one in known],
            wide=True,
        ),
    ]
