"""Goes over a finished kit as a careful reader would, before anybody else does.

What words of a brief do inside a sentence cannot be foreseen, so what comes out is looked at: a
criterion whose questions have a fault is left out, and the kit is made again without it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from interview_service.domain.plan import Criterion, PlanStructure, Question
from interview_service.engines.builtin.languages import has_foreign_letters

_QUOTED = re.compile(r"“[^”]*”")
_ENDS = ("?", ".", "!", '?"', '."', "?”", ".”")
_BROKEN = re.compile(
    r"[{}<>*#_|\\]|https?:|www\.|\s{2,}|\s[,.;:?!](?:\s|$)|[,;:]\s*[.?!]|\(\s*\)|\.\.|\?\?|“”"
    r"|\b(?:None|null|nan)\b|\b(with|about|for|of|in|to|the|a|an) (?:[.?!,;]|$)",
)
_TWICE = re.compile(r"\b([a-z]{2,}) \1\b", re.IGNORECASE)
_TWICE_RIGHTLY = ("had", "that")
_FEWEST_WORDS, _MOST_WORDS = 5, 110
_TEXTS_KEPT = 8_192  # most texts are the tables' own and come again in the next kit
_LOOK_FOR, _FOLLOW_UPS = range(2, 5), range(1, 3)


def faulty_criteria(kit: PlanStructure) -> tuple[str, ...]:
    """Return the keys of the criteria about which a reader would stumble, in the kit's order."""
    asked = [question for section in kit.sections for question in section.questions]
    texts = Counter(question.text for question in asked)
    seen: dict[str, str | None] = {}
    for question in asked:
        for point in question.look_for:
            seen.setdefault(point, question.criterion)
    found = [
        question.criterion
        for question in asked
        if texts[question.text] > 1
        or any(seen[point] != question.criterion for point in question.look_for)
        or any(_faults(question))
    ]
    with_questions = {question.criterion for question in asked}
    found += [
        each.key for each in kit.criteria if each.key not in with_questions or any(_flaws(each))
    ]
    return tuple(dict.fromkeys(key for key in found if key is not None))


def _faults(question: Question) -> Iterator[bool]:
    """Yield whether a question has one fault after the other."""
    yield not question.text.endswith(_ENDS)
    yield not _FEWEST_WORDS <= len(question.text.split()) <= _MOST_WORDS
    yield len(question.look_for) not in _LOOK_FOR or len(question.follow_ups) not in _FOLLOW_UPS
    yield len(set(question.look_for)) < len(question.look_for)
    yield from (_is_broken(text) for text in _texts(question))


def _flaws(criterion: Criterion) -> Iterator[bool]:
    anchors = list(criterion.anchors.values())
    yield len(set(anchors)) < len(anchors)
    yield from (_is_broken(text) for text in (criterion.name, *anchors))


def _texts(question: Question) -> Sequence[str]:
    return (question.text, *question.look_for, *question.follow_ups)


@lru_cache(maxsize=_TEXTS_KEPT)
def _is_broken(text: str) -> bool:
    said = _QUOTED.sub("“…”", text)
    if _BROKEN.search(said) is not None or has_foreign_letters(said):
        return True
    twice = _TWICE.search(said)
    return twice is not None and twice[1].lower() not in _TWICE_RIGHTLY
