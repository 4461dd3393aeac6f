"""English names of queues, breaks and shifts

A break's id is the name that facts carry so far; what was shipped gets its English name.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BREAKS = {"小休": "Short break", "用餐": "Meal", "培训": "Training", "会议": "Meeting", "外呼回访": "Return visits"}
QUEUES = {"综合服务": "General", "报修抢修": "Repairs", "水费查询": "Water bills", "投诉建议": "Complaints"}
SHIFTS = {"甲班": "Shift A", "乙班": "Shift B", "丙班": "Shift C", "夜班": "Night", "抢修班": "Repair shift"}
NAMED = {"queues": QUEUES, "shift_templates": SHIFTS, "roster_shifts": SHIFTS}


def upgrade() -> None:
    bind = op.get_bind()
    for table, names in NAMED.items():
        # Not as a batch: SQLite would drop the table, which rows of other tables hang on.
        op.add_column(table, sa.Column("name_en", sa.String(length=64), server_default="", nullable=False))
        for name, english in names.items():
            # The table's name is one of ours.
            query = sa.text(f"UPDATE {table} SET name_en = :english WHERE name = :name")  # noqa: S608
            bind.execute(query, {"english": english, "name": name})
    rows = [
        {"id": row.name, "name": row.name, "name_en": BREAKS.get(row.name, ""), "rank": row.rank}
        for row in bind.execute(sa.text("SELECT name, rank FROM break_reasons"))
    ]
    op.drop_table("break_reasons")
    breaks = op.create_table(
        "break_reasons",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), server_default="", nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_reasons")),
    )
    if rows:
        op.bulk_insert(breaks, rows)


def downgrade() -> None:
    bind = op.get_bind()
    rows = [{"name": row.name, "rank": row.rank} for row in bind.execute(sa.text("SELECT name, rank FROM break_reasons"))]
    op.drop_table("break_reasons")
    breaks = op.create_table(
        "break_reasons",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_break_reasons")),
    )
    if rows:
        op.bulk_insert(breaks, rows)
    for table in NAMED:
        op.drop_column(table, "name_en")
