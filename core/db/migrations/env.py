"""Alembic's entry: uses the connection that ``core.db.migrate`` opened."""

from __future__ import annotations

from alembic import context

from core.db.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
