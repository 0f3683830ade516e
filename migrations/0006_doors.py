"""Doors of cases, and the letters left there by the other end of a referral.

No column may tell whose door it is, who wrote, or when.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("door", "door_letter")


def upgrade() -> None:
    """Make the tables; no row carries an insertion order."""
    for table in TABLES:
        bare = [
            sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("tag", "body", "token")
        ]
        key = sa.PrimaryKeyConstraint("tag", name=f"pk_{table}")
        op.create_table(table, *bare, key, sqlite_with_rowid=False)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Remove the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
