"""What a step of a machine does to a label: where it leads, which clocks it ends and begins.

Pure. A step comes from `take`: a state must never be written into a label in any other way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from casefile.cases.label import Label
from casefile.cases.machines import is_ended
from casefile.codes.machines import Step
from casefile.codes.sops import Limit
from casefile.platform.now import minutes

PROMISED = ("write_to_reporter", "look_again", "assess_risk")
"""Deadlines nobody waits for once a case has ended; help that is due stays due, and so does a look
at a risk that is known."""


def gone_on(label: Label, step: Step, limits: Mapping[str, Limit], now: datetime) -> Label:
    """The label after a step: first what it meets, then what it starts."""
    if step.target != label.state:
        label = replace(label, state=step.target, since=minutes(now))
    for kind in step.meets:
        label = label.met(kind, now)
    for kind in step.starts:
        label = label.started(limits[kind], now)
    if not is_ended(label.state):
        return label
    for kind in PROMISED:
        label = label.without(kind)
    return label
