"""API keys, links and passwords: how they are made, hashed and recognised."""

import pytest
from argon2 import PasswordHasher

from interview_service.credentials import keys, passwords


def test_a_new_key_is_recognised_and_no_two_are_the_same() -> None:
    made = {keys.new_key() for _ in range(200)}
    assert len(made) == 200
    assert all(keys.is_key(key) and len(key) == 39 for key in made)


@pytest.mark.parametrize("change", [lambda k: k[:-1], lambda k: k + "0", lambda k: "iz" + k[2:]])
def test_a_key_that_was_cut_or_changed_is_not_one(change) -> None:
    assert not keys.is_key(change(keys.new_key()))


def test_a_key_with_any_character_exchanged_is_not_one() -> None:
    key = keys.new_key()
    for place in range(3, len(key)):
        other = "A" if key[place] != "A" else "B"
        assert not keys.is_key(key[:place] + other + key[place + 1 :])


def test_what_is_kept_of_a_secret_does_not_hold_it() -> None:
    token = keys.new_token()
    assert len(token) >= 43
    assert token not in keys.digest(token)
    assert keys.digest(token) == keys.digest(token) != keys.digest(token + "x")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "eleven char",
        "x" * 129,
        "password1234",
        "PassWord1234",
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "qwertyuiopas",
        "Passwort2025",
    ],
)
def test_a_short_long_or_common_password_is_refused(password: str) -> None:
    assert passwords.fault(password) is not None


@pytest.mark.parametrize(
    "password",
    ["twelve chars", "correct battery horse", "密码密码密码密码密码密碼", "x1" * 3 + "yz" * 60],
)
def test_any_other_password_is_fine(password: str) -> None:
    assert passwords.fault(password) is None


def test_a_password_matches_its_own_hash_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real = PasswordHasher(passwords.PASSES, passwords.MEMORY_KIB, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", real)
    kept = passwords.hashed("a quiet harbour town")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(kept, "a quiet harbour town")
    assert not passwords.matches(kept, "a quiet harbour Town")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("no hash", "a quiet harbour town")
    assert not passwords.is_outdated(kept)
