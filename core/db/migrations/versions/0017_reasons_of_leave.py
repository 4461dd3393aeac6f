"""Reasons of leave by id

They were kept in whichever language they had been chosen in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAMES = {
    "annual": ("年假", "annual leave"),
    "sick": ("病假", "sick leave"),
    "personal": ("事假", "personal leave"),
    "in_lieu": ("调休", "time off in lieu"),
    "training": ("培训", "training leave"),
    "other": ("其他", "other leave"),
}
QUERY = sa.text("UPDATE roster_leaves SET reason = :after WHERE reason = :before")


def upgrade() -> None:
    for reason, names in NAMES.items():
        for name in names:
            op.get_bind().execute(QUERY, {"after": reason, "before": name})


def downgrade() -> None:
    for reason, (name, _english) in NAMES.items():
        op.get_bind().execute(QUERY, {"after": name, "before": reason})
