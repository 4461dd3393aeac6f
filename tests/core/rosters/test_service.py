"""The roster's service on both databases: what is kept, what is refused, and that a refusal leaves nothing behind."""

import threading
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.db.tables import AuditRow, RosterLeaveRow, RosterShiftRow, ShiftTemplateRow
from core.errors import BadInput, Conflict, NotFound
from core.installation.definition import Agent, Installation, Queue
from core.installation.service import save_installation
from core.rosters import drafts as roster_drafts
from core.rosters import leave as roster_leave
from core.rosters import links as roster_links
from core.rosters import service as rosters
from core.rosters import templates as roster_templates
from core.rosters.leave import LeaveRequest
from core.rosters.records import Rules, Template, planned

ZONE = ZoneInfo("Asia/Shanghai")
AT = 1_795_000_000.0
EARLY = Template(0, "早班", 480, 960, ((720, 750),))
NIGHT = Template(0, "夜班", 1320, 1920)


@pytest.fixture
def office(session: Session) -> Session:
    queues = {"general": Queue("general", "综合"), "repair": Queue("repair", "报修", skills=("repair",))}
    agents = {
        "8001": Agent("8001", "王芳", {"general": 1}),
        "8002": Agent("8002", "李娜", {"general": 1, "repair": 1}, ("repair",)),
        "8003": Agent("8003", "张伟", {"general": 1}),
    }
    save_installation(session, Installation(1, "测试", queues=queues, agents=agents))
    return session


def put(session, extension, day, template=EARLY, shift_id=0):
    shift = replace(planned(template, extension, day, ZONE), id=shift_id)
    return rosters.put_shift(session, shift, "chief", AT, ZONE)


def kept(session):
    found = rosters.roster(session, "2026-11-16", 28, ZONE).shifts
    return [(shift.extension, shift.day, shift.name) for shift in found]


def audited(session):
    return [(row.user_name, row.action, row.subject) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]


def test_a_shift_is_put_moved_and_removed_and_each_step_is_audited(office):
    shift = put(office, "8001", "2026-11-23")
    assert kept(office) == [("8001", "2026-11-23", "早班")]
    moved = put(office, "8003", "2026-11-24", shift_id=shift.id)
    assert moved.id == shift.id
    assert kept(office) == [("8003", "2026-11-24", "早班")]
    rosters.remove_shift(office, shift.id, "chief", AT, ZONE)
    assert kept(office) == []
    steps = ["roster_shift_put", "roster_shift_moved", "roster_shift_removed"]
    assert [action for _user, action, _subject in audited(office)] == steps
    before = office.scalars(select(AuditRow).where(AuditRow.action == "roster_shift_moved")).one().detail
    assert (before["before"]["extension"], before["shift"]["extension"]) == ("8001", "8003")


def test_what_is_read_is_what_was_put(office):
    shift = put(office, "8001", "2026-11-23", NIGHT)
    assert rosters.one_shift(office, shift.id) == shift
    assert shift.paid_s == 10 * 3600


def test_a_refused_shift_leaves_roster_version_and_audit_as_they_were(office):
    put(office, "8001", "2026-11-23", NIGHT)
    before = rosters.settings(office).version, kept(office), audited(office)
    with pytest.raises(Conflict) as refused:
        put(office, "8001", "2026-11-24")
    assert refused.value.field == "start"
    assert (rosters.settings(office).version, kept(office), audited(office)) == before


def test_a_move_that_is_refused_leaves_the_shift_where_it_was(office):
    put(office, "8001", "2026-11-23", NIGHT)
    shift = put(office, "8001", "2026-11-26")
    with pytest.raises(Conflict):
        put(office, "8001", "2026-11-24", shift_id=shift.id)
    assert ("8001", "2026-11-26", "早班") in kept(office)


def test_strangers_and_shifts_that_are_gone_are_not_found(office):
    with pytest.raises(NotFound):
        put(office, "9999", "2026-11-23")
    with pytest.raises(NotFound):
        put(office, "8001", "2026-11-23", shift_id=4711)
    with pytest.raises(NotFound):
        rosters.remove_shift(office, 4711, "chief", AT, ZONE)


