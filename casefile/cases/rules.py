"""When a deadline has passed: one rule for the list of work, the case page and the facts.

Pure decisions over whole minutes since 1970. Nothing here reads a clock, a label or a table.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import NDArray


@overload
def is_late(due: int, now: int) -> bool: ...
@overload
def is_late(due: NDArray[Any], now: int) -> NDArray[np.bool_]: ...
def is_late(due: Any, now: int) -> Any:
    """Whether a deadline has passed, or which of many: its own minute is still in time.

    A due time of zero is no deadline, and never late.
    """
    return (due != 0) & (due < now)
