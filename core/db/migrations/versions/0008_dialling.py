"""Who may dial what, which numbers are of which class, phones behind NAT, trunks that are trusted and have gateways"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dial_rights",
        sa.Column("subject", sa.String(40), primary_key=True),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("hours", sa.String(40), nullable=True),
        sa.Column("most_at_once", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "number_rules",
        sa.Column("pattern", sa.String(40), primary_key=True),
        sa.Column("number_class", sa.String(20), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("area_code", sa.String(5), nullable=False, server_default=""))
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nat", sa.String(4), nullable=False, server_default=""))
    with op.batch_alter_table("trunks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trusted", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.alter_column("gateway", existing_type=sa.String(100), type_=sa.String(400), existing_nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("trunks", schema=None) as batch_op:
        batch_op.alter_column("gateway", existing_type=sa.String(400), type_=sa.String(100), existing_nullable=True)
        batch_op.drop_column("trusted")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("nat")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_column("area_code")
    op.drop_table("number_rules")
    op.drop_table("dial_rights")
