"""From wishes on a plan, already read, to what the planner does differently, and what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from interview_service.domain.fairness import Source, find
from interview_service.domain.fairness.reading import folded
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.engines.builtin.admitting import (
    NOT_ADMITTED,
    Admission,
    admission_of,
    refusal_of,
    topic_in,
)
from interview_service.engines.builtin.asked import Kind, is_known, read_skill
from interview_service.engines.builtin.kit_places import CLOSING, OPENING, Kit
from interview_service.engines.builtin.moving import Move, Place
from interview_service.engines.builtin.subjects import Part
from interview_service.engines.builtin.timing import (
    SHORTEST,
    USUAL_CLOSING,
    USUAL_OPENING,
    TimeWishes,
)
from interview_service.engines.builtin.wanted import MOST_WANTED_EACH, Wanted
from interview_service.engines.builtin.wish_clauses import ANY_LANGUAGE, language_of
from interview_service.engines.builtin.wish_holding import Wish
from interview_service.engines.builtin.wish_indirect import question_of
from interview_service.engines.builtin.wish_words import ANOTHER, WishKind
from interview_service.engines.builtin.work import key_of, plain

_MORE, _LESS = 1.4, 0.7
_STEP = 0.25  # of an interview that is to be shorter or longer


@dataclass(slots=True)
class _Draft:
    """What is gathered from the wishes, in their order."""

    total: int | None = None
    fixed: dict[Part, int] = field(default_factory=dict)
    shift: dict[Part, float] = field(default_factory=dict)
    opening: int | None = None
    closing: int | None = None
    added: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    stay: list[str] = field(default_factory=list)
    less: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    instead: dict[str, str] = field(default_factory=dict)
    dropped: set[Part] = field(default_factory=set)
    only_parts: set[Part] = field(default_factory=set)
    rest: Part | None = None
    unasked: list[str] = field(default_factory=list)
    kept: set[Part] = field(default_factory=set)
    only: list[str] = field(default_factory=list)
    harder: int = 0
    harder_on: dict[str, int] = field(default_factory=dict)
    questions: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    minutes: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    part_moves: list[Move] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    prefer: str | None = None
    notes: list[str] = field(default_factory=list)


def wanted_by(wishes: Sequence[Wish], brief: Brief, before: PlanStructure) -> Wanted:
    """Return what wishes change of the kit that a brief gives without them.

    :param wishes: those that hold, in their order.
    """
    apply = _Applying(brief, before)
    for wish in wishes:
        apply.one(wish)
    return apply.wanted()


class _Applying:
    def __init__(self, brief: Brief, before: PlanStructure) -> None:
        self._brief = brief
        self._before = before
        self._draft = _Draft()
        self._kit = Kit(brief, before)

    def wanted(self) -> Wanted:
        """Return what has been gathered."""
        draft = self._draft
        if draft.only_parts:
            named = {self._kit.part_of(name) for name in draft.only}
            draft.kept |= draft.only_parts
            draft.dropped |= set(Part) - draft.only_parts - named
        if draft.dropped >= {Part.SKILLS, Part.SAMPLE, Part.TOGETHER}:
            draft.dropped.discard(Part.SKILLS)
            draft.notes.append("Not every section can be left out; the one on skills stays.")
        return Wanted(
            time=TimeWishes(
                draft.total,
                draft.fixed,
                draft.shift,
                draft.opening,
                draft.closing,
                tuple(draft.part_moves),
            ),
            added=tuple(dict.fromkeys(draft.added)),
            more=tuple(draft.more),
            stay=tuple(draft.stay),
            less=tuple(draft.less),
            without=tuple(draft.without),
            dropped=frozenset(draft.dropped),
            kept=frozenset(draft.kept),
            only=tuple(draft.only),
            rest=draft.rest,
            unasked=tuple(draft.unasked),
            instead=draft.instead,
            harder=draft.harder,
            harder_on=draft.harder_on,
            questions=draft.questions,
            counts=draft.counts,
            minutes=draft.minutes,
            moves=tuple(draft.moves),
            own=tuple(dict.fromkeys(draft.own)),
            prefer=draft.prefer,
            notes=tuple(dict.fromkeys(draft.notes)),
        )

    def one(self, wish: Wish) -> None:
        """Take in one wish."""
        draft = self._draft
        match wish.kind:
            case WishKind.INTERVIEW_MINUTES:
                draft.total = self._length(wish.minutes)
            case WishKind.SHORTER | WishKind.LONGER:
                self._longer(wish, -1 if wish.kind is WishKind.SHORTER else 1)
            case WishKind.SECTION_MINUTES:
                self._section_minutes(wish)
            case WishKind.WITHOUT:
                self._without(wish, wish.subject)
            case WishKind.MORE | WishKind.KEEP:
                self._more(wish)
            case WishKind.LESS:
                self._less(wish)
            case WishKind.ADD:
                self._add(wish, wish.subject)
            case WishKind.REPLACE:
                self._replace(wish)
            case WishKind.ONLY:
                self._only(wish)
            case WishKind.FEWER_QUESTIONS | WishKind.MORE_QUESTIONS:
                self._questions(wish)
            case WishKind.FIRST | WishKind.LAST | WishKind.BEFORE | WishKind.AFTER:
                self._move(wish)
            case WishKind.ASK:
                self._ask(wish.subject or wish.text, wish)
            case WishKind.TAKE_BACK:
                draft.notes.append(f"“{wish.text}”: what was wished before was taken back.")
            case WishKind.HARDER | WishKind.EASIER:
                self._harder(wish, 1 if wish.kind is WishKind.HARDER else -1)
            case WishKind.MORE_PRACTICAL:
                draft.shift[Part.SAMPLE] = _MORE
                draft.kept.add(Part.SAMPLE)
                draft.prefer = "case"
            case WishKind.MORE_BEHAVIOURAL:
                draft.prefer = "past"
            case WishKind.SATISFIED:
                draft.notes.append(
                    f"“{wish.text}” asks for no change, so nothing was changed for it."
                )
            case WishKind.REFUSED:
                draft.notes.append(refusal_of(wish.text))
            case WishKind.OTHER_LANGUAGE:
                draft.notes.append(
                    f"Not read: “{wish.text}”. Kits are written in English; of wishes in German, "
                    "French and Spanish only simple ones are read, and of other languages none. "
                    "Nothing was changed for it."
                )
            case WishKind.NOT_UNDERSTOOD:
                self._not_understood(wish)

    # --- time

    def _length(self, minutes: int | None) -> int | None:
        if minutes is not None and minutes < SHORTEST:
            self._draft.notes.append(
                f"{minutes} minutes are too short for an interview; it has {SHORTEST}."
            )
        return minutes

    def _longer(self, wish: Wish, sign: int) -> None:
        now = self._draft.total or self._before.duration
        share = wish.percent / 100 if wish.percent else _STEP
        step = wish.minutes or max(round(now * share / 5) * 5, 5)
        self._draft.total = max(now + sign * step, SHORTEST)

    def _section_minutes(self, wish: Wish) -> None:
        draft, minutes = self._draft, wish.minutes or 0
        place = self._kit.place(wish.subject)
        if place == OPENING:
            draft.opening = minutes
            draft.notes.append(
                f"The opening has {minutes} of the first section's minutes, as wished."
            )
        elif place == CLOSING:
            draft.closing = minutes
            draft.notes.append(
                f"The closing has {minutes} of the last section's minutes, as wished."
            )
        elif isinstance(place, Part):
            draft.fixed[place] = max(minutes, 1)
            draft.kept.add(place)
            draft.dropped.discard(place)
        else:
            self._subject_minutes(wish, minutes)

    def _subject_minutes(self, wish: Wish, minutes: int) -> None:
        """Give a subject minutes: its section's where it is alone there, else a section's own."""
        draft = self._draft
        part = self._kit.part_of(wish.subject or "")
        if part in (Part.LEADING, Part.TOGETHER):
            draft.fixed[part] = max(minutes, 1)
            draft.kept.add(part)
            return
        before = len(draft.notes)
        is_there = self._kit.names_of(wish.subject or "") or is_known(wish.subject or "")
        if not is_there and not _NEW.search(plain(wish.text)):
            self._not_understood(wish)
            return
        self._more(wish)
        if len(draft.notes) > before or not wish.subject:
            return
        for name in self._kit.names_of(wish.subject) or [wish.subject]:
            draft.minutes[name] = minutes
        draft.less = [each for each in draft.less if each not in draft.minutes]

    # --- what it is about

    def _without(self, wish: Wish, subject: str | None) -> None:
        draft = self._draft
        place = self._kit.place(subject)
        if place in (OPENING, CLOSING):
            if place == OPENING:
                draft.opening = 0
            else:
                draft.closing = 0
            draft.notes.append(
                f"No minutes are set aside for the {place}; its sentences stay short."
            )
        elif isinstance(place, Part):
            draft.dropped.add(place)
            draft.kept.discard(place)
            draft.fixed.pop(place, None)
        elif subject:
            names = self._kit.names_of(subject)
            question = None if names or wish.takes_back else self._kit.question(subject)
            if question is not None:
                draft.unasked.append(question.text)
            elif not names and not wish.takes_back:
                draft.notes.append(f"There was nothing about “{subject}” to leave out.")
            draft.without += names
            draft.added = [each for each in draft.added if key_of(each) != key_of(subject)]

    def _replace(self, wish: Wish) -> None:
        """Ask about something in the place of something else."""
        before = len(self._draft.added)
        names = self._kit.names_of(wish.subject or "")
        if ANOTHER.fullmatch(plain(wish.other or "")):
            self._exchange(wish, names)
            return
        self._without(wish, wish.subject)
        self._add(wish, wish.other)
        if names:
            self._draft.instead |= dict.fromkeys(self._draft.added[before:], names[0])

    def _exchange(self, wish: Wish, names: Sequence[str]) -> None:
        """Ask something else about a subject than is asked now."""
        asked = self._kit.questions_on(names)
        one = None if asked else self._kit.question(wish.subject or "")
        if one is not None:
            asked = [one.text]
        self._draft.unasked += asked
        if not asked or isinstance(self._kit.place(wish.subject), Part):
            self._draft.notes.append(
                f"“{wish.text}”: there is no other question of that kind here. Write one out, in "
                "quotation marks, and it is asked."
            )

    def _more(self, wish: Wish) -> None:
        draft = self._draft
        place = self._kit.place(wish.subject)
        if place in (OPENING, CLOSING):
            self._longer_end(wish, opening=place == OPENING)
        elif isinstance(place, Part):
            draft.kept.add(place)
            draft.dropped.discard(place)
            if wish.kind is WishKind.MORE and place in self._kit.parts:
                if wish.minutes:
                    draft.fixed[place] = self._kit.parts[place] + wish.minutes
                elif wish.percent:
                    draft.fixed[place] = round(self._kit.parts[place] * (1 + wish.percent / 100))
                elif wish.takes_rest or place is Part.SKILLS:
                    draft.rest = place
                else:
                    draft.fixed[place] = _rounded(self._kit.parts[place] * _MORE)
        elif wish.subject:
            names = self._kit.names_of(wish.subject)
            if names:
                kept = draft.stay if wish.kind is WishKind.KEEP else draft.more
                kept += names
                if wish.percent:
                    asked = max(self._kit.asked_about(names), 1)
                    draft.counts |= dict.fromkeys(names, ceil(asked * (1 + wish.percent / 100)))
                draft.without = [each for each in draft.without if each not in names]
            elif question := self._kit.question(wish.subject):
                draft.unasked = [each for each in draft.unasked if each != question.text]
                if wish.kind is WishKind.KEEP and draft.counts:
                    draft.unasked += self._kit.others_on(question)
                elif wish.kind is WishKind.KEEP:
                    draft.stay += self._kit.criteria_of(question)
                else:
                    draft.more += self._kit.criteria_of(question)
            else:
                self._add(wish, wish.subject)

    def _longer_end(self, wish: Wish, *, opening: bool) -> None:
        """Give the opening or the closing more minutes, which its section spares."""
        if wish.kind is not WishKind.MORE:
            return
        usual = USUAL_OPENING if opening else USUAL_CLOSING
        minutes = usual + (wish.minutes or usual)
        self._section_minutes(replace(wish, minutes=minutes))

    def _less(self, wish: Wish) -> None:
        draft = self._draft
        place = self._kit.place(wish.subject)
        if place == OPENING:
            draft.opening = 1
        elif place == CLOSING:
            draft.closing = 2
        elif isinstance(place, Part):
            if wish.minutes and place in self._kit.parts:
                draft.fixed[place] = max(self._kit.parts[place] - wish.minutes, 3)
            elif wish.percent and place in self._kit.parts:
                draft.fixed[place] = max(
                    round(self._kit.parts[place] * (1 - wish.percent / 100)), 3
                )
            elif place is Part.SKILLS and _OF_QUESTIONS.search(wish.text):
                draft.questions = -2
            else:
                draft.fixed[place] = _rounded(self._kit.parts.get(place, 0) * _LESS)
        elif wish.subject:
            names = self._kit.names_of(wish.subject)
            beside = self._kit.beside(names)
            if beside:
                draft.notes.append(
                    f"{names[0]} is asked about together with {beside}, so it cannot have less by "
                    "itself; nothing was changed for it."
                )
                return
            is_one = self._kit.asked_about(names) <= 1
            if names and is_one:
                draft.notes.append(
                    f"There is one question on {names[0]} as it is; it now comes last in its "
                    "section."
                )
            draft.less += names if is_one else []
            draft.counts |= dict.fromkeys(names, 1)
            own = [each for each in draft.added if key_of(each) == key_of(wish.subject)]
            draft.added = [*(each for each in draft.added if each not in own), *own]
            if not names and not own:
                draft.notes.append(f"There was nothing about “{wish.subject}” to have less of.")

    def _add(self, wish: Wish, subject: str | None) -> None:
        draft = self._draft
        place = self._kit.place(subject)
        if isinstance(place, Part):
            draft.kept.add(place)
            draft.dropped.discard(place)
            return
        if place is not None:
            draft.notes.append(f"The kit has its {place} as it is; it says there what to say.")
            return
        if not subject:
            return
        if find(subject, kind=Source.WISH) or find(subject, kind=Source.BRIEF):
            draft.notes.append(refusal_of(subject))
            return
        language = language_of(folded(wish.text))
        phrase = topic_in(subject, in_foreign_text=language not in ("english", ANY_LANGUAGE))
        if phrase is None:
            question = question_of(wish.text)
            if question is None:
                self._not_understood(wish)
            else:
                self._ask(question, wish)
            return
        admission = admission_of(phrase, wish.text, self._brief)
        if admission is not Admission.ADMITTED:
            draft.notes.append(NOT_ADMITTED[admission].format(said=wish.text, phrase=phrase))
            return
        draft.without = [each for each in draft.without if key_of(each) != key_of(phrase)]
        own = [each for each in self._brief.skills if key_of(each) == key_of(phrase)]
        if own:
            draft.more += own
            return
        asked = read_skill(phrase)
        if asked.kind is Kind.TERMS:
            draft.notes.append(f"Not a question: {asked.phrase}")
            return
        draft.added.append(phrase)
        if asked.kind is Kind.CHECK:
            draft.notes.append(f"“{phrase}” is something to be seen, so it stands with the checks.")

    def _ask(self, question: str, wish: Wish) -> None:
        """Ask a question word for word."""
        self._draft.own.append(question)
        if len(self._draft.own) > MOST_OWN:
            del self._draft.own[MOST_OWN:]
            self._not_understood(wish)

    def _only(self, wish: Wish) -> None:
        draft = self._draft
        place = self._kit.place(wish.subject)
        if isinstance(place, Part):
            draft.only_parts.add(place)
            return
        names = self._kit.names_of(wish.subject or "")
        question = None if names else self._kit.question(wish.subject or "")
        if question is not None and draft.counts:
            draft.unasked += self._kit.others_on(question)
            return
        if question is not None:
            names = self._kit.criteria_of(question)
        if not names and wish.subject:
            self._add(wish, wish.subject)
            names = [wish.subject]
        draft.only += names

    # --- how it is asked

    def _questions(self, wish: Wish) -> None:
        draft = self._draft
        now = sum(len(section.questions) for section in self._before.sections)
        if wish.subject is None and wish.count and _EACH.search(plain(wish.text)):
            self._most_on_each(wish.count)
        elif wish.subject:
            self._questions_on(wish)
        elif wish.kind is WishKind.FEWER_QUESTIONS:
            draft.questions = min((wish.count or now - 2) - now, 0)
            if not draft.questions:
                draft.notes.append(f"The kit has no more than {wish.count} questions as it is.")
        else:
            count = wish.count or 2
            draft.questions = count - now if count > now else count

    def _most_on_each(self, count: int) -> None:
        """Take in how many questions there may be on any one subject."""
        criteria = [criterion for _, criterion in self._kit.criteria_by_part()]
        many = [each.name for each in criteria if self._kit.asked_about([each.name]) > count]
        self._draft.counts |= dict.fromkeys(many, count)
        if not many:
            self._draft.notes.append(
                f"There are no more than {count} questions on anything as it is."
            )

    def _questions_on(self, wish: Wish) -> None:
        """Take in how many questions there are to be on something."""
        draft = self._draft
        fewer = wish.kind is WishKind.FEWER_QUESTIONS
        place = self._kit.place(wish.subject)
        if isinstance(place, str):
            (self._less if fewer else self._more)(replace(wish, kind=_OF_TIME[fewer], count=None))
            return
        if place is Part.SAMPLE:
            draft.shift[Part.SAMPLE] = _LESS if fewer else _MORE
            draft.notes.append(
                "The piece of work is one question with its follow-ups; its time was changed."
            )
            return
        if place is Part.SKILLS:
            now = len(self._before.sections[list(self._kit.parts).index(place)].questions)
            wanted = wish.count or (now - 2 if fewer else now + 2)
            draft.questions = wanted - now
            return
        if place is not None:
            names = [
                criterion.name for part, criterion in self._kit.criteria_by_part() if part is place
            ]
        else:
            names = self._kit.names_of(wish.subject or "")
        if not names:
            if fewer:
                draft.notes.append(f"There was nothing about “{wish.subject}” to have less of.")
                return
            before = len(draft.notes)
            self._add(wish, wish.subject)
            if len(draft.notes) > before:
                return
            names = [wish.subject or ""]
        elif not fewer:
            self._more(wish)
        asked = self._kit.asked_about(names)
        count = wish.count or (max(asked - 1, 1) if fewer else asked + 1)
        if not fewer and wish.count and _IN_ADDITION.search(plain(wish.text)):
            count = asked + wish.count
        draft.counts |= dict.fromkeys(names, count)
        if count > MOST_WANTED_EACH:
            draft.notes.append(
                f"{count} questions on “{wish.subject}” are more than an interview has room for; "
                f"there are {MOST_WANTED_EACH}."
            )

    # --- in which order

    def _move(self, wish: Wish) -> None:
        """Put a section, or a subject within its section, elsewhere."""
        draft = self._draft
        place = Place[wish.kind.name]
        own, beside = self._kit.place(wish.subject), self._kit.place(wish.other)
        if own is None or isinstance(own, Part):
            if (place, beside) == (Place.AFTER, OPENING):
                place, beside, wish = Place.FIRST, None, replace(wish, other=None)
            elif (place, beside) == (Place.BEFORE, CLOSING):
                place, beside, wish = Place.LAST, None, replace(wish, other=None)
        if isinstance(own, str) or isinstance(beside, str):
            draft.notes.append(
                "An interview always begins with its opening and ends with its closing."
            )
            return
        before = len(draft.notes)
        is_end = place in (Place.FIRST, Place.LAST)
        if own is None and is_end and wish.subject and not self._kit.names_of(wish.subject):
            self._add(wish, wish.subject)
        if len(draft.notes) > before:
            return
        part = own or self._kit.part_of(wish.subject or "")
        other = (beside or self._kit.part_of(wish.other)) if wish.other else None
        if own is None and other is None and not self._moves_its_section(part, place):
            draft.moves += [Move(name, place) for name in self._kit.names_of(wish.subject or "")]
            return
        if other is None or part is not other:
            draft.part_moves.append(Move(part.value, place, other.value if other else ""))
            draft.kept.add(part)
            draft.dropped.discard(part)
        if own is None and (other is None or part is other):
            names = self._kit.names_of(wish.subject or "") or [wish.subject or ""]
            others = self._kit.names_of(wish.other) if wish.other else []
            draft.moves += [Move(name, place, next(iter(others), "")) for name in names]

    def _moves_its_section(self, part: Part, place: Place) -> bool:
        """Tell whether what is to stand at an end takes its section along."""
        parts = list(self._kit.parts)
        if part not in parts or place is Place.FIRST:
            return True
        alone = sum(each is part for each, _ in self._kit.criteria_by_part()) == 1
        return alone and parts[-1] is not part

    def _harder(self, wish: Wish, step: int) -> None:
        """Ask harder or easier questions: on one subject, or on all."""
        names = self._kit.names_of(wish.subject or "")
        if names:
            self._draft.harder_on |= dict.fromkeys(names, step)
        else:
            self._level(step)

    def _level(self, step: int) -> None:
        levels = list(Level)
        at = levels.index(self._brief.level)
        if not 0 <= at + step < len(levels):
            self._draft.notes.append(
                "The questions are already those of the "
                f"{'highest' if step > 0 else 'lowest'} level."
            )
            return
        self._draft.harder = step

    def _not_understood(self, wish: Wish) -> None:
        self._draft.notes.append(
            f"Not understood, so nothing was changed for it: “{wish.text or wish.subject}”."
        )


MOST_OWN = 5
_OF_TIME = {True: WishKind.LESS, False: WishKind.MORE}
_OF_QUESTIONS = re.compile(r"\bquestions?\b", re.IGNORECASE)


def _rounded(minutes: float) -> int:
    """Return minutes as people would set them."""
    return max(round(minutes / 5) * 5, 5)


_NEW = re.compile(
    r"\b(?:add\w*|ask\w*|includ\w+|new|another|extra|cover\w*|section|block|part on|segment|"
    r"discuss\w*|"
    r"talk\w*)\b"
)
"""Says that minutes are for something that the kit does not have yet."""
_EACH = re.compile(
    r"\b(?:per|each|every) (?:topic|subject|criterion|skill|area|thing|point)\b|\beach$"
)
_IN_ADDITION = re.compile(r"\b(?:more|extra|additional|another)\b")
