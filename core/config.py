"""Settings of one site: ``HOME/hotline.toml`` below, ``HOTLINE_*`` environment above; unknown keys are refused.

Read once where a process begins. What the office edits (queues, flows, hours) is data in the database, not here.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import ConfigError


class Settings(BaseSettings):
    """Every setting with its default; described in ``docs/settings.md``."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="forbid", frozen=True)

    home: Path
    http_host: str = "127.0.0.1"
    http_port: int = Field(8050, gt=0, lt=65536)
    sip_host: str = "127.0.0.1"
    sip_port: int = Field(5060, gt=0, lt=65536)
    rtp_host: str = "127.0.0.1"
    rtp_from: int = Field(20000, ge=1024, lt=65536)
    rtp_to: int = Field(20999, ge=1024, lt=65536)
    database_url: SecretStr | None = None
    language: str = "zh_CN"
    timezone: str = "Asia/Shanghai"
    session_hours: float = 12.0
    tts: str = "espeak"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library calls it by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        **_others: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The file's values come in as arguments; the environment stands above them.
        return env_settings, init_settings

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the operational database."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'hotline.db'}"

    @property
    def run_dir(self) -> Path:
        return self.home / "run"

    @property
    def recordings_dir(self) -> Path:
        return self.home / "recordings"

    @property
    def prompts_dir(self) -> Path:
        return self.home / "prompts"

    @property
    def journal_dir(self) -> Path:
        return self.home / "journal"

    @property
    def state_dir(self) -> Path:
        return self.home / "state"

    @property
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"


def load_settings(home: Path) -> Settings:
    """Raises ``ConfigError`` naming the key, its place and the remedy."""
    path = home / "hotline.toml"
    values: dict[str, Any] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as broken:
            raise ConfigError("{path} is not TOML: {broken}.", field=str(path), path=path, broken=broken) from broken
    try:
        return Settings(**{**values, "home": home})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigError(
                "Unknown key {key}.",
                field=key,
                remedy="Remove it or correct its name in {path} or in the environment.",
                key=key,
                path=path,
            ) from wrong
        raise ConfigError("{key}: {problem}.", field=key, key=key, problem=first["msg"]) from wrong
