import threading
import time

from sqlalchemy import Engine

from core.db import event_log
from core.events import CallArrived, CallEnded, Event


def arrived(call: str, at: float = 1000.0) -> Event:
    return Event.of(CallArrived(call, "inbound", "13900000001", "96000"), at)


def test_what_is_appended_is_read_back_in_order(engine: Engine) -> None:
    events = [arrived(f"c{n}", 1000.0 + n) for n in range(7000)]
    with engine.begin() as connection:
        assert event_log.append(connection, events) == 7000
    with engine.connect() as connection:
        first = event_log.read_after(connection, 0, 5000)
        rest = event_log.read_after(connection, first[-1][0], 5000)
    assert [event for _id, event in first + rest] == events
    assert first[0][1].fact() == CallArrived("c0", "inbound", "13900000001", "96000")


def test_a_repeated_event_is_taken_once(engine: Engine) -> None:
    one, two = arrived("a"), arrived("b")
    with engine.begin() as connection:
        assert event_log.append(connection, [one]) == 1
    with engine.begin() as connection:
        assert event_log.append(connection, [one, two, two]) == 1
        assert event_log.append(connection, []) == 0
    with engine.connect() as connection:
        assert [event for _id, event in event_log.read_after(connection, 0, 10)] == [one, two]


def test_a_call_is_found_by_its_id_in_order_of_time(engine: Engine) -> None:
    end, begin = Event.of(CallEnded("x", "caller_hung_up"), 20.0), arrived("x", 10.0)
    with engine.begin() as connection:
        event_log.append(connection, [end, arrived("y"), begin])
    with engine.connect() as connection:
        assert event_log.for_subject(connection, "x") == [begin, end]


def test_a_rolled_back_append_leaves_no_trace(engine: Engine) -> None:
    with engine.connect() as connection:
        event_log.append(connection, [arrived("gone")])
        connection.rollback()
    with engine.begin() as connection:
        event_log.append(connection, [arrived("stays")])
    with engine.connect() as connection:
        assert [event.subject for _id, event in event_log.read_after(connection, 0, 10)] == ["stays"]


def test_a_reader_never_steps_over_a_transaction_still_open(engine: Engine) -> None:
    """Two writers at once; the first commits last. Whatever is read, nothing may appear behind the watermark later."""
    seen: list[str] = []
    watermark = 0

    def look() -> None:
        nonlocal watermark
        with engine.connect() as connection:
            for number, event in event_log.read_after(connection, watermark, 100):
                watermark = number
                seen.append(event.subject)

    early = engine.connect()
    event_log.append(early, [arrived("early")])
    started = threading.Event()

    def write_late() -> None:
        with engine.begin() as connection:
            started.set()
            event_log.append(connection, [arrived("late")])

    late = threading.Thread(target=write_late)
    late.start()
    started.wait(5)
    time.sleep(0.3)
    look()
    assert seen == []
    early.commit()
    early.close()
    late.join(10)
    look()
    assert seen == ["early", "late"]


def test_many_writers_and_one_reader_lose_and_double_nothing(engine: Engine) -> None:
    writers, each = 4, 15
    done = threading.Event()
    seen: list[str] = []

    def write(name: int) -> None:
        for n in range(each):
            with engine.begin() as connection:
                event_log.append(connection, [arrived(f"{name}-{n}")])

    def read() -> None:
        watermark = 0
        while True:
            last = done.is_set()
            with engine.connect() as connection:
                rows = event_log.read_after(connection, watermark, 3)
            seen.extend(event.subject for _id, event in rows)
            watermark = rows[-1][0] if rows else watermark
            if last and not rows:
                return

    threads = [threading.Thread(target=write, args=(name,)) for name in range(writers)]
    reader = threading.Thread(target=read)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join(30)
    done.set()
    reader.join(30)
    assert sorted(seen) == sorted(f"{name}-{n}" for name in range(writers) for n in range(each))
