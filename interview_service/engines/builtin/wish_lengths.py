"""Wishes on how long something is to be, and on how many questions it has."""

import re
from collections.abc import Sequence
from dataclasses import replace

from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.durations import NUMBER, Duration, durations_in, number_of
from interview_service.engines.builtin.wish_amounts import (
    ADDED,
    AT_ONCE,
    FEW,
    LIMITED,
    QUESTIONS_SAID,
    count_alone,
    count_in,
    share_in,
    unitless_in,
)
from interview_service.engines.builtin.wish_context import UNCLEAR, Context
from interview_service.engines.builtin.wish_holding import QUESTIONS, Wish
from interview_service.engines.builtin.wish_names import words_of
from interview_service.engines.builtin.wish_times import (
    AFTERTHOUGHT,
    AT_THE_END,
    AT_THE_START,
    BARE_AMOUNT,
    BARE_DURATION,
    BARE_LENGTH,
    BARE_MINUTES,
    BY_HOW_MUCH,
    CUT_TO,
    ENOUGH,
    FROM_TO,
    GETS,
    IN_PLACE_OF,
    NEW_PART,
    NO_LENGTH_AFTER,
    NO_LENGTH_BEFORE,
    NOT_THAT_LONG,
    OVERALL,
    OWN_QUESTIONS,
    SAID_OF,
    TO_HOW_MUCH,
)
from interview_service.engines.builtin.wish_words import (
    ANAPHORA,
    WHOLE,
    WishKind,
    filler_words,
    subject_of,
    unhedged,
)

_SHORTEST_INTERVIEW = 12  # minutes, below which a length is a part's
_GIVEN_TO_IT = re.compile(r"\b(?:give|allow|grant|spare) (?:it|that|this|them|those)\b")
_WHOLE_IN = re.compile(
    r"(?:the )?(?:whole thing|whole interview|total|interview|all of it|everything|whole lot)"
    rf"(?: to be| is| should be| at| in| to| down to)? (?P<n>{NUMBER})"
)
_CUT_DOWN = re.compile(
    r"(?:cut|trim|reduce|shorten|bring|get|take|slash|squeeze) (?P<x>.+?) (?:down )?to "
    rf"(?P<n>{NUMBER})"
)
_OF_THE_OTHERS = re.compile(r"\b(?:rest|others?|remaining|everything else|all else)\b")
_BY_SHARE = {
    True: (WishKind.SHORTER, WishKind.LONGER),
    False: (WishKind.LESS, WishKind.MORE),
}


def amounts(context: Context, bare: str, clause: str) -> list[Wish]:
    """Read a share of a length, or a number of questions on something."""
    plain = unhedged(bare)
    share = share_in(plain)
    if share is not None:
        if _OF_THE_OTHERS.search(share.subject):
            return [Wish(WishKind.NOT_UNDERSTOOD, text=clause)]
        about = context.whole_or_known(share.subject)
        if about is UNCLEAR:
            return []
        kinds = _BY_SHARE[about is None]
        kind = kinds[0] if share.is_less else kinds[1]
        return [Wish(kind, about, percent=share.percent, text=clause)]
    latest = context.latest
    if latest is not None and latest.kind in QUESTIONS and latest.subject:
        number = count_alone(plain)
        if number is not None:
            return [replace(latest, count=number, text=clause)]
    if ADDED.search(plain) or durations_in(plain) or OWN_QUESTIONS.search(plain):
        return []
    amount = count_in(plain)
    about = context.whole_or_known(amount.subject) if amount is not None else UNCLEAR
    if amount is None or about is UNCLEAR:
        number = count_alone(plain)
        if number is not None and context.mentioned and QUESTIONS_SAID.search(plain):
            kind = WishKind.FEWER_QUESTIONS
            return [Wish(kind, context.mentioned, count=number, text=clause)]
        return []
    limited = LIMITED.search(plain) or about is None
    kind = WishKind.FEWER_QUESTIONS if limited else WishKind.MORE_QUESTIONS
    return [Wish(kind, about, count=amount.number, text=clause)]


def unit_of(context: Context, said: str, clauses: Sequence[str]) -> WishKind | None:
    """Return the unit of the sentence's bare numbers: questions, minutes, or none."""
    plain = folded(said)
    bare = [
        amount
        for clause in clauses
        if (amount := unitless_in(folded(clause).strip(" .,!"))) is not None
        and context.known.has(context.known.spelled(subject_of(amount.subject)))
    ]
    if not bare:
        return None
    if QUESTIONS_SAID.search(plain):
        return WishKind.FEWER_QUESTIONS
    if durations_in(plain):
        return WishKind.SECTION_MINUTES
    latest = context.latest
    goes_on = latest is not None and latest.kind in QUESTIONS and latest.subject is not None
    if len(bare) == 1 and not goes_on and not AT_ONCE.search(plain):
        return None
    few = all(amount.is_questions for amount in bare)
    return WishKind.FEWER_QUESTIONS if few else WishKind.SECTION_MINUTES


def unitless(context: Context, bare: str, clause: str) -> list[Wish]:
    """Read a number whose unit stands elsewhere in the sentence, or in none: "case: 20"."""
    amount = unitless_in(bare) if context.unit is not None else None
    if amount is None or context.unit is None:
        return []
    about = context.named(subject_of(amount.subject))
    if not context.known.has(about):
        return []
    if context.unit is WishKind.SECTION_MINUTES:
        return [Wish(context.unit, about, minutes=amount.number, text=clause)]
    return [Wish(context.unit, about, count=amount.number, text=clause)]


