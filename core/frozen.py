"""``dataclass`` for records that are made by the hundred for each call: mypy sees to ``frozen``, nothing at run time.

A frozen record costs four times as much to make, since each of its fields is set through ``object.__setattr__``. Equal
and hashed as if it were frozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, frozen: bool = False, **more: Any) -> Any:
        return dataclasses.dataclass(unsafe_hash=frozen, **more)
