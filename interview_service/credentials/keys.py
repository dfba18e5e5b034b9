"""Secrets that are shown once and kept as a hash: API keys, session ids, links.

An API key is `is_`, 30 characters of base 62, and 6 more that are the CRC-32 of those 30: a typing
error or a key that was cut off shows without a look at the database, and scanners recognise it.
"""

import hashlib
import re
import secrets
import string
import zlib

KEY_PREFIX = "is_"
SHOWN_PREFIX_LENGTH = len(KEY_PREFIX) + 6
"""Characters of a key that are kept in the clear, so that people recognise it in a list."""

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_LENGTH = 30
_CHECK_LENGTH = 6
_KEY = re.compile(rf"{KEY_PREFIX}[0-9A-Za-z]{{{_RANDOM_LENGTH + _CHECK_LENGTH}}}", re.ASCII)
_LINK_BYTES = 32


def new_key() -> str:
    """Return a new API key: 178 random bits and their check."""
    random = "".join(secrets.choice(_BASE62) for _ in range(_RANDOM_LENGTH))
    return KEY_PREFIX + random + _check(random)


def is_key(text: str) -> bool:
    """Tell whether a text has the form of an API key, its check included."""
    if not _KEY.fullmatch(text):
        return False
    random, check = text[len(KEY_PREFIX) : -_CHECK_LENGTH], text[-_CHECK_LENGTH:]
    return secrets.compare_digest(check, _check(random))


def new_token() -> str:
    """Return a new secret of 256 bits for a link or a cookie, safe in a URL."""
    return secrets.token_urlsafe(_LINK_BYTES)


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hex: what is kept of it.

    For secrets of full entropy alone; a password is hashed by `passwords`.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(random: str) -> str:
    number = zlib.crc32(random.encode())
    digits = []
    for _ in range(_CHECK_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
