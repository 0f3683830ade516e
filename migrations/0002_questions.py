"""Conflict of interest: the table of the questions whether a name is somebody's who works here.

Migrations never read content and never need a key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = ("tag", "body", "token")


def upgrade() -> None:
    """Make the table; cases from before have no row in it and ask nothing."""
    bare = [sa.Column(column, sa.LargeBinary(), nullable=False) for column in COLUMNS]
    key = sa.PrimaryKeyConstraint("tag", name="pk_question")
    op.create_table("question", *bare, key, sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE "question" ALTER COLUMN body SET STORAGE EXTERNAL')


def downgrade() -> None:
    """Remove it."""
    op.drop_table("question")
