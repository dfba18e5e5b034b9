"""What feedback on a plan asks for, read by rules; what no rule reads is kept for the notes.

All wishes on a brief are read together, oldest first; `wish_holding` lets the later ones win.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from interview_service.domain.fairness import Source, find
from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.wish_clauses import (
    ANY_LANGUAGE,
    JOINING,
    LISTING,
    LONGEST_CLAUSE,
    REASON,
    REASONS,
    STOP,
    clauses_of,
    is_chatter,
    is_foreign_statement,
    is_reason,
    language_of,
)
from interview_service.engines.builtin.wish_context import MOST_LISTED_WORDS, Context
from interview_service.engines.builtin.wish_holding import ORDER, OVERALL_LENGTH, Wish
from interview_service.engines.builtin.wish_lengths import unit_of
from interview_service.engines.builtin.wish_names import ORDINALS, Known
from interview_service.engines.builtin.wish_quotes import ABOUT, ALL, LENGTH, questions_in
from interview_service.engines.builtin.wish_reading import LISTED, ClauseReader
from interview_service.engines.builtin.wish_words import WishKind, subject_of

LONGEST_TEXT = 10_000  # characters of one reason that are read
MOST_WISHES = 60
_SWAPPED = re.compile(
    r"\b((?:swap|switch|trade|exchange) )(?:around |round )?([\w+#.-]+(?: [\w+#.-]+){0,3}?) and "
    r"((?:the )?[\w+#.-]+(?: [\w+#.-]+){0,3}?)(?: around| round)?(?=,|$| please)"
    r"(?!.* (?:for|with) )",
    re.IGNORECASE,
)
_ARROW = re.compile(r"^(?:please |pls )?([^→>=\d-]{2,60}?) ?(?:→|->|=>|-->) ?([^→>=\d]{2,60})$")
_TIME_TO = re.compile(
    r"^(?:the )?(?:extra|rest of the|remaining|freed|spare|other|more) (?:time|minutes) ?(?:→|->|"
    r"=>|-->) ?(.{2,60})$",
    re.IGNORECASE,
)
_LACKING = re.compile(
    r"(?:^|(?<=[.!?;] ))(?:what(?:'s| is|s)|one thing(?:'s| is)?|the only thing|something) "
    r"(?:still )?(?:missing|lacking)"
    r"(?: for (?:me|us)| here| in (?:it|there|the plan))* ?(?::|-|–|is) ?(?=\w)",
    re.IGNORECASE,
)
_REORDER = re.compile(
    r"(?:please )?(?:swap|change|reverse|switch|turn|mix up|shuffle) (?:the |around the )?"
    r"(?:order|sequence)(?: around| round| up| please)*$",
    re.IGNORECASE,
)
_WAIT = re.compile(r"^(?:no|oh|ah|hm+|but)?[ ,]*(?:wait|hold on|hang on)(?: a \w+)?[ .!]*$")
_SECTION_BY_PLACE = re.compile(
    r"\b(?:the |your )?(first|1st|second|2nd|third|3rd|fourth|4th|last|final|"
    r"(?:second[- ]to[- ]last|penultimate)) (?:section|part|block|segment)\b(?! (?:of|"
    r"should be on))",
    re.IGNORECASE,
)
_PLACES = {**ORDINALS, "fourth": 3, "4th": 3}
_LAST_BUT_ONE = -2
_OF_OTHERS = re.compile(
    r"(?:the|our|my) (?:last|previous|former|old|current|other) (?:\w+ ){1,3}?(?:could|was|were|"
    r"did|had|"
    r"left|failed|knew|didn't|couldn't|wasn't|never|always)\b"
)
"""Begins what is told of somebody who was there before."""
_MERGING = re.compile(
    r"(?:(?:please|pls|can you|could you|can we|could we|let's|maybe|also|and),? )*"
    r"(?:merge|combine|bundle|lump|split|fold) "
)
"""Begins what is asked of the form of questions, which no rule can do."""
_OF_SOMEBODY = re.compile(
    r"\b(?:s?he|her|his|him|hers|they|their|them|you|your|candidate\w*|applicant\w*|anyone|"
    r"somebody|"
    r"someone|who|whether|er|sie|ihr\w*|elle|ella|su|sus)\b"
)
_NOT_A = re.compile(r"^not an? ")
_UNREAD = frozenset((WishKind.NOT_UNDERSTOOD, WishKind.OTHER_LANGUAGE))


def read(
    texts: Sequence[str], *, section_names: Sequence[str] = (), topics: Sequence[str] = ()
) -> tuple[Wish, ...]:
    """Return every wish of all texts in their order, at most 60, the later texts' kept."""
    reader = _Reader(Known((*section_names, *topics), section_names))
    wishes: list[Wish] = []
    began = before = 0  # where the wishes of this text, and of the last that had any, begin
    for text in texts:
        if len(wishes) > began:
            before, began = began, len(wishes)
        for wish in reader.read(text[:LONGEST_TEXT]):
            if wish.kind is WishKind.TAKE_BACK:
                if wish.subject == LENGTH:
                    wishes = [each for each in wishes if each.kind not in OVERALL_LENGTH]
                    wishes.append(wish)
                    began = min(began, len(wishes) - 1)
                    continue
                if wish.subject == ABOUT:
                    wishes, wish = _without_those_about(wishes, wish)
                    began = min(began, len(wishes))
                    wishes.append(wish)
                    continue
                since = 0 if wish.subject == ALL else began if len(wishes) > began else before
                taken = wishes[since:]
                del wishes[since:]
                began = min(began, since)
                if not taken:
                    wish = replace(wish, kind=WishKind.NOT_UNDERSTOOD, subject=None)
            is_lost = wish.kind in _UNREAD
            if is_lost or not wishes or replace(wish, text=wishes[-1].text) != wishes[-1]:
                wishes.append(wish)
    return tuple(wishes[-MOST_WISHES:])


