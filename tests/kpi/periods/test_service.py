"""Periods in both databases: drafts, publishing, appeals, freezing, races, and what never changes."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.db.tables import AuditRow, KpiAppealRow, KpiPeriodRow, KpiPeriodScoreRow, UserRow
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.people.users import Role
from kpi.periods import appeals, reading, service
from kpi.periods.reading import PeriodQuery
from kpi.scoring.score import LineValue
from tests.kpi.periods.made import AT, BEGIN, END, FIGURES, PEOPLE, SCHEME, record, user

HOUR, DAY = 3600.0, 86_400.0
AGENT, OTHER = user("wang", Role.AGENT, "8001"), user("li", Role.AGENT, "8002")
DECIDER = user("supervisor", Role.SUPERVISOR)


@pytest.fixture
def judged(session):
    """Accounts of two of the three agents."""
    for name, extension in (("wang", "8001"), ("li", "8002")):
        session.add(
            UserRow(name=name, display_name=name, role="agent", extension=extension, password_hash="", created_at=AT)
        )
    session.commit()


def drafted(session, **more):
    return service.make(session, record(**more), "chief", AT)[0]


def published(session, **more):
    return service.publish(session, drafted(session, **more).id, "chief", AT + 1)


def actions(session):
    return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_a_draft_is_kept_and_computed_anew_until_it_is_published(session):
    kept = record()
    draft = drafted(session)
    assert (draft.state, draft.edition, draft.sha256) == ("draft", 1, kept.sha256)
    assert reading.whole(session, draft.id).text == kept.text
    other = record(figures={**FIGURES, "8001": (LineValue(1, 100, 0.01, 100), FIGURES["8001"][1])}, people=PEOPLE[:2])
    again = service.recompute(session, draft.id, other, "other", AT + 9)
    assert (again.computed_by, again.computed_at, again.sha256) == ("other", AT + 9, other.sha256)
    assert reading.whole(session, draft.id).text == other.text
    assert set(reading.people(session, draft.id)) == {"8001", "8002"}
    service.publish(session, draft.id, "chief", AT + 10)
    with pytest.raises(Conflict) as refused:
        service.recompute(session, draft.id, kept, "other", AT + 11)
    assert refused.value.values["by"] == "chief"
    assert reading.whole(session, draft.id).text == other.text
    assert actions(session) == ["kpi_period_made", "kpi_period_computed", "kpi_period_published"]


def test_a_repeated_request_is_the_same_draft_and_another_under_its_key_is_refused(session):
    asked = {"period": {"scheme": "agents"}}
    first, new = service.make(session, record(), "chief", AT, key="k", asked=asked)
    assert new
    assert service.make(session, record(at=AT + 9), "chief", AT + 9, key="k", asked=asked) == (first, False)
    assert service.make(session, record(), "other", AT, key="k", asked=asked)[1]
    with pytest.raises(Conflict):
        service.make(session, record(), "chief", AT, key="k", asked={"period": {"scheme": "other"}})
    assert session.scalar(select(func.count()).select_from(KpiPeriodRow)) == 2


def test_a_period_that_has_not_ended_or_was_judged_before_its_end_is_not_published(session):
    draft = drafted(session)
    with pytest.raises(Conflict):
        service.publish(session, draft.id, "chief", END - 1)
    early = service.make(session, record(at=END - HOUR), "chief", END - HOUR)[0]
    with pytest.raises(Conflict):
        service.publish(session, early.id, "chief", AT)
    assert [one.state for one in reading.periods(session, PeriodQuery())[0]] == ["draft", "draft"]
    assert session.get(KpiPeriodRow, draft.id).turn == 1


def test_the_same_scheme_and_days_are_published_once(session):
    first, second = drafted(session), service.make(session, record(), "other", AT)[0]
    service.publish(session, first.id, "chief", AT)
    with pytest.raises(Conflict) as refused:
        service.publish(session, second.id, "other", AT)
    assert (refused.value.values["by"], refused.value.values["id"]) == ("chief", first.id)
    assert reading.period(session, second.id).state == "draft"


def test_a_draft_that_was_computed_anew_since_it_was_looked_at_is_not_published(session):
    draft = drafted(session)
    service.recompute(session, draft.id, record(at=AT + 5), "other", AT + 5)
    with pytest.raises(Conflict) as refused:
        service.publish(session, draft.id, "chief", AT + 9, seen=draft.sha256)
    assert refused.value.values["by"] == "other"
    service.publish(session, draft.id, "chief", AT + 9, seen=reading.period(session, draft.id).sha256)


def test_an_unknown_calendar_or_period_is_named(session):
    draft = drafted(session)
    with pytest.raises(NotFound) as refused:
        service.publish(session, draft.id, "chief", AT, calendar="moon")
    assert refused.value.field == "calendar"
    with pytest.raises(BadInput):
        service.publish(session, draft.id, "chief", AT, days=0)
    for change in (service.publish, service.freeze):
        with pytest.raises(NotFound):
            change(session, "p-0", "chief", AT)
    assert reading.period(session, draft.id).state == "draft"


def test_it_is_frozen_when_nobody_can_appeal_any_more(session, judged):
    period = published(session)
    with pytest.raises(Conflict) as refused:
        service.freeze(session, period.id, "chief", period.appeals_until - 1)
    assert refused.value.field == "state"
    frozen = service.freeze(session, period.id, "chief", period.appeals_until)
    assert (frozen.state, frozen.frozen_by, frozen.frozen_at) == ("frozen", "chief", period.appeals_until)
    for act in (
        lambda: service.freeze(session, period.id, "x", AT + 99 * DAY),
        lambda: service.publish(session, period.id, "x", AT + 99 * DAY),
        lambda: service.recompute(session, period.id, record(), "x", AT + 99 * DAY),
        lambda: appeals.appeal(session, period.id, AGENT, 0, "x", AT + 2),
    ):
        with pytest.raises(Conflict) as told:
            act()
        assert told.value.values["by"] == "chief"
    assert reading.period(session, period.id) == frozen


def test_without_anybody_who_could_appeal_it_is_frozen_at_once(session, judged):
    period = published(session)
    with pytest.raises(Conflict):
        service.freeze(session, period.id, "chief", AT + 2)
    session.execute(update(UserRow).values(active=False))
    session.commit()
    assert service.freeze(session, period.id, "chief", AT + 2).state == "frozen"


def test_who_has_appealed_against_every_line_cannot_appeal_any_more(session, judged):
    session.execute(update(UserRow).where(UserRow.name == "li").values(active=False))
    session.commit()
    period = published(session)
    for n, line in enumerate((0, 1), 1):
        appeals.appeal(session, period.id, AGENT, line, "x", AT + 2)
        appeals.reject(session, period.id, n, DECIDER, "no", AT + 3)
    assert service.freeze(session, period.id, "chief", AT + 4).state == "frozen"


def test_an_appeal_that_is_upheld_makes_an_edition_beside_and_both_stay(session, judged):
    period = published(session)
    made, new = appeals.appeal(session, period.id, AGENT, 0, "两通电话不是我的", AT + 2)
    assert (new, made.n, made.who, made.state) == (True, 1, "8001", "open")
    with pytest.raises(Conflict) as refused:
        service.freeze(session, period.id, "chief", AT + 99 * DAY)
    assert refused.value.values["n"] == 1
    decided = appeals.uphold(
        session,
        period.id,
        1,
        DECIDER,
        "改正",
        AT + 3,
        {"figure": {"numerator": 24_000.0, "denominator": 100.0, "sample": 100}},
    )
    assert (decided.state, decided.edition, decided.decided_by) == ("upheld", 2, "supervisor")
    before, now = (reading.people(session, period.id, edition=n) for n in (1, 2))
    assert before["8001"].score.lines[0].figure == FIGURES["8001"][0]
    assert now["8001"].score.lines[0].figure.value == 240
    assert now["8001"].score.total > before["8001"].score.total
    assert reading.whole(session, period.id, 1).sha256 == period.sha256
    kept = reading.period(session, period.id)
    assert (kept.edition, kept.sha256) == (2, reading.whole(session, period.id).sha256)
    rows = select(KpiPeriodScoreRow.who).where(KpiPeriodScoreRow.edition == 2)
    assert list(session.scalars(rows)) == ["8001"]
    # The next one stands on it.
    appeals.appeal(session, period.id, OTHER, 1, "x", AT + 4)
    appeals.uphold(session, period.id, 2, DECIDER, "x", AT + 5, {"effect": 50.0})
    third = reading.people(session, period.id)
    assert third["8001"].score.lines[0].figure.value == 240
    assert third["8002"].score.total == before["8002"].score.total + 50
    assert (third["8001"].score.rank, third["8002"].score.rank) == (2, 1)
    assert actions(session)[-4:] == ["kpi_appeal_made", "kpi_appeal_decided"] * 2


def test_a_rejected_appeal_changes_nothing(session, judged):
    period = published(session)
    appeals.appeal(session, period.id, AGENT, 0, "x", AT + 2)
    decided = appeals.reject(session, period.id, 1, DECIDER, "no", AT + 3)
    assert (decided.state, decided.edition, decided.words) == ("rejected", None, "no")
    assert reading.period(session, period.id).sha256 == period.sha256


def test_who_may_appeal_against_what_and_until_when(session, judged):
    period = published(session)
    for who in (user("chief"), user("x", Role.AGENT, "8009"), user("x", Role.AGENT)):
        with pytest.raises(NotAllowed):
            appeals.appeal(session, period.id, who, 0, "x", AT + 2)
    with pytest.raises(NotFound) as refused:
        appeals.appeal(session, period.id, AGENT, 2, "x", AT + 2)
    assert refused.value.field == "line"
    with pytest.raises(Conflict):
        appeals.appeal(session, period.id, AGENT, 0, "x", period.appeals_until)
    first, _new = appeals.appeal(session, period.id, AGENT, 0, "x", AT + 2, key="k")
    assert appeals.appeal(session, period.id, AGENT, 0, "x", AT + 3, key="k") == (first, False)
    for line, key in ((0, ""), (1, "k")):
        with pytest.raises(Conflict):
            appeals.appeal(session, period.id, AGENT, line, "x", AT + 3, key=key)
    draft = drafted(session, scheme=replace(SCHEME, id="other"))
    with pytest.raises(NotAllowed):
        appeals.appeal(session, draft.id, AGENT, 0, "x", AT + 2)
    assert session.scalar(select(func.count()).select_from(KpiAppealRow)) == 1


def test_who_does_not_decide(session, judged):
    period = published(session)
    appeals.appeal(session, period.id, AGENT, 0, "x", AT + 2)
    for who in (user("chief"), AGENT, OTHER):
        with pytest.raises(NotAllowed):
            appeals.reject(session, period.id, 1, who, "no", AT + 3)
    with pytest.raises(NotFound):
        appeals.reject(session, period.id, 2, DECIDER, "no", AT + 3)
    appeals.reject(session, period.id, 1, DECIDER, "no", AT + 3)
    with pytest.raises(Conflict) as refused:
        appeals.reject(session, period.id, 1, user("third"), "no", AT + 4)
    assert refused.value.values["by"] == "supervisor"
    assert refused.value.values["at"]


@pytest.mark.parametrize(
    ("correction", "field"),
    [
        ({"figure": {"numerator": -1.0, "denominator": 1.0, "sample": 1}}, "figure.numerator"),
        ({"figure": {"numerator": float("nan"), "denominator": 1.0, "sample": 1}}, "figure.numerator"),
        ({"figure": {"numerator": 1.0, "denominator": 0.0, "sample": 1}}, "figure.denominator"),
    ],
)
def test_a_figure_that_no_line_can_have_changes_nothing(session, judged, correction, field):
    period = published(session)
    appeals.appeal(session, period.id, AGENT, 0, "x", AT + 2)
    with pytest.raises(BadInput) as refused:
        appeals.uphold(session, period.id, 1, DECIDER, "x", AT + 3, correction)
    assert refused.value.field == field
    assert appeals.appeals(session, period.id)[0].state == "open"
    assert reading.period(session, period.id).edition == 1


@pytest.mark.parametrize("act", ["publish", "publish_two", "freeze", "decide"])
def test_of_two_at_once_one_wins_and_the_other_is_told_who_it_was(engine, session, judged, act):
    """Each in a connection of its own, as two processes would."""
    period = drafted(session)
    ids = [period.id, period.id]
    if act == "publish_two":
        ids[1] = service.make(session, record(), "other", AT)[0].id
    elif act != "publish":
        service.publish(session, period.id, "chief", AT)
    if act == "decide":
        appeals.appeal(session, period.id, AGENT, 0, "x", AT + 2)
    ready, found = threading.Barrier(2), {}

    def work(n):
        who = user(f"person{n}")
        with Session(engine) as own:
            ready.wait()
            try:
                if act == "decide":
                    appeals.uphold(own, ids[n], 1, who, "x", AT + 3, {"effect": 1.0 + n})
                elif act == "freeze":
                    service.freeze(own, ids[n], who.name, AT + 99 * DAY)
                else:
                    service.publish(own, ids[n], who.name, AT + 3)
                found[who.name] = None
            except Conflict as no:
                found[who.name] = no

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (winner,) = [name for name, no in found.items() if no is None]
    (lost,) = [no for no in found.values() if no is not None]
    assert lost.values["by"] == winner
    session.expire_all()
    done = {"publish": "kpi_period_published", "freeze": "kpi_period_frozen", "decide": "kpi_appeal_decided"}
    lines = select(AuditRow.user_name).where(AuditRow.action == done[act.partition("_")[0]])
    assert list(session.scalars(lines))[-1:] == [winner]
    assert reading.whole(session, period.id).sha256 == reading.period(session, period.id).sha256


def test_lists_are_the_latest_first_and_hold_what_is_asked_for(session):
    first = published(session)
    other = drafted(session, scheme=replace(SCHEME, id="other"))
    assert {one.id for one in reading.periods(session, PeriodQuery())[0]} == {first.id, other.id}
    assert [one.id for one in reading.periods(session, PeriodQuery(scheme="other"))[0]] == [other.id]
    assert [one.id for one in reading.periods(session, PeriodQuery(state="published"))[0]] == [first.id]
    mine = reading.own(session, AGENT, PeriodQuery())
    assert set(mine.keys) == {"8001", "wang"}
    assert [one.id for one in reading.periods(session, mine)[0]] == [first.id]
    page, following = reading.periods(session, PeriodQuery(limit=1))
    rest, end = reading.periods(session, PeriodQuery(limit=1, cursor=following))
    assert {page[0].id, rest[0].id} == {first.id, other.id}
    assert end is None
    assert (first.head.from_at, first.head.until) == (BEGIN, END)
