"""What a step of a machine does to a label: where it leads, which clocks it ends and begins.

Pure. A step comes from `take`: a state must never be written into a label in any other way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from casefile.cases.label import Label
from casefile.codes.machines import Step
from casefile.codes.sops import Limit


def gone_on(label: Label, step: Step, limits: Mapping[str, Limit], now: datetime) -> Label:
    """The label after a step: first what it meets, then what it starts."""
    label = replace(label, state=step.target)
    for kind in step.meets:
        label = label.met(kind, now)
    for kind in step.starts:
        label = label.started(limits[kind], now)
    return label
