"""By which words a criterion is known, and where a text has them.

A criterion is known by its name and other names of the same thing, by the words of the plan's
questions about it, by words that belong to its subject, and by the synonyms of all of these. A
word that several criteria share counts for little.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from interview_service.domain.interview import Brief
from interview_service.domain.plan import Criterion, PlanStructure, Question
from interview_service.engines.builtin.skills import find
from interview_service.engines.builtin.words import (
    Word,
    ambiguous_stems,
    kin_data,
    stem,
    stems_of,
    stop_stems,
    weak_stems,
    word_list,
    words_of,
)

NAME = "the name"
"""The label of a hit on a criterion's whole name, or on another name of the same thing."""

NAME_WEIGHT = 3.0
PART_WEIGHT = 2.9  # of one word of a name that has several
_STRONG_WORD, _WEAK_WORD = 2.0, 0.7  # of a name of several words
_ASKED_WORD, _WEAK_ASKED_WORD = 1.0, 0.35  # of a question
_PART, _LOOK_FOR, _ANCHOR = 0.7, 0.4, 0.2
_SHARING = 0.7  # the power of a criterion's share in a word, by which the word's weight falls
_MOSTLY = 0.6  # share in a name from which it is the criterion's own
_KIN_SHARE = 0.85  # of a word's weight that its synonym has
_WEAK_KIN_SHARE = 0.35  # the same, where the synonym is a word that says little
_COMPOUND_SHARE = 0.5  # of a word's weight that a longer word has which begins with it
_SHORTEST_COMPOUND, _SHORTEST_BEGINNING = 8, 4  # letters
_MAX_QUESTIONS = 10  # of a criterion, by which it is known
_MAX_SAID = 2_000  # characters of a criterion's anchors, and of its look-fors, that are read
_READ_OUT = 0.8  # share of a question's words by which it was read out
_FEWEST_READ_OUT = 4  # words of a question that can be told by that
_FEWEST_REWORDED, _MOST_REWORDED = 2, 30  # words of a prompt that say something
_REWORDED, _REWORDED_WEIGHT = 0.5, 0.6  # their share that one question has, and what each counts
_FUZZY_LETTERS = 7  # from which a name is known with one letter missing, wrong or swapped
_SHORT_TEXT = 6  # words of a text in which a name needs no other words around it

_NAME_PARTS = re.compile(r"[/,;&()\[\]|+]|\band\b|\bor\b", re.IGNORECASE)

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A word or phrase that speaks for a criterion.

    :param at: the number of the word that it begins with.
    :param label: what it stands for; a word and its synonyms share one.
    """

    at: int
    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A criterion of the plan, and by what it is known.

    :param questions: of the plan, about it, in their order.
    :param question_stems: of each question, all its stems; `follow_up_stems`, of each follow-up.
    :param headlines: what the plan's topics say that it stands for, beside its name.
    """

    criterion: Criterion
    questions: tuple[Question, ...]
    question_stems: tuple[frozenset[str], ...]
    follow_up_stems: tuple[frozenset[str], ...] = ()
    headlines: tuple[str, ...] = ()


