"""The tables of registers and of public keys. No column counts, dates or groups anything."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from casefile.platform.database import Base, sealed_table

PARTS = ("queue", "coded", "people", "steps", "dates")


class Segment(Base):
    """1,024 rows of one part of one register, as one sealed blob."""

    __tablename__ = "segment"
    __table_args__ = (
        CheckConstraint(f"part IN ({', '.join(repr(part) for part in PARTS)})", name="part"),
        sealed_table(),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class Lane(Base):
    """One of sixteen places where new rows of a register go; its open segment, sealed."""

    __tablename__ = "lane"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class ListedKey(Base):
    """A holder's public key under a keyed code, so that it cannot be exchanged on the disk."""

    __tablename__ = "listed_key"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    code: Mapped[bytes]
