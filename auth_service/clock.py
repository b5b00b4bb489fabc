"""Time comes in by the door: whoever needs the hour is handed a clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]  # aware, UTC


def system_clock() -> datetime:
    return datetime.now(UTC)


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, as JWT dates are written (RFC 7519 section 2, NumericDate)."""
    return int(moment.timestamp())