class Matcher:
    """Finds in texts what speaks for each criterion of a plan.

    :param criteria: what to look for, in the plan's order.
    """

    def __init__(self, brief: Brief, plan: PlanStructure, criteria: Sequence[Criterion]) -> None:
        self.profiles = tuple(_profile(each, plan) for each in criteria)
        self._phrases: dict[str, list[tuple[Phrase, int, str, float]]] = defaultdict(list)
        self._singles: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
        self._fuzzy: dict[str, str] = {}
        self._questions_with: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for number, profile in enumerate(self.profiles):
            for asked in (*profile.question_stems, *profile.follow_up_stems):
                for rare in sorted(asked - stop_stems() - weak_stems()) or [""]:
                    self._questions_with[rare].append((number, asked))
        terms = [_terms(each, brief) for each in self.profiles]
        shared = _sharing(terms)
        for number, own in enumerate(terms):
            for phrase, (label, weight) in own.items():
                share = weight / max(shared[phrase], weight)
                if label != NAME or share < _MOSTLY:
                    label = label if label != NAME else " ".join(phrase)
                    weight = min(weight, _STRONG_WORD) * share**_SHARING
                if len(phrase) == 1:
                    self._singles[phrase[0]].append((number, label, weight))
                else:
                    self._phrases[phrase[0]].append((phrase, number, label, weight))
                if label == NAME and len(phrase) == 1 and len(phrase[0]) >= _FUZZY_LETTERS:
                    self._fuzzy |= dict.fromkeys(_with_one_letter_less(phrase[0]), phrase[0])

    def hits(self, words: Sequence[Word]) -> dict[int, list[Hit]]:
        """Return what the words have for each criterion, by the criterion's number."""
        found: dict[int, list[Hit]] = defaultdict(list)
        for at, word in enumerate(words):
            for known in self._spellings_of(word, words, at):
                for number, label, weight in self._singles.get(known, ()):
                    if label != NAME or _is_meant(known, words, at):
                        found[number].append(Hit(at, label, weight))
            for number, label, weight in self._beginning_of(word):
                found[number].append(Hit(at, label, weight * _COMPOUND_SHARE))
            for phrase, number, label, weight in self._phrases.get(word.stem, ()):
                if _stands_at(phrase, words, at):
                    found[number].append(Hit(at, label, weight))
        return found

    def _beginning_of(self, word: Word) -> Sequence[tuple[int, str, float]]:
        """Return what the longest known word stands for that a compound begins with."""
        if len(word.folded) < _SHORTEST_COMPOUND or word.stem in self._singles:
            return ()
        for length in range(min(len(word.folded) - 3, 20), _SHORTEST_BEGINNING - 1, -1):
            known = self._singles.get(word.folded[:length])
            if known:
                return [each for each in known if each[1] != NAME]
        return ()

    def _spellings_of(self, word: Word, words: Sequence[Word], at: int) -> Iterator[str]:
        """Yield a word's stem, and what it may be with its neighbour, or with a letter wrong."""
        yield word.stem
        if at + 1 < len(words):
            joined = stem(word.folded + words[at + 1].folded)
            if len(joined) > _SHORT_TEXT and joined != word.stem and joined in self._singles:
                yield joined
        if self._fuzzy and len(word.stem) >= _FUZZY_LETTERS - 1 and word.stem not in self._singles:
            meant = self._fuzzy.get(word.stem) or next(
                (
                    self._fuzzy[less]
                    for less in _with_one_letter_less(word.stem[:30])
                    if less in self._fuzzy
                ),
                None,
            )
            if meant is not None:
                yield meant

    def verbatim(self, stems: frozenset[str]) -> list[int]:
        """Return the criteria of which a question or follow-up of the plan was read out, nearly."""
        possible = {each for stem in stems for each in self._questions_with.get(stem, ())}
        possible.update(self._questions_with[""])
        return sorted({number for number, asked in possible if _is_read_out(asked, stems)})

    def reworded(self, words: Sequence[Word]) -> dict[int, float]:
        """Return how near a prompt is to a question of each criterion as a whole.

        Words that several criteria share say little one by one; most of a short prompt's words
        standing in one question say much.
        """
        content = frozenset(word.stem for word in words) - stop_stems()
        if not _FEWEST_REWORDED <= len(content) <= _MOST_REWORDED:
            return {}
        found: dict[int, float] = {}
        for number, profile in enumerate(self.profiles):
            for asked in profile.question_stems:
                both = len(asked & content)
                share = both / len(content)
                if both >= _FEWEST_REWORDED and share >= _REWORDED:
                    found[number] = max(found.get(number, 0.0), share * both * _REWORDED_WEIGHT)
        return found

    def question_asked(self, stems: frozenset[str], number: int) -> Question | None:
        """Return the plan's question about this criterion that is nearest to what was asked."""
        profile = self.profiles[number]
        best, most = None, 0.0
        for question, asked in zip(profile.questions, profile.question_stems, strict=True):
            content = asked - stop_stems()
            share = len(content & stems) / max(len(content), 1)
            if share > most:
                best, most = question, share
        return best


def _is_read_out(asked: frozenset[str], stems: frozenset[str]) -> bool:
    return len(asked) >= _FEWEST_READ_OUT and len(asked & stems) >= _READ_OUT * len(asked)


def weight_of(hits: Iterable[Hit]) -> float:
    """Return how much hits speak for a criterion; what is said twice counts once."""
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.label] = max(best.get(hit.label, 0.0), hit.weight)
    return sum(best.values())


# --- what a criterion is known by


