"""From wishes on a plan, already read, to what the planner does differently, and what it says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interview_service.domain.fairness import Source, find
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.engines.builtin.asked import Kind, is_known, read_skill
from interview_service.engines.builtin.languages import in_english, is_foreign
from interview_service.engines.builtin.subjects import Part
from interview_service.engines.builtin.timing import SHORTEST, TimeWishes
from interview_service.engines.builtin.wanted import Wanted
from interview_service.engines.builtin.wish_words import WishKind
from interview_service.engines.builtin.wishes import Wish
from interview_service.engines.builtin.work import key_of, plain, words_of

OPENING, CLOSING = "opening", "closing"

_PART_WORDS: Mapping[Part, str] = {
    Part.SAMPLE: r"work samples?|samples?|case(?: stud(?:y|ies))?|exercises?|scenarios?|"
    r"role ?plays?|"
    r"system design|design (?:exercise|question|section|part)|practical (?:task|part|test)"
    r"|task|simulation|"
    r"fallstudie|arbeitsprobe|etude de cas|mise en situation|caso practico|prueba practica|in-tray|"
    r"test strategy|threat model",
    Part.LEADING: r"leadership|leading(?: people)?|people management|managing people|"
    r"management|influence|"
    r"fuhrung|liderazgo|encadrement",
    Part.TOGETHER: r"cultur\w*(?: fit)?|soft skills?|working together|behaviou?ral|"
    r"personality|team fit|"
    r"interpersonal|motivation|values|zusammenarbeit|savoir-etre|fit",
    Part.SKILLS: r"technical(?: (?:part|assessment|questions|skills))?|hard skills?|"
    r"skills?|experience|"
    r"expertise|craft|role skills|fachlich\w*|technique|tecnic\w*|job skills?|know-?how",
}
_SECTION = re.compile(
    r"\b(?:section|part|block|round|segment|teil|abschnitt|partie|parte|questions?)\b"
)
_OPENING_WORDS = re.compile(
    r"\b(?:opening|introductions?|intro|welcome|ice ?breaker|small talk|warm-?up|einleitung"
    r"|begrussung|"
    r"introduccion|accueil|apertura)\b"
)
_CLOSING_WORDS = re.compile(
    r"\b(?:closing|wrap-?up|(?:their|candidates?'?s?|his|her|own) (?:own )?questions|q ?& ?a"
    r"|q and a|"
    r"end of the interview|abschluss|ruckfragen|cloture|cierre)\b"
)
_NO_TOPIC = re.compile(
    r"\b(?:she|he|they|them|him|her|his|their|whether|why|what|how|who|when|where|if|i|we|you"
    r"|me|us|it|"
    r"this|that|these|those|something|anything|everything|nothing|stuff|things?|really|er|sie"
    r"|ob|wie|"
    r"warum|pourquoi|comment|elle|il|por que|como|ella)\b"
)
_MOST_TOPIC_WORDS = 5
_MORE, _LESS = 1.5, 0.5
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
    less: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    dropped: set[Part] = field(default_factory=set)
    kept: set[Part] = field(default_factory=set)
    only: list[str] = field(default_factory=list)
    harder: int = 0
    questions: int = 0
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
        self._parts = dict(_parts_of(before))

    def wanted(self) -> Wanted:
        """Return what has been gathered."""
        draft = self._draft
        if draft.dropped >= {Part.SKILLS, Part.SAMPLE, Part.TOGETHER}:
            draft.dropped.discard(Part.SKILLS)
            draft.notes.append("Not every section can be left out; the one on skills stays.")
        only = set(map(key_of, (*draft.only, *draft.added, *draft.more)))
        if draft.only:
            draft.without += [each for each in self._brief.skills if key_of(each) not in only]
        return Wanted(
            time=TimeWishes(draft.total, draft.fixed, draft.shift, draft.opening, draft.closing),
            added=tuple(dict.fromkeys(draft.added)),
            more=tuple(draft.more),
            less=tuple(draft.less),
            without=tuple(draft.without),
            dropped=frozenset(draft.dropped),
            kept=frozenset(draft.kept),
            is_only=bool(draft.only),
            harder=draft.harder,
            questions=draft.questions,
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
                self._without(wish, wish.subject)
                self._add(wish, wish.other)
            case WishKind.ONLY:
                self._only(wish)
            case WishKind.FEWER_QUESTIONS | WishKind.MORE_QUESTIONS:
                self._questions(wish)
            case WishKind.HARDER | WishKind.EASIER:
                self._level(1 if wish.kind is WishKind.HARDER else -1)
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
                draft.notes.append(_refusal(wish.text))
            case WishKind.OTHER_LANGUAGE:
                draft.notes.append(
                    f"Not read, because it is in a language that this engine does not know: "
                    f"“{wish.text}”. "
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
        step = wish.minutes or max(round(now * _STEP / 5) * 5, 5)
        self._draft.total = max(now + sign * step, SHORTEST)

    def _section_minutes(self, wish: Wish) -> None:
        draft, minutes = self._draft, wish.minutes or 0
        place = self._place(wish.subject)
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
            self._more(wish)
            draft.notes.append(
                f"Minutes are given to sections, not to single subjects; for “{wish.subject}” the "
                "subject was put first."
            )

    # --- what it is about

    def _without(self, wish: Wish, subject: str | None) -> None:
        draft = self._draft
        place = self._place(subject)
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
            names = self._names_of(subject)
            if not names and not wish.takes_back:
                draft.notes.append(f"There was nothing about “{subject}” to leave out.")
            draft.without += names
            draft.added = [each for each in draft.added if key_of(each) != key_of(subject)]

    def _more(self, wish: Wish) -> None:
        draft = self._draft
        place = self._place(wish.subject)
        if isinstance(place, Part):
            draft.kept.add(place)
            draft.dropped.discard(place)
            if wish.kind is WishKind.MORE and place in self._parts:
                if wish.minutes:
                    draft.fixed[place] = self._parts[place] + wish.minutes
                else:
                    draft.shift[place] = _MORE
        elif place is None and wish.subject:
            names = self._names_of(wish.subject)
            if names:
                draft.more += names
                draft.without = [each for each in draft.without if each not in names]
            else:
                self._add(wish, wish.subject)

    def _less(self, wish: Wish) -> None:
        draft = self._draft
        place = self._place(wish.subject)
        if place == OPENING:
            draft.opening = 1
        elif place == CLOSING:
            draft.closing = 2
        elif isinstance(place, Part):
            if wish.minutes and place in self._parts:
                draft.fixed[place] = max(self._parts[place] - wish.minutes, 3)
            else:
                draft.shift[place] = _LESS
        elif wish.subject:
            names = self._names_of(wish.subject)
            draft.less += names
            if not names:
                draft.notes.append(f"There was nothing about “{wish.subject}” to have less of.")

    def _add(self, wish: Wish, subject: str | None) -> None:
        draft = self._draft
        place = self._place(subject)
        if isinstance(place, Part):
            draft.kept.add(place)
            draft.dropped.discard(place)
            return
        if place is not None or not subject:
            return
        if find(subject, kind=Source.WISH) or find(subject, kind=Source.BRIEF):
            draft.notes.append(_refusal(subject))
            return
        phrase = _topic_in(subject)
        if phrase is None:
            self._not_understood(wish)
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

    def _only(self, wish: Wish) -> None:
        draft = self._draft
        place = self._place(wish.subject)
        if isinstance(place, Part):
            draft.dropped |= set(Part) - {place}
            return
        names = self._names_of(wish.subject or "")
        if not names and wish.subject:
            self._add(wish, wish.subject)
            names = [wish.subject]
        draft.only += names

    # --- how it is asked

    def _questions(self, wish: Wish) -> None:
        draft = self._draft
        now = sum(len(section.questions) for section in self._before.sections)
        if wish.kind is WishKind.FEWER_QUESTIONS:
            draft.questions = min((wish.count or now - 2) - now, 0)
            if not draft.questions:
                draft.notes.append(f"The kit has no more than {wish.count} questions as it is.")
        elif wish.subject and self._place(wish.subject) is Part.SAMPLE:
            draft.shift[Part.SAMPLE] = _MORE
        elif wish.subject:
            self._more(wish)
            draft.questions += 1
            draft.notes.append(
                f"Questions are counted for the interview, not for single subjects; for "
                f"“{wish.subject}” there is one more, and the subject was put first."
            )
        else:
            count = wish.count or 2
            draft.questions = count - now if count > now else count

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

    # --- what a wish is said of

    def _place(self, subject: str | None) -> Part | str | None:
        """Return the section that a wish is said of, the opening or closing, or None."""
        if not subject:
            return None
        said = plain(subject)
        names = [plain(section.name) for section in self._before.sections]
        if said in names:
            return list(self._parts)[names.index(said)]
        if any(plain(each.name) == said for each in self._before.criteria):
            return None
        if _OPENING_WORDS.search(said):
            return OPENING
        if _CLOSING_WORDS.search(said):
            return CLOSING
        bare = " ".join(_SECTION.sub(" ", said).split()).removeprefix("the ")
        for part, words in _PART_WORDS.items():
            if re.fullmatch(words, bare) and not self._is_own_skill(bare):
                return part
        return None

    def _is_own_skill(self, said: str) -> bool:
        return any(plain(skill) == said for skill in self._brief.skills) and said not in (
            "leadership",
            "people management",
            "management",
            "system design",
        )

    def _names_of(self, subject: str) -> list[str]:
        """Return the skills and criteria of the kit that a subject means."""
        said = in_english(subject) or subject
        wanted = {word for word in words_of(said) if word not in _FILLERS}
        found: list[str] = []
        for name in (*self._brief.skills, *(each.name for each in self._before.criteria)):
            own = set(words_of(in_english(name) or name))
            if (
                key_of(name) == key_of(subject)
                or (wanted and wanted <= own)
                or (own and own <= wanted)
            ):
                found.append(in_english(name) or name)
        if found and in_english(subject):
            found.append(said)
        return found


_FILLERS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "on",
        "about",
        "questions",
        "question",
        "topic",
        "part",
        "section",
        "on",
        "any",
        "all",
    ]
)


def _parts_of(plan: PlanStructure) -> Iterator[tuple[Part, int]]:
    """Yield the parts of a kit with their minutes, in its order."""
    groups = {each.key: each.group for each in plan.criteria}
    by_group = {
        "work_sample": Part.SAMPLE,
        "leadership": Part.LEADING,
        "working_together": Part.TOGETHER,
    }
    for section in plan.sections:
        group = groups.get(section.questions[0].criterion or "") if section.questions else None
        yield by_group.get(group or "", Part.SKILLS), section.duration


def _topic_in(subject: str) -> str | None:
    """Return what a wish wants asked about, as a skill; None where it is no name of one."""
    text = " ".join(subject.split()).strip(" .,;:!?\"'“”")
    if is_known(text):
        return text
    english = in_english(text)
    if english is not None:
        return english
    if (
        not text
        or len(text.split()) > _MOST_TOPIC_WORDS
        or _NO_TOPIC.search(plain(text))
        or is_foreign(text, in_foreign_text=False)
        or not any(char.isalpha() for char in text)
    ):
        return None
    asked = read_skill(text)
    return None if asked.kind is Kind.UNREADABLE else text


def _refusal(text: str) -> str:
    finding = next(
        (each for kind in (Source.WISH, Source.BRIEF) for each in find(text, kind=kind)), None
    )
    matter = finding.matter.said if finding else "what does not concern the job"
    return f"Left out: “{text}”. Candidates are not asked about {matter}."
