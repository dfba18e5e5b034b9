"""How a kit is put together: what is asked for, what is chosen, how it is asked, what is noted.

Everything here is deterministic: the same brief and wishes give the same kit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from interview_service.adverts import shown_text
from interview_service.domain.fairness import Source, find
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.engines.builtin import advert as adverts
from interview_service.engines.builtin import wording
from interview_service.engines.builtin.asked import Kind, is_known, read_skills
from interview_service.engines.builtin.checking import faulty_criteria
from interview_service.engines.builtin.choosing import (
    FEWEST_CRITERIA,
    MOST_QUESTIONS_EACH,
    Selection,
    choose,
    selection_notes,
)
from interview_service.engines.builtin.composing import Manner, composed
from interview_service.engines.builtin.editing import edited
from interview_service.engines.builtin.languages import ENGLISH, in_english, is_foreign
from interview_service.engines.builtin.naming import own_work
from interview_service.engines.builtin.noting import (
    MOST_NAMED,
    advert_notes,
    fair_only,
    language_notes,
    later_notes,
    offer_notes,
    skill_notes,
    unsound_notes,
)
from interview_service.engines.builtin.sorting import sort_skills
from interview_service.engines.builtin.subjects import (
    Part,
    leads_people,
    subjects_for,
)
from interview_service.engines.builtin.tasks import DUTIES
from interview_service.engines.builtin.timing import Budget
from interview_service.engines.builtin.unknown import Unknown
from interview_service.engines.builtin.wanted import Wanted, names
from interview_service.engines.builtin.work import ranked, words_of

_FEWEST_TRANSLATED = 2  # skills in another language that show the brief to be in it


class Planner:
    """Plans the kit of one brief, and what people want changed of it.

    :param harder: how many levels up the questions are (negative for down).
    :ivar kit: the kit without any wish.
    """

    def __init__(self, brief: Brief, harder: int = 0) -> None:
        self._asked_for = brief
        self._harder = harder
        if brief.job_description:
            brief = replace(brief, job_description=shown_text(brief.job_description))
        self._brief = brief
        self._level = _level(brief.level, harder)
        self._advert = adverts.read(brief.job_description)
        in_foreign_text = self._is_foreign()
        listed = sort_skills(brief.skills, in_foreign_text=in_foreign_text)
        asked, unfair = fair_only(listed.asked)
        phrases = [each.phrase for each in asked if each.kind is Kind.ASK]
        ranking = ranked(brief.position, phrases, brief.job_description)
        self._work = own_work(brief, ranking)
        if self._work is not ranking[0]:
            others = (each for each in ranking if each.name != self._work.name)
            ranking = [self._work, *others]
        self._ranking = ranking
        self._leads = leads_people(brief.position, brief.level, brief.job_description)
        self._unknown = Unknown(self._level)
        self._found = subjects_for(phrases, ranking, self._level, self._unknown)
        self._unsound: frozenset[str] = frozenset()
        position = wording.said_position(brief, in_foreign_text=in_foreign_text)
        self._position = "this position" if find(position, kind=Source.BRIEF) else position
        self._checks = [
            *(each.phrase for each in asked if each.kind is Kind.CHECK),
            *self._advert.checks,
        ]
        self._notes = [
            *language_notes(self._advert.language),
            *unfair,
            *advert_notes(brief.job_description),
            *skill_notes(asked),
            *later_notes(self._advert.later),
            *offer_notes(listed.offered),
        ]
        self._selection, self.kit = self._first()

    def _is_foreign(self) -> bool:
        """Tell whether the brief is in another language than English."""
        translated = sum(
            not is_known(skill)
            and (in_english(skill) is not None or is_foreign(skill, in_foreign_text=False))
            for skill in self._brief.skills
        )
        return (
            self._advert.language != ENGLISH
            or translated >= _FEWEST_TRANSLATED
            or wording.is_foreign_title(self._brief.position)
        )

    def _first(self) -> tuple[Selection, PlanStructure]:
        """Return what the kit without any wish is about, and that kit."""
        for _ in range(_MOST_TRIES):
            selection = choose(
                self._brief,
                self._level,
                self._work,
                self._found,
                self._advert,
                leads=self._leads,
                unsound=self._unsound,
            )
            kit = self._kit(selection, Manner(self._level), Wanted())
            unsound = _unsound(kit)
            if not unsound:
                break
            self._leave_out(unsound)
        return selection, kit

    def _leave_out(self, unsound: frozenset[str]) -> None:
        """Do without subjects that no sound question came of, and say so."""
        self._notes += unsound_notes([each for each in self._found if each.topic.name in unsound])
        self._found = [each for each in self._found if each.topic.name not in unsound]
        self._unsound |= unsound
        if DUTIES in unsound:
            self._advert = replace(self._advert, duties=())

    def changed(self, wanted: Wanted) -> PlanStructure:
        """Return the kit with what people want changed of it. A planner does so but once."""
        if wanted.harder != self._harder:
            return Planner(self._asked_for, wanted.harder).changed(wanted)
        asked = read_skills(wanted.added, in_foreign_text=False)
        phrases = [each.phrase for each in asked if each.kind is Kind.ASK]
        added = subjects_for(phrases, self._ranking, self._level, self._unknown)
        manner = Manner(
            self._level, wanted.prefer, wanted.minutes, wanted.own, wanted.unasked, self.kit
        )
        most: dict[str, int] = {}
        for _ in range(_MOST_TRIES):
            selection = edited(
                self._selection,
                wanted,
                added,
                length=self._brief.level,
                level=self._level,
                leads=self._leads,
                most=most,
            )
            kit = self._kit(selection, manner, wanted)
            unsound = _unsound(kit)
            if not unsound:
                break
            if unsound <= {each.name for each in self.kit.criteria} and phrases:
                added = subjects_for(phrases, self._ranking, self._level, self._unknown)
                phrases = []  # once, with other questions on what is new
                continue
            counts = {each.name: _asked_on(kit, each.key) for each in kit.criteria}
            several = {name for name in unsound if counts[name] > MOST_QUESTIONS_EACH}
            most |= {name: counts[name] - 1 for name in several}
            self._leave_out(unsound - several)
            wanted = replace(wanted, without=(*wanted.without, *(unsound - several)))
        checks = [each.phrase for each in asked if each.kind is Kind.CHECK]
        return replace(kit, checks=_distinct((*checks, *kit.checks))) if checks else kit

    def _kit(self, selection: Selection, manner: Manner, wanted: Wanted) -> PlanStructure:
        sections, criteria = composed(selection, manner)
        minutes = selection.minutes
        notes = [*wanted.notes, *self._notes, *selection_notes(selection)]
        if wanted.is_only and len(criteria) < FEWEST_CRITERIA:
            notes.append(
                "As wished, the kit is about little; a structured interview has at least "
                f"{FEWEST_CRITERIA} criteria."
            )
        return PlanStructure(
            duration=minutes.total,
            sections=tuple(sections),
            opening=wording.opening(
                _with_fair_company(self._brief),
                self._position,
                minutes.total,
                _said_parts(minutes),
            ),
            closing=wording.closing(),
            criteria=tuple(criteria),
            checks=_distinct([each for each in self._checks if not names(each, wanted.without)]),
            notes=tuple(dict.fromkeys(note for note in notes if note)),
        )


def _asked_on(kit: PlanStructure, key: str) -> int:
    """Return how many questions a kit has on a criterion."""
    return sum(each.criterion == key for section in kit.sections for each in section.questions)


def _unsound(kit: PlanStructure) -> frozenset[str]:
    """Return the names of the criteria whose questions nobody should read out."""
    faulty = faulty_criteria(kit)
    return frozenset(each.name for each in kit.criteria if each.key in faulty)


_MOST_TRIES = 6


_FEW_WORDS = 4  # of a check whose only news would be small words


def _distinct(checks: Sequence[str]) -> tuple[str, ...]:
    """Return the checks, without those that only say at length what another says."""
    found: list[str] = []
    for check in checks:
        english, quoted, _ = check.partition(" (“")
        words = set(words_of(check))
        names = {word for word in check.split() if word.isupper() and len(word) > 2}
        if not any(
            (set(words_of(other)) <= words and names <= set(other.upper().split()))
            or (names and names <= set(other.upper().split()) and len(words) <= _FEW_WORDS)
            or (quoted and other.startswith(english))
            for other in found
        ):
            found = [other for other in found if not (other.isupper() and other in check.split())]
            found.append(check)
    return tuple(found[:MOST_NAMED])


def _level(level: Level, harder: int) -> Level:
    levels = list(Level)
    return levels[min(max(levels.index(level) + harder, 0), len(levels) - 1)]


def _with_fair_company(brief: Brief) -> Brief:
    name = brief.company_name
    return replace(brief, company_name=None) if name and find(name, kind=Source.BRIEF) else brief


_PART_SAID: Mapping[Part, str] = {
    Part.SKILLS: "your experience and skills",
    Part.SAMPLE: "a piece of work that we go through together",
    Part.LEADING: "leading and influencing others",
    Part.TOGETHER: "how you work with others",
}


def _said_parts(minutes: Budget) -> list[str]:
    return [_PART_SAID[part] for part in minutes.parts]
