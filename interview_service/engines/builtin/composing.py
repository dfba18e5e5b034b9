"""From the subjects of a kit to its sections, questions and criteria."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from interview_service.domain.interview import Level
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
from interview_service.engines.builtin import wording
from interview_service.engines.builtin.choosing import MOST_QUESTIONS_EACH, Placed, Selection
from interview_service.engines.builtin.own_questions import criterion_key, with_own_questions
from interview_service.engines.builtin.phrases import (
    capitalised,
    in_sentence,
    listed,
    with_article,
)
from interview_service.engines.builtin.subjects import TECHNICAL_NEXT, Part, Subject
from interview_service.engines.builtin.unknown import Noun, topic_about
from interview_service.engines.builtin.wanted import MOST_WANTED_EACH, word_for
from interview_service.engines.builtin.work import Ask, Sample, Work, plain, shared, words_of

_TURN_OF_CASES: Mapping[Level, int] = {
    Level.JUNIOR: 3,
    Level.MID: 2,
    Level.SENIOR: 3,
    Level.LEAD: 3,
    Level.PRINCIPAL: 3,
}
"""Of how many subjects one begins with what somebody would do, the others with what they have done;
for beginners, who have done little, it is the other way round."""
_GROUPS: Mapping[Part, str] = {
    Part.SAMPLE: "work_sample",
    Part.LEADING: "leadership",
    Part.TOGETHER: "working_together",
}
_TECHNICAL = frozenset({"technology", "engineering"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kit asks.

    :param level: that of the questions.
    :param prefer: `past` for questions about what was done, `case` for what would be done.
    :param minutes: words to the minutes of a section of its own for what they mean.
    :param own: questions to ask word for word.
    :param unasked: questions that are not asked.
    :param earlier: the kit as it was, of which every question that is asked again keeps its
        follow-ups.
    """

    level: Level
    prefer: str | None = None
    minutes: Mapping[str, int] = field(default_factory=dict)
    own: Sequence[str] = ()
    unasked: Sequence[str] = ()
    earlier: PlanStructure | None = None


def composed(selection: Selection, manner: Manner) -> tuple[list[Section], list[Criterion]]:
    """Return the sections and criteria of a kit."""
    keys: set[str] = set()
    work = selection.work
    follow_ups = _FollowUps(manner, work.section)
    told = _looked_for(selection)
    sections: list[Section] = []
    criteria: list[Criterion] = []
    for part, duration in selection.minutes.parts.items():
        if part is Part.SAMPLE:
            section, criterion = _sample_section(work, duration, manner.level, keys, follow_ups)
            sections.append(section)
            criteria.append(criterion)
            continue
        placed = selection.placed[part]
        questions: list[Question] = []
        for each in placed:
            key = criterion_key(each.subject.topic.name, keys)
            asks = _asks(each, manner, told)
            questions += [
                Question(ask.text, ask.look_for, follow_ups.after(ask, each.subject), key)
                for ask in asks
            ]
            criteria.append(_criterion(key, part, each.subject, asks, work, manner.level))
        subjects = [each.subject for each in placed]
        topics = [_headline(each) for each in subjects]
        sections += _parted(
            Section(
                _section_name(part, work, subjects),
                duration,
                tuple(dict.fromkeys(topics)),
                tuple(questions),
            ),
            [
                (topic, criterion, word_for(each, manner.minutes))
                for topic, criterion, each in zip(
                    topics, criteria[-len(subjects) :], subjects, strict=True
                )
            ],
            manner.minutes,
        )
    return with_own_questions(sections, criteria, manner.own)


def _criterion(
    key: str, part: Part, subject: Subject, asks: Sequence[Ask], work: Work, level: Level
) -> Criterion:
    usual = "technical" if work.family in _TECHNICAL else "job_skills"
    anchors = wording.anchors(
        subject.topic.poor,
        asks[:MOST_QUESTIONS_EACH],
        level,
        are_facts=subject.is_technology,
        goes_beyond=part is Part.SKILLS and not subject.is_technology,
    )
    return Criterion(key, _GROUPS.get(part, usual), subject.topic.name, anchors)


