"""The tables of the directory and of the custody of keys.

No column may tell what an entry is, whose it is, or how many there are of a kind: what it says is
sealed inside it.
"""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from casefile.platform.database import Base, sealed_table


class DirectoryEntry(Base):
    """An agency, a country, a place, a desk or a post; which of them it is lies in the label."""

    __tablename__ = "directory_entry"
    __table_args__ = sealed_table()

    id: Mapped[bytes] = mapped_column(primary_key=True)
    label: Mapped[bytes]
    token: Mapped[bytes]


class DeskKey(Base):
    """A desk's secret of one generation, wrapped to one member."""

    __tablename__ = "desk_key"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class CustodianPart(Base):
    """One part of an agency's recovery secret, wrapped to one custodian."""

    __tablename__ = "custodian_part"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class CustodyRow(Base):
    """Who an agency's custodians are, how many are needed and when they last tried; sealed."""

    __tablename__ = "custody"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]
