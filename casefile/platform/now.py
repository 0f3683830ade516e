"""The one source of time. No other module may ask the operating system what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER_HOUR = 15


def system_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def minutes(moment: datetime) -> int:
    """Whole minutes since 1970 UTC, the unit of every register and label."""
    return int((moment - EPOCH) // timedelta(minutes=1))


def moment(whole_minutes: int) -> datetime:
    """The moment that many minutes after 1970 UTC."""
    return EPOCH + timedelta(minutes=whole_minutes)


def coarse(moment: datetime) -> int:
    """Minutes since 1970 rounded up to a quarter of an hour: all that may lie open in a column."""
    return -(-minutes(moment) // QUARTER_HOUR) * QUARTER_HOUR
