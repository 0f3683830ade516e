"""The tables of the log: rows that wait for the chain, and the sealed batches it is made of.

No column may tell who, what, when or in which order: all of that lies inside the seal.
"""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from casefile.platform.database import Base, sealed_table


class AuditRow(Base):
    """One line, sealed and coded in the transaction of what it tells; waits for the worker."""

    __tablename__ = "audit_row"
    __table_args__ = sealed_table()

    id: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    code: Mapped[bytes]


class AuditBatch(Base):
    """Up to 256 lines in order, sealed, bound to the batch before; found by its keyed number."""

    __tablename__ = "audit_batch"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class AuditHead(Base):
    """The one row that names the newest batch and its digest, sealed under a version token."""

    __tablename__ = "audit_head"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]
