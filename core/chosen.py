"""The driver that a site has chosen: an entry point ``PORT.NAME`` of ``hotline.drivers``, made with its own table.

A driver is a class. When it has ``Settings``, a pydantic model of what stands in ``[drivers.NAME]`` of hotline.toml, it
is made with one of those; otherwise with nothing, and a table is refused. Packages of others do the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import ConfigError
from core.wrong_setting import complaint

GROUP = "hotline.drivers"

# By driver what stands in its table.
Tables = Mapping[str, Mapping[str, Any]]


class DriverSettings(BaseModel):
    """To be derived from: a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def driver_class(port: str, name: str) -> type[Any]:
    """``ConfigError`` when no installed package has a driver of that name; ``port`` is the setting that named it."""
    found = entry_points(group=GROUP, name=f"{port}.{name}")
    if not found:
        known = sorted(
            one.name.partition(".")[2] for one in entry_points(group=GROUP) if one.name.startswith(f"{port}.")
        )
        raise ConfigError(
            "There is no driver {name} for {field}.",
            field=port,
            remedy="Set {field} to one of: {known}, or install the package with that driver.",
            name=name,
            known=", ".join(known),
        )
    kind: type[Any] = next(iter(found)).load()
    return kind


def driver(port: str, name: str, tables: Tables) -> Any:
    """One of its own, ready for use; ``ConfigError`` names the key of its table that is wrong."""
    kind = driver_class(port, name)
    model: type[BaseModel] | None = getattr(kind, "Settings", None)
    table = tables.get(name, {})
    if model is None:
        for key in table:
            raise _no_setting(name, key)
        return kind()
    try:
        return kind(model.model_validate(dict(table)))
    except ValidationError as problem:
        error = problem.errors(include_url=False, include_input=False)[0]
        if error["type"] == "extra_forbidden":
            raise _no_setting(name, str(error["loc"][0])) from None
        raise complaint(error, model, table=f"drivers.{name}") from None


def _no_setting(name: str, key: str) -> ConfigError:
    return ConfigError(
        "The driver {name} has no setting {key}.",
        field=f"drivers.{name}.{key}",
        remedy="Remove it or correct its name; docs/drivers.md lists all.",
        name=name,
        key=key,
    )
