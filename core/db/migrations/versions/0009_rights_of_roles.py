"""Rights of roles"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_rights",
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("right", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("role", "right", name=op.f("pk_role_rights")),
    )


def downgrade() -> None:
    op.drop_table("role_rights")
