"""What people write down for scores, and its evidence"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_evidence",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_evidence")),
    )
    op.create_table(
        "kpi_inputs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("numerator", sa.Double(), nullable=False),
        sa.Column("denominator", sa.Double(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=40), nullable=True),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.Double(), nullable=False),
        sa.Column("consent_by", sa.String(length=64), nullable=False),
        sa.Column("consent_at", sa.Double(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.Double(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=1000), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["evidence"], ["kpi_evidence.id"], name=op.f("fk_kpi_inputs_evidence_kpi_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_inputs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kpi_inputs_last_day", "kpi_inputs", ["last_day"])
    op.create_index(op.f("ix_kpi_inputs_batch"), "kpi_inputs", ["batch"])


def downgrade() -> None:
    op.drop_table("kpi_inputs")
    op.drop_table("kpi_evidence")
