"""Passwords: which may be chosen, and how they are hashed (Argon2id, RFC 9106)."""

import threading
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH, MAX_LENGTH = 12, 128
"""Characters of a password."""

PASSES, MEMORY_KIB = 2, 19 * 1024
"""What a hash costs."""
AT_ONCE = 2
"""Hashes that a process computes at the same time."""

hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)
"""Hashes all passwords of this process."""
_places = threading.BoundedSemaphore(AT_ONCE)
"""Each hash needs 19 MiB and a core: a flood of sign-ins waits here, not in memory."""


def fault(password: str) -> str | None:
    """Say what is wrong with a password that somebody chose; None where nothing is."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"Length must be between {MIN_LENGTH} and {MAX_LENGTH}."
    if password.casefold() in _common() or _is_a_run(password.casefold()):
        return "This password is one of the most common ones: choose another."
    return None


def hashed(password: str) -> str:
    """Return the hash to keep of a password, with its salt and parameters."""
    with _places:
        return hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that a hash was made of.

    Without a hash the answer is no, at the cost of a real comparison: so nobody learns from the
    time that an answer takes whether there is such a user.
    """
    with _places:
        try:
            return hasher.verify(kept or _nobodys(), password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    """The hash that stands in for a user who does not exist."""
    return hasher.hash("nobody has this password")


@cache
def _common() -> frozenset[str]:
    listed = files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line.casefold() for line in listed.splitlines() if line)


_ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)


def _is_a_run(password: str) -> bool:
    """Tell whether a password is one short piece over and over, or a run of keys."""
    for length in range(1, 5):
        piece = password[:length]
        if (piece * (len(password) // length + 1)).startswith(password):
            return True
    return any(password in row or password in row[::-1] for row in _ROWS)
