"""Where `PUBLIC_URL` has a path: addresses begin with it, whether or not a proxy takes it off.

A proxy that takes it off may say so with `X-Forwarded-Prefix`. It has to where the path is one of
the service's own as well: without that header, `/interviews` under `PUBLIC_URL`
`https://example.org/interviews` is the service's first page.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def path_of(public_url: str) -> str:
    """Return the path below which the world sees the service, without a slash at its end."""
    return urlsplit(public_url).path.rstrip("/")


def mounted(application: WSGIApplication, path: str) -> WSGIApplication:
    """Return an application that makes addresses below a path, and finds itself there."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked: str = environ.get("PATH_INFO", "")
        is_taken_off = environ.get("HTTP_X_FORWARDED_PREFIX", "").rstrip("/") == path
        if not is_taken_off and f"{asked}/".startswith(f"{path}/"):
            environ["PATH_INFO"] = asked[len(path) :]
        environ["SCRIPT_NAME"] = path
        return application(environ, start_response)

    return answer
