"""Schemes in both databases: versions whose days do not overlap, examples that stay, and refusals that leave nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from core.db.tables import AuditRow, KpiSchemeRow
from core.errors import BadInput, Conflict, NotFound
from kpi.schemes import service
from kpi.scoring.scheme import scheme_of
from tests.kpi.schemes.test_check import GOOD

AT = 1_795_000_000.0
SCHEME = replace(scheme_of(GOOD), id="agents", begins="2026-01-01")


def days(begins, ends=None):
    return replace(SCHEME, begins=begins, ends=ends)


def rows(session):
    return session.scalar(select(func.count()).select_from(KpiSchemeRow))


def test_a_scheme_is_kept_as_it_was_checked_and_audited(session):
    kept = service.add(session, SCHEME, "chief", AT)
    session.expire_all()
    assert service.version(session, "agents") == kept
    assert (kept.version, kept.scheme.lines[0].curve.reverse) == (1, True)
    (line,) = session.scalars(select(AuditRow).where(AuditRow.action == "kpi_scheme_saved"))
    assert (line.user_name, line.subject, line.detail["version"]) == ("chief", "agents", 1)


def test_a_repeated_request_is_harmless_and_another_content_is_refused(session):
    kept = service.add(session, SCHEME, "chief", AT)
    assert service.add(session, SCHEME, "chief", AT + 9) == kept
    with pytest.raises(Conflict):
        service.add(session, replace(SCHEME, name="Other"), "chief", AT)
    nameless = replace(SCHEME, id="")
    first = service.add(session, nameless, "chief", AT, key="k1")
    assert service.add(session, nameless, "chief", AT + 9, key="k1") == first
    assert service.add(session, nameless, "chief", AT, key="k2").scheme.id != first.scheme.id
    with pytest.raises(Conflict):
        service.add(session, replace(nameless, name="Other"), "chief", AT, key="k1")
    assert rows(session) == 3


def test_a_version_without_end_holds_until_the_next_begins(session):
    service.add(session, SCHEME, "chief", AT)
    service.add_version(session, "agents", days("2026-07-01", "2026-09-30"), "chief", AT)
    held = [
        service.holding(session, "agents", *period).version
        for period in (("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-09-30"))
    ]
    assert held == [1, 2]
    for period, field in ((("2026-06-01", "2026-07-01"), "to"), (("2025-12-31", "2026-01-02"), "from")):
        with pytest.raises(BadInput) as caught:
            service.holding(session, "agents", *period)
        assert caught.value.field == field
    with pytest.raises(BadInput):
        service.holding(session, "agents", "2026-10-01", "2026-10-02")


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [
        ("2026-07-01", None, "from"),
        ("2026-08-01", None, "from"),
        ("2026-09-30", "2026-10-02", "from"),
        ("2026-06-01", "2026-07-01", "to"),
    ],
)
def test_days_that_overlap_are_refused_and_nothing_is_changed(session, begins, ends, field):
    service.add(session, days("2026-07-01", "2026-09-30"), "chief", AT)
    with pytest.raises(BadInput) as caught:
        service.add_version(session, "agents", days(begins, ends), "chief", AT)
    assert caught.value.field == field
    assert rows(session) == 1
    assert service.add_version(session, "agents", days("2026-10-01"), "chief", AT).version == 2


def test_a_version_may_stand_in_another_s_place_and_that_one_stays_on_record(session):
    service.add(session, SCHEME, "chief", AT)
    better = service.add_version(session, "agents", replace(SCHEME, note="better"), "chief", AT, replaces=1)
    assert [one.replaced_by for one in service.versions(session, "agents")] == [2, None]
    assert service.holding(session, "agents", "2026-02-01", "2026-02-28") == better
    with pytest.raises(Conflict):
        service.add_version(session, "agents", SCHEME, "chief", AT, replaces=1)
    with pytest.raises(NotFound):
        service.add_version(session, "agents", SCHEME, "chief", AT, replaces=7)
    assert rows(session) == 2


def test_examples_are_listed_behind_the_office_s_own_and_are_not_changed(session):
    service.add(session, SCHEME, "chief", AT)
    found = service.newest(session)
    assert [one.example for one in found] == [False, True, True, True]
    example = found[-1].scheme
    for change in (
        lambda: service.add(session, example, "chief", AT),
        lambda: service.add_version(session, example.id, example, "chief", AT),
    ):
        with pytest.raises(Conflict):
            change()
    with pytest.raises(NotFound):
        service.versions(session, "nothing")
    assert rows(session) == 1
