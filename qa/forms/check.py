"""What is wrong with a form: each thing by its field, with the remedy. Pure.

A page asks while one types; saving asks too, so that nothing wrong is ever kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import BadInput, Several
from qa.forms.form import FormItem, FormSection, QaForm, Scale, YesNo

MOST_WEIGHT = 1000.0
LONGEST_SCALE = 10


def problems(form: QaForm) -> list[BadInput]:
    """Everything at once, in the order of the form."""
    return [*_of_form(form), *_of_sections(form), *_of_ids(form)]


def checked(form: QaForm) -> QaForm:
    """The form, or ``BadInput``; ``Several`` where more than one thing is wrong."""
    wrong = problems(form)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Several(wrong)
    return form


def _of_form(form: QaForm) -> Iterator[BadInput]:
    if not form.name.strip():
        yield BadInput("A form needs a name.", field="name", remedy="Say which calls it is for.")
    if not 0 < form.pass_mark <= 100:
        yield BadInput(
            "The pass mark lies above 0 and is 100 at most.", field="pass_mark", remedy="Correct the pass mark."
        )
    if len(set(form.categories)) < len(form.categories):
        yield BadInput("A category is named twice.", field="categories", remedy="Name each category once.")
    if not sum(form.weights.values()) > 0:
        yield BadInput(
            "No item of the form counts: all weights are 0.",
            field="sections",
            remedy="Give the items that count a weight above 0.",
        )


def _of_sections(form: QaForm) -> Iterator[BadInput]:
    for n, section in enumerate(form.sections):
        where = f"sections.{n}"
        if not section.name.strip():
            yield BadInput("A section needs a name.", field=f"{where}.name", remedy="Name the section.")
        yield from _of_section_weight(section, where)
        for m, item in enumerate(section.items):
            yield from _of_item(item, f"{where}.items.{m}")


def _of_section_weight(section: FormSection, where: str) -> Iterator[BadInput]:
    if section.weight is None:
        return
    counting = any(item.weight > 0 for item in section.items)
    if not 0 <= section.weight <= MOST_WEIGHT:
        yield _weight(f"{where}.weight")
    elif counting and not section.weight:
        yield BadInput(
            "A section of weight 0 counts nothing, though its items have weights.",
            field=f"{where}.weight",
            remedy="Give the section a weight, or its items none.",
        )
    elif section.weight and not counting:
        yield BadInput(
            "The weight of the section cannot be shared: none of its items has one.",
            field=f"{where}.weight",
            remedy="Give its items weights, or the section none.",
        )


def _of_item(item: FormItem, where: str) -> Iterator[BadInput]:
    if not item.text.strip():
        yield BadInput("An item needs a text.", field=f"{where}.text", remedy="Say what is to be judged.")
    if not 0 <= item.weight <= MOST_WEIGHT:
        yield _weight(f"{where}.weight")
    elif not item.weight and item.fatal is None:
        yield BadInput(
            "An item without weight counts nothing.",
            field=f"{where}.weight",
            remedy="Give it a weight, or take it out. Only fatal items have none.",
        )
    match item.answer:
        case YesNo(partial=share) if share is not None and not 0 < share < 1:
            yield BadInput(
                "What is partly done counts more than 0 and less than 1.",
                field=f"{where}.answer.partial",
                remedy="Write 0.5, or leave it out.",
            )
        case Scale(least=least, most=most) if not least < most <= least + LONGEST_SCALE:
            yield BadInput(
                "A scale rises, by {most} steps at most.",
                field=f"{where}.answer",
                remedy="Write the lowest and the highest mark.",
                most=LONGEST_SCALE,
            )


def _of_ids(form: QaForm) -> Iterator[BadInput]:
    seen: set[str] = set()
    for n, section in enumerate(form.sections):
        for m, item in enumerate(section.items):
            if item.id in seen:
                yield BadInput(
                    "The item {id} stands in the form twice.",
                    field=f"sections.{n}.items.{m}.id",
                    remedy="Give it an id of its own, or take it out.",
                    id=item.id,
                )
            seen.add(item.id)


def _weight(field: str) -> BadInput:
    return BadInput(
        "A weight lies between 0 and {most}.", field=field, remedy="Correct the weight.", most=f"{MOST_WEIGHT:g}"
    )
