"""A row's content as padded JSON, sealed to the deployment under the row's own context.

Every label, job and directory entry goes through here. It must never seal what belongs to people
(reports, letters, notes): the deployment opens this by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from casefile.platform.deployment import Deployment
from casefile.sealing.padding import RECORD_BUCKET, pad, unpad


def seal_row(
    deployment: Deployment,
    content: object,
    where: bytes,
    *,
    bucket: int = RECORD_BUCKET,
    spelled: Callable[[object], object] | None = None,
) -> bytes:
    """Seal `content` for the context `where`, filled up to `bucket` bytes or its next double.

    `spelled` says how a value JSON does not know, such as bytes, is written.
    """
    plain = json.dumps(content, default=spelled, ensure_ascii=False, separators=(",", ":"))
    return deployment.keyring.seal(pad(plain.encode(), bucket), where, deployment.random)


def open_row(deployment: Deployment, sealed: bytes, where: bytes) -> Any:
    """The content that was sealed there; SealBroken for another place or a changed byte."""
    return json.loads(unpad(deployment.keyring.open(sealed, where)))
