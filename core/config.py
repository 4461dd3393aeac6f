"""Settings of one site: what the machine's keeper decides, read from HOME/hotline.toml and from HOTLINE_* variables.

The environment wins over the file, the command line (passed on as environment) over both. Knows no part of the
program; what the office edits (queues, flows, people) is in the operational database, not here.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from core.errors import ConfigError
from core.wrong_setting import PREFIX, complaint

FILE = "hotline.toml"


class Settings(BaseSettings):
    """Every setting with its default; ``docs/settings.md`` explains each."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, env_nested_delimiter="__"
    )

    home: Path
    http_host: str = "127.0.0.1"
    http_port: int = Field(8050, ge=1, le=65535)
    https_port: int | None = Field(None, ge=1, le=65535)
    trusted_proxies: str = ""
    public_url: str = ""
    sip_host: str = "127.0.0.1"
    sip_port: int = Field(5060, ge=1, le=65535)
    rtp_host: str = "127.0.0.1"
    rtp_from: int = Field(20000, ge=1024, le=65535)
    rtp_to: int = Field(27999, ge=1024, le=65535)
    database_url: SecretStr | None = None
    language: Literal["zh_CN", "en"] = "zh_CN"
    timezone: str = "Asia/Shanghai"
    session_hours: float = Field(12, gt=0)
    drain_s: float = Field(0, ge=0, le=3600)
    secrets_key_file: Path | None = None
    visit_by_another: bool = False
    lookups_per_hour: int = Field(120, ge=1, le=100_000)
    tts: str = "espeak"
    notify: str = "log"
    # By driver what it wants to know: its own model checks it. Passwords may stand there.
    drivers: dict[str, dict[str, Any]] = Field(default_factory=dict, repr=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Key by key inside a driver's table, too, the environment wins over the file."""
        return env_settings, init_settings

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError("not a time zone's name") from unknown
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/\s]+(/[^\s?#]*)?", value):
            raise ValueError("not an http or https address")
        return value.rstrip("/")

    @property
    def database(self) -> str:
        """The operational database's URL, secrets included."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'hotline.db'}"

    @property
    def key_path(self) -> Path:
        """The key that seals the phones' secrets."""
        return self.secrets_key_file or self.home / "secrets.key"

    @property
    def run_dir(self) -> Path:
        return self.home / "run"

    @property
    def recordings_dir(self) -> Path:
        return self.home / "recordings"

    @property
    def evidence_dir(self) -> Path:
        """Files that people add to what they write down for scores."""
        return self.home / "evidence"

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
    def audit_heads_path(self) -> Path:
        """Heads of the audit's chain, noted outside of the database."""
        return self.state_dir / "audit.heads"

    @property
    def agents_path(self) -> Path:
        return self.state_dir / "seats.jsonl"

    @property
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"


def load_settings(home: Path, file: Path | None = None) -> Settings:
    """The settings of the site in ``home``; ``ConfigError`` names the key at fault. ``file``: not yet in its place."""
    home = home.resolve()
    in_file = _read_file(file or home / FILE)
    for key in in_file:
        if key not in Settings.model_fields or key == "home":
            raise ConfigError(
                "Unknown setting {key} in {file}.",
                field=key,
                remedy="Remove it or correct its name; docs/settings.md lists all.",
                key=key,
                file=home / FILE,
            )
    environment = {name.upper() for name, value in os.environ.items() if value}
    given = {key: value for key, value in in_file.items() if f"{PREFIX}{key.upper()}" not in environment}
    try:
        settings = Settings(home=home, **given)
    except ValidationError as problem:
        raise complaint(problem.errors(include_url=False, include_input=False)[0], Settings) from None
    except SettingsError:
        raise ConfigError(
            "The setting {key} is wrong.",
            field="drivers",
            key="drivers",
            remedy="Write a table for each driver: [drivers.NAME] in hotline.toml.",
        ) from None
    if settings.rtp_from >= settings.rtp_to:
        raise ConfigError(
            "The voice port range {first}-{last} is empty.",
            field="rtp_to",
            remedy="Make rtp_to larger than rtp_from.",
            first=settings.rtp_from,
            last=settings.rtp_to,
        )
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as denied:
        raise ConfigError(
            "This user may not read {file}.",
            field=str(path),
            remedy="Give the folder to the user that runs hotline.",
            file=path,
        ) from denied
    except OSError as problem:
        raise ConfigError("{file} cannot be read: {problem}.", file=path, problem=problem.strerror) from problem
    except UnicodeDecodeError as problem:
        raise ConfigError(
            "{file} is not written in UTF-8.", field=str(path), remedy="Save it as UTF-8.", file=path
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"at line (\d+)", str(problem))
        raise ConfigError(
            "{file} cannot be read: line {line} is not right.",
            field=str(path),
            remedy="Write key = value, one a line, text in quotes.",
            file=path,
            line=line[1] if line else "?",
        ) from problem
