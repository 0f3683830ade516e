"""Who the custodians of an agency are: one sealed row beside the parts of its recovery key.

No column may tell whose row it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; no row carries an insertion order."""
    bare = [sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("tag", "body", "token")]
    key = sa.PrimaryKeyConstraint("tag", name="pk_custody")
    op.create_table("custody", *bare, key, sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE custody ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("custody")
