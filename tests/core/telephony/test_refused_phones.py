from core.events import Event, RegistrationRefused
from core.telephony.refused_phones import MOST_AT_A_TIME, TOGETHER_S, RefusedPhones


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_is_told_at_once_and_the_rest_of_the_minute_as_a_number() -> None:
    told: list[RegistrationRefused] = []
    clock = Clock()
    phones = RefusedPhones(told.append, clock)
    for _ in range(5):
        phones.add("8001", "10.0.0.9")
    phones.add("8002", "10.0.0.9")
    phones.flush()
    assert [(one.extension, one.tries) for one in told] == [("8001", 1), ("8002", 1)]
    clock.now = TOGETHER_S
    phones.flush()
    assert [(one.extension, one.tries) for one in told[2:]] == [("8001", 4)]
    phones.add("8001", "10.0.0.9")
    assert told[-1].tries == 1


def test_a_flood_costs_no_more_than_its_bound_and_loses_no_count() -> None:
    told: list[RegistrationRefused] = []
    phones = RefusedPhones(told.append, Clock())
    for n in range(20_000):
        phones.add(str(n), f"10.0.{n % 256}.{n // 256}")
    phones.flush(all_of_them=True)
    assert sum(one.tries for one in told) == 20_000
    assert len(told) <= MOST_AT_A_TIME + 2


def test_what_a_stranger_wrote_is_text_that_can_be_stored() -> None:
    told: list[RegistrationRefused] = []
    RefusedPhones(told.append, Clock()).add("\udce5\udc8a" + "9" * 100, "10.0.0.9")
    assert len(told[0].extension) <= 20
    Event.of(told[0], 1.0).payload["extension"].encode()