def _without_those_about(wishes: list[Wish], back: Wish) -> tuple[list[Wish], Wish]:
    """Return the wishes that are not about what another takes back, and how that one is kept."""
    about = folded(back.other or "")
    kept = [
        each
        for each in wishes
        if about not in (folded(each.subject or ""), folded(each.other or ""))
    ]
    if len(kept) == len(wishes):
        back = replace(back, kind=WishKind.NOT_UNDERSTOOD, subject=None, other=None)
    return kept, back


class _Reader:
    """Reads one reason sentence by sentence."""

    def __init__(self, known: Known) -> None:
        self._context = Context(known)
        self._clauses = ClauseReader(self._context)

    def read(self, text: str) -> Iterator[Wish]:
        """Yield the wishes of a text; what only gives a reason for one of them is left out."""
        self._context.is_same_text = False
        text, asked = questions_in(_SECTION_BY_PLACE.sub(self._by_place, text))
        wishes = [*self._wishes(text), *asked]
        self._context.last_subject = asked[-1].subject if asked else self._context.last_subject
        kinds = {each.kind for each in wishes}
        is_set = False
        for number, each in enumerate(wishes):
            if number and _only_says_why(each, wishes[number - 1]):
                continue
            is_set |= each.kind is WishKind.INTERVIEW_MINUTES
            if each.kind is WishKind.NOT_UNDERSTOOD and is_reason(each.text) and len(wishes) > 1:
                continue
            if each.kind is WishKind.NOT_UNDERSTOOD and kinds & ORDER and _REORDER.match(each.text):
                continue
            is_vague = (
                each.kind in (WishKind.SHORTER, WishKind.LONGER)
                and each.minutes is None
                and each.percent is None
            )
            if is_vague and (is_set or any(_says_how_far(each, other) for other in wishes)):
                continue
            yield each

    def _by_place(self, match: re.Match[str]) -> str:
        """Return the name of the section that stands at a place: "the last section"."""
        place = _PLACES.get(match[1].lower(), _LAST_BUT_ONE)
        name = self._context.known.section_at(place)
        return f"the {name} section" if name is not None else match[0]

    def _wishes(self, text: str) -> Iterator[Wish]:
        language = language_of(folded(text))
        for sentence in STOP.split(_LACKING.sub("add ", text)):
            said = _SWAPPED.sub(r"\1\2 for \3", " ".join(sentence.split()))
            said = _TIME_TO.sub(r"use the extra time for \1", said)
            said = _ARROW.sub(r"replace \1 with \2", said)
            if not said:
                continue
            if language is None:
                yield Wish(WishKind.OTHER_LANGUAGE, text=said[:LONGEST_CLAUSE])
                continue
            own = language_of(folded(said)) or language
            yield from self._sentence(said, language if own == ANY_LANGUAGE else own)

    def _sentence(self, said: str, language: str) -> Iterator[Wish]:
        clauses = list(clauses_of(said, self._context.known.joined()))
        refused = [self._is_refused(clause) for _, clause in clauses]
        if not any(refused) and self._is_refused(said):
            yield Wish(WishKind.REFUSED, text=said[:LONGEST_CLAUSE])
            return
        if _MERGING.match(folded(said)):
            yield Wish(WishKind.NOT_UNDERSTOOD, text=said[:LONGEST_CLAUSE])
            return
        self._context.last = None
        self._context.mentioned = None
        self._context.wanted = []
        self._context.unit = unit_of(self._context, said, [clause for _, clause in clauses])
        lost: Wish | None = None
        reasons: list[str] = []
        any_found = False
        is_after_reason = is_of_others = False
        for number, ((joint, clause), is_refused) in enumerate(zip(clauses, refused, strict=True)):
            is_of_others = _OF_OTHERS.match(folded(clause)) is not None or (
                is_of_others and joint != ","
            )
            if is_of_others:
                continue
            if is_refused:
                self._context.last = None
                any_found = True
                yield Wish(WishKind.REFUSED, text=clause)
                continue
            is_last = not any(each in JOINING for each, _ in clauses[number + 1 :])
            if _WAIT.match(folded(clause)):
                continue
            found = self._clauses.read(clause, joint, language, is_last=is_last)
            if joint in REASONS:
                found = [each for each in found if each.kind is WishKind.INTERVIEW_MINUTES]
            if not found and joint in REASONS and len(clauses) > 1:
                reasons.append(clause)
                continue
            if is_after_reason and found and _NOT_A.match(folded(clause)):
                continue
            is_after_reason = REASON.match(folded(clause)) is not None
            if not found and is_chatter(clause):
                continue
            if (
                not found
                and language not in ("english", ANY_LANGUAGE)
                and is_foreign_statement(clause)
                and any_found
            ):
                continue
            if not found and REASON.match(folded(clause)) and len(clauses) > 1:
                reasons.append(clause)
                continue
            if found:
                any_found = True
                if lost is not None:
                    read_now = self._with_the_one_before(lost, joint, found)
                    if not read_now:
                        yield lost
                    found = read_now or found
                    lost = None
                yield from found
            elif lost is not None:
                lost = replace(lost, text=f"{lost.text} {joint} {clause}".replace(" ,", ","))
            else:
                is_read = language in ("english", ANY_LANGUAGE)
                kind = WishKind.NOT_UNDERSTOOD if is_read else WishKind.OTHER_LANGUAGE
                lost = Wish(kind, text=clause)
        if lost is not None:
            yield lost
        elif reasons and not any_found:
            yield Wish(WishKind.NOT_UNDERSTOOD, text=said[:LONGEST_CLAUSE])

    def _is_refused(self, said: str) -> bool:
        """Tell whether a wish asks for what is never asked; what the kit names is of the work."""
        if not find(said, kind=Source.WISH):
            return False
        plain = folded(said)
        if _OF_SOMEBODY.search(plain):
            return True
        for mention in reversed(self._context.known.mentions(plain)):
            plain = f"{plain[: mention.start]}this{plain[mention.end :]}"
        return bool(find(plain, kind=Source.WISH))

    def _with_the_one_before(self, lost: Wish, joint: str, found: list[Wish]) -> list[Wish]:
        """Read a clause that says nothing alone with the next: "printing, not lettering"."""
        name, first = subject_of(folded(lost.text)), found[0]
        if (
            not name
            or joint not in LISTING
            or first.subject is None
            or len(name.split()) > MOST_LISTED_WORDS
            or not self._context.is_subject(name)
        ):
            return []
        self._context.clause_said = lost.text
        said = folded(first.text)
        if first.kind is WishKind.WITHOUT and joint == "," and said.startswith("not "):
            return [
                replace(first, kind=WishKind.REPLACE, other=self._context.named(name)),
                *found[1:],
            ]
        if first.kind in LISTED and said.startswith(folded(first.subject)):
            return [replace(first, subject=self._context.named(name)), *found]
        return []


def _only_says_why(wish: Wish, before: Wish) -> bool:
    """Tell whether a wish only says why the one before it was made: "It is what matters here"."""
    return (
        wish.kind in (WishKind.MORE, WishKind.KEEP)
        and before.kind not in (WishKind.WITHOUT, *_UNREAD)
        and (wish.subject or "").casefold() == (before.subject or "").casefold()
        and _OF_WHAT_WAS_SAID.match(folded(wish.text)) is not None
    )


_OF_WHAT_WAS_SAID = re.compile(r"(?:it|that|this|they|those|these)(?:'s|'re| is| are|s) ")


def _says_how_far(vague: Wish, other: Wish) -> bool:
    """Tell whether another wish of the same text says by how much."""
    return other.kind is vague.kind and (other.minutes is not None or other.percent is not None)
