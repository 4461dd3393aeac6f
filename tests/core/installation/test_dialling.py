"""Rights to dial and classes of numbers as the office sets them: kept with the site, checked whole."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core.db import connect, migrate
from core.errors import HotlineError
from core.installation import dialling
from core.installation.definition import Agent, Calendar, Installation, SipAccount
from core.installation.service import load_installation, save_installation
from core.numbering import DialRight, NumberRule
from core.people.users import create_user

AT = 1_800_000_000.0


@pytest.fixture
def session(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    with Session(engine) as made:
        office = Calendar("office", ((),) * 7)
        installation = Installation(
            1,
            "t",
            accounts={ext: SipAccount(ext, "") for ext in ("8001", "8002", "8090")},
            agents={"8002": Agent("8002", "b")},
            calendars={"office": office},
        )
        save_installation(made, installation)
        create_user(made, "boss", "a-long-password", "supervisor", extension="8090")
        create_user(made, "alice", "a-long-password", "agent", extension="8001")
        create_user(made, "chief", "a-long-password", "director")
        yield made
    engine.dispose()


def test_what_is_set_is_in_the_site_and_outlives_its_file(session):
    dialling.put_right(session, DialRight("role:agent", ("national", "local"), "office", 2), "admin", AT)
    dialling.put_numbers(session, (NumberRule("8XXX", "local", "总机"), NumberRule("0571.", "premium")), "0571")
    installation = load_installation(session)
    assert installation.version == 3
    assert installation.dial_rights["role:agent"] == DialRight("role:agent", ("local", "national"), "office", 2)
    assert [rule.pattern for rule in sorted(installation.number_rules.values(), key=lambda rule: rule.rank)] == [
        "8XXX",
        "0571.",
    ]
    assert installation.area_code == "0571"
    assert Installation.from_json(installation.to_json()) == installation
    assert installation.roles == {"8090": "supervisor", "8001": "agent", "chief": "director"}


def test_a_right_is_forgotten_and_the_shipped_one_counts(session):
    dialling.put_right(session, DialRight("role:agent", ()), "admin", AT)
    assert dialling.tried(session, "88001234", "8001")["allowed"] is False
    dialling.forget_right(session, "role:agent")
    found = dialling.tried(session, "+8613900001111", "8001")
    assert (found["normal"], found["number_class"], found["allowed"]) == ("13900001111", "national", True)
    with pytest.raises(HotlineError):
        dialling.forget_right(session, "role:agent")


@pytest.mark.parametrize(
    ("extension", "role", "number", "allowed"),
    [
        ("8001", "agent", "0085221234567", False),
        ("8002", "agent", "13900001111", True),
        ("8090", "supervisor", "0085221234567", True),
        ("8090", "supervisor", "16812345", False),
        ("8099", "phone", "13900001111", False),
        ("8099", "phone", "119", True),
    ],
)
def test_a_number_is_tried_out_for_an_extension(session, extension, role, number, allowed):
    found = dialling.tried(session, number, extension)
    assert (found["role"], found["allowed"]) == (role, allowed)


def test_shipped_rights_say_that_they_are_examples(session):
    dialling.put_right(session, DialRight("role:agent", ("local",)), "admin", AT)
    told = {one["subject"]: one for one in dialling.dialling_json(session)["rights"]}
    assert told["role:supervisor"]["example"]
    assert (told["role:agent"]["example"], told["role:agent"]["changed_by"]) == (False, "admin")
    assert not any("premium" in one["classes"] for one in told.values())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda s: dialling.put_right(s, DialRight("role:agent", ("cheap",)), "a", AT), "classes"),
        (lambda s: dialling.put_right(s, DialRight("agent", ("local",)), "a", AT), "subject"),
        (lambda s: dialling.put_right(s, DialRight("site", ("local",), "nowhere"), "a", AT), "hours"),
        (lambda s: dialling.put_right(s, DialRight("site", ("local",), None, -1), "a", AT), "most_at_once"),
        (lambda s: dialling.put_numbers(s, (NumberRule("(1+)+", "local"),), None), "pattern"),
        (lambda s: dialling.put_numbers(s, (NumberRule("1X", "internal"),), None), "number_class"),
        (lambda s: dialling.put_numbers(s, (NumberRule("1X", "local"),) * 2, None), "rules"),
        (lambda s: dialling.put_numbers(s, (), "571"), "area_code"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_written(session, change, field):
    before = load_installation(session)
    with pytest.raises(HotlineError) as refused:
        change(session)
    assert refused.value.field == field
    assert load_installation(session) == before
