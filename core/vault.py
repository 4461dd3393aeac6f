"""Seals what is as good as a password, so that a stolen database or copy of it registers no phone.

The key lies in a file outside the database. Knows neither tables nor the site: text in, text out. ``where`` binds a
sealed text to its place (an extension and a column): moved into another row it no longer opens.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.durable import sync_folder
from core.errors import ConfigError
from core.installation.definition import Installation, SipAccount

PREFIX = "v1:"
KEY_BYTES = 32
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The key is missing, is another one, or the text was changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    """``key`` None: nothing can be opened or sealed."""

    key: bytes | None

    def seal(self, text: str, where: str) -> str:
        if self.key is None:
            raise CannotOpen
        nonce = secrets.token_bytes(NONCE_BYTES)
        return (
            PREFIX + base64.b64encode(nonce + AESGCM(self.key).encrypt(nonce, text.encode(), where.encode())).decode()
        )

    def open(self, text: str, where: str) -> str:
        """A text from before there was a key is given back as it is."""
        if not is_sealed(text):
            return text
        if self.key is None:
            raise CannotOpen
        try:
            raw = base64.b64decode(text.removeprefix(PREFIX), validate=True)
            return AESGCM(self.key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], where.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as other:
            raise CannotOpen from other

    def sealed(self, account: SipAccount) -> SipAccount:
        """The account as it goes into the database; what is sealed already stays."""
        return self._each(account, lambda text, where: text if is_sealed(text) else self.seal(text, where))

    def opened(self, account: SipAccount) -> SipAccount:
        """The account as the registrar needs it; raises ``CannotOpen``."""
        return self._each(account, self.open)

    def sealed_installation(self, installation: Installation) -> Installation:
        return replace(
            installation, accounts={name: self.sealed(account) for name, account in installation.accounts.items()}
        )

    def opened_installation(self, installation: Installation) -> tuple[Installation, list[str]]:
        """For the registrar, with the extensions whose secrets do not open: nobody can register as one of those."""
        accounts: dict[str, SipAccount] = {}
        lost: list[str] = []
        for name, account in installation.accounts.items():
            try:
                accounts[name] = self.opened(account)
            except CannotOpen:
                # Not empty: an empty secret is one that anybody can reckon with.
                accounts[name] = replace(account, ha1=secrets.token_hex(16), ha1_sha256=secrets.token_hex(32))
                lost.append(name)
        return replace(installation, accounts=accounts), lost

    @staticmethod
    def _each(account: SipAccount, turn: object) -> SipAccount:
        assert callable(turn)
        return replace(
            account,
            ha1=turn(account.ha1, f"{account.extension}:ha1") if account.ha1 else "",
            ha1_sha256=turn(account.ha1_sha256, f"{account.extension}:ha1_sha256") if account.ha1_sha256 else "",
        )


def is_sealed(text: str) -> bool:
    return text.startswith(PREFIX)


def read_vault(path: Path) -> Vault:
    """The vault whose key lies there; without a file one that opens nothing."""
    try:
        return Vault(key_from(path.read_text("ascii")))
    except FileNotFoundError:
        return Vault(None)
    except (OSError, ValueError) as problem:
        raise ConfigError(
            "The key in {file} cannot be read.",
            field="secrets_key_file",
            remedy="Put the file back from a backup, readable for the user that runs hotline.",
            file=path,
        ) from problem


def key_from(text: str) -> bytes:
    """Raises ``ValueError`` when it is none."""
    key = bytes.fromhex(text.strip())
    if len(key) != KEY_BYTES:
        raise ValueError("not a key")
    return key


def make_vault(path: Path) -> Vault:
    """The vault whose key lies there; a new key where there is none, whole on disk before it is used."""
    if path.exists():
        return read_vault(path)
    key = secrets.token_bytes(KEY_BYTES)
    keep_key(path, key)
    return read_vault(path)


def keep_key(path: Path, key: bytes) -> None:
    """Never over another key: what that one sealed would be lost."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
        sync_folder(path.parent)
    except FileExistsError:
        return
    finally:
        fresh.unlink(missing_ok=True)
