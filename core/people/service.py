"""Use cases about people: the same function for the command line, the interface and the pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from core.db.tables import AccountRow, QueueRow
from core.errors import BadInput, Conflict, NotFound
from core.installation.definition import Agent
from core.installation.service import account_for, load_installation, save_phone
from core.people.accounts import new_sip_password
from core.people.users import Role, User, create_user
from core.vault import Vault


@dataclass(frozen=True, slots=True)
class NewUser:
    """What ``hotline user add`` and ``POST /api/v1/users`` give."""

    name: str
    password: str
    role: str
    display_name: str = ""
    extension: str | None = None
    sip_password: str | None = None
    queues: tuple[str, ...] = ()
    group: str = ""


def add_user(session: Session, request: NewUser, vault: Vault) -> User:
    """User, SIP account and, for queues or an agent's role, the agent: all or nothing. Commits.

    The sip process must re-read the site afterwards (``reload`` on its control socket). ``with_sip_password`` makes
    a phone's password where none was given.
    """
    _check(session, request)
    try:
        user = create_user(
            session,
            request.name,
            request.password,
            request.role,
            display_name=request.display_name,
            extension=request.extension,
            commit=False,
        )
        if request.extension and request.sip_password:
            installation = load_installation(session)
            agent = None
            if user.role is Role.AGENT or request.queues:
                agent = Agent(
                    request.extension,
                    user.display_name,
                    queues=dict.fromkeys(request.queues, 1),
                    skills=tuple(
                        dict.fromkeys(skill for q in request.queues for skill in installation.queues[q].skills)
                    ),
                    group=request.group,
                )
            account = account_for(request.extension, installation.realm, request.sip_password)
            save_phone(session, vault.sealed(account), agent)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return user


def with_sip_password(request: NewUser) -> NewUser:
    """A phone's password is made unless one is given: people choose ones that are guessed."""
    if not request.extension or request.sip_password:
        return request
    return replace(request, sip_password=new_sip_password())


def _check(session: Session, request: NewUser) -> None:
    extension = request.extension
    if extension is not None and not (extension.isascii() and extension.isdigit() and 2 <= len(extension) <= 10):
        raise BadInput(
            "Extension {extension} is not possible.",
            field="extension",
            remedy="Use 2 to 10 digits.",
            extension=extension,
        )
    if bool(extension) != bool(request.sip_password):
        missing = "sip_password" if extension else "extension"
        raise BadInput(
            "A phone needs an extension and a SIP password.",
            field=missing,
            remedy="Give both or neither.",
        )
    if request.queues and not extension:
        raise BadInput(
            "Queues are served from a phone.",
            field="extension",
            remedy="Give an extension, too.",
        )
    for queue in request.queues:
        if session.get(QueueRow, queue) is None:
            raise NotFound("There is no queue {id}.", field="queue", id=queue)
    if extension and session.get(AccountRow, extension) is not None:
        raise Conflict(
            "Extension {extension} is taken.",
            field="extension",
            remedy="Choose another extension.",
            extension=extension,
        )