def _profile(criterion: Criterion, plan: PlanStructure) -> Profile:
    own = [
        question
        for section in plan.sections
        for question in section.questions
        if question.criterion == criterion.key
    ]
    if not own:
        named = set(stems_of(criterion.name)) - stop_stems()
        for section in plan.sections:
            about = set(stems_of(" ".join((section.name, *section.topics))))
            if section.name == criterion.name:
                own += section.questions
            elif named and named <= about:
                own += [question for question in section.questions if question.criterion is None]
    questions = tuple(own[:_MAX_QUESTIONS])
    begins = (f"{criterion.name}: ", f"{criterion.name} (")
    headlines = tuple(
        topic.removeprefix(criterion.name)
        for section in plan.sections
        for topic in section.topics
        if topic.startswith(begins)
    )
    stems = tuple(frozenset(stems_of(question.text)) for question in questions)
    follow_ups = tuple(
        frozenset(stems_of(text)) for question in questions for text in question.follow_ups
    )
    return Profile(criterion, questions, stems, follow_ups, headlines)


def _terms(profile: Profile, brief: Brief) -> dict[Phrase, tuple[str, float]]:
    """Return the words and phrases that a criterion is known by, with label and weight."""
    found: dict[Phrase, tuple[str, float]] = {}
    criterion = profile.criterion
    names = _names(criterion.name)
    told = [stems_of(text) for text in (*_asked_about(profile), *profile.headlines)]
    for skill in brief.skills:
        phrase = tuple(stems_of(skill))
        if phrase and any(_holds(text, phrase) for text in told):
            for other in _other_names(skill):
                names.setdefault(other, NAME_WEIGHT)
    for phrase, weight in names.items():
        if phrase not in found:
            found[phrase] = (NAME, weight)
    for phrase in names:
        for other in _near(phrase):
            found.setdefault(other, (" ".join(phrase), _STRONG_WORD * _KIN_SHARE))
    for word in stems_of(criterion.name):
        _add(found, word, _WEAK_WORD if word in _people() else _STRONG_WORD, _WEAK_WORD)
    for part in _parts_of(names):
        _add_phrase(found, part, _PART, with_kin=False)
    for text in _asked_about(profile):
        for word in (stems := stems_of(text)):
            _add(found, word, _ASKED_WORD, _WEAK_ASKED_WORD)
        for size in (2, 3):
            for at in range(len(stems) - size + 1):
                if tuple(stems[at : at + size]) in _kin():
                    _add_phrase(found, tuple(stems[at : at + size]), _ASKED_WORD, with_kin=True)
    looked_for = " ".join(
        text for each in profile.questions for text in (*each.look_for, *each.follow_ups)
    )
    for text, weight in (
        (looked_for[:_MAX_SAID], _LOOK_FOR),
        (" ".join(criterion.anchors.values())[:_MAX_SAID], _ANCHOR),
    ):
        for word in stems_of(text):
            _add(found, word, weight, weight / 3)
    return found


def _asked_about(profile: Profile) -> list[str]:
    return [question.text for question in profile.questions]


def _add(found: dict[Phrase, tuple[str, float]], word: str, strong: float, weak: float) -> None:
    if word in stop_stems() or len(word) < 2:
        return
    is_weak = word in weak_stems()
    _add_phrase(found, (word,), weak if is_weak else strong, with_kin=not is_weak)


def _add_phrase(
    found: dict[Phrase, tuple[str, float]], phrase: Phrase, weight: float, *, with_kin: bool
) -> None:
    if phrase not in found or found[phrase][1] < weight:
        label = found[phrase][0] if phrase in found else " ".join(phrase)
        found[phrase] = (label, weight)
    if not with_kin:
        return
    label = found[phrase][0]
    for group in _kin().get(phrase, ()):
        for other in _groups()[group]:
            share = _WEAK_KIN_SHARE if _says_little(other) else _KIN_SHARE
            if len(other) == 1 and other[0] in stop_stems():
                continue
            if other not in found or found[other][1] < weight * share:
                found[other] = (label if label != NAME else " ".join(phrase), weight * share)


def _names(name: str) -> dict[Phrase, float]:
    """Return the phrases that name a criterion as a whole: its parts, and other names of each."""
    found: dict[Phrase, float] = {}
    for part in (name, *_NAME_PARTS.split(name)):
        for phrase in _other_names(part):
            is_part = part != name and len(phrase) == 1
            if not is_part or phrase[0] not in _people():
                found.setdefault(phrase, PART_WEIGHT if is_part else NAME_WEIGHT)
    return found


@cache
def _people() -> frozenset[str]:
    """Return the stems of people whom every kind of work is about."""
    return frozenset(stem(word) for word in word_list("people"))


@cache
def _trimmings() -> frozenset[str]:
    """Return the stems of words that are no part of a skill's name."""
    return frozenset(stem(word) for word in word_list("trimmings"))


