"""Accounts over their life, on both databases."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AccountRow, AgentRow, AuditRow, UserRow
from core.demo.installation import demo_installation
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.installation.service import digest_secret, load_installation, save_installation
from core.people import accounts, users
from core.people.service import NewUser, add_user, with_sip_password
from core.people.users import Role
from core.vault import Vault

VAULT = Vault(bytes(32))
WORD, OTHER = "losungswort", "ein anderes wort"


@pytest.fixture
def bo(session: Session) -> users.User:
    save_installation(session, VAULT.sealed_installation(demo_installation()))
    return add_user(session, NewUser("bo", WORD, "agent", "波", "8100", "sip-geheim", ("general",)), VAULT)


def lines(session: Session, action: str) -> list[tuple[str, str]]:
    rows = session.scalars(select(AuditRow).where(AuditRow.action == action))
    return [(row.user_name, row.subject) for row in rows]


def test_who_left_neither_signs_in_nor_registers(session: Session, bo: users.User) -> None:
    token = users.create_session(session, bo.id, 1)
    before = load_installation(session).version
    ended = accounts.end_account(session, "bo", "admin", reason="left")
    assert (ended.sessions, ended.extension) == (1, "8100")
    assert users.session_user(session, token) is None
    with pytest.raises(NotAllowed):
        users.authenticate(session, "bo", WORD)
    site = load_installation(session)
    assert site.version == before + 1
    assert "8100" not in site.accounts
    assert "8100" not in site.agents
    assert "8001" in site.agents
    assert lines(session, "user_ended") == [("admin", "bo")]
    with pytest.raises(NotFound):
        accounts.end_account(session, "bo", "admin")


def test_the_extension_is_free_for_a_successor_and_the_name_is_not(session: Session, bo: users.User) -> None:
    accounts.end_account(session, "bo", "admin")
    add_user(session, NewUser("li", WORD, "agent", "", "8100", "anders", ("general",)), VAULT)
    assert VAULT.opened(load_installation(session).accounts["8100"]).ha1 == digest_secret("8100", "hotline", "anders")
    with pytest.raises(Conflict):
        add_user(session, NewUser("bo", WORD, "qa"), VAULT)


def test_the_last_administrator_stays_until_there_is_another(session: Session, bo: users.User) -> None:
    add_user(session, NewUser("ada", WORD, "admin"), VAULT)
    with pytest.raises(Conflict) as refused:
        accounts.end_account(session, "ada", "site")
    assert refused.value.field == "name"
    assert "hotline user add NAME --role admin" in str(refused.value)
    assert users.authenticate(session, "ada", WORD).name == "ada"
    add_user(session, NewUser("bea", WORD, "admin"), VAULT)
    accounts.end_account(session, "ada", "bea")
    # Whose account is closed does not count.
    with pytest.raises(Conflict):
        accounts.end_account(session, "bea", "site")
    accounts.end_account(session, "bo", "site")


def test_nobody_ends_the_own_account(session: Session, bo: users.User) -> None:
    with pytest.raises(Conflict):
        accounts.end_account(session, "bo", "bo")
    assert session.scalar(select(AgentRow.extension).where(AgentRow.extension == "8100"))


def test_a_new_password_ends_all_sessions_and_the_old_one_opens_nothing(session: Session, bo: users.User) -> None:
    token = users.create_session(session, bo.id, 1)
    assert accounts.change_password(session, "bo", OTHER, "admin").sessions == 1
    assert users.session_user(session, token) is None
    with pytest.raises(NotAllowed):
        users.authenticate(session, "bo", WORD)
    assert users.authenticate(session, "bo", OTHER) == bo


@pytest.mark.parametrize("password", ["kurz12345", "demo-bo"])
def test_a_password_too_short_or_known_to_everybody_is_refused_everywhere(
    session: Session, bo: users.User, password: str
) -> None:
    for change in (
        lambda: accounts.change_password(session, "bo", password, "admin"),
        lambda: accounts.change_own_password(session, "bo", WORD, password),
        lambda: users.set_password(session, bo.id, password),
        lambda: users.create_user(session, "bo2" if password == "kurz12345" else "bo", password, Role.QA),
    ):
        with pytest.raises(BadInput) as refused:
            change()
        assert refused.value.field == "password"
    assert users.authenticate(session, "bo", WORD) == bo


def test_a_long_demo_password_is_no_password_either(session: Session) -> None:
    with pytest.raises(BadInput, match="easy"):
        users.create_user(session, "sitemanager", "demo-sitemanager", Role.SITE_MANAGER)
    made = users.create_user(session, "sitemanager", "demo-sitemanager", Role.SITE_MANAGER, secret=False)
    assert users.authenticate(session, "sitemanager", "demo-sitemanager") == made


def test_the_own_password_needs_the_old_one(session: Session, bo: users.User) -> None:
    with pytest.raises(NotAllowed):
        accounts.change_own_password(session, "bo", "falsch", OTHER)
    accounts.change_own_password(session, "bo", WORD, OTHER)
    assert users.authenticate(session, "bo", OTHER) == bo
    assert lines(session, "password_changed") == [("bo", "bo")]


def test_ending_sessions_leaves_the_account(session: Session, bo: users.User) -> None:
    tokens = [users.create_session(session, bo.id, 1) for _ in range(2)]
    assert len(accounts.sessions_of(session, "bo")) == 2
    assert accounts.end_sessions(session, "bo", "admin").sessions == 2
    assert [users.session_user(session, token) for token in tokens] == [None, None]
    assert accounts.sessions_of(session, "bo") == []
    assert users.authenticate(session, "bo", WORD) == bo


def test_a_phone_s_password_is_made_unless_given(session: Session, bo: users.User) -> None:
    asked = NewUser("li", WORD, "agent", "", "8101")
    made, again = with_sip_password(asked), with_sip_password(asked)
    assert made.sip_password != again.sip_password
    assert len(made.sip_password or "") >= 16
    given = NewUser("li", WORD, "agent", "", "8101", "selbst")
    assert with_sip_password(given) is given
    assert with_sip_password(NewUser("qa2", WORD, "qa")).sip_password is None
    before = session.get_one(AccountRow, "8100").ha1
    accounts.change_sip_password(session, "bo", "neu", "admin", VAULT)
    session.expire_all()
    assert session.get_one(AccountRow, "8100").ha1 != before
    assert VAULT.opened(load_installation(session).accounts["8100"]).ha1 == digest_secret("8100", "hotline", "neu")


def test_a_closed_account_keeps_its_row(session: Session, bo: users.User) -> None:
    accounts.end_account(session, "bo", "admin")
    row = session.get_one(UserRow, bo.id)
    assert (row.active, row.extension) == (False, None)
