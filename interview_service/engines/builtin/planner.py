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
from interview_service.engines.builtin.choosing import choose, is_unwanted, ordered
from interview_service.engines.builtin.composing import composed
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
from interview_service.engines.builtin.wanted import Wanted
from interview_service.engines.builtin.work import ranked, words_of

_FEWEST_TRANSLATED = 2  # skills in another language that show the brief to be in it


def plan_for(brief: Brief, wanted: Wanted | None = None) -> PlanStructure:
    """Return the kit for a brief."""
    wanted = wanted or Wanted()
    if brief.job_description:
        brief = replace(brief, job_description=shown_text(brief.job_description))
    level = _level(brief.level, wanted.harder)
    advert = adverts.read(brief.job_description)
    translated = sum(
        not is_known(skill)
        and (in_english(skill) is not None or is_foreign(skill, in_foreign_text=False))
        for skill in brief.skills
    )
    in_foreign_text = (
        advert.language != ENGLISH
        or translated >= _FEWEST_TRANSLATED
        or wording.is_foreign_title(brief.position)
    )
    listed = sort_skills(brief.skills, in_foreign_text=in_foreign_text)
    asked, unfair = fair_only(listed.asked)
    added = read_skills(wanted.added, in_foreign_text=False)
    phrases = [each.phrase for each in asked if each.kind is Kind.ASK]
    ranking = ranked(brief.position, phrases, brief.job_description)
    phrases = [
        *(each.phrase for each in added if each.kind is Kind.ASK),
        *ordered(phrases, wanted),
    ]
    work = own_work(brief, ranking)
    if work is not ranking[0]:
        ranking = [work, *(each for each in ranking if each.name != work.name)]
    leads = leads_people(brief.position, brief.level, brief.job_description)
    found = subjects_for(phrases, ranking, level)
    found = [each for each in found if not is_unwanted(each, wanted.without)]
    position = wording.said_position(brief, in_foreign_text=in_foreign_text)
    if find(position, kind=Source.BRIEF):
        position = "this position"
    notes = (
        *wanted.notes,
        *language_notes(advert.language),
        *unfair,
        *advert_notes(brief.job_description),
        *skill_notes(asked),
        *later_notes(advert.later),
        *offer_notes(listed.offered),
    )
    checks = _distinct(
        [
            *(each.phrase for each in (*asked, *added) if each.kind is Kind.CHECK),
            *advert.checks,
        ]
    )
    for _ in range(_MOST_TRIES):
        chosen, minutes = choose(brief, level, work, found, advert, leads=leads, wanted=wanted)
        sections, criteria = composed(chosen, minutes, level, wanted)
        kit = PlanStructure(
            duration=minutes.total,
            sections=tuple(sections),
            opening=wording.opening(
                _with_fair_company(brief), position, minutes.total, _said_parts(minutes)
            ),
            closing=wording.closing(),
            criteria=tuple(criteria),
            checks=checks,
            notes=tuple(dict.fromkeys(note for note in (*notes, *chosen.notes) if note)),
        )
        faulty = faulty_criteria(kit)
        if not faulty:
            break
        names = {each.name for each in criteria if each.key in faulty}
        notes = (*notes, *unsound_notes([each for each in found if each.topic.name in names]))
        found = [each for each in found if each.topic.name not in names]
        wanted = replace(wanted, without=(*wanted.without, *names))
        advert = replace(advert, duties=()) if DUTIES in names else advert
    return kit


_MOST_TRIES = 4


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
