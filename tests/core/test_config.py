from pathlib import Path

import pytest

from core.config import Settings, load_settings
from core.errors import ConfigError


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings.http_port == 8050
    assert settings.database == f"sqlite:///{tmp_path}/hotline.db"
    assert settings.run_dir == tmp_path / "run"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hotline.toml").write_text('http_port = 9000\nsip_port = 5070\nlanguage = "en"\n')
    monkeypatch.setenv("HOTLINE_HTTP_PORT", "9001")
    settings = load_settings(tmp_path)
    assert (settings.http_port, settings.sip_port, settings.language) == (9001, 5070, "en")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("htpp_port = 1", "htpp_port"),
        ('home = "/elsewhere"', "home"),
        ("http_port = 70000", "http_port"),
        ('timezone = "Asia/Nowhere"', "timezone"),
        ('public_url = "hotline.example.com"', "public_url"),
        ('public_url = "https://hotline.example.com/a b"', "public_url"),
        ("rtp_from = 30000", "rtp_to"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(tmp_path: Path, text: str, field: str) -> None:
    (tmp_path / "hotline.toml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_settings(tmp_path)
    assert refused.value.field == field
    assert refused.value.remedy
    assert str(refused.value)


def test_a_file_that_is_no_toml_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "hotline.toml").write_text("http_port 8050")
    with pytest.raises(ConfigError):
        load_settings(tmp_path)


def test_a_password_in_the_url_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "hotline.toml").write_text('database_url = "postgresql://a:geheim@h/n"')
    settings = load_settings(tmp_path)
    assert "geheim" not in repr(settings)
    assert "geheim" in settings.database


def test_every_setting_is_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in page] == []
