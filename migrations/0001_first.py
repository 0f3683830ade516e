"""The first tables: directory, people, cases, registers, log and outbox.

Migrations never read content and never need a key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEALED = (
    (
        "audit_batch",
        (
            "tag",
            "body",
        ),
    ),
    (
        "audit_head",
        (
            "tag",
            "body",
            "token",
        ),
    ),
    (
        "audit_row",
        (
            "id",
            "body",
            "code",
        ),
    ),
    (
        "case",
        (
            "id",
            "label",
            "token",
        ),
    ),
    (
        "custodian_part",
        (
            "tag",
            "body",
        ),
    ),
    (
        "desk_key",
        (
            "tag",
            "body",
        ),
    ),
    (
        "directory_entry",
        (
            "id",
            "label",
            "token",
        ),
    ),
    (
        "entry",
        (
            "tag",
            "body",
            "token",
        ),
    ),
    (
        "invitation",
        (
            "tag",
            "label",
            "token",
        ),
    ),
    (
        "job",
        (
            "id",
            "body",
        ),
    ),
    (
        "lane",
        (
            "tag",
            "body",
            "token",
        ),
    ),
    (
        "listed_key",
        (
            "tag",
            "body",
            "code",
        ),
    ),
    (
        "person",
        (
            "id",
            "email_tag",
            "label",
            "token",
            "salt",
            "verifier",
            "private",
        ),
    ),
    (
        "quick",
        (
            "tag",
            "body",
            "token",
        ),
    ),
    (
        "receipt",
        (
            "lookup",
            "body",
        ),
    ),
    (
        "segment",
        (
            "id",
            "body",
            "token",
        ),
    ),
    (
        "session",
        (
            "id",
            "body",
            "label",
        ),
    ),
    (
        "wrap",
        (
            "tag",
            "body",
            "token",
        ),
    ),
)
"""Every table with its columns of bytes."""

ALSO = {
    "job": (("due", sa.Integer()), ("lease", sa.Integer())),
    "session": (("expires", sa.Integer()),),
    "segment": (("part", sa.String(8)),),
}
KEYS = {"segment": ("id", "part")}


def upgrade() -> None:
    """Make every table; no row carries an insertion order."""
    for name, columns in SEALED:
        bare = [sa.Column(column, sa.LargeBinary(), nullable=False) for column in columns]
        more = [sa.Column(column, kind, nullable=False) for column, kind in ALSO.get(name, ())]
        op.create_table(name, *bare, *more, *_rules(name, columns[0]), sqlite_with_rowid=False)
    if op.get_bind().dialect.name == "postgresql":
        _keep_sealed_bytes_as_they_are()


def downgrade() -> None:
    """Remove every table."""
    for name, _columns in reversed(SEALED):
        op.drop_table(name)


def _rules(name: str, first: str) -> list[sa.Constraint]:
    rules: list[sa.Constraint] = [
        sa.PrimaryKeyConstraint(*KEYS.get(name, (first,)), name=f"pk_{name}")
    ]
    if name == "person":
        rules.append(sa.UniqueConstraint("email_tag", name="uq_person_email_tag"))
    if name == "segment":
        parts = "part IN ('queue', 'coded', 'people', 'steps', 'dates')"
        rules.append(sa.CheckConstraint(parts, name="ck_segment_part"))
    return rules


def _keep_sealed_bytes_as_they_are() -> None:
    """Sealed bytes do not compress; segments are rewritten often and must be swept often."""
    for name, columns in SEALED:
        for column in columns:
            if column in {"body", "label"}:
                op.execute(f'ALTER TABLE "{name}" ALTER COLUMN {column} SET STORAGE EXTERNAL')
    op.execute(
        "ALTER TABLE segment SET (autovacuum_vacuum_scale_factor = 0.0, "
        "autovacuum_vacuum_threshold = 200, toast.autovacuum_vacuum_scale_factor = 0.0, "
        "toast.autovacuum_vacuum_threshold = 2000)"
    )
