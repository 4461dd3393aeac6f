"""What the categories of calls and orders are called in the reader's language, whichever way a fact named them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.i18n import language
from kpi.measures.warehouse import Fetches

FRESH_S = 10.0

TREE = """
select
    category,
    coalesce(parent, '') as parent,
    name,
    name_en
from marts.dim_category
order by
    rank,
    category
"""
NAMES = "select name, category from marts.dim_category_name"


@dataclass(frozen=True, slots=True)
class Categories:
    """Names and parents by id, in the order of the tree; ``ids`` by the names that facts were written with once."""

    names: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)

    def id(self, written: str) -> str:
        """A name that was never one of the tree's stays as it was written."""
        return written if written in self.names else self.ids.get(written, written)

    def name(self, written: str) -> str:
        """``报修/明漏``"""
        category = self.id(written)
        name = self.names.get(category, category)
        parent = self.parents.get(category)
        return f"{self.names.get(parent, parent)}/{name}" if parent else name


async def categories(warehouse: Fetches) -> Categories:
    rows = await warehouse.fetch(TREE, fresh_s=FRESH_S)
    names = await warehouse.fetch(NAMES, fresh_s=FRESH_S)
    english = language() == "en"
    return Categories(
        {row["category"]: (row["name_en"] if english else "") or row["name"] for row in rows},
        {row["category"]: row["parent"] for row in rows},
        {row["name"]: row["category"] for row in names},
    )
