"""What waits to be fetched once by an agency without a desk here.

No column may tell whose it is, for whom, or when.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "outside"
COLUMNS = ("tag", "label", "body", "token")


def upgrade() -> None:
    """Make the table; no row carries an insertion order."""
    bare = [sa.Column(name, sa.LargeBinary(), nullable=False) for name in COLUMNS]
    key = sa.PrimaryKeyConstraint("tag", name=f"pk_{TABLE}")
    op.create_table(TABLE, *bare, key, sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        for column in ("label", "body"):
            op.execute(f"ALTER TABLE {TABLE} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Remove the table."""
    op.drop_table(TABLE)
