"""Settings of one site: what the machine's keeper decides, read from HOME/hotline.toml and from HOTLINE_* variables.

The environment wins over the file, the command line (passed on as environment) over both. Knows no part of the
program; what the office edits (queues, flows, people) is in the operational database, not here.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import ConfigError

PREFIX = "HOTLINE_"
FILE = "hotline.toml"


class Settings(BaseSettings):
    """Every setting with its default; ``docs/settings.md`` explains each."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

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
    secrets_key_file: Path | None = None
    visit_by_another: bool = False
    lookups_per_hour: int = Field(120, ge=1, le=100_000)
    tts: str = "espeak"
    notify: str = "log"
    notify_url: SecretStr = SecretStr("")
    notify_token: SecretStr = SecretStr("")
    notify_timeout_s: float = Field(5, gt=0, le=30)

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
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"


def load_settings(home: Path) -> Settings:
    """The settings of the site in ``home``; ``ConfigError`` names the key at fault."""
    home = home.resolve()
    in_file = _read_file(home / FILE)
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
        raise _wrong(problem.errors(include_url=False, include_input=False)[0]) from None
    if settings.rtp_from >= settings.rtp_to:
        raise ConfigError(
            "The voice port range {first}-{last} is empty.",
            field="rtp_to",
            remedy="Make rtp_to larger than rtp_from.",
            first=settings.rtp_from,
            last=settings.rtp_to,
        )
    return settings


def _wrong(error: Mapping[str, Any]) -> ConfigError:
    """Pydantic's first complaint as one of our own sentences, which has a translation."""
    key = str(error["loc"][0])
    limits = Settings.model_fields[key].metadata
    lowest = next(
        (limit for one in limits if (limit := getattr(one, "ge", getattr(one, "gt", None))) is not None), None
    )
    highest = next((limit for one in limits if (limit := getattr(one, "le", None)) is not None), None)
    about: dict[str, Any] = {
        "field": key,
        "remedy": "Correct it in hotline.toml or in the variable {variable}.",
        "key": key,
        "lowest": lowest,
        "highest": highest,
        "allowed": str((error.get("ctx") or {}).get("expected")).replace("'", "").replace(" or ", ", "),
        "variable": f"{PREFIX}{key.upper()}",
    }
    match error["type"].partition("_")[0]:
        case "greater" | "less" if highest is not None:
            return ConfigError("The setting {key} must be from {lowest} to {highest}.", **about)
        case "greater":
            return ConfigError("The setting {key} must be more than {lowest}.", **about)
        case "int":
            return ConfigError("The setting {key} must be a whole number.", **about)
        case "float":
            return ConfigError("The setting {key} must be a number.", **about)
        case "string":
            return ConfigError("The setting {key} must be text in quotes.", **about)
        case "literal":
            return ConfigError("The setting {key} must be one of: {allowed}.", **about)
        case _ if key == "timezone":
            return ConfigError("The setting {key} is no time zone's name, like Asia/Shanghai.", **about)
        case _ if key == "public_url":
            return ConfigError("The setting {key} is no address like https://hotline.example.com.", **about)
        case _:
            return ConfigError("The setting {key} is wrong.", **about)


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
