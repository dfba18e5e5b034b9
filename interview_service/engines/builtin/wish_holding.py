"""One wish on a plan, and which of several hold: a later one takes an earlier one back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.wish_names import words_of
from interview_service.engines.builtin.wish_words import WishKind


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that feedback asks for.

    :param subject: what it is said of, as known sections and topics are spelled, else as written;
        None for the whole interview.
        Of ASK, the question, word for word.
    :param other: what is wanted in its place, of REPLACE; what it stands next to, of BEFORE and
        AFTER.
    :param minutes: of INTERVIEW_MINUTES and SECTION_MINUTES, the length; of SHORTER, LONGER, LESS
        and MORE, by how much.
    :param percent: of SHORTER, LONGER, LESS and MORE, by which share of the present length.
    :param text: the words that it was read from.
    :param count: how many questions, of FEWER_QUESTIONS (at most) and MORE_QUESTIONS (at least,
        or in addition).
    :param takes_rest: of MORE, whether the subject gets the minutes that something else leaves.
    :param takes_back: of WITHOUT, whether the subject was only there because of an earlier wish.
    """

    kind: WishKind
    subject: str | None = None
    other: str | None = None
    minutes: int | None = None
    text: str = ""
    count: int | None = None
    percent: int | None = None
    takes_rest: bool = False
    takes_back: bool = False


def resolve(wishes: Sequence[Wish]) -> tuple[Wish, ...]:
    """Return the wishes that hold: each that a later one does not take back, in their order."""
    held: list[Wish] = []
    for wish in wishes:
        taken = [each for each in held if _overrides(wish, each)]
        held = [each for each in held if each not in taken]
        if wish.kind is WishKind.WITHOUT and any(_brought(each, wish.subject) for each in taken):
            held += [
                replace(each, kind=WishKind.WITHOUT, other=None)
                for each in taken
                if each.kind is WishKind.REPLACE
            ]
            wish = replace(wish, takes_back=True)
        elif wish.kind in (WishKind.KEEP, WishKind.ADD) and _AS_WELL.search(folded(wish.text)):
            held += [
                replace(each, kind=WishKind.ADD, subject=each.other, other=None)
                for each in taken
                if each.kind is WishKind.REPLACE
            ]
        held.append(wish)
    return tuple(dict.fromkeys(held))


_AS_WELL = re.compile(r"\b(?:as well|too|also|both|auch|aussi|tambien)\b")


def _brought(wish: Wish, subject: str | None) -> bool:
    """Tell whether a subject came into the plan by a wish."""
    if wish.kind is WishKind.REPLACE:
        return _same(wish.other, subject)
    if wish.kind is WishKind.ASK:
        return _speaks_of(wish, subject)
    return wish.kind in (WishKind.ADD, WishKind.MORE) and _same(wish.subject, subject)


def _speaks_of(asking: Wish, subject: str | None) -> bool:
    """Tell whether a question that was written out is the one that a subject means."""
    words = words_of(folded(subject or ""))
    asked = words_of(folded(asking.subject or ""))
    return bool(words) and all(
        any(each.startswith(word[: max(len(word) - 1, _STEM)]) for each in asked) for word in words
    )


_STEM = 4


OVERALL_LENGTH = frozenset((WishKind.INTERVIEW_MINUTES, WishKind.SHORTER, WishKind.LONGER))
_TREATMENT = frozenset(
    (
        WishKind.WITHOUT,
        WishKind.MORE,
        WishKind.LESS,
        WishKind.ADD,
        WishKind.KEEP,
        WishKind.SECTION_MINUTES,
    )
)
QUESTIONS = frozenset((WishKind.FEWER_QUESTIONS, WishKind.MORE_QUESTIONS))
ORDER = frozenset((WishKind.FIRST, WishKind.LAST, WishKind.BEFORE, WishKind.AFTER))
LEVEL = frozenset((WishKind.HARDER, WishKind.EASIER))
_PRACTICAL = re.compile(
    r"\b(?:coding|exercises?|practical|hands-on|whiteboard\w*|tasks?|role[- ]?plays?|"
    r"case stud(?:y|ies)|"
    r"work samples?|live[- ]coding|pairing|tests?)\b"
)
_TOGETHER = frozenset(
    ((WishKind.ADD, WishKind.SECTION_MINUTES), (WishKind.KEEP, WishKind.SECTION_MINUTES),
     (WishKind.SECTION_MINUTES, WishKind.MORE), (WishKind.SECTION_MINUTES, WishKind.LESS),
     (WishKind.ADD, WishKind.MORE), (WishKind.ADD, WishKind.LESS),
     (WishKind.SECTION_MINUTES, WishKind.KEEP))
)  # fmt: skip


def _overrides(later: Wish, earlier: Wish) -> bool:
    """Tell whether a later wish takes an earlier one back."""
    kinds = (earlier.kind, later.kind)
    if set(kinds) <= OVERALL_LENGTH:
        contrary = WishKind.INTERVIEW_MINUTES not in kinds and earlier.kind is not later.kind
        return later.kind is WishKind.INTERVIEW_MINUTES or contrary
    if set(kinds) == {WishKind.MORE_PRACTICAL, WishKind.WITHOUT}:
        left_out = earlier if earlier.kind is WishKind.WITHOUT else later
        return _PRACTICAL.search((left_out.subject or "").casefold()) is not None
    if earlier.kind is WishKind.ASK:
        return later.kind is WishKind.WITHOUT and _speaks_of(earlier, later.subject)
    if set(kinds) == {WishKind.ONLY}:
        return later.text != earlier.text
    about_same = _same(later.subject, earlier.subject)
    if set(kinds) <= QUESTIONS or set(kinds) <= LEVEL or set(kinds) <= ORDER:
        return about_same
    if earlier.kind is WishKind.ONLY and later.kind in (WishKind.ADD, WishKind.KEEP):
        return False
    if earlier.kind is WishKind.REPLACE:
        if later.kind in (WishKind.KEEP, WishKind.ADD):
            return about_same
        return later.kind is WishKind.WITHOUT and _same(later.subject, earlier.other)
    if later.kind is WishKind.REPLACE:
        return earlier.kind in _TREATMENT and (
            about_same or (_same(later.other, earlier.subject) and earlier.kind is WishKind.WITHOUT)
        )
    return set(kinds) <= _TREATMENT and about_same and kinds not in _TOGETHER


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").casefold() == (other or "").casefold()
