"""Judged periods, their scores, and appeals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_periods",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("computed_by", sa.String(length=64), nullable=False),
        sa.Column("computed_at", sa.Double(), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.Double(), nullable=True),
        sa.Column("appeals_until", sa.Double(), nullable=True),
        sa.Column("frozen_by", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.Double(), nullable=True),
        sa.Column("settled", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_periods")),
        sa.UniqueConstraint("settled", name=op.f("uq_kpi_periods_settled")),
    )
    op.create_index(op.f("ix_kpi_periods_scheme"), "kpi_periods", ["scheme"])
    op.create_table(
        "kpi_period_scores",
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["kpi_periods.id"], name=op.f("fk_kpi_period_scores_period_kpi_periods")),
        sa.PrimaryKeyConstraint("period", "who", "edition", name=op.f("pk_kpi_period_scores")),
    )
    op.create_index("ix_kpi_period_scores_who", "kpi_period_scores", ["who"])
    op.create_table(
        "kpi_appeals",
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.Double(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("correction", sa.JSON(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["period"], ["kpi_periods.id"], name=op.f("fk_kpi_appeals_period_kpi_periods")),
        sa.PrimaryKeyConstraint("period", "n", name=op.f("pk_kpi_appeals")),
        sa.UniqueConstraint("period", "who", "line", name=op.f("uq_kpi_appeals_period")),
    )


def downgrade() -> None:
    op.drop_table("kpi_appeals")
    op.drop_table("kpi_period_scores")
    op.drop_table("kpi_periods")
