"""Signatures of webhooks as specified by Standard Webhooks, made by its reference library."""

import base64
import secrets as randomness
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

_PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """Return a new secret: `whsec_` followed by the base64 of 32 random bytes."""
    return _PREFIX + base64.b64encode(randomness.token_bytes(_SECRET_BYTES)).decode()


def headers(
    secrets: Sequence[str], webhook_id: str, timestamp: datetime, body: bytes
) -> dict[str, str]:
    """Return the headers that sign a body, with one signature per secret, so that each verifies it.

    :param timestamp: timezone-aware, the time of this attempt. Receivers refuse one that differs
        from their clock by more than five minutes.
    :param body: UTF-8, exactly as it is posted.
    """
    moment = timestamp.astimezone(UTC)
    text = body.decode()
    signatures = [Webhook(secret).sign(webhook_id, moment, text) for secret in secrets]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
