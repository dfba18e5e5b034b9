"""Which subjects a kit is about: what the brief asks for, as far as there is time, and what its
kind of work calls for beside that."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from interview_service.domain.interview import Brief, Level
from interview_service.engines.builtin.advert import Advert
from interview_service.engines.builtin.noting import added_note, left_note
from interview_service.engines.builtin.phrases import starts_with_a_verb
from interview_service.engines.builtin.subjects import MOST_AT_ONCE, Part, Subject, usual
from interview_service.engines.builtin.tasks import (
    TASK_SECTION,
    duty_subject,
    task_sample,
)
from interview_service.engines.builtin.timing import Budget, budget
from interview_service.engines.builtin.unknown import (
    is_nameable,
    topic_about_several,
)
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
MOST_QUESTIONS_EACH = 2


@dataclass(frozen=True, slots=True)
class Placed:
    """A subject in a kit.

    :param count: how many questions there are on it.
    :param turn: its number in the kit; by it, the questions begin with what somebody has done or
        with what they would do.
    :param harder: whether its questions are harder (1) or easier (-1) than usual at the level.
    """

    subject: Subject
    count: int
    turn: int
    harder: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """What a kit is about.

    :param placed: the subjects of each section but the piece of work.
    :param late: subjects of the brief for which there is no time.
    :param added: subjects that the brief does not name.
    :param notes: what else is said of the choice.
    """

    work: Work
    minutes: Budget
    placed: Mapping[Part, Sequence[Placed]]
    late: Sequence[Subject]
    added: Sequence[Subject]
    notes: Sequence[str] = ()


def choose(
    brief: Brief,
    level: Level,
    work: Work,
    found: Sequence[Subject],
    advert: Advert,
    *,
    leads: bool,
    unsound: Collection[str] = (),
) -> Selection:
    """Return what the kit of a brief is about.

    :param level: that of the questions; the interview is as long as the brief's level has it.
    :param found: the subjects of the brief.
    :param unsound: names of subjects that no sound question came of.
    """
    by_part = {part: [each for each in found if each.part is part] for part in Part}
    if work.is_family or work.name == GENERAL:
        named = " ".join((brief.position, *brief.skills))
        task = _central_duty(advert.duties, named)
        work = replace(work, sample=task_sample(task), sample_section=TASK_SECTION)
        advert = replace(advert, duties=tuple(each for each in advert.duties if each != task))
    by_part[Part.LEADING] = by_part[Part.LEADING] or _usual_leading(work, brief.level, leads=leads)
    parts = set(Part) if by_part[Part.LEADING] else set(Part) - {Part.LEADING}
    minutes = budget(brief.level, parts)
    capacity = _capacity(minutes, by_part)
    together = by_part[Part.TOGETHER]
    room = capacity[Part.TOGETHER]
    together, late = together[:room] or [_usual_trait(level, unsound)], together[room:]
    together = [of_this_work(each, work, level) for each in together]
    skills, late_skills, added = _filled(
        by_part[Part.SKILLS],
        work,
        advert,
        capacity[Part.SKILLS],
        [
            each
            for each in usual_beside(work, together, leads=leads)
            if each.topic.name not in unsound
        ],
        leads=leads,
    )
    most = capacity.get(Part.LEADING, 0)
    leading, late_leading = by_part[Part.LEADING][:most], by_part[Part.LEADING][most:]
    chosen = {Part.SKILLS: skills, Part.LEADING: leading, Part.TOGETHER: together}
    late = [*late_skills, *late, *(each for each in late_leading if each.labels)]
    return Selection(work, minutes, _placed(chosen, minutes), late, added)


def _placed(chosen: Mapping[Part, Sequence[Subject]], minutes: Budget) -> dict[Part, list[Placed]]:
    found: dict[Part, list[Placed]] = {}
    turn = 0
    for part in minutes.parts:
        if part is Part.SAMPLE:
            continue
        found[part] = []
        counts = _counts(chosen[part], minutes.questions(part))
        for subject, count in zip(chosen[part], counts, strict=True):
            found[part].append(Placed(subject, count, turn))
            turn += 1
    return found


def _counts(subjects: Sequence[Subject], questions: int) -> list[int]:
    """Return how many questions each subject gets: one, and two while there is time."""
    counts = [1] * len(subjects)
    spare = questions - len(subjects)
    by_weight = sorted(
        (at for at, subject in enumerate(subjects) if not is_asked_once(subject)),
        key=lambda at: (subjects[at].is_general, -len(subjects[at].labels)),
    )
    for at in by_weight[: max(spare, 0)]:
        counts[at] = MOST_QUESTIONS_EACH
    return counts


def is_asked_once(subject: Subject) -> bool:
    """Tell whether a subject is several skills at once, of which one question is enough."""
    return subject.is_general and len(subject.topic.keys) > 1


def selection_notes(selection: Selection) -> list[str]:
    """Return what a kit says of what it is about, and of what it is not."""
    work = selection.work
    notes = [*selection.notes, *left_note(selection.late), *added_note(selection.added)]
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
    if selection.minutes.total > 150:
        notes.append("An interview of this length needs breaks, and a second interviewer.")
    return notes


def _usual_leading(work: Work, level: Level, *, leads: bool) -> list[Subject]:
    """Return what is asked about leading or influencing others where the brief says nothing."""
    if leads:
        return [leading_people(work)]
    if level is Level.PRINCIPAL:
        topic = shared("influence")[0]
        return [Subject(topic, Part.LEADING, (), topic.name)]
    return []


def leading_people(work: Work) -> Subject:
    """Return what is asked of those who lead people in a kind of work."""
    own = [topic for topic in work.topics if topic.name.startswith("Leading a ")]
    topic = own[0] if own else shared("leading")[0]
    return Subject(topic, Part.LEADING, (), topic.name)


def of_this_work(subject: Subject, work: Work, level: Level) -> Subject:
    """Return the subject with the questions that suit the work where teamwork has several."""
    if subject.topic.name != "Teamwork":
        return subject
    fitting = teamwork_for(work.family)
    at = (sum(map(ord, work.name)) + list(Level).index(level)) % len(fitting)
    return replace(subject, topic=replace(fitting[at], keys=subject.topic.keys))


def _usual_trait(level: Level, without: Collection[str]) -> Subject:
    """Return what is asked about working together where the brief says nothing of it."""
    first = "Learning" if level is Level.JUNIOR else "Teamwork"
    traits = sorted(shared("traits"), key=lambda topic: topic.name != first)
    topic = next((each for each in traits if each.name not in without), traits[0])
    return Subject(topic, Part.TOGETHER, (), topic.name)


def _capacity(minutes: Budget, by_part: Mapping[Part, Sequence[Subject]]) -> dict[Part, int]:
    """Return how many subjects each part has room for, seven criteria in all."""
    left = MOST_CRITERIA - (Part.SAMPLE in minutes.parts)
    found: dict[Part, int] = {}
    for part in (Part.LEADING, Part.TOGETHER):
        if part in minutes.parts:
            most = 2 if part is Part.TOGETHER and len(by_part[part]) > 1 else 1
            found[part] = min(minutes.questions(part), most)
            left -= found[part]
    found[Part.SKILLS] = max(min(minutes.questions(Part.SKILLS), left), 1)
    return found


def _filled(
    skills: Sequence[Subject],
    work: Work,
    advert: Advert,
    room: int,
    beside: Sequence[Subject],
    *,
    leads: bool,
) -> tuple[list[Subject], list[Subject], list[Subject]]:
    """Return the subjects of the main part, those that do not fit, and those added to the brief.

    :param beside: what the work usually calls for, the closest to it first.
    """
    skills = _with_own(skills, work, room)
    chosen, late = _together_at_the_end(skills, room)
    added: list[Subject] = []
    duties = [
        duty
        for duty in advert.duties
        if not (leads and _OF_LEADING.match(duty))
        and not (work.name != GENERAL and _SLIGHT.match(duty))
    ]
    least = min(room, max(FEWEST_CRITERIA + 1, 5 if room > 5 else room))
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
    general = set(_general_topics(work))
    for subject in beside:
        if any(subject.topic.name == each.topic.name for each in chosen):
            continue
        is_general = subject.topic.name in general
        if len(chosen) >= (min(least, FEWEST_CRITERIA + 1) if is_general else least):
            break
        chosen.append(subject)
        added.append(subject)
    return chosen, late, added


def usual_beside(work: Work, taken: Sequence[Subject], *, leads: bool) -> Iterator[Subject]:
    """Yield what a kind of work usually calls for, then its family, then any work."""
    family = usual(family_of(work.name), taken, leads=leads) if not work.is_family else []
    general = usual(works()[GENERAL], taken, leads=leads) if work.wider != GENERAL else []
    known: set[str] = set()
    for subject in (*usual(work, taken, leads=leads), *family, *general):
        if subject.topic.name not in known:
            known.add(subject.topic.name)
            yield subject


def _general_topics(work: Work) -> Iterator[str]:
    if work.wider != GENERAL:
        yield from (topic.name for topic in works()[GENERAL].topics)


def _together_at_the_end(
    skills: Sequence[Subject], room: int
) -> tuple[list[Subject], list[Subject]]:
    """Return the subjects that have room, the last ones asked about at once, and what is left."""
    over = [
        each for each in skills[room - 1 :] if each.labels and all(map(is_nameable, each.labels))
    ]
    beside = [each for each in skills[room - 1 :] if each not in over]
    labels = [label for each in over for label in each.labels]
    if len(skills) <= room or room < _FEWEST_FOR_ALL or len(labels) < 2:
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


def _with_own(skills: Sequence[Subject], work: Work, room: int) -> Sequence[Subject]:
    """Return the subjects with what the work itself is about before words that no table knows.

    Of those words, so many but one stand behind the last place that the work's own topics have
    room.
    """
    if work.name == GENERAL or work.is_family:
        return skills
    doubtful = [each for each in skills if each.is_general]
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
    spare = spare[:needed]
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
