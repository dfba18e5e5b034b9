"""How a kit is put together: subjects from the brief, questions by level, minutes, anchors, notes.

Everything here is deterministic: the same brief and wishes give the same kit.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from interview_service.domain.fairness import Finding, Source, find
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
from interview_service.engines.builtin import advert as adverts
from interview_service.engines.builtin import wording
from interview_service.engines.builtin.asked import LANGUAGE_CHECK, Asked, Kind, is_known, read_skills
from interview_service.engines.builtin.languages import ENGLISH, in_english
from interview_service.engines.builtin.phrases import listed, uncapitalised
from interview_service.engines.builtin.subjects import (
    Part,
    Subject,
    is_executive,
    leads_people,
    subjects_for,
    usual,
)
from interview_service.engines.builtin.timing import Budget, TimeWishes, budget
from interview_service.engines.builtin.work import (
    GENERAL,
    Ask,
    Sample,
    Topic,
    Work,
    plain,
    ranked,
    shared,
    words_of,
    works,
)

MOST_CRITERIA, FEWEST_CRITERIA = 7, 3
MOST_QUESTIONS_EACH = 2
_LONGEST_SAID = 120  # characters of the client's words in a note
_MOST_NAMED = 12
_FEWEST_TRANSLATED = 2  # skills in another language that show the brief to be in it


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people want changed of a kit, already understood.

    :param added: skills to ask about as well, first; `more`, those to begin with; `less`, those to
        put last; `without`, words whose skills and subjects are left out.
    :param dropped: parts to leave out; `kept`, parts to have in any case.
    :param harder: how many levels up the questions are (negative for down).
    :param questions: how many questions more (negative for fewer).
    :param prefer: `past` for questions about what was done, `case` for what would be done.
    :param notes: what to say about the wishes.
    """

    time: TimeWishes = field(default_factory=TimeWishes)
    added: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    dropped: frozenset[Part] = frozenset()
    kept: frozenset[Part] = frozenset()
    harder: int = 0
    questions: int = 0
    prefer: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The subjects of a kit by part, and what is said about the choice."""

    work: Work
    subjects: Mapping[Part, Sequence[Subject]]
    notes: tuple[str, ...]


def plan_for(brief: Brief, wanted: Wanted | None = None) -> PlanStructure:
    """Return the kit for a brief."""
    wanted = wanted or Wanted()
    level = _level(brief.level, wanted.harder)
    advert = adverts.read(brief.job_description)
    translated = sum(in_english(skill) is not None and not is_known(skill) for skill in brief.skills)
    in_foreign_text = advert.language != ENGLISH or translated >= _FEWEST_TRANSLATED
    asked = read_skills(brief.skills, in_foreign_text=in_foreign_text)
    asked, unfair = _fair_only(asked)
    added = read_skills(wanted.added, in_foreign_text=False)
    phrases = [each.phrase for each in asked if each.kind is Kind.ASK]
    ranking = ranked(brief.position, phrases, brief.job_description)
    phrases = [
        *(each.phrase for each in added if each.kind is Kind.ASK),
        *_ordered(phrases, wanted),
    ]
    leads = leads_people(brief.position, brief.level, brief.job_description)
    found = subjects_for(phrases, ranking, level)
    found = [each for each in found if not _is_unwanted(each, wanted.without)]
    work = ranking[0]
    if is_executive(brief.position) and brief.level is not Level.JUNIOR:
        whole = works()["management"]
        work = replace(work, sample=whole.sample, sample_section=whole.sample_section, sample_topics=())
    chosen, minutes = _choose(brief, level, work, found, advert, leads=leads, wanted=wanted)
    sections, criteria = _composed(chosen, minutes, level, wanted)
    notes = (
        *wanted.notes,
        *_language_notes(advert.language),
        *unfair,
        *_advert_notes(brief.job_description),
        *_skill_notes(asked),
        *chosen.notes,
    )
    position = wording.said_position(brief, in_foreign_text=in_foreign_text)
    if find(position, kind=Source.BRIEF):
        position = "this position"
    return PlanStructure(
        duration=minutes.total,
        sections=tuple(sections),
        opening=wording.opening(_with_fair_company(brief), position, minutes.total, _said_parts(minutes)),
        closing=wording.closing(),
        criteria=tuple(criteria),
        checks=_distinct(
            [
                *(each.phrase for each in (*asked, *added) if each.kind is Kind.CHECK),
                *advert.checks,
            ]
        ),
        notes=tuple(dict.fromkeys(note for note in notes if note)),
    )


def _distinct(checks: Sequence[str]) -> tuple[str, ...]:
    """Return the checks, without those that only say at length what another says."""
    found: list[str] = []
    for check in checks:
        words = set(words_of(check))
        if not any(set(words_of(other)) <= words for other in found):
            found.append(check)
    return tuple(found[:_MOST_NAMED])


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
    return [said for part, said in _PART_SAID.items() if part in minutes.parts]


# --- what may be asked about


def _fair_only(asked: Sequence[Asked]) -> tuple[list[Asked], list[str]]:
    """Return what may be asked for, and a note on each thing that may not."""
    kept: list[Asked] = []
    notes: list[str] = []
    for each in asked:
        finding = next(iter(find(each.said, kind=Source.BRIEF)), None)
        if finding is None or each.kind is Kind.TERMS:
            kept.append(each)
        else:
            if each.kind is Kind.CHECK and each.phrase.endswith(LANGUAGE_CHECK):
                kept.append(each)
                notes.append(
                    f"“{_clipped(each.said)}” was read as fluent: what counts is how well somebody "
                    "speaks, not where they come from."
                )
                continue
            notes.append(
                f"Left out: “{_clipped(each.said)}”. Candidates are not asked about "
                f"{finding.matter.said}."
            )
    return kept, notes


def _advert_notes(description: str | None) -> list[str]:
    found: dict[str, Finding] = {}
    for finding in find(description or "", kind=Source.BRIEF):
        found.setdefault(finding.matter.said, finding)
    return [
        f"The job description speaks of {said} (“{_clipped(finding.sentence)}”); candidates are "
        "not asked about it."
        for said, finding in list(found.items())[:3]
    ]


def _language_notes(language: str) -> list[str]:
    if language == ENGLISH:
        return []
    return [
        f"The job description is in {language}. This engine reads only the kind of work and the "
        "listed skills from it; check that the questions cover its duties."
    ]


def _skill_notes(asked: Sequence[Asked]) -> list[str]:
    unread = [f"“{_clipped(each.said)}”" for each in asked if each.kind is Kind.UNREADABLE]
    terms = [f"Not a question: {each.phrase}" for each in asked if each.kind is Kind.TERMS]
    notes = []
    if unread:
        notes.append(
            f"Not understood and left out: {listed(unread[:_MOST_NAMED])}. Write in English "
            "what should be asked about."
        )
    return notes + terms


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SAID else text[: _LONGEST_SAID - 1].rstrip() + "…"


# --- choosing


def _ordered(phrases: Sequence[str], wanted: Wanted) -> list[str]:
    first = [each for each in phrases if _names(each, wanted.more)]
    last = [each for each in phrases if _names(each, wanted.less) and each not in first]
    middle = [each for each in phrases if each not in first and each not in last]
    kept = [*first, *middle, *last]
    return [each for each in kept if not _names(each, wanted.without)]


def _names(phrase: str, words: Iterable[str]) -> bool:
    """Tell whether one of several wishes means a phrase."""
    own = plain(phrase)
    return any(plain(word) == own or _is_within(plain(word), own) for word in words if word)


def _is_within(word: str, phrase: str) -> bool:
    return f" {word} " in f" {phrase} "


def _is_unwanted(subject: Subject, without: Iterable[str]) -> bool:
    return _names(subject.topic.name, without) or (
        bool(subject.labels) and all(_names(label, without) for label in subject.labels)
    )


def _choose(
    brief: Brief,
    level: Level,
    work: Work,
    found: Sequence[Subject],
    advert: adverts.Advert,
    *,
    leads: bool,
    wanted: Wanted,
) -> tuple[_Chosen, Budget]:
    by_part = {part: [each for each in found if each.part is part] for part in Part}
    by_part[Part.LEADING] = _leading(by_part[Part.LEADING], work, brief.level, leads=leads, wanted=wanted)
    parts = {part for part in Part if part not in wanted.dropped}
    if not by_part[Part.LEADING]:
        parts.discard(Part.LEADING)
    minutes = budget(brief.level, parts, wanted.time)
    parts = set(minutes.parts)
    capacity = _capacity(minutes, by_part, wanted)
    together, late_together = by_part[Part.TOGETHER], []
    if Part.TOGETHER in parts:
        room = capacity[Part.TOGETHER]
        together, late_together = together[:room], together[room:]
        if not together:
            together = [_usual_trait(level, wanted)]
    skills, late = by_part[Part.SKILLS], []
    if Part.SKILLS in parts:
        skills, late, added = _filled(skills, work, advert, capacity[Part.SKILLS], leads, wanted, together)
    else:
        skills, late, added = [], list(skills), []
    chosen = {
        Part.SKILLS: skills,
        Part.SAMPLE: [],
        Part.LEADING: by_part[Part.LEADING][: capacity.get(Part.LEADING, 0)],
        Part.TOGETHER: together if Part.TOGETHER in parts else [],
    }
    late_leading = by_part[Part.LEADING][capacity.get(Part.LEADING, 0) :]
    left_over = [*late, *late_together, *(each for each in late_leading if each.labels)]
    if Part.TOGETHER not in parts:
        left_over += [each for each in by_part[Part.TOGETHER]]
    notes = [*_left_note(left_over), *_added_note(added)]
    if work.name == GENERAL:
        notes.append(
            "The kind of work could not be told from the title and the skills, so parts of this "
            "kit are about work in general."
        )
    if minutes.total > 150:
        notes.append("An interview of this length needs breaks, and a second interviewer.")
    return _Chosen(work, chosen, tuple(notes)), minutes


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
    return [each for each in found if not _is_unwanted(each, wanted.without)]


def _usual_trait(level: Level, wanted: Wanted) -> Subject:
    """Return what is asked about working together where the brief says nothing of it."""
    first = "Learning" if level is Level.JUNIOR else "Teamwork"
    traits = sorted(shared("traits"), key=lambda topic: topic.name != first)
    topic = next((each for each in traits if not _names(each.name, wanted.without)), traits[0])
    return Subject(topic, Part.TOGETHER, (), topic.name)


def _capacity(
    minutes: Budget, by_part: Mapping[Part, Sequence[Subject]], wanted: Wanted
) -> dict[Part, int]:
    """Return how many subjects each part has room for, seven criteria in all."""
    left = MOST_CRITERIA
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
        found[Part.SKILLS] = max(min(minutes.questions(Part.SKILLS) + wanted.questions, left), 1)
    return found


def _filled(
    skills: Sequence[Subject],
    work: Work,
    advert: adverts.Advert,
    room: int,
    leads: bool,
    wanted: Wanted,
    together: Sequence[Subject],
) -> tuple[list[Subject], list[Subject], list[Subject]]:
    """Return the subjects of the main part, those that do not fit, and those added to the brief."""
    chosen, late = list(skills[:room]), list(skills[room:])
    added: list[Subject] = []
    duties = [
        duty for duty in advert.duties if not any(_names(word, (duty,)) for word in wanted.without)
    ]
    least = min(room, max(FEWEST_CRITERIA + 1, 5 if room > 5 else room))
    if duties and len(chosen) < room:
        named = " ".join(label for subject in chosen for label in (subject.topic.name, *subject.labels))
        chosen.append(_duty_subject(min(duties, key=lambda duty: _overlap(duty, named))))
    taken = [*chosen, *together]
    general = usual(works()[GENERAL], taken, leads=leads) if work.name != GENERAL else []
    for subject in (*usual(work, taken, leads=leads), *general):
        if len(chosen) >= least or len(chosen) >= room:
            break
        if not _is_unwanted(subject, wanted.without):
            chosen.append(subject)
            added.append(subject)
    return chosen, late, added


def _overlap(duty: str, named: str) -> int:
    """Return how many words of a duty are spoken of already."""
    stems = {word[:5] for word in words_of(named) if len(word) > 3}
    return sum(word[:5] in stems for word in words_of(duty) if len(word) > 3)


def _duty_subject(duty: str) -> Subject:
    topic = Topic(
        "Main duties of this job",
        (),
        "Has done nothing comparable and cannot say how they would begin.",
        past=Ask(
            f"The job description says: “{duty}” What have you done that comes closest to that, "
            "and how did it go?",
            (
                "Names something comparable, or says openly what would be new",
                "Describes their own part and the result",
                "Asks sensible questions about how it is done here",
            ),
            "What would you need from us to do that well here?",
        ),
        case=Ask(
            f"The job description says: “{duty}” How would you go about that in your first weeks?",
            (
                "Asks what is there already and what matters most",
                "Plans first steps that can be checked",
                "Says whom they would involve",
            ),
            "What do you expect to be hardest about it?",
        ),
    )
    return Subject(topic, Part.SKILLS, (), topic.name)


def _left_note(subjects: Sequence[Subject]) -> list[str]:
    names = list(dict.fromkeys(label for each in subjects for label in each.labels))
    if not names:
        return []
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    said = f"{', '.join(names[:_MOST_NAMED])}{more}" if more else listed(names)
    return [f"Left for another interview, for lack of time: {said}."]


def _added_note(subjects: Sequence[Subject]) -> list[str]:
    if not subjects:
        return []
    names = [uncapitalised(each.topic.name) for each in subjects]
    return [f"Added because this kind of work usually calls for it: {'; '.join(names)}."]


# --- composing

_GROUPS: Mapping[Part, str] = {
    Part.SAMPLE: "work_sample",
    Part.LEADING: "leadership",
    Part.TOGETHER: "working_together",
}
_TECHNICAL = frozenset({"technology", "engineering"})


def _composed(
    chosen: _Chosen, minutes: Budget, level: Level, wanted: Wanted
) -> tuple[list[Section], list[Criterion]]:
    keys: set[str] = set()
    follow_ups = _FollowUps(level, chosen.work.section)
    sections: list[Section] = []
    criteria: list[Criterion] = []
    number = 0
    for part, duration in minutes.parts.items():
        if part is Part.SAMPLE:
            section, criterion = _sample_section(chosen.work, duration, level, keys, follow_ups)
            sections.append(section)
            criteria.append(criterion)
            continue
        subjects = chosen.subjects[part]
        counts = _counts(subjects, minutes, part, wanted)
        questions: list[Question] = []
        for subject, count in zip(subjects, counts, strict=True):
            key = _key(subject.topic.name, keys)
            group = _GROUPS.get(part) or (
                "technical" if chosen.work.family in _TECHNICAL else "job_skills"
            )
            asks = _asks(subject, count, number, level, wanted.prefer)
            number += 1
            questions += [
                Question(ask.text, ask.look_for, follow_ups.after(ask, subject), key)
                for ask in asks
            ]
            criteria.append(
                Criterion(
                    key, group, subject.topic.name, wording.anchors(subject.topic.poor, asks, level)
                )
            )
        sections.append(
            Section(
                _section_name(part, chosen.work, subjects),
                duration,
                tuple(dict.fromkeys(_headline(each) for each in subjects)),
                tuple(questions),
            )
        )
    return sections, criteria


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


def _counts(
    subjects: Sequence[Subject], minutes: Budget, part: Part, wanted: Wanted
) -> list[int]:
    """Return how many questions each subject gets: one, and two while there is time."""
    total = minutes.questions(part)
    if part is Part.SKILLS:
        total += wanted.questions
    counts = [1] * len(subjects)
    spare = total - len(subjects)
    by_weight = sorted(
        range(len(subjects)),
        key=lambda at: (subjects[at].is_general, -len(subjects[at].labels)),
    )
    for at in by_weight:
        if spare > 0:
            counts[at] = MOST_QUESTIONS_EACH
            spare -= 1
    return counts


def _asks(
    subject: Subject, count: int, number: int, level: Level, prefer: str | None
) -> list[Ask]:
    """Return the questions on a subject: in turn about what was done and what would be done."""
    both = [subject.topic.past, subject.topic.case]
    if subject.is_technology:
        if level in (Level.JUNIOR, Level.MID):
            both.reverse()
        return both[:count]
    begins_with_case = (number % 2 == 1) != (level is Level.JUNIOR)
    if prefer is not None:
        begins_with_case = prefer == "case"
    if begins_with_case:
        both.reverse()
    return both[:count]


def _sample_section(
    work: Work, duration: int, level: Level, keys: set[str], follow_ups: "_FollowUps"
) -> tuple[Section, Criterion]:
    sample = work.sample
    topics = work.sample_topics
    name = work.sample_section
    if level is Level.JUNIOR and work.sample_junior is not None:
        sample, topics, name = work.sample_junior, (), "Problem Solving"
    key = _key(sample.name, keys)
    question = Question(
        sample.ask.text, sample.ask.look_for, follow_ups.after(sample.ask, None), key
    )
    criterion = Criterion(
        key, _GROUPS[Part.SAMPLE], sample.name, _sample_anchors(sample, level)
    )
    return Section(name, duration, topics or (sample.name,), (question,)), criterion


def _sample_anchors(sample: Sample, level: Level) -> dict[str, str]:
    return wording.anchors(sample.poor, [sample.ask], level)


_WITH = {
    "forklift": "driving a forklift",
    "CRM": "CRM systems",
    "tractor": "driving a tractor",
    "chainsaw": "chainsaw work",
    "ERP": "ERP systems",
    "WMS": "a WMS",
    "reach truck": "driving a reach truck",
    "excavator": "driving an excavator",
}
"""Labels that do not stand well after "experience with", and what does."""


class _FollowUps:
    """Hands out follow-ups of a level, each once before any comes again."""

    def __init__(self, level: Level, section: str) -> None:
        self._section = section
        self._level = level
        self._given: Counter[str] = Counter()
        self._named: set[str] = set()

    def after(self, ask: Ask, subject: Subject | None) -> tuple[str, ...]:
        """Return what to ask after a question: its own follow-up, and one of the level's, or one
        on the skills that the question does not name."""
        unnamed = self._unnamed(ask, subject)
        if unnamed:
            said = listed([_WITH.get(label, label) for label in unnamed])
            return (ask.follow_up, f"What is your own experience with {said}?")
        usual = wording.next_pool(ask.text, self._level)
        pool = [
            each
            for each in (wording.CASE_NEXT[self._level] if subject is None else usual)
            if plain(each)[:20] != plain(ask.follow_up)[:20]
        ]
        following = min(pool, key=lambda each: self._given[each])
        self._given[following] += 1
        return (ask.follow_up, following)

    def _unnamed(self, ask: Ask, subject: Subject | None) -> list[str]:
        if subject is None or subject.part is not Part.SKILLS or subject.is_technology:
            return []
        text = f"{ask.text} {subject.topic.name} {self._section} {' '.join(ask.look_for)}"
        labels = [
            label
            for label in subject.labels
            if label not in self._named and not _shares_a_word(label, text)
        ][:3]
        self._named.update(labels)
        return labels


_NOT_KEY = re.compile(r"[^a-z0-9]+")
_LONGEST_KEY = 60


def _key(name: str, taken: set[str]) -> str:
    """Return a key of its own for a criterion, in lower snake case."""
    spelled = plain(name).replace("c++", "c_plus_plus").replace("c#", "c_sharp")
    base = _NOT_KEY.sub("_", spelled).strip("_")[:_LONGEST_KEY].strip("_") or "criterion"
    if not base[0].isalpha():
        base = f"skill_{base}"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    taken.add(key)
    return key
