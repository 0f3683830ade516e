"""The tables of cases. A case points at nothing and nothing points at a case in the clear.

Entries, wraps, quick keys and pieces of files are found by a keyed tag of case and number; how
many there are stands in the sealed label. Every new case writes the same rows of the same lengths.
"""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from casefile.platform.database import Base, sealed_table


class CaseRow(Base):
    """A case: its random id and its label, sealed to the deployment under a version token."""

    __tablename__ = "case"
    __table_args__ = sealed_table()

    id: Mapped[bytes] = mapped_column(primary_key=True)
    label: Mapped[bytes]
    token: Mapped[bytes]


class EntryRow(Base):
    """One record of a case, sealed under the key of its compartment; its kind lies inside."""

    __tablename__ = "entry"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class WrapRow(Base):
    """A bundle of compartment keys sealed to one holder, or to nobody."""

    __tablename__ = "wrap"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class QuickRow(Base):
    """A case's compartment keys under its desk's symmetric key, or a placeholder as long."""

    __tablename__ = "quick"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class QuestionRow(Base):
    """Places for the questions whether a name is this person's; those not used hold noise."""

    __tablename__ = "question"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class PieceRow(Base):
    """One piece of a sealed file; which file and which piece stands in a record and in the tag."""

    __tablename__ = "piece"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class ReceiptRow(Base):
    """What a receipt code finds: the case and the reporter's public key, sealed."""

    __tablename__ = "receipt"
    __table_args__ = sealed_table()

    lookup: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class DoorRow(Base):
    """The public key of a case's door, to which the other end of a referral seals letters."""

    __tablename__ = "door"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class DoorLetterRow(Base):
    """A letter left at a case's door: sealed to its key, until somebody takes it in."""

    __tablename__ = "door_letter"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class DeletionRow(Base):
    """That a case was deleted: a note without content, found by the case's id alone."""

    __tablename__ = "deletion"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class SearchRow(Base):
    """Words of cases a desk has opened, for its search: a blob of one size under the desk's key."""

    __tablename__ = "search_segment"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]


class OutsideRow(Base):
    """A packet for an agency without a desk here: under link and code, to be fetched once."""

    __tablename__ = "outside"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    label: Mapped[bytes]
    body: Mapped[bytes]
    token: Mapped[bytes]


class SavedRow(Base):
    """Names and filters of lists: a blob of one size under a person's or a desk's own key."""

    __tablename__ = "saved_view"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    token: Mapped[bytes]
