"""Speakers in the identifiers of cues: `Speaker 1`, `Jane Smith - 3`, `12 "Jane Smith" (38)`."""

import re
from collections import Counter
from collections.abc import Sequence

from interview_service.transcripts.labels import (
    MAX_NAME,
    folded,
    is_generic,
    looks_like_a_name,
    may_be_a_name,
)
from interview_service.transcripts.turns import tidy
from interview_service.transcripts.words import COUNTING

_LONG = 200
_HEX = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:[/-][\w/-]*)?")
_PLACE = re.compile(r"^[\w.]*[/:#]?\d[\d./:#,_-]*")
_QUOTED = re.compile(r"(?:\d{1,9}[ \t]+)?[\"“]([^\"“”]+)[\"”][ \t]*(?:\([^()]*\))?")
_COUNT_FIRST = re.compile(r"[#(\[]?\d{1,9}[)\]]?[ \t]*[-–—.:)|/,_]?[ \t]*(?=[^\W\d])")
_COUNT_LAST = re.compile(r"(?<=[\w.)\]\"'])[ \t]?[-–—|/#,:._(\[ ][ \t]?#?(\d{1,9})[)\]]?$")


def is_technical(identifier: str) -> bool:
    """Tell an identifier that counts or addresses cues, such as a GUID, from a name or words."""
    if len(identifier) > _LONG:
        return False
    if identifier.isdecimal() or _HEX.fullmatch(identifier):
        return True
    if " " not in identifier and not is_generic(identifier) and _PLACE.fullmatch(identifier):
        return not any(char.isalpha() for char in identifier) or _counts(identifier)
    return _counts(identifier)


def _counts(identifier: str) -> bool:
    words = [word for word in re.split(r"[\W\d_]", identifier.casefold()) if word]
    return bool(words) and all(word in COUNTING for word in words)


def speakers_in(identifiers: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the speaker of each identifier that names one, and warnings.

    A number is left out where it counts the cues, and kept where it tells speakers apart.

    :param identifiers: of all cues that have one, in order.
    """
    worded = [each for each in identifiers if len(each) <= _LONG and not is_technical(each)]
    if not worded:
        return {}, []
    counted_as = [_front(each) for each in worded if _COUNT_LAST.search(_front(each))]
    counts = len(counted_as) == len(set(counted_as))
    names = {each: _name(each, counts) for each in dict.fromkeys(worded)}
    counted = Counter(folded(names[each]) for each in worded if names[each])
    likely = {
        each: name
        for each, name in names.items()
        if may_be_a_name(name)
        and (
            is_generic(name)
            or _QUOTED.fullmatch(each)
            or (counted[folded(name)] > 1 and looks_like_a_name(name))
            or (len(name.split()) > 1 and looks_like_a_name(name))
        )
    }
    if likely or len({folded(name) for name in names.values()}) > 1:
        for each, name in names.items():
            few = len(name.split()) <= 4 and looks_like_a_name(name)
            if each not in likely and may_be_a_name(name) and (few or counted[folded(name)] > 1):
                likely[each] = name
    warnings = [
        f"The cue identifier “{each[:MAX_NAME]}” was not taken for a speaker."
        for each, name in names.items()
        if each not in likely and may_be_a_name(name)
    ]
    return likely, warnings


def _front(identifier: str) -> str:
    """Return an identifier without a number in front: `12: Jane Smith`."""
    match = _COUNT_FIRST.match(identifier)
    return identifier[match.end() :] if match else identifier


def _name(identifier: str, counts: bool) -> str:
    quoted = _QUOTED.fullmatch(identifier)
    if quoted:
        return tidy(quoted[1])
    front = _front(identifier)
    match = _COUNT_LAST.search(front) if counts else None
    if match and not _is_numbered(front, match.start()):
        front = front[: match.start()]
    return tidy(front).strip("[]<>:;-–—|/ ").removeprefix("v ")


def _is_numbered(name: str, count_at: int) -> bool:
    """Tell the number of `Speaker 1` from that of `Speaker 1 - 3` and `Jane - 3`."""
    rest = name[:count_at].strip()
    return is_generic(name) and is_generic(rest) and not any(char.isdigit() for char in rest)