def _other_names(name: str) -> list[Phrase]:
    """Return a name, trimmed of what is no part of it, and other names of the same thing."""
    phrase = tuple(word for word in stems_of(name) if word not in _trimmings())
    says_little = all(word in weak_stems() or word in stop_stems() for word in phrase)
    if says_little and len(phrase) < 2 and not set(phrase) & ambiguous_stems():
        return []
    names = [phrase]
    skill = find(name.strip())
    if skill is not None and skill.called(name.strip()) == skill.name:
        names += [tuple(stems_of(alias)) for alias in (skill.name, *skill.aliases)]
    for known in (*names, tuple(stems_of(name))):
        names += _names_of_the_same(known)
    return [each for each in dict.fromkeys(names) if each]


def _parts_of(names: Iterable[Phrase]) -> list[Phrase]:
    wanted = set(names)
    return [
        part
        for subjects, parts in _parts()
        if any(
            subject in wanted or any(_holds(name, subject) for name in wanted)
            for subject in subjects
        )
        for part in parts
    ]


def _sharing(terms: Sequence[Mapping[Phrase, tuple[str, float]]]) -> dict[Phrase, float]:
    """Return the weights of each term over all criteria, added up."""
    shared: dict[Phrase, float] = defaultdict(float)
    for own in terms:
        for phrase, (_, weight) in own.items():
            shared[phrase] += weight
    return shared


def _holds(stems: Sequence[str], phrase: Phrase) -> bool:
    size = len(phrase)
    return any(tuple(stems[at : at + size]) == phrase for at in range(len(stems) - size + 1))


def _stands_at(phrase: Phrase, words: Sequence[Word], at: int) -> bool:
    end = at + len(phrase)
    return end <= len(words) and all(
        words[at + offset].stem == part for offset, part in enumerate(phrase)
    )


def _is_meant(known: str, words: Sequence[Word], at: int) -> bool:
    """Tell whether a tool's name that is an everyday word (Go, React) is meant as a name here."""
    if known not in ambiguous_stems() and len(known) > 2:
        return True
    if len(words) <= _SHORT_TEXT and at == len(words) - 1:
        return True
    before = words[at - 1].folded if at else ""
    after = words[at + 1].folded if at + 1 < len(words) else ""
    return before in word_list("before_a_tool") or after in word_list("after_a_tool")


def _with_one_letter_less(word: str) -> Iterator[str]:
    yield word
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]


# --- kin


@cache
def _groups() -> tuple[tuple[Phrase, ...], ...]:
    lines = (*kin_data()["names"], *kin_data()["kinds"], *kin_data()["near"])
    return tuple(tuple(_phrases_in(line)) for line in lines)


def _phrases_in(line: str) -> Iterator[Phrase]:
    for term in line.split(","):
        phrase = tuple(word.stem for word in words_of(term))
        if phrase:
            yield phrase


@cache
def _kin() -> Mapping[Phrase, tuple[int, ...]]:
    found: dict[Phrase, tuple[int, ...]] = {}
    for number, group in enumerate(_groups()):
        for phrase in dict.fromkeys(group):
            found[phrase] = (*found.get(phrase, ()), number)
    return found


@cache
def kin_of(stem: str) -> frozenset[str]:
    """Return the single words that people use for one that is no word of little meaning."""
    if _says_little((stem,)):
        return frozenset()
    return frozenset(
        other[0]
        for group in _kin().get((stem,), ())
        for other in _groups()[group]
        if len(other) == 1 and other[0] != stem
    )


def _near(phrase: Phrase) -> Iterator[Phrase]:
    """Yield the terms that people use for a name of several words."""
    if len(phrase) > 1:
        for group in _kin().get(phrase, ()):
            yield from (other for other in _groups()[group] if not _says_little(other))


def _says_little(phrase: Phrase) -> bool:
    return len(phrase) == 1 and (phrase[0] in stop_stems() or phrase[0] in weak_stems())


def _names_of_the_same(phrase: Phrase) -> Iterator[Phrase]:
    """Yield other names of the thing that is named: all of one thing, and the kinds of a whole."""
    names = len(kin_data()["names"])
    kinds = names + len(kin_data()["kinds"])
    for group in _kin().get(phrase, ()):
        if group < names or (group < kinds and _groups()[group][0] == phrase):
            yield from _groups()[group]


@cache
def _parts() -> tuple[tuple[tuple[Phrase, ...], tuple[Phrase, ...]], ...]:
    return tuple(
        (tuple(_phrases_in(names)), tuple(_phrases_in(parts)))
        for names, parts in kin_data()["parts"].items()
    )
