"""Notes of deleted cases: one sealed row each, without content.

No column may tell which case it was, or when it was deleted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; no row carries an insertion order."""
    bare = [sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("tag", "body")]
    key = sa.PrimaryKeyConstraint("tag", name="pk_deletion")
    op.create_table("deletion", *bare, key, sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE deletion ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("deletion")
