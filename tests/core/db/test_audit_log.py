"""The audit's chain on both databases."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from core.db import audit_log
from core.db.audit_log import Head, Line, append, begin_chain, head, note, verify
from core.db.tables import AuditHeadRow, AuditRow


def fill(engine: Engine, n: int = 6, who: str = "li") -> Head:
    for i in range(n):
        with Session(engine) as session:
            note(session, who, "recording_heard", f"c{i}", {"purpose": "回访", "share": 1.0, "n": i}, 1000.0 + i / 7)
            session.commit()
    with engine.connect() as connection:
        return head(connection)


def judged(engine: Engine, *noted: Head) -> audit_log.Verdict:
    with engine.connect() as connection:
        return verify(connection, noted)


def test_an_untouched_chain_is_whole(engine: Engine) -> None:
    assert judged(engine) == audit_log.Verdict(Head(0, ""))
    last = fill(engine)
    assert last.n == 6
    assert judged(engine, last).whole


@pytest.mark.parametrize(
    "change",
    [
        {"detail": {"purpose": "other"}},
        {"user_name": "wu"},
        {"action": "call_read"},
        {"subject": "c9"},
        {"at": 999.0},
        {"hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_line_is_named(engine: Engine, change: dict[str, Any]) -> None:
    fill(engine)
    with engine.begin() as connection:
        third = connection.execute(select(AuditRow.id).order_by(AuditRow.id).offset(2).limit(1)).scalar_one()
        connection.execute(update(AuditRow).where(AuditRow.id == third).values(**change))
    assert judged(engine).broken_at == third


def test_a_line_taken_out_put_in_or_cut_off_at_the_end_is_found(engine: Engine) -> None:
    fill(engine)
    ids = []
    with engine.connect() as connection:
        ids = list(connection.execute(select(AuditRow.id).order_by(AuditRow.id)).scalars())
    with engine.begin() as connection:
        connection.execute(delete(AuditRow).where(AuditRow.id == ids[1]))
    assert judged(engine).broken_at == ids[2]
    with engine.begin() as connection:
        connection.execute(delete(AuditRow).where(AuditRow.id > ids[0]))
    assert not judged(engine).whole
    assert judged(engine).broken_at is None


def test_a_chain_made_anew_by_who_owns_the_database_is_betrayed_by_a_head_noted_elsewhere(engine: Engine) -> None:
    last = fill(engine)
    middle = Head(3, "")
    with engine.connect() as connection:
        middle = Head(
            3, connection.execute(select(AuditRow.hash).order_by(AuditRow.id).offset(2).limit(1)).scalar_one()
        )
    with engine.begin() as connection:
        first = connection.execute(select(func.min(AuditRow.id))).scalar_one()
        connection.execute(delete(AuditRow).where(AuditRow.id == first))
        connection.execute(delete(AuditHeadRow))
        begin_chain(connection)
    assert judged(engine).whole, "by itself it looks whole"
    assert not judged(engine, last).whole
    assert not judged(engine, middle).whole


def test_rows_from_before_there_was_a_chain_are_hung_in(engine: Engine) -> None:
    fill(engine)
    with engine.begin() as connection:
        connection.execute(update(AuditRow).values(hash=""))
        connection.execute(delete(AuditHeadRow))
        assert begin_chain(connection).n == 6
    fill(engine, 1)
    assert judged(engine).whole
    assert judged(engine).head.n == 7


def test_a_rolled_back_transaction_leaves_no_line(engine: Engine) -> None:
    with Session(engine) as session:
        note(session, "li", "call_read", "y", {}, 1.0)
        session.rollback()
        session.commit()
        note(session, "li", "call_noted", "y", {}, 1.0)
        session.commit()
        assert [row.action for row in session.scalars(select(AuditRow))] == ["call_noted"]
    assert judged(engine).head.n == 1


def test_odd_words_are_kept_as_the_database_gives_them_back(engine: Engine) -> None:
    odd = {"nul\0": "a\0b", "half": "\ud800", "back": "\\u0000", "deep": [{"x": "\0"}], "when": Path("x")}
    with Session(engine) as session:
        note(session, "li\0", "call_read", "s" * 300 + "\ud800", odd, 1.0)
        session.commit()
        row = session.scalars(select(AuditRow)).one()
        assert row.detail["back"] == "\\u0000"
        assert row.detail["nul"] == "ab"
    assert judged(engine).whole


def test_writers_at_the_same_time_make_one_chain(engine: Engine, database_url: str) -> None:
    """Also of several processes, of which one is killed in the middle."""
    code = """
import sys
from sqlalchemy.orm import Session
from core.db import connect
from core.db.audit_log import note
engine = connect(sys.argv[1])
for i in range(100000):
    with Session(engine) as session:
        note(session, "other", "call_read", str(i), {"i": i}, float(i))
        session.commit()
    print(i, flush=True)
"""
    other = subprocess.Popen([sys.executable, "-c", code, database_url], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        problems: list[BaseException] = []

        def work(name: str) -> None:
            try:
                fill(engine, 25, name)
            except BaseException as problem:
                problems.append(problem)

        threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        os.kill(other.pid, signal.SIGKILL)
        told = other.communicate()[0]
    assert problems == []
    with engine.connect() as connection:
        by = dict(connection.execute(select(AuditRow.user_name, func.count()).group_by(AuditRow.user_name)).all())
    # What was told as kept before the kill is kept.
    assert by.pop("other") >= 1 + len(told.splitlines())
    assert by == {f"w{n}": 25 for n in range(4)}
    verdict = judged(engine)
    assert verdict.whole, verdict
    fill(engine, 1)
    assert judged(engine).whole


def test_an_append_on_a_connection_is_the_same(engine: Engine) -> None:
    with engine.begin() as connection:
        append(connection, [Line("sip", "registration_refused", "8001", {"n": 2}, 5.0)] * 2)
    assert judged(engine).head.n == 2
