"""Pieces of sealed files.

Migrations never read content and never need a key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; no row carries an insertion order."""
    op.create_table(
        "piece",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name="pk_piece"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE piece ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("piece")
