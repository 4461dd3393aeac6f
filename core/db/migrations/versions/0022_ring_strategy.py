"""How queues choose among their agents; categories without an English name have none

Names of a former list became categories whose English name was the Chinese one: it is empty now, so that pages fall back
to the Chinese one and the office is asked for it. Edits keep ids as long as a category's.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queues", sa.Column("ring_strategy", sa.String(length=16), server_default="longest_idle", nullable=False))
    with op.batch_alter_table("definition_edits") as edits:
        edits.alter_column("id", existing_type=sa.String(length=40), type_=sa.String(length=64), existing_nullable=False)
    op.get_bind().execute(sa.text("UPDATE categories SET name_en = '' WHERE name_en = name_zh AND id LIKE '%own\\_%' ESCAPE '\\'"))


def downgrade() -> None:
    op.get_bind().execute(sa.text("UPDATE categories SET name_en = name_zh WHERE name_en = ''"))
    with op.batch_alter_table("definition_edits") as edits:
        edits.alter_column("id", existing_type=sa.String(length=64), type_=sa.String(length=40), existing_nullable=False)
    op.drop_column("queues", "ring_strategy")
