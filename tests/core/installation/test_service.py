import pytest
from sqlalchemy.orm import Session

from core.demo.installation import demo_installation, sip_password
from core.errors import Conflict, HotlineError, NotFound
from core.installation import service as installation_service
from core.installation.definition import Installation
from core.people.audit import record
from core.people.service import NewUser, add_user
from core.people.users import authenticate
from core.vault import Vault

VAULT = Vault(bytes(32))


def test_a_site_comes_back_as_it_was_saved(session: Session) -> None:
    installation = demo_installation()
    installation_service.save_installation(session, installation)
    assert installation_service.load_installation(session).to_json() == installation.to_json()
    assert list(installation_service.load_installation(session).queues) == list(installation.queues)
    assert Installation.from_json(installation.to_json()) == installation


def test_without_a_site_the_remedy_is_said(session: Session) -> None:
    with pytest.raises(NotFound) as missing:
        installation_service.load_installation(session)
    assert missing.value.remedy


def test_the_digest_secret_is_that_of_the_rfc() -> None:
    # RFC 2617 3.5
    secret = installation_service.digest_secret("Mufasa", "testrealm@host.com", "Circle Of Life")
    assert secret == "939e7578ed9e3c518a452acee763bce9"
    account = demo_installation().accounts["8001"]
    assert account.ha1 == installation_service.digest_secret("8001", "hotline", sip_password("8001"))


def test_a_new_agent_gets_log_in_phone_and_queues(session: Session) -> None:
    installation_service.save_installation(session, demo_installation())
    add_user(session, NewUser("bo", "geheim1234", "agent", "波", "8100", "sip-geheim", ("repair", "general")), VAULT)
    installation = installation_service.load_installation(session)
    assert installation.version == 2
    assert installation.agents["8100"].queues == {"repair": 1, "general": 1}
    assert installation.agents["8100"].skills == installation.queues["repair"].skills
    assert VAULT.opened(installation.accounts["8100"]).ha1 == installation_service.digest_secret(
        "8100", "hotline", "sip-geheim"
    )
    assert authenticate(session, "bo", "geheim1234").extension == "8100"


@pytest.mark.parametrize(
    "wrong",
    [
        NewUser("bo", "geheim1234", "agent", extension="8100"),
        NewUser("bo", "geheim1234", "agent", sip_password="x"),
        NewUser("bo", "geheim1234", "agent", extension="81x", sip_password="x"),
        NewUser("bo", "geheim1234", "agent", queues=("general",)),
        NewUser("bo", "geheim1234", "agent", extension="8100", sip_password="x", queues=("nowhere",)),
        NewUser("bo", "geheim1234", "agent", extension="8001", sip_password="x"),
    ],
)
def test_a_user_who_cannot_be_is_not_half_made(session: Session, wrong: NewUser) -> None:
    installation_service.save_installation(session, demo_installation())
    with pytest.raises(HotlineError) as refused:
        add_user(session, wrong, VAULT)
    assert refused.value.field
    assert installation_service.load_installation(session) == demo_installation()
    with pytest.raises(HotlineError):
        authenticate(session, "bo", "geheim1234")


def test_a_second_user_of_the_name_is_a_conflict(session: Session) -> None:
    installation_service.save_installation(session, demo_installation())
    add_user(session, NewUser("bo", "geheim1234", "qa"), VAULT)
    with pytest.raises(Conflict):
        add_user(session, NewUser("bo", "geheim1234", "qa"), VAULT)


def test_an_audit_row_is_kept(session: Session) -> None:
    from sqlalchemy import select

    from core.db.tables import AuditRow

    record(session, "qa", "recording_heard", "call-1", {"range": "0-"}, 12.5)
    row = session.scalars(select(AuditRow)).one()
    assert (row.user_name, row.action, row.subject, row.detail, row.at) == (
        "qa",
        "recording_heard",
        "call-1",
        {"range": "0-"},
        12.5,
    )
