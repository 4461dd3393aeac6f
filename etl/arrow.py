"""pyarrow without pandas: it looks once whether values are data frames, and would load all of pandas for that."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pyarrow as pa

__all__ = ["pa"]


class _NoDataFrames(MetaPathFinder):
    def find_spec(self, fullname: str, *_where: Sequence[str] | ModuleType | None) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ImportError("no data frames come here")
        return None


def _look() -> None:
    """It remembers what it found."""
    finder = _NoDataFrames()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)


_look()
