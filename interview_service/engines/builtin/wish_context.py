"""What a reader of wishes keeps in mind: what the plan has, and what was just spoken of."""

from dataclasses import dataclass, field

from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.wish_clauses import offsets_in
from interview_service.engines.builtin.wish_holding import LEVEL, QUESTIONS, Wish
from interview_service.engines.builtin.wish_names import LONGEST_SUBJECT, PART_OF_SENTENCE, Known
from interview_service.engines.builtin.wish_words import ANAPHORA, WHOLE, WishKind, subject_of

UNCLEAR = "\0"
"""Stands for a subject that could not be told."""

_SIZED = frozenset((WishKind.LESS, WishKind.MORE, WishKind.KEEP, WishKind.ADD))
_RESIZED = frozenset((WishKind.LESS, WishKind.MORE))
_MOST_OF_A_SECTION, _MOST_OF_A_PART = 25, 30  # minutes
_MOST_WORDS = 8
MOST_LISTED_WORDS = 5
WITH_SUBJECT = frozenset(
    (WishKind.WITHOUT, WishKind.MORE, WishKind.LESS, WishKind.ADD, WishKind.KEEP, WishKind.ONLY)
)


@dataclass(slots=True)
class Context:
    """What the words of a clause may point back to.

    :param known: the plan's sections and topics.
    :param clause_said: the clause at hand, as it is spelled.
    :param last: the last wish of the sentence at hand; `latest`, of any.
    :param last_subject: what the last wish that had one was said of.
    :param is_same_text: whether the latest wish is of the text at hand.
    :param unit: of the sentence's bare numbers: questions, minutes, or none.
    :param wanted: what the sentence at hand wants in the kit.
    :param mentioned: what of the plan the sentence at hand has named.
    :param spoken_of: what was last told something of, without a wish.
    """

    known: Known
    clause_said: str = ""
    last: Wish | None = None
    latest: Wish | None = None
    last_subject: str | None = None
    is_same_text: bool = False
    unit: WishKind | None = None
    wanted: list[str] = field(default_factory=list)
    mentioned: str | None = None
    spoken_of: str | None = None

    def whole_or_known(self, said: str) -> str | None:
        """Return what an amount is said of: None for the interview, `UNCLEAR` in doubt."""
        name = subject_of(said)
        if ANAPHORA.match(said.strip()) and (self.mentioned or self.last_subject):
            return self.mentioned or self.last_subject
        if WHOLE.match(name):
            return None
        about = self.named(name)
        return about if self.is_subject(about) and len(name.split()) <= _MOST_WORDS else UNCLEAR

    def ordered_name(self, said: str) -> str:
        """Return what is to stand somewhere else, `UNCLEAR` in doubt."""
        name = subject_of(said)
        if ANAPHORA.match(name):
            return self.last_subject or self.mentioned or UNCLEAR
        about = self.named(name)
        fits = name and len(name.split()) <= MOST_LISTED_WORDS and not WHOLE.match(name)
        return about if fits and self.is_subject(about) else UNCLEAR

    def at_hand(self) -> str | None:
        """Return what the sentence has just asked for more or less of, or asked about at all."""
        last = self.last
        return last.subject if last is not None and last.kind in _SIZED else None

    def lately_sized(self, minutes: int) -> str | None:
        """Return what was just made longer or shorter: "make the case shorter, 10 is plenty"."""
        last = self.last
        if last is None and self.is_same_text and minutes <= _MOST_OF_A_SECTION:
            last = self.latest
        return last.subject if last is not None and last.kind in _SIZED else None

    def lately_resized(self, minutes: int) -> str | None:
        """Return what the same text asked for more or less of: "longer there: say 25 minutes"."""
        last = self.latest if self.is_same_text else None
        is_resized = last is not None and last.kind in _RESIZED and minutes <= _MOST_OF_A_PART
        return last.subject if last is not None and is_resized else None

    def lately_timed(self) -> str | None:
        """Return what was last given minutes of its own."""
        last = self.latest
        is_timed = last is not None and last.kind is WishKind.SECTION_MINUTES
        return last.subject if last is not None and is_timed else None

    def about(self, name: str, kind: WishKind) -> str | None:
        """Return the subject of a wish, `UNCLEAR` where it has none that could be one."""
        if ANAPHORA.match(name) or (not name and kind in WITH_SUBJECT):
            return self.last_subject or self.mentioned or self.spoken_of or UNCLEAR
        if WHOLE.match(name):
            return None if kind in LEVEL | QUESTIONS else UNCLEAR
        if len(name) > LONGEST_SUBJECT or len(name.split()) > _MOST_WORDS:
            return UNCLEAR
        named = self.named(name)
        return named if self.is_subject(named) else UNCLEAR

    def is_subject(self, name: str) -> bool:
        """Tell whether a name can be what is asked about: no part of a sentence, no number."""
        return self.known.has(name) or PART_OF_SENTENCE.search(folded(name)) is None

    def named(self, name: str) -> str:
        """Return a name as it is known, else as the clause at hand spells it."""
        known = self.known.spelled(name)
        if known is not name:
            return known
        said = self.clause_said
        plain = folded(said)
        at = plain.find(name)
        offsets = offsets_in(said, plain)
        return said[offsets[at] : offsets[at + len(name)]] if at >= 0 else name
