"""Files of rows from other systems: CSV, Excel and Parquet as one kind of table.

Rows are counted as people see them in a spreadsheet: the heading is row 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.errors import BadInput, NotFound

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROW = 2
EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
# What offices save CSV files in, in the order that tells them apart: text of GB 18030 is hardly ever UTF-8.
ENCODINGS = ("utf-8-sig", "gb18030")
# Written in one way only; 03/04/2010 is not among them.
CLEAR_FORMATS: tuple[str, ...] = (
    "ISO8601",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%d %b %Y",
)


def read_table(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows of a file; of a CSV file all cells are text. ``columns`` alone are read where they are named."""
    # Heavy, and needed by the commands that read a file alone.
    import pandas as pd

    if not path.is_file():
        raise NotFound("There is no file {path}.", field="FILE", path=path)
    try:
        table: pd.DataFrame = _read(pd, path, columns)
    except (OSError, ValueError, ImportError, pd.errors.ParserError) as problem:
        if isinstance(problem, ValueError) and columns is not None:
            _check_columns(path, _names(pd, path), columns)
        raise BadInput(
            "{path} cannot be read as a table: {problem}.",
            field="FILE",
            remedy="Save it as CSV (UTF-8), Excel or Parquet with one line of headings.",
            path=path,
            problem=str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__,
        ) from problem
    if columns is not None:
        _check_columns(path, [str(one) for one in table.columns], columns)
    if table.empty:
        raise BadInput("{path} has no rows.", field="FILE", remedy="Choose a file with headings and rows.", path=path)
    return table


def _read(pd: Any, path: Path, columns: Sequence[str] | None, rows: int | None = None) -> Any:
    wanted = None if columns is None else list(dict.fromkeys(columns))
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return pd.read_parquet(path, columns=wanted)
    if suffix in EXCEL:
        return pd.read_excel(path, engine="calamine", dtype=object, usecols=wanted, nrows=rows)
    for encoding in ENCODINGS:
        try:
            return pd.read_csv(
                path,
                dtype=str,
                keep_default_na=False,
                encoding=encoding,
                usecols=wanted,
                nrows=rows,
                skip_blank_lines=True,
            )
        except UnicodeDecodeError:
            continue
    raise ValueError("neither UTF-8 nor GB 18030")


def _names(pd: Any, path: Path) -> list[str]:
    try:
        if path.suffix.lower() == ".parquet":
            from pyarrow import parquet

            return list(parquet.read_schema(path).names)
        return [str(one) for one in _read(pd, path, None, 1).columns]
    except (OSError, ValueError):
        return []


def _check_columns(path: Path, there: Sequence[str], needed: Sequence[str]) -> None:
    absent = [name for name in needed if name not in there]
    if absent and there:
        raise BadInput(
            "{path} lacks the columns {columns}.",
            field="FILE",
            remedy="Its columns are: {there}.",
            path=path,
            columns=", ".join(absent),
            there=", ".join(there)[:600],
        )


def numbers(column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """``nan`` for what is no number."""
    import pandas as pd

    return np.asarray(pd.to_numeric(column, errors="coerce"), np.float64)


def texts(column: pd.Series[Any]) -> list[str]:
    """What a person sees in the cells: a spreadsheet keeps 39928 as 39928.0."""

    def seen(cell: Any) -> str:
        return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()

    return [seen(cell) if there else "" for cell, there in zip(column, column.notna(), strict=True)]


def moments(column: pd.Series[Any], zone: ZoneInfo, written: str = "") -> npt.NDArray[np.float64] | None:
    """Epoch seconds of each row, ``nan`` where nothing stands or it cannot be read; ``None`` when no clear way of
    writing dates fits most rows. ``written`` is a format of ``strptime``. Without an offset they are of ``zone``."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column) or _holds_dates(column):
        return _epoch(pd.to_datetime(column, errors="coerce"), zone)
    if pd.api.types.is_numeric_dtype(column):
        return None
    there = column.astype(str).str.strip()
    filled = there != ""
    for form in (written,) if written else CLEAR_FORMATS:
        found = pd.to_datetime(
            there.where(filled), format=form, errors="coerce", utc=form == "ISO8601" and _offset(there)
        )
        if found.notna().sum() >= max(1, 0.9 * filled.sum()):
            return _epoch(found, zone)
    return None


def _holds_dates(column: pd.Series[Any]) -> bool:
    """Excel gives cells with a date as dates, among others."""
    from datetime import date

    first = column.dropna()
    return column.dtype == object and len(first) > 0 and isinstance(first.iloc[0], date)


def _offset(column: pd.Series[Any]) -> bool:
    return bool(column.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).any())


def _epoch(found: pd.Series[Any], zone: ZoneInfo) -> npt.NDArray[np.float64]:
    if found.dt.tz is None:
        # The hour that a clock skips or has twice matters to no figure.
        found = found.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    there = found.notna().to_numpy()
    at = np.full(len(found), np.nan)
    at[there] = found[there].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.int64) / 1e6
    return at