def timed(context: Context, bare: str, clause: str) -> list[Wish]:
    """Read a clause that says how long something is to be."""
    times = [
        each
        for each in durations_in(bare)
        if not (
            NO_LENGTH_AFTER.match(bare[each.end :].strip())
            or NO_LENGTH_BEFORE.search(bare[: each.start].strip())
        )
    ]
    whole = _WHOLE_IN.fullmatch(unhedged(bare)) if not times else None
    if whole is not None:
        kind = WishKind.INTERVIEW_MINUTES
        return [Wish(kind, minutes=number_of(whole["n"]), text=clause)]
    cut = _CUT_DOWN.fullmatch(unhedged(bare)) if not times else None
    if cut is not None and number_of(cut["n"]) > FEW:
        named = {each.name for each in context.known.mentions(cut["x"])}
        if len(named) == 1:
            minutes = number_of(cut["n"])
            return [Wish(WishKind.SECTION_MINUTES, named.pop(), minutes=minutes, text=clause)]
    if not times:
        number = BARE_MINUTES.search(bare) or BARE_LENGTH.fullmatch(unhedged(bare))
        if number is None and context.last is not None and context.last.minutes is not None:
            number = BARE_AMOUNT.match(bare)
        if number is None:
            return []
        about = context.lately_timed() or context.lately_resized(int(number["n"]))
        if about:
            return [Wish(WishKind.SECTION_MINUTES, about, minutes=int(number["n"]), text=clause)]
        if number.re is BARE_LENGTH:
            return [Wish(WishKind.INTERVIEW_MINUTES, minutes=int(number["n"]), text=clause)]
        times = [Duration(int(number["n"]), number.start("n"), number.end("n"))]
    times = [each for each in times if not NOT_THAT_LONG.search(bare[: each.start])] or times
    time = times[-1] if FROM_TO.search(bare) else times[0]
    before, after = bare[: time.start].strip(), bare[time.end :].strip(" .,")
    way = BY_HOW_MUCH.search(bare)
    subject = _timed_subject(context, before, after)
    if subject is UNCLEAR:
        return []
    if subject is not None and not context.known.has(subject):
        named = {each.name for each in context.known.mentions(bare, in_another_language=True)}
        subject = named.pop() if len(named) == 1 else subject
    if way and not TO_HOW_MUCH.search(before):
        shorter = any((way["less"], way["off"], way["cut"]))
        if subject is None:
            kind = WishKind.SHORTER if shorter else WishKind.LONGER
        else:
            kind = WishKind.LESS if shorter else WishKind.MORE
        return [Wish(kind, subject, minutes=time.minutes, text=clause)]
    if subject is None and not OVERALL.search(bare) and not FROM_TO.search(bare):
        named = {each.name for each in context.known.mentions(bare)}
        subject = named.pop() if len(named) == 1 else None
    last = context.last
    if subject is None and last and last.kind is WishKind.ADD and NEW_PART.search(last.text):
        subject = last.subject
    if subject is None and not OVERALL.search(bare):
        is_bare = BARE_DURATION.fullmatch(f"{before}|{after}") is not None
        if is_bare and context.at_hand():
            subject = context.at_hand()
        elif is_bare and context.lately_resized(time.minutes):
            subject = context.lately_resized(time.minutes)
        elif ENOUGH.search(bare):
            subject = context.lately_sized(time.minutes)
        if subject is None and time.minutes < _SHORTEST_INTERVIEW:
            latest = context.latest if context.is_same_text else None
            subject = context.mentioned or (latest.subject if latest else None)
            if subject is None:
                return []
    kind = WishKind.INTERVIEW_MINUTES if subject is None else WishKind.SECTION_MINUTES
    return [Wish(kind, subject, minutes=time.minutes, text=clause)]


def _timed_subject(context: Context, before: str, after: str) -> str | None:
    """Return what minutes are said of: None for the interview, else its name."""
    if context.mentioned and _GIVEN_TO_IT.search(before):
        return context.mentioned
    if OWN_QUESTIONS.search(after):
        return context.named("closing")
    for end, placed in (("opening", AT_THE_START), ("closing", AT_THE_END)):
        if placed.search(f"{before} | {after}"):
            return context.named(end)
    after = IN_PLACE_OF.split(after)[0].strip()
    said_of = SAID_OF.match(after)
    if said_of:
        if ANAPHORA.match(said_of["x"].strip()) and context.at_hand():
            return context.at_hand()
        name = subject_of(said_of["x"])
    else:
        cut = CUT_TO.match(before)
        name = subject_of(cut["x"]) if cut else ""
        if not name and after and not AFTERTHOUGHT.match(after):
            name = subject_of(after)
    if WHOLE.match(name) or filler_words().issuperset(words_of(name)):
        return context.at_hand() if ANAPHORA.match(name) else None
    named = context.named(name)
    if context.is_subject(named):
        return named
    gets = GETS.match(before)
    named = context.named(subject_of(gets["x"])) if gets else ""
    return named if named and context.is_subject(named) and not WHOLE.match(named) else None
