"""The mail server that mails are handed to, and who they come from: as the settings name them."""

from dataclasses import dataclass, field
from email.headerregistry import Address, AddressHeader
from email.policy import SMTP
from enum import StrEnum
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}

FORM = "must be like smtp://user:password@mail.example.com:587 or smtps://…:465"
OPT_OUT = "starttls"


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    TLS = "TLS"
    """From its beginning."""
    STARTTLS = "STARTTLS"
    """Before anything is said on it that matters; a server that offers none gets no mail."""
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server, and how to sign in to it.

    :param user: None where it asks nobody to sign in.
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> "Relay":
        """Return the server that a URL names.

        :raise ValueError: it names none, or would send a password unprotected.
        """
        try:
            parts = urlsplit(url)
            port, query = parts.port, parse_qsl(parts.query, strict_parsing=bool(parts.query))
        except ValueError:
            raise ValueError(FORM) from None
        is_whole = parts.scheme in PORTS and parts.hostname and parts.path in ("", "/")
        if not is_whole or parts.fragment or (parts.username is None) != (parts.password is None):
            raise ValueError(FORM)
        if not url.isprintable() or " " in url:
            raise ValueError("must have the special characters of its password as %40 and the like")
        security = Security.TLS if parts.scheme == "smtps" else Security.STARTTLS
        if query == [(OPT_OUT, "no")] and security is Security.STARTTLS:
            security = Security.NONE
        elif query:
            raise ValueError(f"can have no parameter but {OPT_OUT}=no, with smtp:// alone")
        if security is Security.NONE and parts.username is not None:
            raise ValueError(
                f"cannot have a password with {OPT_OUT}=no: it would be sent unprotected"
            )
        return cls(
            host=cast(str, parts.hostname),
            port=port or PORTS[parts.scheme],
            security=security,
            user=unquote(parts.username) if parts.username is not None else None,
            password=unquote(parts.password) if parts.password is not None else None,
        )


def parse_sender(text: str) -> Address:
    """Return the one address that mails come from, with its display name.

    :raise ValueError: it is none.
    """
    fault = "must be one address, such as Interviews <interviews@example.com>"
    if not text.isprintable():
        raise ValueError(fault)
    header = SMTP.header_factory("From", text)
    if header.defects or not isinstance(header, AddressHeader) or len(header.addresses) != 1:
        raise ValueError(fault)
    (address,) = header.addresses
    if not address.username or not address.domain or not address.addr_spec.isascii():
        raise ValueError(fault)
    return address
