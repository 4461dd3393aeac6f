"""Calendars stay as they were when an order's limits were set by them, and a step's key knows what it was for"""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CALENDARS = sa.table(
    "calendars",
    sa.column("id", sa.String),
    sa.column("weekly", sa.JSON),
    sa.column("holidays", sa.JSON),
    sa.column("workdays", sa.JSON),
    sa.column("timezone", sa.String),
)
ORDERS = sa.table("work_orders", sa.column("id", sa.String), sa.column("limits", sa.JSON(none_as_null=True)))
EVENTS = sa.table("work_order_events", sa.column("id", sa.BigInteger), sa.column("limits", sa.JSON(none_as_null=True)))


def upgrade() -> None:
    versions = op.create_table(
        "calendar_versions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("weekly", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.Column("workdays", sa.JSON(), nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
    )
    with op.batch_alter_table("work_order_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_hash", sa.String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    names = {}
    for row in connection.execute(sa.select(CALENDARS)).mappings().all():
        content = json.dumps([row["weekly"], row["holidays"], row["workdays"], row["timezone"]])
        names[row["id"]] = f"{row['id'][:40]}#{hashlib.sha256(content.encode()).hexdigest()[:16]}"
        connection.execute(sa.insert(versions).values({**row, "id": names[row["id"]]}))
    # What has begun keeps to the calendars of today.
    for table in (ORDERS, EVENTS):
        for row_id, limits in connection.execute(sa.select(table.c.id, table.c.limits)).all():
            if any(one.get("calendar") in names for one in limits or ()):
                fixed = [{**one, "calendar": names.get(one.get("calendar"), one.get("calendar"))} for one in limits]
                connection.execute(sa.update(table).where(table.c.id == row_id).values(limits=fixed))


def downgrade() -> None:
    connection = op.get_bind()
    for table in (ORDERS, EVENTS):
        for row_id, limits in connection.execute(sa.select(table.c.id, table.c.limits)).all():
            if any("#" in one.get("calendar", "") for one in limits or ()):
                plain = [{**one, "calendar": one.get("calendar", "").partition("#")[0]} for one in limits]
                connection.execute(sa.update(table).where(table.c.id == row_id).values(limits=plain))
    with op.batch_alter_table("work_order_events", schema=None) as batch_op:
        batch_op.drop_column("request_hash")
    op.drop_table("calendar_versions")