def test_an_agent_sees_the_own_roster_only(office):
    put(office, "8001", "2026-11-23")
    put(office, "8002", "2026-11-23")
    own = rosters.roster(office, "2026-11-23", 7, ZONE, own="8002")
    assert [shift.extension for shift in own.shifts] == ["8002"]


def test_two_supervisors_at_once_cannot_both_put_the_same_person(office, engine: Engine):
    """Both look at an empty roster; the rules still see each other's shift."""
    said: list[str] = []
    start = threading.Barrier(2)

    def work(template: Template) -> None:
        with Session(engine) as mine:
            start.wait(5)
            try:
                put(mine, "8001", "2026-11-23", template)
                said.append("put")
            except Conflict:
                said.append("refused")

    both = [threading.Thread(target=work, args=(template,)) for template in (EARLY, replace(EARLY, name="中班"))]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert sorted(said) == ["put", "refused"]
    assert len(kept(office)) == 1


# --- leave -----------------------------------------------------------------------------------------------------


def enter(session, extension="8001", first="2026-11-24", last="2026-11-25", *, take=False, approve=True):
    wanted = LeaveRequest(extension, first, last, "年假", take_shifts_away=take)
    return roster_leave.ask_leave(session, wanted, "chief", AT, ZONE, approve=approve)


def test_leave_over_shifts_is_refused_until_they_are_taken_away_with_it(office):
    put(office, "8001", "2026-11-24")
    put(office, "8001", "2026-11-26")
    with pytest.raises(Conflict) as refused:
        enter(office)
    assert refused.value.field == "take_shifts_away"
    assert office.scalar(select(func.count()).select_from(RosterLeaveRow)) == 0
    assert enter(office, take=True).state == "approved"
    assert kept(office) == [("8001", "2026-11-26", "早班")]
    assert audited(office)[-1][1] == "roster_leave_entered"


def test_a_night_shift_into_the_first_day_of_leave_counts_as_in_the_way(office):
    put(office, "8001", "2026-11-23", NIGHT)
    with pytest.raises(Conflict):
        enter(office)


def test_asked_leave_waits_and_counts_once_it_is_approved(office):
    leave = enter(office, approve=False)
    assert [one.id for one in roster_leave.requested_leave(office)] == [leave.id]
    put(office, "8001", "2026-11-24")
    with pytest.raises(Conflict):
        roster_leave.decide_leave(office, leave.id, "chief", AT, ZONE, approve=True)
    assert roster_leave.requested_leave(office)[0].state == "asked"
    approved = roster_leave.decide_leave(
        office, leave.id, "chief", AT, ZONE, approve=True, words="好", take_shifts_away=True
    )
    assert (approved.state, approved.decided_by, approved.decided_words) == ("approved", "chief", "好")
    with pytest.raises(Conflict):
        put(office, "8001", "2026-11-25")
    with pytest.raises(Conflict):
        roster_leave.decide_leave(office, leave.id, "chief", AT, ZONE, approve=False)


def test_refused_and_ended_leave_keeps_nobody_away(office):
    refused = roster_leave.decide_leave(office, enter(office, approve=False).id, "chief", AT, ZONE, approve=False)
    assert refused.state == "refused"
    leave = enter(office)
    assert roster_leave.end_leave(office, leave.id, "chief", AT).state == "withdrawn"
    put(office, "8001", "2026-11-24")


def test_an_agent_withdraws_only_the_own_request_and_only_while_it_waits(office):
    leave = enter(office, approve=False)
    with pytest.raises(NotFound):
        roster_leave.end_leave(office, leave.id, "agent8002", AT, own="8002")
    roster_leave.end_leave(office, leave.id, "agent8001", AT, own="8001")
    approved = enter(office)
    with pytest.raises(Conflict):
        roster_leave.end_leave(office, approved.id, "agent8001", AT, own="8001")


@pytest.mark.parametrize(("first", "last"), [("2026-11-25", "2026-11-24"), ("2026-11-24", "2027-11-24")])
def test_leave_of_no_days_or_of_a_year_is_refused(office, first, last):
    with pytest.raises(BadInput) as refused:
        enter(office, first=first, last=last)
    assert refused.value.field == "last_day"


def test_leave_over_leave_is_refused(office):
    enter(office)
    with pytest.raises(Conflict):
        enter(office, first="2026-11-25", last="2026-11-27")
    enter(office, first="2026-11-26", last="2026-11-27")


