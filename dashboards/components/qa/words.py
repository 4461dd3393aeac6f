"""The words for scores, parts and answers, and figures as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from core.i18n import N_, _, called, language
from qa.forms.form import FormItem, FormSection, ItemAnswer, QaForm
from qa.sampling.rules import RISK_WORDS

STATES = {
    "scored": N_("scored"),
    "accepted": N_("accepted"),
    "appealed": N_("appeal not decided"),
    "upheld": N_("appeal: score stays"),
    "changed": N_("appeal: score changed"),
}
TASK_STATES = {"open": N_("to be scored"), "scored": N_("scored"), "set_aside": N_("set aside")}
PARTS = {"random": N_("random"), "risk": N_("at risk"), "chosen": N_("chosen by hand")}
ANSWERS = {"yes": N_("yes"), "partial": N_("partly"), "no": N_("no"), "not_applicable": N_("not applicable")}
FATAL_ANSWERS = {**ANSWERS, "yes": N_("not violated"), "no": N_("violated")}


def answer_text(item: FormItem, answer: ItemAnswer) -> str:
    if isinstance(answer, int):
        return str(answer)
    return _((FATAL_ANSWERS if item.fatal else ANSWERS)[answer])


def item_text(item: FormItem) -> str:
    return item.text_en if language() == "en" and item.text_en else item.text


def section_name(section: FormSection) -> str:
    return called(section)


def form_name(form: QaForm) -> str:
    return called(form)


def points(value: float | None) -> str:
    """82.4; a dash for no data."""
    return "—" if value is None else f"{value:.1f}"


def reasons(codes: Sequence[str]) -> str:
    known = {str(code): words for code, words in RISK_WORDS.items()}
    return _(", ").join(_(known[code]) for code in codes if code in known)


def review_path(call_id: str, form: str = "", round_id: str = "") -> str:
    more = {name: value for name, value in (("form", form), ("round", round_id)) if value}
    return f"/qa/reviews/{quote(call_id, safe='')}" + (f"?{urlencode(more)}" if more else "")
