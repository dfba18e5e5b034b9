"""What people want changed of a kit, already understood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from interview_service.engines.builtin.moving import Move
from interview_service.engines.builtin.subjects import Part, Subject
from interview_service.engines.builtin.timing import TimeWishes
from interview_service.engines.builtin.work import plain

MOST_WANTED_EACH = 5  # questions on a subject


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people want changed of a kit, already understood.

    :param added: skills to ask about as well; `more`, those with a question more; `less`, those to
        put last; `without`, words whose skills and subjects are left out.
    :param stay: what is to stay in any case.
    :param instead: of `added`, those that take the place of something, and of what.
    :param dropped: parts to leave out; `kept`, parts to have in any case.
    :param unasked: questions that are not asked.
    :param rest: the section that gets the minutes which others leave.
    :param only: where nothing else is to be asked about, what is.
    :param harder: how many levels up the questions are (negative for down).
    :param harder_on: words to whether questions on what they mean are harder (1) or easier (-1).
    :param questions: how many questions more (negative for fewer).
    :param counts: words to how many questions there are on what they mean.
    :param minutes: words to the minutes of a section of its own for what they mean.
    :param moves: subjects that come before or after others of their section.
    :param own: questions to ask word for word.
    :param prefer: `past` for questions about what was done, `case` for what would be done.
    :param notes: what to say about the wishes.
    """

    time: TimeWishes = field(default_factory=TimeWishes)
    added: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    stay: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[Part] = frozenset()
    kept: frozenset[Part] = frozenset()
    only: tuple[str, ...] = ()
    rest: Part | None = None
    unasked: tuple[str, ...] = ()
    harder: int = 0
    harder_on: Mapping[str, int] = field(default_factory=dict)
    questions: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    minutes: Mapping[str, int] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    own: tuple[str, ...] = ()
    prefer: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_only(self) -> bool:
        """Whether nothing is asked about but what is named."""
        return bool(self.only)


def means(subject: Subject, word: str) -> bool:
    """Tell whether a wish means a subject, by its name or that of a skill that it stands for."""
    return any(names(phrase, (word,)) for phrase in (subject.topic.name, *subject.labels))


def amount_for(subject: Subject, amounts: Mapping[str, int]) -> int | None:
    """Return the number of questions, or of minutes, that wishes give to a subject."""
    word = word_for(subject, amounts)
    return None if word is None else amounts[word]


def word_for(subject: Subject, amounts: Mapping[str, int]) -> str | None:
    """Return the words by which wishes give something to a subject."""
    return next((word for word in amounts if means(subject, word)), None)


def names(phrase: str, words: Iterable[str]) -> bool:
    """Tell whether one of several wishes means a phrase."""
    own = plain(phrase)
    return any(plain(word) == own or _is_within(plain(word), own) for word in words if word)


def _is_within(word: str, phrase: str) -> bool:
    return f" {word} " in f" {phrase} "