# --- templates and figures -------------------------------------------------------------------------------------


def test_templates_are_added_changed_and_put_away(office):
    made = roster_templates.save_template(
        office, Template(0, " 早班 ", 480, 960, ((720, 750),), ("repair",)), "chief", AT
    )
    assert made.name == "早班"
    changed = roster_templates.save_template(office, replace(made, end_minute=990, skills=()), "chief", AT)
    assert roster_templates.templates(office) == [changed]
    roster_templates.remove_template(office, made.id, "chief", AT)
    assert roster_templates.templates(office) == []
    with pytest.raises(NotFound):
        roster_templates.template(office, made.id)


@pytest.mark.parametrize(
    ("template", "field"),
    [
        (Template(0, " ", 480, 960), "name"),
        (Template(0, "x", 1440, 1900), "start"),
        (Template(0, "x", 480, 500), "end"),
        (Template(0, "x", 480, 960, ((100, 130),)), "breaks"),
        (Template(0, "x", 480, 960, (), ("dancing",)), "skills"),
    ],
)
def test_an_impossible_template_is_refused_with_the_field(office, template, field):
    with pytest.raises(BadInput) as refused:
        roster_templates.save_template(office, template, "chief", AT)
    assert refused.value.field == field
    assert office.scalar(select(func.count()).select_from(ShiftTemplateRow)) == 0


def test_examples_are_loaded_once_and_only_where_there_are_none(office):
    first = roster_templates.load_examples(office, "chief", AT)
    assert len(first) == len(roster_templates.EXAMPLES)
    assert roster_templates.load_examples(office, "chief", AT) == first


def test_shipped_figures_hold_until_the_office_sets_its_own(office):
    shipped = rosters.settings(office)
    assert shipped.rules == Rules()
    wanted = replace(shipped, rules=Rules(12 * 3600, 40 * 3600, 5), due_week_s=36 * 3600, shrinkage=0.2)
    saved = roster_templates.save_settings(office, wanted, "chief", AT)
    assert replace(saved, version=0) == replace(wanted, version=0)
    for n in range(5):
        put(office, "8001", f"2026-11-{23 + n}")
    with pytest.raises(Conflict):
        put(office, "8001", "2026-11-28")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rules": Rules(least_rest_s=30 * 3600)}, "least_rest_h"),
        ({"due_week_s": 50 * 3600}, "due_week_h"),
        ({"service_target": 1.0}, "service_target"),
        ({"shrinkage": 1.0}, "shrinkage"),
    ],
)
def test_impossible_figures_are_refused_with_the_field(office, change, field):
    before = rosters.settings(office)
    with pytest.raises(BadInput) as refused:
        roster_templates.save_settings(office, replace(before, **change), "chief", AT)
    assert refused.value.field == field
    assert rosters.settings(office) == before


def test_a_shift_keeps_its_times_when_its_template_changes(office):
    made = roster_templates.save_template(office, EARLY, "chief", AT)
    shift = put(office, "8001", "2026-11-23", made)
    roster_templates.save_template(office, replace(made, start_minute=540, end_minute=1020), "chief", AT)
    assert rosters.one_shift(office, shift.id).starts_at == shift.starts_at


# --- drafts ----------------------------------------------------------------------------------------------------


def draft(session, shifts, first="2026-11-23", days=7):
    made = roster_drafts.begin_draft(session, first, days, {}, "chief", AT)
    roster_drafts.end_draft(session, made.id, "done", AT, shifts=shifts, report={"short_h": 0})
    return made.id


def test_a_draft_becomes_the_roster_and_what_is_equal_keeps_its_id(office):
    stays = put(office, "8001", "2026-11-23")
    put(office, "8001", "2026-11-24")
    outside = put(office, "8002", "2026-11-30")
    wanted = [planned(EARLY, "8001", "2026-11-23", ZONE), planned(NIGHT, "8003", "2026-11-25", ZONE)]
    counts = roster_drafts.take_over(office, draft(office, wanted), "2026-11-22", "chief", AT, ZONE)
    assert counts == {"added": 1, "removed": 1, "kept": 1, "rested": 0}
    assert kept(office) == [
        ("8001", "2026-11-23", "早班"),
        ("8003", "2026-11-25", "夜班"),
        ("8002", "2026-11-30", "早班"),
    ]
    ids = {shift.id for shift in rosters.roster(office, "2026-11-16", 28, ZONE).shifts}
    assert {stays.id, outside.id} <= ids


