"""One tree of categories

What wrap-ups chose from was a list of names, orders had a tree. Names that no node of the tree has become nodes of their
own; what each node was called stays on record, so that facts that were written by name are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The tree as it was shipped then, for a database that was not given it yet: id, name, parent.
SHIPPED = (
    ("repair", "报修", ""),
    ("repair.leak_visible", "明漏", "repair"),
    ("repair.leak_hidden", "暗漏", "repair"),
    ("repair.burst", "爆管", "repair"),
    ("repair.no_water", "无水", "repair"),
    ("repair.low_pressure", "水压低", "repair"),
    ("repair.meter", "水表故障", "repair"),
    ("repair.manhole", "井盖", "repair"),
    ("repair.frozen", "冻管", "repair"),
    ("repair.gas_leak", "燃气泄漏", "repair"),
    ("repair.ignition", "点火故障", "repair"),
    ("quality", "水质", ""),
    ("complaint", "投诉", ""),
    ("report", "举报", ""),
    ("consultation", "咨询", ""),
    ("service", "业务办理", ""),
    ("service.connect", "新装", "service"),
    ("service.transfer", "过户", "service"),
    ("service.meter_test", "验表", "service"),
    ("service.disconnect", "停用", "service"),
    ("bill", "查询", ""),
    ("suggestion", "建议", ""),
    ("praise", "表扬", ""),
)
Node = tuple[str, str, str]


def columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("urgency", sa.String(length=12), nullable=False),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    ]


NAMES = ", ".join(column.name for column in columns())



def upgrade() -> None:
    bind = op.get_bind()
    listed = [row.name for row in bind.execute(sa.text("SELECT name FROM categories ORDER BY rank"))]
    rows = bind.execute(sa.text("SELECT id, name_zh, parent FROM order_categories ORDER BY rank, id"))
    nodes: list[Node] = [(row.id, row.name_zh, row.parent) for row in rows] or list(SHIPPED)
    op.drop_table("categories")
    categories = op.create_table(
        "categories",
        *columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
    )
    bind.execute(sa.text(f"INSERT INTO categories ({NAMES}) SELECT {NAMES} FROM order_categories"))  # noqa: S608
    op.drop_table("order_categories")
    names = op.create_table(
        "category_names",
        sa.Column("name", sa.String(length=130), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_category_names")),
    )
    known = written(nodes)
    own = nodes_of(listed, known, nodes)
    if own:
        op.bulk_insert(categories, [row(node, len(nodes) + rank) for rank, node in enumerate(own)])
    known = written([*nodes, *own])
    if known:
        op.bulk_insert(names, [{"name": name, "category": category} for name, category in known.items()])


def written(nodes: Iterable[Node]) -> dict[str, str]:
    """Name to id: ``父/子`` as wrap-ups wrote it, and the name alone where only one node has it."""
    nodes = list(nodes)
    called = {category: name for category, name, _parent in nodes}
    count = Counter(called.values())
    paths = {f"{called[parent]}/{name}" if parent in called else name: category for category, name, parent in nodes}
    return {name: category for category, name in called.items() if count[name] == 1} | paths


def nodes_of(listed: Iterable[str], known: Mapping[str, str], nodes: Iterable[Node]) -> list[Node]:
    """Those of the list that the tree does not have; ``报修/改管`` goes below ``报修``."""
    taken = {category for category, _name, _parent in nodes}
    found: list[Node] = []
    for name in dict.fromkeys(listed):
        if not name or name in known or name in taken:
            continue
        above, slash, below = name.partition("/")
        parent = known.get(above, "") if slash and below else ""
        number = next(n for n in range(1, len(taken) + 2) if f"{parent}{'.' if parent else ''}own_{n}" not in taken)
        category = f"{parent}{'.' if parent else ''}own_{number}"
        taken.add(category)
        found.append((category, below if parent else name, parent))
    return found


def row(node: Node, rank: int) -> dict[str, object]:
    category, name, parent = node
    return {
        "id": category,
        "parent": parent,
        "rank": rank,
        "name_zh": name,
        "name_en": name,
        "urgency": "normal",
        # Nobody said that it needs an address.
        "immediate": True,
        "asks": {},
        "limits": [],
        "sites": {},
        "active": True,
    }


def downgrade() -> None:
    bind = op.get_bind()
    op.create_table(
        "order_categories",
        *columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_categories")),
    )
    bind.execute(sa.text(f"INSERT INTO order_categories ({NAMES}) SELECT {NAMES} FROM categories"))  # noqa: S608
    rows = bind.execute(sa.text("SELECT id, name_zh, parent FROM categories ORDER BY rank, id"))
    nodes: list[Node] = [(one.id, one.name_zh, one.parent) for one in rows]
    op.drop_table("category_names")
    op.drop_table("categories")
    categories = op.create_table(
        "categories",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_categories")),
    )
    called = {category: name for category, name, _parent in nodes}
    parents = {parent for _category, _name, parent in nodes}
    paths = [
        f"{called[parent]}/{name}" if parent in called else name
        for category, name, parent in nodes
        if category not in parents
    ]
    if paths:
        op.bulk_insert(categories, [{"name": name[:64], "rank": rank} for rank, name in enumerate(dict.fromkeys(paths))])
