"""Tables of people, of open invitations and of sessions.

Everything that says who somebody is lies sealed in a label. A row must never show a name, a role,
a state, a language or a time, except a session's expiry rounded to a quarter of an hour.
"""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from casefile.platform.database import Base, sealed_table


class PersonRow(Base):
    """One account. Before it is accepted, the last three columns hold throw-away values."""

    __tablename__ = "person"
    __table_args__ = sealed_table()

    id: Mapped[bytes] = mapped_column(primary_key=True)
    """16 random bytes."""
    email_tag: Mapped[bytes] = mapped_column(unique=True)
    """Keyed tag of the normalised e-mail: finds the row, shows nothing."""
    label: Mapped[bytes]
    """An `Account`, sealed to the deployment under this row and its token."""
    token: Mapped[bytes]
    """16 random bytes, drawn anew by every change."""
    salt: Mapped[bytes]
    verifier: Mapped[bytes]
    """What the stretched passphrase is compared with."""
    private: Mapped[bytes]
    """The private key, sealed under the stretched passphrase."""


class InvitationRow(Base):
    """An invitation nobody has accepted yet, found by the tag of its token."""

    __tablename__ = "invitation"
    __table_args__ = sealed_table()

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    label: Mapped[bytes]
    token: Mapped[bytes]


class SessionRow(Base):
    """A signed-in session. Its cookie alone opens `body`; deleting the row ends it for good."""

    __tablename__ = "session"
    __table_args__ = sealed_table()

    id: Mapped[bytes] = mapped_column(primary_key=True)
    """32 bytes expanded from the cookie."""
    body: Mapped[bytes]
    """The unlocked private key, sealed under the cookie."""
    label: Mapped[bytes]
    """Whose session it is and until when, sealed to the deployment."""
    expires: Mapped[int]
    """Minutes since 1970, rounded up to a quarter of an hour."""
