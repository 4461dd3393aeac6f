"""Room for sealed secrets of phones"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WIDTHS = {"ha1": 32, "ha1_sha256": 64}


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        for name, width in WIDTHS.items():
            batch_op.alter_column(
                name, existing_type=sa.String(width), type_=sa.String(200), existing_nullable=False
            )


def downgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        for name, width in WIDTHS.items():
            batch_op.alter_column(
                name, existing_type=sa.String(200), type_=sa.String(width), existing_nullable=False
            )
