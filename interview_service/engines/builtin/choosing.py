"""Which subjects a kit is about: what the brief asks for, as far as there is time, and what its
kind of work calls for beside that."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from interview_service.domain.interview import Brief, Level
from interview_service.engines.builtin.advert import Advert
from interview_service.engines.builtin.moving import reordered
from interview_service.engines.builtin.noting import added_note, left_note
from interview_service.engines.builtin.phrases import starts_with_a_verb
from interview_service.engines.builtin.subjects import MOST_AT_ONCE, Part, Subject, usual
from interview_service.engines.builtin.tasks import (
    TASK_SECTION,
    duty_subject,
    task_sample,
)
from interview_service.engines.builtin.timing import Budget, asked_in, budget
from interview_service.engines.builtin.unknown import (
    is_nameable,
    topic_about_several,
)
from interview_service.engines.builtin.wanted import Wanted, amount_for, means, names
from interview_service.engines.builtin.work import (
    GENERAL,
    Work,
    family_of,
    shared,
    teamwork_for,
    words_of,
    works,
)

MOST_CRITERIA, FEWEST_CRITERIA = 7, 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """The subjects of a kit by part, and what is said about the choice."""

    work: Work
    subjects: Mapping[Part, Sequence[Subject]]
    notes: tuple[str, ...]


def ordered(phrases: Sequence[str], wanted: Wanted) -> list[str]:
    first = [each for each in phrases if names(each, wanted.more)]
    last = [each for each in phrases if names(each, wanted.less) and each not in first]
    middle = [each for each in phrases if each not in first and each not in last]
    kept = [*first, *middle, *last]
    return [each for each in kept if not names(each, (*wanted.without, *wanted.beside))]


def is_unwanted(subject: Subject, without: Iterable[str]) -> bool:
    return names(subject.topic.name, without) or (
        bool(subject.labels) and all(names(label, without) for label in subject.labels)
    )


def choose(
    brief: Brief,
    level: Level,
    work: Work,
    found: Sequence[Subject],
    advert: Advert,
    *,
    leads: bool,
    wanted: Wanted,
) -> tuple[Chosen, Budget]:
    by_part = {part: [each for each in found if each.part is part] for part in Part}
    if work.is_family or work.name == GENERAL:
        named = " ".join((brief.position, *brief.skills))
        task = _central_duty(advert.duties, named)
        work = replace(work, sample=task_sample(task), sample_section=TASK_SECTION)
        advert = replace(advert, duties=tuple(each for each in advert.duties if each != task))
    by_part[Part.LEADING] = _leading(
        by_part[Part.LEADING], work, brief.level, leads=leads, wanted=wanted
    )
    parts = {
        part
        for part in Part
        if part not in wanted.dropped
        and (not wanted.is_only or by_part[part] or part in wanted.kept)
    } or {Part.SKILLS}
    if not by_part[Part.LEADING]:
        parts.discard(Part.LEADING)
    minutes = budget(brief.level, parts, wanted.time)
    parts = set(minutes.parts)
    capacity = _capacity(minutes, by_part, wanted)
    together = by_part[Part.TOGETHER]
    late_together: list[Subject] = []
    if Part.TOGETHER in parts:
        room = capacity[Part.TOGETHER]
        together, late_together = together[:room], together[room:]
        if not together:
            together = [_usual_trait(level, wanted)]
        together = [_of_this_work(each, work, level) for each in together]
    skills = by_part[Part.SKILLS]
    if Part.SKILLS in parts:
        skills, late, added = _filled(
            skills, work, advert, capacity[Part.SKILLS], leads, wanted, together
        )
    else:
        skills, late, added = [], list(skills), []
    chosen = {
        Part.SKILLS: reordered(skills, wanted.moves, means),
        Part.SAMPLE: [],
        Part.LEADING: by_part[Part.LEADING][: capacity.get(Part.LEADING, 0)],
        Part.TOGETHER: together if Part.TOGETHER in parts else [],
    }
    late_leading = by_part[Part.LEADING][capacity.get(Part.LEADING, 0) :]
    left_over = [*late, *late_together, *(each for each in late_leading if each.labels)]
    if Part.TOGETHER not in parts:
        left_over += by_part[Part.TOGETHER]
    notes = [*left_note(left_over), *added_note(added)]
    asked_about = sum(map(len, chosen.values())) + (Part.SAMPLE in parts)
    if wanted.is_only and asked_about < FEWEST_CRITERIA:
        notes.append(
            "As wished, the kit is about little; a structured interview has at least "
            f"{FEWEST_CRITERIA} criteria."
        )
    if work.name == GENERAL:
        notes.append(
            "This engine knows no kind of work by this title: beside the duties and skills of the "
            "brief, this kit asks about work in general."
        )
    elif work.is_family:
        notes.append(
            "This engine has no questions of this very trade: beside the duties and skills of the "
            "brief, this kit asks what holds for any work of its kind."
        )
    if minutes.total > 150:
        notes.append("An interview of this length needs breaks, and a second interviewer.")
    return Chosen(work, chosen, tuple(notes)), minutes


def _leading(
    asked: Sequence[Subject], work: Work, level: Level, *, leads: bool, wanted: Wanted
) -> list[Subject]:
    """Return what is asked about leading or influencing others."""
    if Part.LEADING in wanted.dropped:
        return []
    found = list(asked)
    if leads or Part.LEADING in wanted.kept:
        own = [topic for topic in work.topics if topic.name.startswith("Leading a ")]
        general = shared("leading")[0]
        topic = own[0] if own else general
        if not found:
            found = [Subject(topic, Part.LEADING, (), topic.name)]
    elif level is Level.PRINCIPAL and not found:
        topic = shared("influence")[0]
        found = [Subject(topic, Part.LEADING, (), topic.name)]
    return [each for each in found if not is_unwanted(each, wanted.without)]


def _of_this_work(subject: Subject, work: Work, level: Level) -> Subject:
    """Return the subject with the questions that suit the work where teamwork has several."""
    if subject.topic.name != "Teamwork":
        return subject
    fitting = teamwork_for(work.family)
    at = (sum(map(ord, work.name)) + list(Level).index(level)) % len(fitting)
    return replace(subject, topic=replace(fitting[at], keys=subject.topic.keys))


def _usual_trait(level: Level, wanted: Wanted) -> Subject:
    """Return what is asked about working together where the brief says nothing of it."""
    first = "Learning" if level is Level.JUNIOR else "Teamwork"
    traits = sorted(shared("traits"), key=lambda topic: topic.name != first)
    topic = next((each for each in traits if not names(each.name, wanted.without)), traits[0])
    return Subject(topic, Part.TOGETHER, (), topic.name)


def _capacity(
    minutes: Budget, by_part: Mapping[Part, Sequence[Subject]], wanted: Wanted
) -> dict[Part, int]:
    """Return how many subjects each part has room for, seven criteria in all."""
    left = MOST_CRITERIA - bool(wanted.own)
    found: dict[Part, int] = {}
    if Part.SAMPLE in minutes.parts:
        left -= 1
    for part in (Part.LEADING, Part.TOGETHER):
        if part in minutes.parts:
            found[part] = min(minutes.questions(part), 2 if part is Part.TOGETHER else 1)
            if part is Part.TOGETHER and len(by_part[part]) < 2:
                found[part] = 1
            left -= found[part]
    if Part.SKILLS in minutes.parts:
        room = minutes.questions(Part.SKILLS) + wanted.questions - len(wanted.own)
        found[Part.SKILLS] = _subjects_in(room, left, by_part[Part.SKILLS], wanted)
    return found


def _subjects_in(questions: int, most: int, subjects: Sequence[Subject], wanted: Wanted) -> int:
    """Return how many of some subjects, the first of them, have room for their questions."""
    most = max(min(questions, most), 1)
    for number, subject in enumerate(subjects[:most]):
        more = any(means(subject, word) for word in wanted.more) and questions > _FEW_QUESTIONS
        own = amount_for(subject, wanted.minutes)
        count = amount_for(subject, wanted.counts) or (own and asked_in(own)) or (2 if more else 1)
        questions -= count
        if questions < 0 and number:
            return number
    return max(min(most, len(subjects) + max(questions, 0)), 1)


_FEW_QUESTIONS = 3


def _filled(
    skills: Sequence[Subject],
    work: Work,
    advert: Advert,
    room: int,
    leads: bool,
    wanted: Wanted,
    together: Sequence[Subject],
) -> tuple[list[Subject], list[Subject], list[Subject]]:
    """Return the subjects of the main part, those that do not fit, and those added to the brief."""
    skills = _with_own(skills, work, room, wanted)
    chosen, late = _together_at_the_end(skills, room, wanted)
    added: list[Subject] = []
    duties = [
        duty
        for duty in advert.duties
        if not any(names(word, (duty,)) for word in wanted.without)
        and not (leads and _OF_LEADING.match(duty))
        and not (work.name != GENERAL and _SLIGHT.match(duty))
    ]
    least = min(room, max(FEWEST_CRITERIA + 1, 5 if room > 5 else room))
    if wanted.is_only and chosen:
        return chosen, late, added
    if duties and len(chosen) < room:
        named = " ".join(
            label for subject in chosen for label in (subject.topic.name, *subject.labels)
        )
        chosen.append(
            duty_subject(
                min(
                    duties,
                    key=lambda duty: (_SLIGHT.match(duty) is not None, _overlap(duty, named)),
                )
            )
        )
    taken = [*chosen, *together]
    family = usual(family_of(work.name), taken, leads=leads) if not work.is_family else []
    general = usual(works()[GENERAL], taken, leads=leads) if work.wider != GENERAL else []
    for subject in (*usual(work, taken, leads=leads), *family, *general):
        enough = least if subject not in general else min(least, FEWEST_CRITERIA + 1)
        if len(chosen) >= enough:
            break
        is_new = all(subject.topic.name != each.topic.name for each in chosen)
        if is_new and not is_unwanted(subject, wanted.without):
            chosen.append(subject)
            added.append(subject)
    return chosen, late, added


def _together_at_the_end(
    skills: Sequence[Subject], room: int, wanted: Wanted
) -> tuple[list[Subject], list[Subject]]:
    """Return the subjects that have room, the last ones asked about at once, and what is left."""
    over = [
        each for each in skills[room - 1 :] if each.labels and all(map(is_nameable, each.labels))
    ]
    beside = [each for each in skills[room - 1 :] if each not in over]
    labels = [label for each in over for label in each.labels]
    is_wished = wanted.is_only or wanted.counts or wanted.minutes or wanted.added or wanted.more
    if len(skills) <= room or room < _FEWEST_FOR_ALL or is_wished or len(labels) < 2:
        return list(skills[:room]), list(skills[room:])
    asked, left = labels[:MOST_AT_ONCE], labels[MOST_AT_ONCE:]
    topic = topic_about_several(asked)
    last = Subject(topic, Part.SKILLS, tuple(asked), topic.name, is_general=True)
    rest = [replace(over[-1], labels=tuple(left))] if left else []
    return [*(each for each in skills[: room - 1] if each.topic.name != topic.name), last], [
        *rest,
        *beside,
    ]


_FEWEST_FOR_ALL = 3
_FEWEST_OWN = 1  # subjects of the kind of work itself


def _with_own(
    skills: Sequence[Subject], work: Work, room: int, wanted: Wanted
) -> Sequence[Subject]:
    """Return the subjects with what the work itself is about before words that no table knows.

    Of those words, so many but one stand behind the last place that the work's own topics have
    room.
    """
    if work.name == GENERAL or work.is_family or wanted.is_only:
        return skills
    asked_for = (*wanted.added, *wanted.more, *wanted.minutes, *wanted.counts)
    doubtful = [
        each
        for each in skills
        if each.is_general and not any(names(label, asked_for) for label in each.labels)
    ]
    sure = [each for each in skills if each not in doubtful]
    own = {topic.name for topic in work.topics if not topic.when}
    known = sum(each.topic.name in own or each.is_technology for each in sure[:room])
    free = max(room - len(sure) - bool(doubtful), 0)  # one of those words has its place
    needed = min(max(_FEWEST_OWN - known, 0), len(own), free)
    fitting = max(room - needed - len(sure), 0)
    spare = [
        Subject(topic, Part.SKILLS, (), topic.name)
        for topic in work.topics
        if not topic.when and topic.name not in {each.topic.name for each in sure}
    ]
    spare = [each for each in spare if not is_unwanted(each, wanted.without)][:needed]
    if len(doubtful) <= fitting or not spare:
        return [*sure, *doubtful]
    return [*sure, *doubtful[:fitting], *spare, *doubtful[fitting:]]


_OF_LEADING = re.compile(
    r"(?:You(?:'|’)?(?:ll| will)? )?(?:lead|manage|supervise|line[- ]manage|coach|build)\b.{0,40}"
    r"\b(?:team|staff|crew|SLT|reports|people)\b",
    re.IGNORECASE,
)
"""Duties that the questions on leading people are about already."""


_SLIGHT = re.compile(
    r"(?:you(?:'|’)?(?:ll| will)? )?(?:contribute|attend|participate|assist|help|support|answer"
    r"|rotate|share|work|take part|be |report|follow|start|cover"
    r"|participer|assister|[eê]tre |zusammenarbeit|mitarbeit|mitwirkung|unterst[uü]tz"
    r"|ansprechpartner"
    r"|colaborar|apoyo|apoyar|liaise|work (?:with|closely)|ensure|any other|keep"
    r"|maintain (?:a )?(?:clean|good)|other)\b",
    re.IGNORECASE,
)
"""Duties that say little of what the job is about."""


def _central_duty(duties: Sequence[str], named: str) -> str | None:
    """Return the duty that says most of what a title and its skills say, if there is one."""
    return max(
        duties,
        key=lambda duty: (
            _SLIGHT.match(duty) is None,
            not _OF_LEADING.match(duty),
            starts_with_a_verb(duty) or not any(map(starts_with_a_verb, duties)),
            _overlap(duty, named),
        ),
        default=None,
    )


def _overlap(duty: str, named: str) -> int:
    """Return how many words of a duty are spoken of already."""
    stems = {word[:5] for word in words_of(named) if len(word) > 3}
    return sum(word[:5] in stems for word in words_of(duty) if len(word) > 3)