def _parted(
    section: Section,
    subjects: Sequence[tuple[str, Criterion, str | None]],
    minutes_for: Mapping[str, int],
) -> Iterator[Section]:
    """Yield a section without what is to have minutes of its own, and a section for each of that.

    :param subjects: the headline of each subject of the section, its criterion, and the words by
        which it was given minutes.
    """
    left = section.duration
    own: list[Section] = []
    rest = [topic for topic, _, word in subjects if word is None]
    for topic, criterion, word in subjects:
        if word is None:
            continue
        room = left - (_LEAST_OF_A_SECTION if rest else 0)
        minutes = min(minutes_for[word], room)
        if minutes < _LEAST_OF_A_SECTION:
            rest.append(topic)
            continue
        left -= minutes
        asked = tuple(each for each in section.questions if each.criterion == criterion.key)
        own.append(Section(capitalised(word), minutes, (topic,), asked))
    if rest:
        asked = tuple(
            each for each in section.questions if all(each not in one.questions for one in own)
        )
        yield replace(section, duration=left, topics=tuple(dict.fromkeys(rest)), questions=asked)
    elif own and left:
        own[-1] = replace(own[-1], duration=own[-1].duration + left)
    yield from own


_LEAST_OF_A_SECTION = 5


def _section_name(part: Part, work: Work, subjects: Sequence[Subject]) -> str:
    if part is Part.SKILLS:
        return work.section
    if part is Part.LEADING:
        influence = shared("influence")[0]
        return "Influence" if subjects and subjects[0].topic is influence else "Leading People"
    return "Working Together"


def _headline(subject: Subject) -> str:
    name = subject.headline or subject.topic.name
    others = [
        label
        for label in subject.labels
        if plain(label) not in plain(name) and not _shares_words(label, name)
    ]
    return f"{name}: {listed(others)}" if others else name


def _shares_words(label: str, text: str) -> bool:
    stems = {word[:5] for word in words_of(text)}
    return all(word[:5] in stems for word in words_of(label) if len(word) > 2)


def _shares_a_word(label: str, text: str) -> bool:
    stems = {word[:5] for word in words_of(text)}
    return any(word[:5] in stems for word in words_of(label) if len(word) > 2)


def _looked_for(selection: Selection) -> set[str]:
    """Return what the answers to the subjects' own questions show."""
    topics = [each.subject.topic for placed in selection.placed.values() for each in placed]
    return {point for topic in topics for ask in (topic.past, topic.case) for point in ask.look_for}


def _asks(placed: Placed, manner: Manner, told: set[str]) -> list[Ask]:
    """Return the questions on a subject: in turn about what was done and what would be done.

    :param told: what answers to other questions show, which is told but once; added to.
    """
    subject, count, level = placed.subject, placed.count, manner.level
    both = [
        ask for ask in (subject.topic.past, subject.topic.case) if ask.text not in manner.unasked
    ]
    begins_with_case = placed.turn % _TURN_OF_CASES[level] == 1
    if level is Level.JUNIOR:
        begins_with_case = not begins_with_case
    if manner.prefer is not None:
        begins_with_case = manner.prefer == "case"
    if subject.is_in_order:
        begins_with_case = False
    elif subject.is_technology:
        begins_with_case = level in (Level.JUNIOR, Level.MID)
        if placed.harder:
            begins_with_case = placed.harder < 0
    if begins_with_case:
        both.reverse()
    further = _further(subject, both, count - len(both), told) if count > len(both) else []
    return [*both, *further][:count]


