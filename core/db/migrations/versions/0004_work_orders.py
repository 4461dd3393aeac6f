"""Work orders"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('order_categories',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('parent', sa.String(length=64), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('name_zh', sa.String(length=64), nullable=False),
    sa.Column('name_en', sa.String(length=64), nullable=False),
    sa.Column('urgency', sa.String(length=12), nullable=False),
    sa.Column('immediate', sa.Boolean(), nullable=False),
    sa.Column('asks', sa.JSON(), nullable=False),
    sa.Column('limits', sa.JSON(), nullable=False),
    sa.Column('sites', sa.JSON(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_categories'))
    )
    op.create_table('order_site_members',
    sa.Column('user_name', sa.String(length=64), nullable=False),
    sa.Column('site', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('user_name', name=op.f('pk_order_site_members'))
    )
    with op.batch_alter_table('order_site_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_site_members_site'), ['site'], unique=False)

    op.create_table('order_sites',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('districts', sa.JSON(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_sites'))
    )
    op.create_table('work_order_clocks',
    sa.Column('order_id', sa.String(length=16), nullable=False),
    sa.Column('clock', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('began_at', sa.Double(), nullable=False),
    sa.Column('due_at', sa.Double(), nullable=True),
    sa.Column('first_due_at', sa.Double(), nullable=False),
    sa.Column('limit_s', sa.Double(), nullable=False),
    sa.Column('ended_at', sa.Double(), nullable=True),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.Double(), nullable=True),
    sa.PrimaryKeyConstraint('order_id', 'clock', name=op.f('pk_work_order_clocks'))
    )
    with op.batch_alter_table('work_order_clocks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_work_order_clocks_next_at'), ['next_at'], unique=False)

    op.create_table('work_order_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('order_id', sa.String(length=16), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.Column('event', sa.String(length=40), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('by_user', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('assignee', sa.String(length=64), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('limits', sa.JSON(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('distance_m', sa.Double(), nullable=True),
    sa.Column('device_at', sa.Double(), nullable=True),
    sa.Column('request_key', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_order_events')),
    sa.UniqueConstraint('request_key', name=op.f('uq_work_order_events_request_key'))
    )
    with op.batch_alter_table('work_order_events', schema=None) as batch_op:
        batch_op.create_index('ix_work_order_events_order_seq', ['order_id', 'seq'], unique=True)

    op.create_table('work_order_notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('once', sa.String(length=120), nullable=False),
    sa.Column('order_id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('receipt', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_order_notices')),
    sa.UniqueConstraint('once', name=op.f('uq_work_order_notices_once'))
    )
    with op.batch_alter_table('work_order_notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_work_order_notices_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_order_notices_settled'), ['settled'], unique=False)

    op.create_table('work_order_numbers',
    sa.Column('day', sa.String(length=6), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_work_order_numbers'))
    )
    op.create_table('work_orders',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('workflow', sa.String(length=40), nullable=False),
    sa.Column('workflow_version', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('category', sa.String(length=64), nullable=False),
    sa.Column('urgency', sa.String(length=12), nullable=False),
    sa.Column('opened_urgency', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('urged', sa.Integer(), nullable=False),
    sa.Column('supervised', sa.Boolean(), nullable=False),
    sa.Column('extended_to', sa.Double(), nullable=True),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('asked', sa.String(length=12), nullable=False),
    sa.Column('district', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('diameter_mm', sa.Integer(), nullable=True),
    sa.Column('site', sa.String(length=40), nullable=False),
    sa.Column('assignee', sa.String(length=64), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('contact', sa.String(length=100), nullable=False),
    sa.Column('caller', sa.String(length=40), nullable=False),
    sa.Column('from_call', sa.String(length=64), nullable=True),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('parent', sa.String(length=16), nullable=False),
    sa.Column('limits', sa.JSON(), nullable=False),
    sa.Column('given_due_at', sa.Double(), nullable=True),
    sa.Column('due_at', sa.Double(), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('created_by', sa.String(length=64), nullable=False),
    sa.Column('changed_at', sa.Double(), nullable=False),
    sa.Column('closed_at', sa.Double(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('request_key', sa.String(length=64), nullable=True),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_orders')),
    sa.UniqueConstraint('request_key', name=op.f('uq_work_orders_request_key'))
    )
    with op.batch_alter_table('work_orders', schema=None) as batch_op:
        batch_op.create_index('ix_work_orders_assignee_open', ['assignee', 'open'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_orders_caller'), ['caller'], unique=False)
        batch_op.create_index('ix_work_orders_created', ['created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_orders_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_orders_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_orders_from_call'), ['from_call'], unique=False)
        batch_op.create_index('ix_work_orders_open_category', ['open', 'category', 'created_at'], unique=False)
        batch_op.create_index('ix_work_orders_site_open', ['site', 'open'], unique=False)

    op.create_table('workflow_definitions',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('definition', sa.Text(), nullable=False),
    sa.Column('published_at', sa.Double(), nullable=False),
    sa.Column('published_by', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', 'version', name=op.f('pk_workflow_definitions'))
    )


def downgrade() -> None:
    op.drop_table('workflow_definitions')
    op.drop_table('work_orders')
    op.drop_table('work_order_numbers')
    op.drop_table('work_order_notices')
    op.drop_table('work_order_events')
    op.drop_table('work_order_clocks')
    op.drop_table('order_sites')
    op.drop_table('order_site_members')
    op.drop_table('order_categories')
