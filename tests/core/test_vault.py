import stat
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.installation.definition import Installation, SipAccount
from core.vault import CannotOpen, Vault, is_sealed, make_vault, read_vault

ACCOUNT = SipAccount("8001", "5f4dcc3b5aa765d61d8327deb882cf99", "ab" * 32)
KEY = Vault(bytes(range(32)))


def test_a_sealed_account_tells_nothing_and_opens_with_its_key_only() -> None:
    sealed = KEY.sealed(ACCOUNT)
    assert is_sealed(sealed.ha1)
    assert is_sealed(sealed.ha1_sha256)
    assert ACCOUNT.ha1 not in str(sealed)
    assert KEY.opened(sealed) == ACCOUNT
    assert KEY.sealed(sealed) == sealed, "once is enough"
    for other in (Vault(bytes(32)), Vault(None)):
        with pytest.raises(CannotOpen):
            other.opened(sealed)


def test_a_secret_moved_to_another_phone_or_column_does_not_open() -> None:
    sealed = KEY.sealed(ACCOUNT)
    for moved in (replace(sealed, extension="8002"), replace(sealed, ha1=sealed.ha1_sha256)):
        with pytest.raises(CannotOpen):
            KEY.opened(moved)


def test_what_does_not_open_becomes_a_secret_that_nobody_knows() -> None:
    installation, lost = Vault(None).opened_installation(
        Installation(1, "x", accounts={"8001": KEY.sealed(ACCOUNT), "8002": ACCOUNT})
    )
    assert lost == ["8001"]
    assert len(installation.accounts["8001"].ha1) == 32
    assert installation.accounts["8001"].ha1 != Vault(None).opened_installation(installation)[0].accounts["8002"].ha1
    assert installation.accounts["8002"] == ACCOUNT, "from before there was a key"


def test_what_else_is_known_of_a_phone_goes_through_the_vault_unchanged() -> None:
    remote = replace(ACCOUNT, nat="on")
    assert KEY.opened(KEY.sealed(remote)) == remote
    assert (
        Vault(None)
        .opened_installation(Installation(1, "x", accounts={"8001": KEY.sealed(remote)}))[0]
        .accounts["8001"]
        .nat
        == "on"
    )


def test_a_secret_that_a_phone_has_not_stays_empty() -> None:
    assert KEY.opened(KEY.sealed(replace(ACCOUNT, ha1=""))).ha1 == ""


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secrets.key"
    made = make_vault(path)
    assert make_vault(path) == made == read_vault(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secrets.key"]
    path.write_text("no key")
    with pytest.raises(ConfigError):
        make_vault(path)
