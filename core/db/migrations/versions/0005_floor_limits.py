"""Limits of the floor's tiles"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "floor_limits",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("warn", sa.Double(), nullable=False),
        sa.Column("bad", sa.Double(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_floor_limits")),
    )


def downgrade() -> None:
    op.drop_table("floor_limits")