def test_a_draft_that_breaks_a_rule_by_now_changes_nothing(office):
    put(office, "8003", "2026-11-24")
    number = draft(office, [planned(EARLY, e, "2026-11-24", ZONE) for e in ("8001", "8002")])
    enter(office, "8002", "2026-11-24", "2026-11-24")
    with pytest.raises(Conflict) as refused:
        roster_drafts.take_over(office, number, "2026-11-22", "chief", AT, ZONE)
    assert "8002" in str(refused.value)
    assert kept(office) == [("8003", "2026-11-24", "早班")]
    assert roster_drafts.draft(office, number).state == "done"


def test_a_draft_is_taken_over_once_and_before_its_days_begin(office):
    number = draft(office, [planned(EARLY, "8001", "2026-11-24", ZONE)])
    with pytest.raises(Conflict):
        roster_drafts.take_over(office, number, "2026-11-23", "chief", AT, ZONE)
    roster_drafts.take_over(office, number, "2026-11-22", "chief", AT, ZONE)
    with pytest.raises(Conflict):
        roster_drafts.take_over(office, number, "2026-11-22", "chief", AT, ZONE)


def test_neighbours_outside_the_days_are_looked_at(office):
    put(office, "8001", "2026-11-22", NIGHT)
    number = draft(office, [planned(EARLY, "8001", "2026-11-23", ZONE)])
    with pytest.raises(Conflict):
        roster_drafts.take_over(office, number, "2026-11-21", "chief", AT, ZONE)


def test_only_one_draft_is_worked_out_at_a_time_and_late_words_change_nothing(office):
    first = roster_drafts.begin_draft(office, "2026-11-23", 7, {}, "chief", AT)
    with pytest.raises(Conflict):
        roster_drafts.begin_draft(office, "2026-11-23", 7, {}, "chief", AT)
    roster_drafts.note_progress(office, first.id, {"phase": "cover"})
    assert roster_drafts.draft(office, first.id).progress == {"phase": "cover"}
    roster_drafts.end_draft(office, first.id, "cancelled", AT, report={})
    roster_drafts.end_draft(office, first.id, "done", AT, report={"late": True})
    assert roster_drafts.draft(office, first.id).state == "cancelled"


def test_a_draft_of_a_house_that_ended_is_failed_at_the_next_start(office):
    first = roster_drafts.begin_draft(office, "2026-11-23", 7, {}, "chief", AT)
    roster_drafts.end_orphans(office, {"error": {"message": "x"}}, AT)
    assert roster_drafts.draft(office, first.id).state == "failed"


def test_a_draft_s_shifts_come_back_as_they_were(office):
    wanted = planned(replace(EARLY, skills=("repair",)), "8002", "2026-11-24", ZONE, note="n")
    assert roster_drafts.draft(office, draft(office, [wanted])).shifts == (wanted,)


# --- calendar links --------------------------------------------------------------------------------------------


def test_a_link_opens_one_roster_until_it_ends_or_another_is_made(office):
    first = roster_links.make_link(office, "8001", "agent8001", AT)
    assert roster_links.extension_of_link(office, first) == "8001"
    second = roster_links.make_link(office, "8001", "agent8001", AT)
    other = roster_links.make_link(office, "8002", "agent8002", AT)
    assert roster_links.extension_of_link(office, first) is None
    assert roster_links.extension_of_link(office, second) == "8001"
    roster_links.end_links(office, "8001", "agent8001", AT)
    assert roster_links.extension_of_link(office, second) is None
    assert roster_links.extension_of_link(office, other) == "8002"
    assert roster_links.extension_of_link(office, "made up") is None


def test_shifts_are_numbered_for_ever(office):
    """A calendar or a swap that names a shift must not find another one in its place."""
    first = put(office, "8001", "2026-11-23")
    rosters.remove_shift(office, first.id, "chief", AT, ZONE)
    assert put(office, "8001", "2026-11-23").id > first.id
    assert office.scalar(select(func.count()).select_from(RosterShiftRow)) == 1
