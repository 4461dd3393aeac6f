"""Who may try a password: the guesser is slowed down by place and name, the person at home never."""

from __future__ import annotations

import pytest

from core.web.attempts import (
    FAMILIAR_EVERY_S,
    MOST_REMEMBERED,
    OF_NAME,
    OF_PAIR,
    OF_PLACE,
    WINDOW_S,
    Attempts,
    TooManyAttempts,
    place_of,
)

HOME, AWAY = "192.0.2.7", "198.51.100.9"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(clock)


def wrong(attempts: Attempts, place: str, name: str, number: int, *, familiar: bool = False) -> None:
    for _ in range(number):
        attempts.begin(place, name, familiar=familiar)


def test_tries_that_are_under_way_count_like_wrong_ones(attempts: Attempts) -> None:
    begun = [attempts.begin(AWAY, "li", familiar=False) for _ in range(OF_PAIR)]
    with pytest.raises(TooManyAttempts):
        attempts.begin(AWAY, "li", familiar=False)
    begun[0].right()
    attempts.begin(AWAY, "li", familiar=False)


def test_a_guesser_elsewhere_locks_nobody_out_of_the_usual_place(attempts: Attempts) -> None:
    for number in range(OF_NAME):
        attempts.begin(f"203.0.113.{number}", "li", familiar=False)
    with pytest.raises(TooManyAttempts):
        attempts.begin(AWAY, "li", familiar=False)
    for _ in range(OF_PAIR):
        attempts.begin(HOME, "li", familiar=True).right()


def test_a_guesser_behind_the_same_address_leaves_the_person_a_look_now_and_then(
    attempts: Attempts, clock: Clock
) -> None:
    wrong(attempts, HOME, "li", OF_PAIR, familiar=True)
    attempts.begin(HOME, "li", familiar=True)
    with pytest.raises(TooManyAttempts):
        attempts.begin(HOME, "li", familiar=True)
    clock.now += FAMILIAR_EVERY_S
    attempts.begin(HOME, "li", familiar=True).right()
    wrong(attempts, HOME, "li", OF_PAIR, familiar=True)


def test_a_browser_that_has_signed_in_has_a_count_of_its_own(attempts: Attempts) -> None:
    wrong(attempts, HOME, "li", OF_PAIR)
    with pytest.raises(TooManyAttempts):
        attempts.begin(HOME, "li", familiar=False)
    attempts.begin("browser:abc", "li", familiar=True).right()


def test_one_place_that_tries_many_names_is_slowed_down(attempts: Attempts) -> None:
    for number in range(OF_PLACE):
        attempts.begin(AWAY, f"name{number}", familiar=False)
    with pytest.raises(TooManyAttempts):
        attempts.begin(AWAY, "one more", familiar=False)
    attempts.begin(HOME, "one more", familiar=False)


def test_the_window_ends(attempts: Attempts, clock: Clock) -> None:
    wrong(attempts, AWAY, "li", OF_PAIR)
    clock.now += WINDOW_S - 1
    with pytest.raises(TooManyAttempts) as refused:
        attempts.begin(AWAY, "li", familiar=False)
    assert refused.value.values["minutes"] == 1
    clock.now += 1
    attempts.begin(AWAY, "li", familiar=False)


def test_what_nobody_looked_at_counts_for_nothing(attempts: Attempts) -> None:
    for _ in range(3 * OF_PAIR):
        attempts.begin(AWAY, "li", familiar=False).unheard()


def test_the_memory_has_an_end(attempts: Attempts) -> None:
    for number in range(MOST_REMEMBERED):
        attempts.begin(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "li", familiar=True)
    attempts.begin(AWAY, "li", familiar=False)
    assert len(attempts._wrong) <= MOST_REMEMBERED


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("a.socket", "a.socket"),
    ],
)
def test_a_place_is_what_one_house_has(address: str, place: str) -> None:
    assert place_of(address) == place
