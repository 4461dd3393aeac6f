"""What pydantic says of a setting, in our own sentences, which have translations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from core.errors import ConfigError

PREFIX = "HOTLINE_"


def complaint(error: Mapping[str, Any], model: type[BaseModel], table: str = "") -> ConfigError:
    """Pydantic's first complaint as one of our own sentences, which has a translation. ``table`` of hotline.toml that
    ``model`` describes."""
    name = str(error["loc"][0]) if error["loc"] else table
    key = f"{table}.{name}" if table and error["loc"] else name
    limits = model.model_fields[name].metadata if name in model.model_fields else []
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
        "variable": f"{PREFIX}{key.upper().replace('.', '__')}",
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
        case "missing":
            return ConfigError("The setting {key} is missing.", **about)
        case "literal":
            return ConfigError("The setting {key} must be one of: {allowed}.", **about)
        case _ if key == "timezone":
            return ConfigError("The setting {key} is no time zone's name, like Asia/Shanghai.", **about)
        case _ if key == "public_url":
            return ConfigError("The setting {key} is no address like https://hotline.example.com.", **about)
        case _:
            return ConfigError("The setting {key} is wrong.", **about)
