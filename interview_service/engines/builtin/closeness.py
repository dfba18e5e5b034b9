"""How alike a text and what the plan says of each criterion are, taken altogether.

Where `matching` finds names and turns of phrase, this weighs every word: by where the plan has it,
and by how few criteria share it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from interview_service.engines.builtin.matching import Profile, kin_of
from interview_service.engines.builtin.words import Word, stems_of, stop_stems, weak_stems

_NAME, _QUESTION, _LOOK_FOR, _FOLLOW_UP, _ANCHOR = 1.5, 1.0, 0.6, 0.5, 0.4
_SHARING = 0.7  # the power of a criterion's share in a word, by which the word's weight falls
_WEAK, _STOP = 0.4, 0.3  # of a word's weight, where it says little or nothing by itself
_BREADTH = 0.8  # the power by which words weigh less where the plan says much of a criterion
_KIN = 0.4  # of a word's weight that another has which people use for it
_MAX_SAID = 4_000  # characters of a criterion's questions, look-fors and anchors that are read


class Closeness:
    """Weighs texts against the criteria of a plan."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        terms = [_terms(profile) for profile in profiles]
        shared: dict[str, float] = defaultdict(float)
        for own in terms:
            for stem, weight in own.items():
                shared[stem] += weight
        whole = sum(shared.values())
        self._count = len(profiles)
        self._weights: dict[str, dict[int, float]] = defaultdict(dict)
        for number, own in enumerate(terms):
            breadth = (sum(own.values()) * len(terms) / max(whole, 1.0)) ** _BREADTH
            weighed = {
                stem: weight * (weight / shared[stem]) ** _SHARING / max(breadth, 0.5)
                for stem, weight in own.items()
            }
            for stem, weight in _with_kin(weighed).items():
                self._weights[stem][number] = weight

    def of(self, words: Iterable[Word]) -> list[float]:
        """Return how close some words are to each criterion; what is said twice counts once."""
        found = [0.0] * self._count
        for stem in dict.fromkeys(word.stem for word in words):
            for number, weight in self._weights.get(stem, {}).items():
                found[number] += weight
        return found


def _terms(profile: Profile) -> dict[str, float]:
    found: dict[str, float] = {}
    questions = profile.questions
    for weight, texts in (
        (_NAME, (profile.criterion.name,)),
        (_QUESTION, (*profile.headlines, *(each.text for each in questions))),
        (_LOOK_FOR, (text for each in questions for text in each.look_for)),
        (_FOLLOW_UP, (text for each in questions for text in each.follow_ups[:1])),
        (_ANCHOR, profile.criterion.anchors.values()),
    ):
        for stem in stems_of(" ".join(texts)[:_MAX_SAID]):
            found[stem] = max(found.get(stem, 0.0), weight * _share(stem))
    return found


def _share(stem: str) -> float:
    """Return how much of a word's weight it has, by how much it says whatever the trade."""
    if stem in stop_stems():
        return _STOP
    return _WEAK if stem in weak_stems() else 1.0


def _with_kin(weighed: Mapping[str, float]) -> dict[str, float]:
    """Return some words, each with its weight, and those that people use for them."""
    found: dict[str, float] = {}
    for stem, weight in weighed.items():
        for other in kin_of(stem):
            found[other] = max(found.get(other, 0.0), weight * _KIN * _share(other))
    return {**found, **weighed}
