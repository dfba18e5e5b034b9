"""Which words of a turn are quoted: whole sentences where there are any, else whole clauses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interview_service.engines.builtin.matching import Hit
from interview_service.engines.builtin.replying import Said
from interview_service.engines.builtin.words import word_list

_WINDOW = 40  # words within which words speak for one thing together
_WHOLE_TURN = 45  # words up to which a turn is quoted whole
_SHORTEST_QUOTE = 12  # words of a turn that is longer
_REACH = 25  # words that a quote grows by, either way, to end with a sentence
_CLAUSE_REACH = 12  # the same, to end with a clause
_SENTENCE_ENDS = frozenset(".!?…。！？\n")
_CLOSING_MARKS = frozenset(".!?…。！？\"'”’»)")


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a turn, and how much they speak for a criterion.

    :param begin: the number of the first word; `end` is that of the word after the last.
    :param labels: how many different things in it speak for the criterion.
    """

    begin: int
    end: int
    weight: float = 0.0
    labels: int = 0


def best_span(hits: Sequence[Hit]) -> Span:
    """Return where hits of one criterion, in the order of the words, lie closest together."""
    best = Span(0, 0)
    within: Counter[str] = Counter()
    weights: dict[str, float] = {}
    total = 0.0
    first = 0
    for hit in hits:
        if not within[hit.label]:
            weights[hit.label] = hit.weight
            total += hit.weight
        within[hit.label] += 1
        while hits[first].at < hit.at - _WINDOW:
            gone = hits[first].label
            within[gone] -= 1
            if not within[gone]:
                total -= weights[gone]
                del within[gone]
            first += 1
        if total > best.weight + 1e-9:
            best = Span(hits[first].at, hit.at + 1, total, len(within))
    return best


def quote_of(said: Said, span: Span | None) -> str:
    """Return the passage to quote, word for word: the whole turn, or the sentences of a span.

    :param span: where the turn speaks of the subject; None to quote from its beginning.
    """
    words = said.words
    if len(words) <= _WHOLE_TURN:
        return said.text.strip()
    begin, end = (span.begin, span.end) if span else (0, min(_WINDOW, len(words)))
    begin = max(0, min(begin, end - _SHORTEST_QUOTE))
    begin = _grown(said, begin, -1)
    end = _grown(said, end, +1)
    start = words[begin].start if begin else len(said.text) - len(said.text.lstrip())
    if end == len(words):
        return said.text[start:].rstrip()
    stop = words[end - 1].end
    while stop < len(said.text) and said.text[stop] in _CLOSING_MARKS:
        stop += 1
    return said.text[start:stop]


def _grown(said: Said, place: int, way: int) -> int:
    """Move the border of a quote outwards: to that of a sentence, else of a clause, if one is near.

    A border stands before the word with its number.
    """
    last = len(said.words)
    for reach, is_border in ((_REACH, _ends_sentence), (_CLAUSE_REACH, _begins_clause)):
        for distance in range(reach + 1):
            at = place + way * distance
            if at <= 0 or at >= last:
                return max(0, min(at, last))
            if is_border(said, at):
                return at
    return place


def _ends_sentence(said: Said, at: int) -> bool:
    gap = said.text[said.words[at - 1].end : said.words[at].start]
    return any(char in _SENTENCE_ENDS for char in gap[:20])


def _begins_clause(said: Said, at: int) -> bool:
    return said.words[at].folded in word_list("clause_starts")
