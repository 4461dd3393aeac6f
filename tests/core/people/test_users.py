import pytest
from sqlalchemy.orm import Session

from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.people import users
from core.people.users import (
    Role,
    authenticate,
    create_session,
    create_user,
    get_user,
    revoke,
    revoke_all,
    session_user,
)


def test_the_right_password_opens(session: Session) -> None:
    made = create_user(session, "li", "losungswort", Role.AGENT, display_name="李娜", extension="8002")
    assert authenticate(session, "li", "losungswort") == made == get_user(session, made.id)
    assert made.role is Role.AGENT


@pytest.mark.parametrize(("name", "password"), [("li", "falsch"), ("nobody", "losungswort"), ("LI", "losungswort")])
def test_a_wrong_name_or_password_gets_the_same_words(session: Session, name: str, password: str) -> None:
    create_user(session, "li", "losungswort", Role.AGENT)
    with pytest.raises(NotAllowed, match="User name or password is wrong"):
        authenticate(session, name, password)


def test_impossible_users_are_refused_with_the_field(session: Session) -> None:
    create_user(session, "li", "losungswort", Role.AGENT, extension="8002")
    for given, kind, field in (
        (("li", "losungswort", "agent", None), Conflict, "name"),
        (("wu", "losungswort", "agent", "8002"), Conflict, "extension"),
        (("wu", "kurz12345", "agent", None), BadInput, "password"),
        (("wu", "losungswort", "king", None), BadInput, "role"),
        (("", "losungswort", "agent", None), BadInput, "name"),
    ):
        name, password, role, extension = given
        with pytest.raises(kind) as refused:
            create_user(session, name, password, role, extension=extension)
        assert refused.value.field == field


def test_a_session_lasts_its_hours_and_no_longer(session: Session) -> None:
    user = create_user(session, "li", "losungswort", Role.QA)
    token = create_session(session, user.id, 2.0, now=1000.0)
    assert session_user(session, token, now=1000.0 + 7199) == user
    assert session_user(session, token, now=1000.0 + 7201) is None
    assert session_user(session, "made up") is None


def test_a_revoked_session_is_over_and_others_go_on(session: Session) -> None:
    user = create_user(session, "li", "losungswort", Role.QA)
    one, two = create_session(session, user.id, 1), create_session(session, user.id, 1)
    revoke(session, one)
    assert (session_user(session, one), session_user(session, two)) == (None, user)
    revoke_all(session, user.id)
    assert session_user(session, two) is None


def test_a_new_password_ends_all_sessions(session: Session) -> None:
    user = create_user(session, "li", "losungswort", Role.QA)
    token = create_session(session, user.id, 1)
    users.set_password(session, user.id, "neues langes wort")
    assert session_user(session, token) is None
    assert authenticate(session, "li", "neues langes wort") == user


def test_an_unknown_id_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        get_user(session, 77)
