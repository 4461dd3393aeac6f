"""Forms in both databases: versions that stay, examples that are not changed, refusals that leave nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from core.db.tables import AuditRow, QaFormRow
from core.errors import BadInput, Conflict, NotFound
from qa.forms.form import form_of
from qa.service import forms
from tests.qa.forms.made import GOOD

AT = 1_795_000_000.0
FORM = replace(form_of(GOOD), id="repair")


def rows(session):
    return session.scalar(select(func.count()).select_from(QaFormRow))


def test_a_form_is_kept_as_it_was_checked_and_audited(session):
    kept = forms.add(session, FORM, "chief", AT)
    session.expire_all()
    assert forms.version(session, "repair") == kept
    (line,) = session.scalars(select(AuditRow).where(AuditRow.action == "qa_form_saved"))
    assert (line.user_name, line.subject, line.detail["version"]) == ("chief", "repair", 1)


def test_another_content_is_another_version_and_the_one_before_stays(session):
    forms.add(session, FORM, "chief", AT)
    second = forms.add_version(session, "repair", replace(FORM, pass_mark=90.0), "chief", AT + 1)
    assert (second.version, forms.version(session, "repair", 1).form.pass_mark) == (2, 80.0)
    assert forms.add_version(session, "repair", second.form, "chief", AT + 2).version == 2
    assert [one.version for one in forms.versions(session, "repair")] == [1, 2]
    with pytest.raises(NotFound):
        forms.version(session, "repair", 3)


def test_a_repeated_request_is_harmless_and_another_content_is_refused(session):
    kept = forms.add(session, FORM, "chief", AT)
    assert forms.add(session, FORM, "chief", AT + 9) == kept
    with pytest.raises(Conflict):
        forms.add(session, replace(FORM, name="Other"), "chief", AT)
    nameless = replace(FORM, id="")
    first = forms.add(session, nameless, "chief", AT, key="k1")
    assert forms.add(session, nameless, "chief", AT + 9, key="k1") == first
    assert forms.add(session, nameless, "chief", AT, key="k2").form.id != first.form.id
    with pytest.raises(Conflict):
        forms.add(session, replace(nameless, name="Other"), "chief", AT, key="k1")
    assert rows(session) == 3


def test_an_example_is_read_and_not_changed(session):
    assert forms.newest(session) == list(forms.shipped().values())
    example = forms.version(session, "example-gas-repair")
    assert example.example
    for refused in (
        lambda: forms.add(session, example.form, "chief", AT),
        lambda: forms.add_version(session, "example-gas-repair", FORM, "chief", AT),
    ):
        with pytest.raises(Conflict):
            refused()
    assert forms.add(session, replace(example.form, id="ours"), "chief", AT).version == 1


def test_what_is_wrong_leaves_nothing(session):
    with pytest.raises(BadInput) as caught:
        forms.add(session, replace(FORM, categories=("nowhere",)), "chief", AT)
    assert caught.value.field == "categories"
    with pytest.raises(BadInput):
        forms.add(session, replace(FORM, pass_mark=0.0), "chief", AT)
    assert rows(session) == 0
