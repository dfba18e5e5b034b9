"""Captions that roll: each cue shows the last lines of the one before again, as YouTube has it."""

from collections.abc import Sequence

_Kept = list[tuple[int, str]]


def without_repeats(cues: Sequence[Sequence[str]]) -> list[_Kept] | None:
    """Return each cue's new lines with their places; None where the captions do not roll.

    They roll where most cues begin with what the cue before ended with, and add something to it.

    :param cues: the lines of each cue, tidied.
    """
    kept: list[_Kept] = []
    before: Sequence[str] = ()
    repeated = grown = 0
    for lines in cues:
        new = _new_lines(before, lines)
        if len(new) < len(lines) or [text for _, text in new] != list(lines):
            repeated += 1
            grown += bool(new)
        kept.append(new)
        if lines:
            before = lines
    enough = 2 * repeated >= max(1, len(cues) - 1)
    return kept if enough and grown and (repeated > 1 or len(cues) == 2) else None


def _new_lines(before: Sequence[str], lines: Sequence[str]) -> _Kept:
    numbered = list(enumerate(lines))
    for size in range(min(len(before), len(lines), 4), 0, -1):
        if list(before[-size:]) == list(lines[:size]):
            return numbered[size:]
    if before and lines and len(before) == 1:
        shown, first = before[0], lines[0]
        if len(shown.split()) > 1 and first.startswith(shown + " "):
            return [(0, first[len(shown) + 1 :]), *numbered[1:]]
    return numbered
