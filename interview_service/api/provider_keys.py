"""The key set of an identity provider (a JWKS, RFC 7517): fetched, kept for minutes, chosen from.

One fetch at a time, and only who begins it waits for it, for five seconds at most: a provider that
is slow holds up nobody whose key is known, and no more than one who has an unknown one.
"""

import json
import logging
import time
from collections.abc import Mapping
from threading import Event, Lock, Thread
from typing import Any
from urllib.request import Request, urlopen

from jwt import PyJWK
from jwt.exceptions import InvalidKeyError, PyJWTError

from interview_service import __version__
from interview_service.domain.errors import InterviewServiceError

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 5
LIFETIME_SECONDS = 300
REFRESH_SECONDS = 150
UNKNOWN_KEY_PAUSE = 60
FAILURE_PAUSE = 10
USER_AGENT = f"interview-service/{__version__}"

_MAX_BYTES = 1024 * 1024
_CHUNK = 64 * 1024
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


class KeysUnavailable(InterviewServiceError):
    """The identity provider's keys cannot be fetched."""

    def __init__(self) -> None:
        super().__init__("The identity provider's keys cannot be fetched")


class ProviderKeys:
    """The keys of one provider that fit one algorithm.

    They are kept for five minutes at most, so that a key that the provider has removed is refused
    by then, and fetched again in the background after half of that. An unknown key id has them
    fetched at once, though not more than once a minute.
    """

    def __init__(self, url: str, algorithm: str) -> None:
        self._url, self._algorithm = url, algorithm
        self._lock = Lock()
        self._keys: tuple[PyJWK, ...] = ()
        self._fetched_at: float | None = None
        self._failed_at: float | None = None
        self._fetching: Event | None = None

    def key(self, kid: str | None) -> Any:
        """Return the public key of an id; without one, the only key that there is.

        :raise InvalidKeyError: there is no such key.
        :raise KeysUnavailable: the keys cannot be fetched, or somebody else is fetching them.
        """
        found = self._chosen(kid)
        if found is not None:
            if self._age() >= REFRESH_SECONDS:
                self._begin_fetch()
            return found
        fetch = self._begin_fetch()
        if fetch is None:
            if self._fetching is not None or not self._are_current():
                raise KeysUnavailable
            raise InvalidKeyError("The provider has no such key")
        if not fetch.wait(DEADLINE_SECONDS) or self._failed_at is not None:
            raise KeysUnavailable
        found = self._chosen(kid)
        if found is None:
            raise InvalidKeyError("The provider has no such key")
        return found

    def _age(self) -> float:
        fetched_at = self._fetched_at
        return float("inf") if fetched_at is None else time.monotonic() - fetched_at

    def _are_current(self) -> bool:
        return self._age() < LIFETIME_SECONDS

    def _chosen(self, kid: str | None) -> Any:
        """Return the key of an id; a set's only key may do without an id, and so may its tokens."""
        keys = self._keys if self._are_current() else ()
        if kid is not None:
            named = [each for each in keys if each.key_id == kid]
            if named:
                return named[0].key
        only = keys[0] if len(keys) == 1 else None
        return only.key if only is not None and None in (kid, only.key_id) else None

    def _begin_fetch(self) -> Event | None:
        """Begin to fetch the keys, unless somebody does or has just done that.

        :return: what is set when the fetch has ended; None where none was begun.
        """
        with self._lock:
            now = time.monotonic()
            failed = self._failed_at is not None and now - self._failed_at < FAILURE_PAUSE
            if self._fetching is not None or failed or self._age() < UNKNOWN_KEY_PAUSE:
                return None
            fetching = self._fetching = Event()
        Thread(target=self._fetch, args=(fetching,), name="provider keys", daemon=True).start()
        return fetching

    def _fetch(self, fetching: Event) -> None:
        try:
            keys = self._fitting(self._read())
            self._keys, self._fetched_at, self._failed_at = keys, time.monotonic(), None
        except (PyJWTError, OSError, ValueError, RecursionError) as error:
            log.warning("the identity provider's keys cannot be fetched: %s", error)
            self._failed_at = time.monotonic()
        finally:
            self._fetching = None
            fetching.set()

    def _read(self) -> bytes:
        """Return what the provider answers.

        :raise OSError: it does not answer well, in full, and in time.
        """
        ends_at = time.monotonic() + DEADLINE_SECONDS
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        request = Request(self._url, headers=headers)  # noqa: S310 (settings demand http or https)
        body = b""
        with urlopen(request, timeout=DEADLINE_SECONDS) as response:  # noqa: S310 (as above)
            while chunk := response.read1(_CHUNK):
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise OSError("the answer is larger than 1 MiB")
                if time.monotonic() > ends_at:
                    raise OSError(f"the answer took longer than {DEADLINE_SECONDS} seconds")
        return body

    def _fitting(self, body: bytes) -> tuple[PyJWK, ...]:
        """Return the keys of a set that can verify tokens of the algorithm.

        :raise ValueError: it is no set of keys, or has none that fits.
        """
        whole = json.loads(body)
        listed = whole.get("keys") if isinstance(whole, dict) else None
        if not isinstance(listed, list):
            raise ValueError("the answer is no set of keys")
        found = [self._usable(each) for each in listed if isinstance(each, dict)]
        keys = tuple(each for each in found if each is not None)
        if not keys:
            raise ValueError(f"no key fits {self._algorithm}")
        return keys

    def _usable(self, jwk: Mapping[str, Any]) -> PyJWK | None:
        """Return a key if it verifies signatures of the algorithm, is public and strong enough."""
        fits = (
            jwk.get("use", "sig") == "sig"
            and jwk.get("alg", self._algorithm) == self._algorithm
            and jwk.get("crv") == _CURVES.get(self._algorithm, jwk.get("crv"))
            and isinstance(jwk.get("kid", ""), str)
            and "d" not in jwk
        )
        if not fits:
            return None
        try:
            key = PyJWK(dict(jwk), self._algorithm)
        except PyJWTError:
            return None
        return key if key.Algorithm.check_key_length(key.key) is None else None
