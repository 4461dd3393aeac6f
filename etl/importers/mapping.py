"""What the columns of a file mean: a TOML file, checked before a row is read. Pure.

See ``mappings/leaks.toml`` for one with everything in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from core.errors import BadInput, NotFound
from core.events import OrderChannel, Urgency

SHIPPED = Path(__file__).with_name("mappings")
NEEDED = ("key", "reported_at")
COLUMNS = (
    *NEEDED, "category", "summary", "urgency", "channel", "district", "address", "longitude", "latitude",
    "diameter_mm", "site", "contact", "caller", "ended_at", "hours",
)  # fmt: skip
FIXED = ("category", "summary", "urgency", "channel", "district", "site")
NUMBERS = ("longitude", "latitude", "diameter_mm", "hours")
WithoutEnd = Literal["open", "closed", "refuse"]


@dataclass(frozen=True, slots=True)
class OrderMapping:
    """``columns`` maps our words to theirs; ``values`` what they write to what we write; ``factors`` multiply numbers.

    ``without_end``: what becomes of an order whose end is not known.
    """

    source: str
    columns: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)
    summary: str = ""
    timezone: str = ""
    crs: str = ""
    without_end: WithoutEnd = "open"

    @property
    def read(self) -> list[str]:
        """Every column that is looked at."""
        named = [name for _, name, _, _ in Formatter().parse(self.summary) if name]
        return list(dict.fromkeys([*self.columns.values(), *named]))


def read_mapping(path: Path) -> OrderMapping:
    """Of a file, or a shipped one by its name."""
    shipped = SHIPPED / f"{path.name}.toml"
    if not path.is_file() and len(path.parts) == 1 and shipped.is_file():
        path = shipped
    try:
        return parsed_mapping(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError as missing:
        names = ", ".join(sorted(one.stem for one in SHIPPED.glob("*.toml")))
        raise NotFound(
            "There is no mapping {path}.",
            field="--mapping",
            remedy="Write one like the shipped ones: {names} (docs/geo.md).",
            path=path,
            names=names,
        ) from missing
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadInput(
            "{path} cannot be read: {problem}.",
            field="--mapping",
            remedy="Correct the TOML file.",
            path=path,
            problem=problem,
        ) from problem


def parsed_mapping(raw: Mapping[str, Any]) -> OrderMapping:
    known = {"source", "timezone", "crs", "without_end", "summary", "columns", "fixed", "values", "formats", "factors"}
    _only("", raw, known)
    tables = {name: _table(raw, name) for name in ("columns", "fixed", "values", "formats", "factors")}
    _only("columns.", tables["columns"], set(COLUMNS))
    _only("fixed.", tables["fixed"], set(FIXED))
    _only("values.", tables["values"], set(FIXED) - {"summary"})
    _only("factors.", tables["factors"], set(NUMBERS))
    for name in NEEDED:
        if name not in tables["columns"]:
            raise BadInput("{field} is missing.", field=f"columns.{name}", remedy="Say which column holds it.")
    if "category" not in tables["columns"] and "category" not in tables["fixed"]:
        raise BadInput("{field} is missing.", field="fixed.category", remedy="Say what the orders are about.")
    if ("longitude" in tables["columns"]) != ("latitude" in tables["columns"]):
        raise BadInput(
            "A place has two numbers.", field="columns.longitude", remedy="Give longitude and latitude, or neither."
        )
    if not raw.get("source"):
        raise BadInput("{field} is missing.", field="source", remedy="Give the file's origin a name that stays.")
    _one_of("without_end", raw.get("without_end", "open"), get_args(WithoutEnd))
    _one_of("fixed.channel", tables["fixed"].get("channel", "phone"), get_args(OrderChannel))
    _one_of("fixed.urgency", tables["fixed"].get("urgency", "normal"), get_args(Urgency))
    made = OrderMapping(
        str(raw["source"]),
        {name: str(column) for name, column in tables["columns"].items()},
        {name: str(value) for name, value in tables["fixed"].items()},
        {name: {str(a): str(b) for a, b in _table(tables["values"], name).items()} for name in tables["values"]},
        {name: str(form) for name, form in tables["formats"].items()},
        {name: float(factor) for name, factor in tables["factors"].items()},
        str(raw.get("summary", "")),
        str(raw.get("timezone", "")),
        str(raw.get("crs", "")),
        raw.get("without_end", "open"),
    )
    _check_words(made)
    return made


def _check_words(made: OrderMapping) -> None:
    try:
        ZoneInfo(made.timezone or "UTC")
    except (KeyError, ValueError, OSError) as unknown:
        raise BadInput(
            "There is no time zone {name}.", field="timezone", remedy="Write it like Asia/Shanghai.", name=made.timezone
        ) from unknown
    try:
        made.summary.format(**dict.fromkeys(made.read, ""))
    except (ValueError, KeyError, IndexError, AttributeError) as wrong:
        raise BadInput(
            "{field} is not right.", field="summary", remedy="Write columns in braces: {example}.", example="{TYPE}"
        ) from wrong


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name, {})
    if not isinstance(found, Mapping):
        raise BadInput("{field} must be a table.", field=name, remedy="Begin it with [{name}].", name=name)
    return found


def _only(where: str, found: Mapping[str, Any], known: set[str]) -> None:
    for name in found:
        if name not in known:
            raise BadInput(
                "{field} is not known here.",
                field=f"{where}{name}",
                remedy="Use one of: {allowed}.",
                allowed=", ".join(sorted(known)),
            )


def _one_of(where: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadInput(
            "{name} is not known here.",
            field=where,
            remedy="Use one of: {allowed}.",
            name=str(value)[:40],
            allowed=", ".join(allowed),
        )
