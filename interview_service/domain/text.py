"""What text may hold to be kept by every database."""


def unstorable(text: str) -> str | None:
    """Say why a text cannot be kept by every database; None where it can."""
    if "\x00" in text:
        return "Must not contain U+0000."
    try:
        text.encode()
    except UnicodeEncodeError:
        return "Must not contain lone surrogates."
    return None
