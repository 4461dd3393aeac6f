"""What is wrong with the answers to a form: each by its item, with the remedy. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import BadInput, Several
from qa.forms.form import NOT_APPLICABLE, FormItem, ItemAnswer, QaForm, YesNo

Answers = Mapping[str, ItemAnswer]


def problems(form: QaForm, answers: Answers) -> list[BadInput]:
    """Everything at once, in the order of the form; answers to items that it does not have last."""
    wrong = []
    for item in form.items:
        if item.id not in answers:
            wrong.append(_lacking(item))
        elif answers[item.id] not in possible(item):
            wrong.append(_impossible(item))
    of_form = {item.id for item in form.items}
    return [*wrong, *(_foreign(said) for said in answers if said not in of_form)]


def checked(form: QaForm, answers: Answers) -> dict[str, ItemAnswer]:
    """The answers in the order of the form, or ``BadInput``; ``Several`` where more than one is wrong."""
    wrong = problems(form, answers)
    if not wrong and all(answers[item.id] == NOT_APPLICABLE for item in form.items):
        wrong = [
            BadInput(
                "Nothing of the form applies to this call, so that there is no score.",
                field="answers",
                remedy="Choose the form of another kind of call, or set the call aside.",
            )
        ]
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Several(wrong)
    return {item.id: answers[item.id] for item in form.items}


def possible(item: FormItem) -> tuple[ItemAnswer, ...]:
    """How it may be answered, the best first."""
    apart: tuple[ItemAnswer, ...] = (NOT_APPLICABLE,) if item.not_applicable else ()
    if isinstance(item.answer, YesNo):
        whole: tuple[ItemAnswer, ...] = ("yes", "no") if item.answer.partial is None else ("yes", "partial", "no")
        return (*whole, *apart)
    return (*range(item.answer.most, item.answer.least - 1, -1), *apart)


def _lacking(item: FormItem) -> BadInput:
    return BadInput(
        "“{item}” is not answered.", field=f"answers.{item.id}", remedy="Answer every item of the form.", item=item.text
    )


def _impossible(item: FormItem) -> BadInput:
    return BadInput(
        "“{item}” cannot be answered so.",
        field=f"answers.{item.id}",
        remedy="Use one of: {known}.",
        item=item.text,
        known=", ".join(str(one) for one in possible(item)),
    )


def _foreign(said: str) -> BadInput:
    return BadInput(
        "The form has no item {item}.",
        field=f"answers.{said[:40]}",
        remedy="Read the form again; it may have a new version.",
        item=said[:40],
    )
