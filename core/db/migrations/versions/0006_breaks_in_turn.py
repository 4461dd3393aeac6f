"""How many stay at the phones while others rest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roster_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("least_present", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("roster_settings", schema=None) as batch_op:
        batch_op.drop_column("least_present")
