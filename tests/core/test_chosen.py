"""Drivers of others: a package with a class and an entry point, and what its table in hotline.toml does."""

import sys
from pathlib import Path

import pytest

from core.chosen import driver
from core.config import load_settings
from core.errors import ConfigError
from core.notify.sender import notifier_for
from core.ports import Notice

PAGER = """
from pydantic import Field
from core.chosen import DriverSettings
from core.ports import Receipt

class PagerSettings(DriverSettings):
    number: str
    tries: int = Field(default=1, ge=1, le=9)

class Pager:
    Settings = PagerSettings

    def __init__(self, settings):
        self.settings = settings

    def send(self, notice):
        return Receipt(f"{self.settings.number}:{notice.id}")
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site beside a package with a pager, installed as pip would."""
    packages = tmp_path / "packages"
    about = packages / "ourpager-1.0.dist-info"
    about.mkdir(parents=True)
    (packages / "ourpager.py").write_text(PAGER)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: ourpager\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[hotline.drivers]\nnotify.pager = ourpager:Pager\n")
    monkeypatch.syspath_prepend(str(packages))
    monkeypatch.delitem(sys.modules, "ourpager", raising=False)
    return tmp_path


def site(home: Path, text: str) -> Path:
    (home / "hotline.toml").write_text(f'notify = "pager"\n{text}')
    return home


def test_a_package_s_driver_is_made_with_its_own_table(home: Path) -> None:
    settings = load_settings(site(home, '[drivers.pager]\nnumber = "12345"\n'))
    notice = Notice("7-raised", "alarm", "", "", (), 0.0)
    assert notifier_for(settings).send(notice).reference == "12345:7-raised"


def test_inside_a_table_too_the_environment_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DRIVERS__PAGER__NUMBER", "no-one-may-read")
    settings = load_settings(site(home, '[drivers.pager]\nnumber = "12345"\ntries = 3\n'))
    assert settings.drivers == {"pager": {"number": "no-one-may-read", "tries": 3}}
    assert "no-one-may-read" not in repr(settings)


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("", "drivers.pager.number"),
        ("[drivers.pager]\nnumber = 5\n", "drivers.pager.number"),
        ('[drivers.pager]\nnumber = "1"\ntries = 10\n', "drivers.pager.tries"),
        ('[drivers.pager]\nnumber = "1"\ncolour = "red"\n', "drivers.pager.colour"),
    ],
)
def test_what_is_wrong_in_a_table_is_named_with_its_remedy(home: Path, table: str, field: str) -> None:
    settings = load_settings(site(home, table))
    with pytest.raises(ConfigError) as wrong:
        notifier_for(settings)
    assert wrong.value.field == field
    assert wrong.value.remedy
    assert field.rpartition(".")[2] in str(wrong.value)


def test_a_driver_that_wants_to_know_nothing_takes_no_table() -> None:
    with pytest.raises(ConfigError) as wrong:
        driver("notify", "log", {"log": {"level": "loud"}})
    assert wrong.value.field == "drivers.log.level"


def test_a_driver_that_nobody_has_is_named_with_those_there_are(home: Path) -> None:
    with pytest.raises(ConfigError, match="espeak, fake, pyttsx3"):
        driver("tts", "alto", {})
    with pytest.raises(ConfigError, match="pager"):
        driver("notify", "pigeon", {})


def test_tables_that_are_no_tables_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hotline.toml").write_text('drivers = "webhook"\n')
    with pytest.raises(ConfigError) as wrong:
        load_settings(tmp_path)
    assert wrong.value.field == "drivers"
    (tmp_path / "hotline.toml").unlink()
    monkeypatch.setenv("HOTLINE_DRIVERS", "webhook")
    with pytest.raises(ConfigError):
        load_settings(tmp_path)
