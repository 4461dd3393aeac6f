"""Entries and evidence in both databases: made, agreed to, withdrawn, taken in, at once and in bulk."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.tables import AuditRow, KpiEvidenceRow, KpiInputRow
from core.demo import installation
from core.errors import BadInput, Conflict, HotlineError, NotAllowed, NotFound, Several
from core.installation.service import save_installation
from core.people.users import Role
from kpi.manual import evidence, service, sheet
from kpi.manual.entries import ATTENDANCE, EntryRequest
from kpi.manual.figures import manual_figures
from kpi.manual.reading import EntryQuery, entries, entry
from kpi.scoring.check import checked
from kpi.scoring.scheme import scheme_of
from tests.kpi.periods.made import AT, BEGIN, END, RAW, user
from tests.kpi.periods.test_life import ZONE

LINK = "https://files.example/letter"
ONE = EntryRequest("manual.commendations", "8001", "2026-11-03", "2026-11-03", 1, link=LINK)
ATTENDED = EntryRequest(ATTENDANCE, "8001", "2026-11-02", "2026-11-06", 4, 5, link=LINK)
CHIEF, OTHER = user("chief"), user("other")


@pytest.fixture(autouse=True)
def office(session):
    save_installation(session, installation.demo_installation())
    session.commit()


def n(session, table=KpiInputRow):
    return session.scalar(select(func.count()).select_from(table))


def test_an_entry_is_kept_as_it_was_said_and_audited(session):
    made, new = service.enter(session, replace(ONE, note="来信"), CHIEF, AT)
    session.expire_all()
    assert (entry(session, made.id), new) == (made, True)
    assert (made.numerator, made.denominator, made.note, made.entered_by) == (1, 0, "来信", "chief")
    (line,) = session.scalars(select(AuditRow))
    assert (line.action, line.user_name, line.subject, line.detail["id"]) == (
        "kpi_input_entered",
        "chief",
        "8001",
        made.id,
    )


def test_a_key_is_one_entry(session):
    first, _new = service.enter(session, ONE, CHIEF, AT, key="k")
    assert service.enter(session, ONE, CHIEF, AT + 1, key="k") == (first, False)
    assert service.enter(session, ONE, OTHER, AT + 1, key="k")[1]
    with pytest.raises(Conflict):
        service.enter(session, replace(ONE, value=2), CHIEF, AT + 1, key="k")
    assert n(session) == 2


def test_consent_is_a_second_person_s_and_given_once(session):
    made, _new = service.enter(session, ONE, CHIEF, AT)
    for who in (CHIEF, user("wang", Role.SUPERVISOR, "8001")):
        with pytest.raises(NotAllowed):
            service.agree(session, made.id, who, AT + 1)
    assert service.agree(session, made.id, OTHER, AT + 1).consent_by == "other"
    with pytest.raises(Conflict) as refused:
        service.agree(session, made.id, user("third"), AT + 2)
    assert refused.value.values["by"] == "other"
    with pytest.raises(NotFound):
        service.agree(session, 99, OTHER, AT)


def test_what_is_withdrawn_stays_on_record(session):
    made, _new = service.enter(session, ONE, CHIEF, AT)
    gone = service.withdraw(session, made.id, OTHER, "twice", AT + 1)
    assert (gone.withdrawn_by, gone.withdrawn_why) == ("other", "twice")
    for act in (
        lambda: service.withdraw(session, made.id, CHIEF, "x", AT + 2),
        lambda: service.agree(session, made.id, CHIEF, AT + 2),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.values["by"] == "other"
    assert n(session) == 1


def test_lists_hold_what_is_asked_for_page_by_page(session):
    ids = [service.enter(session, replace(ONE, value=k), CHIEF, AT + k)[0].id for k in range(5)]
    service.enter(session, replace(ONE, who="8002"), CHIEF, AT)
    service.agree(session, ids[0], OTHER, AT + 9)
    service.withdraw(session, ids[1], OTHER, "x", AT + 9)

    def asked(**more):
        return [one.id for one in entries(session, EntryQuery(who="8001", **more))[0]]

    assert asked() == ids[::-1]
    assert asked(state="withdrawn") == [ids[1]]
    assert asked(state="waiting") == ids[:1:-1]
    assert asked(as_of=AT + 8) == ids[::-1]
    assert asked(as_of=AT + 9) == [ids[4], ids[3], ids[2], ids[0]]
    assert asked(as_of=AT + 9, consent=True) == [ids[0]]
    assert asked(as_of=AT + 1) == [ids[1], ids[0]]
    assert asked(ids=(ids[2],)) == [ids[2]]
    assert asked(first_day="2026-11-04") == asked(last_day="2026-11-02") == []
    assert asked(keys=(("user", "8001"),)) == []
    found, before = entries(session, EntryQuery(who="8001", limit=2))
    rest, end = entries(session, EntryQuery(who="8001", limit=9, before=before))
    assert ([one.id for one in (*found, *rest)], end) == (ids[::-1], None)


def test_figures_are_of_those_that_stood_at_the_moment(session):
    scheme = checked(
        scheme_of(
            {
                **RAW,
                "lines": [
                    *RAW["lines"],
                    {
                        "indicator": "manual.commendations",
                        "weight": 0,
                        "consent": True,
                        "curve": {"kind": "bonus", "each": 1, "most": 3},
                    },
                ],
            }
        )
    )
    training = EntryRequest("manual.training", "8001", "2026-11-01", "2026-11-30", 90, link=LINK)
    first, _new = service.enter(session, training, CHIEF, AT)
    second, _new = service.enter(session, ONE, CHIEF, AT)
    service.enter(session, replace(training, last_day="2026-12-01"), CHIEF, AT)
    service.agree(session, second.id, OTHER, AT + 5)
    service.withdraw(session, first.id, OTHER, "x", AT + 9)

    def known(moment, who="8001"):
        found = manual_figures(session, scheme, ["8001", "8002"], BEGIN, END, moment, ZONE)
        return [found.known[who][n].value for n in (1, 2)], [[one.id for one in found.entries[who][n]] for n in (1, 2)]

    assert known(AT - 1) == ([None, 0], [[], []])
    assert known(AT) == ([90, 0], [[first.id], []])
    assert known(AT + 5) == ([90, 1], [[first.id], [second.id]])
    assert known(AT + 9) == ([None, 1], [[], [second.id]])
    assert known(AT + 9, "8002") == ([None, 0], [[], []])


def test_a_sheet_is_taken_in_once_and_again_when_all_of_it_was_withdrawn(session):
    rows = [replace(ATTENDED, who=who) for who in ("8001", "8002")]
    found, new = service.take_in(session, rows, CHIEF, AT, "f-1")
    assert (new, [one.batch for one in found]) == (True, ["f-1", "f-1"])
    assert service.take_in(session, rows, OTHER, AT + 1, "f-1") == (found, False)
    for one in found:
        service.withdraw(session, one.id, OTHER, "x", AT + 2)
    again, new = service.take_in(session, rows, CHIEF, AT + 3, "f-1")
    assert new
    assert {one.id for one in again}.isdisjoint(one.id for one in found)
    assert n(session) == 4


def test_a_sheet_with_a_wrong_row_leaves_nothing(session, tmp_path):
    rows = [ATTENDED, replace(ATTENDED, first_day="2026-11-06"), replace(ONE, who="nobody")]
    kept = []
    with pytest.raises(Several) as refused:
        service.take_in(session, rows, CHIEF, AT, "f-1", "e-1", kept.append)
    assert [one.field for one in refused.value.parts] == ["rows.2.from", "rows.3.who"]
    with pytest.raises(NotAllowed) as own:
        service.take_in(session, [ATTENDED, ONE], user("wang", Role.SUPERVISOR, "8001"), AT, "f-1")
    assert own.value.field == "rows.1.who"
    assert (n(session), kept) == (0, [])


def test_a_sheet_of_five_thousand_rows_is_taken_in(session):
    rows = [replace(ONE, value=k % 7) for k in range(sheet.MOST_ROWS)]
    found, new = service.take_in(session, rows, CHIEF, AT, "f-1")
    assert (len(found), new) == (sheet.MOST_ROWS, True)


def test_two_who_write_down_the_same_days_at_once(engine, session):
    """Each in a connection of its own, as two processes would."""
    ready, found = threading.Barrier(2), []

    def work(who):
        with Session(engine) as own:
            ready.wait()
            try:
                service.enter(own, ATTENDED, who, AT)
                found.append(None)
            except HotlineError as no:
                found.append(no)

    threads = [threading.Thread(target=work, args=(who,)) for who in (CHIEF, OTHER)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (lost,) = [no for no in found if no is not None]
    assert isinstance(lost, BadInput)
    assert lost.field == "from"
    assert n(session) == 1


PDF = b"%PDF-1.7\n"


def test_the_same_file_is_kept_once_and_read_as_it_was(session, tmp_path):
    folder = tmp_path / "evidence"
    made, new = evidence.take_in(session, folder, "letter.pdf", PDF, "chief", AT)
    assert new
    assert evidence.take_in(session, folder, "letter.pdf", PDF, "other", AT + 1) == (made, False)
    named, new = evidence.take_in(session, folder, "C:\\files\\other.PDF", PDF, "chief", AT)
    assert (named.name, new, named.sha256) == ("other.PDF", True, made.sha256)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [made.sha256]
    assert evidence.content_of(folder, evidence.evidence(session, made.id)) == PDF
    assert n(session, KpiEvidenceRow) == 2
    with pytest.raises(NotFound):
        evidence.evidence(session, "e-0")


def test_a_disk_that_takes_nothing_is_said_and_leaves_no_row(session, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HotlineError) as refused:
        evidence.take_in(session, tmp_path / "file", "letter.pdf", PDF, "chief", AT)
    assert refused.value.status == 503
    assert n(session, KpiEvidenceRow) == 0
