from collections import Counter, defaultdict

from core.demo import history
from core.events import FACTS, Event

UNTIL = 1_795_400_000.0
DAYS = 2


def of_two_days() -> list[Event]:
    return list(history.events(DAYS, 7, UNTIL))


EVENTS = of_two_days()


def test_it_is_as_many_calls_as_a_small_utility_has_and_all_are_labelled() -> None:
    arrivals = [event for event in EVENTS if event.kind == "call_arrived"]
    assert 250 * DAYS < len(arrivals) < 600 * DAYS
    assert all(event.payload["demo"] for event in arrivals)
    assert all(UNTIL - DAYS * 86_400 <= event.at_us / 1e6 <= UNTIL for event in EVENTS)


def test_facts_come_in_order_and_can_be_read_as_facts() -> None:
    assert [event.at_us for event in EVENTS] == sorted(event.at_us for event in EVENTS)
    assert len({event.uid for event in EVENTS}) == len(EVENTS)
    assert all(isinstance(event.fact(), FACTS[event.kind]) for event in EVENTS)


def test_the_same_seed_gives_the_same_calls() -> None:
    def shape(events: list[Event]) -> list[tuple[str, int]]:
        return [(event.kind, event.at_us) for event in events]

    assert shape(EVENTS) == shape(of_two_days())


def test_every_sum_adds_up() -> None:
    counts = Counter(event.kind for event in EVENTS)
    for began, ended in (
        ("call_arrived", "call_ended"),
        ("call_queued", "queue_left"),
        ("agent_rang", "ring_ended"),
        ("call_answered", "segment_ended"),
        ("call_held", "call_resumed"),
        ("wrap_up_started", "wrap_up_ended"),
    ):
        assert counts[began] == counts[ended] > 0, began
    outcomes = Counter(event.payload["outcome"] for event in EVENTS if event.kind == "queue_left")
    assert 0.01 < outcomes["abandoned"] / outcomes.total() < 0.25


def test_nothing_follows_the_end_of_a_call_but_its_wrap_up() -> None:
    calls: dict[str, list[Event]] = defaultdict(list)
    for event in EVENTS:
        if event.kind != "agent_state_changed":
            calls[event.subject].append(event)
    for facts in calls.values():
        kinds = [event.kind for event in facts]
        assert kinds[0] == "call_arrived"
        assert set(kinds[kinds.index("call_ended") + 1 :]) <= {"wrap_up_ended"}


def test_an_agent_talks_to_one_caller_at_a_time_and_goes_home_at_the_end() -> None:
    last: dict[str, str] = {}
    talking: dict[str, str] = {}
    for event in EVENTS:
        if event.kind == "agent_state_changed":
            assert last.get(event.subject) != event.payload["state"]
            last[event.subject] = event.payload["state"]
        elif event.kind == "call_answered":
            assert event.payload["extension"] not in talking
            talking[event.payload["extension"]] = event.subject
        elif event.kind == "segment_ended":
            assert talking.pop(event.payload["extension"]) == event.subject
    assert set(last.values()) == {"offline"}
    assert len(last) >= 10
