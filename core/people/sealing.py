"""Phones' secrets that still lie open in the database, from before there was a key, are sealed in place.

A database whose secrets are sealed already and whose key is gone is refused: a new key would not open them.
"""

from __future__ import annotations

import logging

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.config import Settings
from core.db.tables import AccountRow
from core.errors import ConfigError
from core.installation.definition import SipAccount
from core.vault import Vault, is_sealed, make_vault, read_vault

log = logging.getLogger(__name__)


def installation_vault(session: Session, settings: Settings) -> Vault:
    """The site's vault; its key is made when nothing is sealed yet, and never when something is."""
    if settings.key_path.exists():
        return read_vault(settings.key_path)
    if any(is_sealed(row.ha1) or is_sealed(row.ha1_sha256) for row in session.scalars(select(AccountRow))):
        raise ConfigError(
            "The key of the phones' secrets is not in {file}.",
            field="secrets_key_file",
            remedy="Put it back from a backup (secrets.key); without it no phone can register.",
            file=settings.key_path,
        )
    return make_vault(settings.key_path)


def seal_accounts(session: Session, settings: Settings) -> int:
    """The number of accounts sealed now. Commits; harmless to repeat."""
    vault = installation_vault(session, settings)
    sealed = 0
    for row in session.scalars(select(AccountRow)):
        account = vault.sealed(SipAccount(row.extension, row.ha1, row.ha1_sha256))
        if (account.ha1, account.ha1_sha256) != (row.ha1, row.ha1_sha256):
            row.ha1, row.ha1_sha256 = account.ha1, account.ha1_sha256
            sealed += 1
    session.commit()
    if sealed:
        (settings.state_dir / "site.json").unlink(missing_ok=True)
        _forget_free_pages(session)
    return sealed


def _forget_free_pages(session: Session) -> None:
    """What stood in the rows before still stands in pages that SQLite has set free."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    session.rollback()
    try:
        with session.get_bind().connect().execution_options(isolation_level="AUTOCOMMIT") as alone:  # type: ignore[union-attr]
            alone.execute(text("vacuum"))
            alone.execute(text("pragma wal_checkpoint(truncate)"))
    except SQLAlchemyError as problem:
        log.warning("old secrets may still be found in free pages of the database: %s", problem)
