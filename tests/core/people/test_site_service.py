from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core.demo.site import demo_site, sip_password
from core.errors import ConfigError, Conflict, HotlineError, NotFound
from core.people import site_service
from core.people.audit import record
from core.people.service import NewUser, add_user
from core.people.users import authenticate
from core.site import Did, Flow, Site
from core.vault import Vault

VAULT = Vault(bytes(32))


def test_a_site_comes_back_as_it_was_saved(session: Session) -> None:
    site = demo_site()
    site_service.save_site(session, site)
    assert site_service.load_site(session).to_json() == site.to_json()
    assert list(site_service.load_site(session).queues) == list(site.queues)
    assert Site.from_json(site.to_json()) == site


def test_without_a_site_the_remedy_is_said(session: Session) -> None:
    with pytest.raises(NotFound) as missing:
        site_service.load_site(session)
    assert missing.value.remedy


def test_an_edit_raises_the_version_and_a_wrong_one_changes_nothing(session: Session) -> None:
    site_service.save_site(session, demo_site())
    edited = site_service.save_queue(session, replace(demo_site().queues["general"], ring_s=12.0))
    assert (edited.version, edited.queues["general"].ring_s) == (2, 12.0)
    with pytest.raises(ConfigError) as refused:
        site_service.save_did(session, Did("96009", "queue:nowhere"))
    assert refused.value.field == "dids.96009.target"
    after = site_service.load_site(session)
    assert after.version == 2
    assert "96009" not in after.dids


def test_an_edited_queue_keeps_its_place(session: Session) -> None:
    site_service.save_site(session, demo_site())
    after = site_service.save_queue(session, replace(demo_site().queues["complaint"], ring_s=12.0))
    assert list(after.queues) == list(demo_site().queues)


def test_a_published_flow_is_a_new_version(session: Session) -> None:
    site_service.save_site(session, demo_site())
    flow = site_service.load_site(session).flows["main"]
    after = site_service.save_flow(session, Flow("main", 1, flow.start, flow.nodes))
    assert after.flows["main"].version == flow.version + 1


def test_the_digest_secret_is_that_of_the_rfc() -> None:
    # RFC 2617 3.5
    secret = site_service.digest_secret("Mufasa", "testrealm@host.com", "Circle Of Life")
    assert secret == "939e7578ed9e3c518a452acee763bce9"
    account = demo_site().accounts["8001"]
    assert account.ha1 == site_service.digest_secret("8001", "hotline", sip_password("8001"))


def test_a_new_agent_gets_log_in_phone_and_queues(session: Session) -> None:
    site_service.save_site(session, demo_site())
    add_user(session, NewUser("bo", "geheim1234", "agent", "波", "8100", "sip-geheim", ("repair", "general")), VAULT)
    site = site_service.load_site(session)
    assert site.version == 2
    assert site.agents["8100"].queues == {"repair": 1, "general": 1}
    assert site.agents["8100"].skills == site.queues["repair"].skills
    assert VAULT.opened(site.accounts["8100"]).ha1 == site_service.digest_secret("8100", "hotline", "sip-geheim")
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
    site_service.save_site(session, demo_site())
    with pytest.raises(HotlineError) as refused:
        add_user(session, wrong, VAULT)
    assert refused.value.field
    assert site_service.load_site(session) == demo_site()
    with pytest.raises(HotlineError):
        authenticate(session, "bo", "geheim1234")


def test_a_second_user_of_the_name_is_a_conflict(session: Session) -> None:
    site_service.save_site(session, demo_site())
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
