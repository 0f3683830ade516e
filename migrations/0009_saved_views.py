"""The filters of lists that somebody saved under a name.

Migrations never read content and never need a key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "saved_view"


def upgrade() -> None:
    """Make the table; no row carries an insertion order."""
    columns = [sa.Column(name, sa.LargeBinary(), nullable=False) for name in _COLUMNS]
    key = sa.PrimaryKeyConstraint("tag", name=f"pk_{TABLE}")
    op.create_table(TABLE, *columns, key, sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Remove the table."""
    op.drop_table(TABLE)


_COLUMNS = ("tag", "body", "token")