def _further(subject: Subject, asked: Sequence[Ask], count: int, told: set[str]) -> list[Ask]:
    """Return more questions on a subject than the tables have, sound for any subject."""
    phrase = subject.labels[0] if subject.labels else in_sentence(subject.topic.name)
    found: list[Ask] = []
    for number in range(MOST_WANTED_EACH * 2):
        topic = topic_about(phrase, number // 2, noun=Noun.OTHER)
        ask = topic.case if number % 2 else topic.past
        is_new = all(ask.text != each.text for each in (*asked, *found))
        if len(found) < count and is_new and told.isdisjoint(ask.look_for):
            found.append(ask)
            told.update(ask.look_for)
    return found


def _sample_section(
    work: Work, duration: int, level: Level, keys: set[str], follow_ups: "_FollowUps"
) -> tuple[Section, Criterion]:
    sample = work.sample
    topics = work.sample_topics
    name = work.sample_section
    if level is Level.JUNIOR and work.sample_junior is not None:
        sample, topics, name = work.sample_junior, (), "Problem Solving"
    key = criterion_key(sample.name, keys)
    question = Question(
        sample.ask.text, sample.ask.look_for, follow_ups.after(sample.ask, None), key
    )
    criterion = Criterion(key, _GROUPS[Part.SAMPLE], sample.name, _sample_anchors(sample, level))
    return Section(name, duration, topics or (sample.name,), (question,)), criterion


def _sample_anchors(sample: Sample, level: Level) -> dict[str, str]:
    return wording.anchors(sample.poor, [sample.ask], level)


_WITH = {
    "forklift": "driving a forklift",
    "telephone": "telephone work",
    "reception": "reception work",
    "18th edition": "the 18th edition",
    "CRM": "CRM systems",
    "tractor": "driving a tractor",
    "chainsaw": "chainsaw work",
    "ERP": "ERP systems",
    "WMS": "a WMS",
    "reach truck": "driving a reach truck",
    "excavator": "driving an excavator",
}
"""Labels that do not stand well after "experience with", and what does."""


def _on_labels(follow_ups: Sequence[str]) -> tuple[str, ...]:
    """Return the follow-ups that ask about skills which the question does not name."""
    return tuple(each for each in follow_ups if each.startswith(_EXPERIENCE))


_EXPERIENCE = "What experience do you have with "


class _FollowUps:
    """Hands out follow-ups of a level, each once before any comes again."""

    def __init__(self, manner: Manner, section: str) -> None:
        self._section = section
        self._level = manner.level
        self._given: Counter[str] = Counter()
        self._named: set[str] = set()
        earlier = manner.earlier.sections if manner.earlier else ()
        self._earlier = {
            question.text: question.follow_ups
            for section in earlier
            for question in section.questions
        }

    def after(self, ask: Ask, subject: Subject | None) -> tuple[str, ...]:
        """Return what to ask after a question: its own follow-up, and one of the level's, or one
        on the skills that the question does not name."""
        unnamed = self._unnamed(ask, subject)
        said = listed([_WITH.get(label, with_article(label)) for label in unnamed])
        on_them = (f"{_EXPERIENCE}{said}?",) if unnamed else ()
        earlier = self._earlier.get(ask.text, ())
        if earlier and _on_labels(earlier) == on_them:
            self._given.update(earlier)
            return earlier
        own = self._own(ask, subject)
        if on_them:
            return (own, *on_them)
        usual = wording.next_pool(ask.text, self._level)
        pool = [
            each
            for each in (wording.CASE_NEXT[self._level] if subject is None else usual)
            if plain(each)[:20] != plain(ask.follow_up)[:20]
        ]
        following = min(pool, key=lambda each: self._given[each])
        self._given[following] += 1
        return (own, following)

    def _own(self, ask: Ask, subject: Subject | None) -> str:
        """Return the question's own follow-up, or a like one where it has been used already."""
        own = ask.follow_up
        if subject is not None and subject.is_technology and self._given[own]:
            own = min(TECHNICAL_NEXT, key=lambda each: self._given[each])
        self._given[own] += 1
        return own

    def _unnamed(self, ask: Ask, subject: Subject | None) -> list[str]:
        if subject is None or subject.part is not Part.SKILLS or subject.is_technology:
            return []
        text = f"{ask.text} {subject.topic.name} {self._section} {' '.join(ask.look_for)}"
        labels = [
            label
            for label in subject.labels
            if label not in self._named
            and label.casefold() not in text.casefold()
            and not _shares_a_word(label, text)
        ][:3]
        self._named.update(labels)
        return labels
