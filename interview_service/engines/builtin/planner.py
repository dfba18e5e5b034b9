"""How a plan is made by rules: sections by the kind of work, minutes by level, topics by skill.

Everything here is deterministic: the same brief and feedback give the same plan.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TypeVar

from interview_service.domain.cases import (
    ABOUT_WORKING_TOGETHER,
    MORE_OF_A_CASE,
    OWN_QUESTIONS,
    TECHNICAL_AREAS,
    TRACKS,
    Case,
    Part,
    case_of,
)
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import MAX_DURATION, PlanStructure, Question, Section
from interview_service.domain.skills import Area, Skill, called_in, find
from interview_service.domain.wishes import Wish, clipped, stands_in

MINUTES_PER_TOPIC = 6
MINUTES_PER_QUESTION = 8
MAX_SECTION_TOPICS = 10
PROBLEM_SOLVING = "Problem Solving"
CULTURE = "Cultural Fit"
LEADERSHIP = "Leadership"
FOCUS = "Requested Focus"
_SHORTEST = 15


T = TypeVar("T")


MINUTES: Mapping[Level, Mapping[Part, int]] = {
    Level.JUNIOR: {Part.CORE: 25, Part.CASE: 10, Part.CULTURE: 10},
    Level.MID: {Part.CORE: 35, Part.CASE: 15, Part.CULTURE: 10},
    Level.SENIOR: {Part.CORE: 40, Part.CASE: 15, Part.CULTURE: 5},
    Level.LEAD: {Part.CORE: 30, Part.CASE: 20, Part.LEADERSHIP: 15, Part.CULTURE: 10},
    Level.PRINCIPAL: {Part.CORE: 25, Part.CASE: 35, Part.LEADERSHIP: 20, Part.CULTURE: 10},
}
"""How long each part of an interview lasts when nobody asks for something else."""

_SENIOR_LEVELS = (Level.SENIOR, Level.LEAD, Level.PRINCIPAL)
_DATA = (Area.DATA,)


_POSITIONS: Sequence[tuple[Area, str]] = (
    (Area.DESIGN, r"design(?!\s+engineer)\w*|ux|ui|illustrator|animator|art director|copywriter"),
    (
        Area.DATA,
        r"data|analytics|analyst|statistic\w*|scientist|machine learning|ml|ai|bi|database",
    ),
    (
        Area.INFRASTRUCTURE,
        r"devops|sre|site reliability|infrastructure|platform|cloud|network|security|sysadmin|"
        r"administrator|it support|help ?desk|penetration|operations engineer",
    ),
    (
        Area.PRODUCT,
        r"product|project|program(?:me)? manager|business|marketing|marketer|seo|growth|sales|"
        r"account|customer|success|scrum|agile|recruit\w*|people|hr|human resources|finance|"
        r"financial|controller|legal|lawyer|counsel|procurement|supply|logistics|operations",
    ),
    (
        Area.SOFTWARE,
        r"engineer\w*|developer|programmer|software|front-?end|back-?end|full-?stack|architect|"
        r"qa|tester|cto|mobile|ios|android|web",
    ),
)
_POSITION_VOTES = 2


def area_of(brief: Brief) -> Area:
    """Return the kind of work that a position is: what its title and its skills say together."""
    votes: Counter[Area] = Counter()
    for area, words in _POSITIONS:
        if re.search(rf"\b(?:{words})\b", brief.position, re.IGNORECASE):
            votes[area] += _POSITION_VOTES
            break
    for skill in filter(None, map(find, brief.skills)):
        if skill.area is not Area.PROFESSIONAL:
            votes[skill.area] += 1
    return max(votes, key=lambda area: votes[area]) if votes else Area.PROFESSIONAL


def plan_for(brief: Brief, feedback: str | None = None) -> PlanStructure:
    """Return the plan of an interview; feedback on the one before visibly changes it."""
    plain = _plan(brief, Wish())
    if not feedback or not feedback.strip():
        return plain
    wish = Wish.of(feedback, brief)
    plan = _plan(brief, wish)
    if plan == plain:  # what is asked for is as it was, or could not be read
        plan = _plan(brief, replace(wish, rest=(wish.said,)))
    return plan


def _plan(brief: Brief, wish: Wish) -> PlanStructure:
    area = area_of(brief)
    core, personal = _divided(wish.ordered(brief.skills), area)
    minutes = _minutes(brief.level, wish, personal=bool(personal))
    asked = replace(brief, level=wish.level_from(brief.level))
    sections = []
    for part, own in minutes.items():
        if part is Part.CORE:
            sections.append(_core(TRACKS[area].core, own, core, asked, area, wish))
        elif part is Part.CASE:
            sections.append(_case(case_of(area, brief.position), own, asked))
        elif part is Part.LEADERSHIP:
            sections.append(_leadership(own, asked))
        elif part is Part.CULTURE:
            sections.append(_culture(own, personal, asked, area))
        else:
            sections.append(Section(FOCUS, own, wish.rest, (_ABOUT_FOCUS,)))
    return PlanStructure(sum(minutes.values()), tuple(sections))


def _minutes(level: Level, wish: Wish, *, personal: bool) -> dict[Part, int]:
    """Return how long each part lasts, in the order of the interview.

    :param personal: whether skills of any profession are asked for beside those of the craft.
    """
    usual = dict(MINUTES[level])
    if personal:
        usual[Part.CORE] -= _PERSONAL_MINUTES
        usual[Part.CULTURE] += _PERSONAL_MINUTES
    total = sum(usual.values())
    wanted = wish.minutes or total + wish.scale * max(total // 3, 10)
    wanted = min(max(wanted, _SHORTEST), MAX_DURATION)
    weights = {part: minutes * _FACTOR[wish.shift.get(part, 0)] for part, minutes in usual.items()}
    for part, step in wish.shift.items():
        if part not in weights and step > 0:
            weights[part] = total / 6
    for part in wish.dropped:
        if len(weights) > 1:
            weights.pop(part, None)
    if wish.rest:
        weights[Part.FOCUS] = total / 6
    fixed = {part: own for part, own in wish.fixed.items() if 0 < own <= wanted - 5 * len(weights)}
    parts = [part for part in Part if part in weights and part not in fixed]
    if not parts:
        fixed, parts = {}, [part for part in Part if part in weights]
    left = wanted - sum(fixed.values())
    if left < len(parts):
        fixed, left, parts = {}, wanted, [part for part in Part if part in weights]
    shares = dict(zip(parts, _shared(left, [weights[part] for part in parts]), strict=True))
    return {part: own for part in Part if (own := fixed.get(part) or shares.get(part))}


_FACTOR = {1: 1.8, 0: 1.0, -1: 0.4}
_PERSONAL_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Named:
    """A skill that is asked for.

    :param called: its name in the plan.
    :param skill: of the table; None where it has none, or none that is not asked for already.
    """

    called: str
    skill: Skill | None

    @property
    def in_a_question(self) -> str:
        """Its name as it stands in a question: those of any profession in lower case."""
        everyday = (Area.PROFESSIONAL, Area.TRADE)
        if self.skill is None or self.skill.area not in everyday or self.skill.name == "English":
            return self.called
        return self.called if self.called in self.skill.own else self.called.lower()


def _named(names: Sequence[str]) -> list[Named]:
    """Return the skills of a list, each once, however often it is written in other words."""
    found: dict[str, Named] = {}
    known: set[str] = set()
    for name in names:
        skill = find(name)
        called = skill.called(name) if skill else _in_a_sentence(_short(name))
        again = skill is not None and skill.name in known
        found.setdefault(called.casefold(), Named(called, None if again else skill))
        if skill is not None:
            known.add(skill.name)
    return list(found.values())


def _divided(names: Sequence[str], area: Area) -> tuple[list[Named], list[Named]]:
    """Part the skills into those of the craft and those of any profession."""
    named = _named(names)
    if area is Area.PROFESSIONAL:
        return named, []
    personal = [each for each in named if each.skill and each.skill.area is Area.PROFESSIONAL]
    core = [each for each in named if each not in personal]
    return (core, personal) if core else (personal, [])


# --- sections


def _core(
    name: str, minutes: int, skills: Sequence[Named], brief: Brief, area: Area, wish: Wish
) -> Section:
    asked = skills[: max(minutes // MINUTES_PER_TOPIC, 1)]
    topics = _in_turn([_topics(skill, brief, area) for skill in asked])
    topics = topics[: max(minutes // MINUTES_PER_TOPIC, len(asked))]
    left = [skill.called for skill in skills[len(asked) :]]
    if left:
        topics.append("If time allows: " + ", ".join(left[:8]))
    related = _related(brief, area)
    if related:
        names = ", ".join(each.called for each in related[:4])
        topics.append(f"From the job description: {names}")
    duties = _duties(brief.job_description)
    if len(duties) > 1:
        topics.append(f"In this job: {clipped(duties[1], 150)}")
    per_question = MINUTES_PER_QUESTION * (2 if wish.fewer else 1)
    questions = _questions(asked, related, brief, area)
    if wish.practical:
        questions.insert(0, _exercise(asked[0], area))
    questions = list(dict.fromkeys(questions))[
        : max(minutes // per_question, 1 if wish.fewer else 2)
    ]
    return Section(name, minutes, _distinct(topics)[:MAX_SECTION_TOPICS], tuple(questions))


def _related(brief: Brief, area: Area) -> list[Named]:
    """Return what the job description names and the list of skills does not."""
    own = {known.name for skill in brief.skills if (known := find(skill))}
    return [
        Named(called, skill)
        for called, skill in called_in(brief.job_description or "").items()
        if (
            skill.area is area
            or skill.area in (TECHNICAL_AREAS if area in TECHNICAL_AREAS else _DATA)
        )
        and skill.area is not Area.PROFESSIONAL
        and skill.name not in own
    ]


def _questions(
    skills: Sequence[Named], related: Sequence[Named], brief: Brief, area: Area
) -> list[Question]:
    """Return what to ask, the most fitting to the level first; more than there is time for."""
    first = [_question(name, number, brief, area) for number, name in enumerate(skills)]
    again = [_own_question(name, number, brief.level) for number, name in enumerate(skills)]
    other = [_second_question(name, number, brief, area) for number, name in enumerate(skills)]
    named = [_question(name, 1, brief, area) for name in related[:1]]
    if brief.level is Level.LEAD:
        return _in_turn([first, again]) + named + other
    if brief.level is Level.PRINCIPAL:
        return _in_turn([again, first]) + named + other
    return first + named + again[:1] + other + again[1:]


def _exercise(named: Named, area: Area) -> Question:
    called = named.in_a_question
    if area in TECHNICAL_AREAS:
        return Question(
            f"Exercise (bring a small, faulty piece of work with {called}): find out what is "
            "wrong and mend it, thinking aloud.",
            ("Tries things out", "Says what comes next and why", "Checks the result"),
        )
    return Question(
        f"Exercise: show me step by step how you would do a typical task with {called}.",
        ("Steps in a sensible order", "Asks what is missing", "Checks the result"),
    )


def _topics(named: Named, brief: Brief, area: Area) -> list[str]:
    """Return what to talk about for a skill, the most fitting to the level first."""
    skill = named.skill
    if skill is None:
        return _topics_of_unknown(named, brief)
    deep = _goes_deep(skill, brief, area)
    order = (*skill.depth, *skill.basics) if deep else (*skill.basics, *skill.depth)
    if brief.level is Level.MID:
        order = (skill.basics[-1], skill.depth[0], *order)
    if brief.level is Level.LEAD:
        order = (skill.depth[0], f"A team's standards for {named.called}", *skill.depth[1:])
    if brief.level is Level.PRINCIPAL:
        order = (skill.depth[-1], f"Choices about {named.called} that outlast a team", *order)
    return [_naming(topic, skill, named.called) for topic in dict.fromkeys(order)][:4]


def _goes_deep(skill: Skill, brief: Brief, area: Area) -> bool:
    """Tell whether a skill is asked about in depth: no SQL internals of an accountant."""
    is_own = skill.area is area or skill.area not in TECHNICAL_AREAS or area in TECHNICAL_AREAS
    return is_own and brief.level in _SENIOR_LEVELS


def _naming(topic: str, skill: Skill, called: str) -> str:
    """Return a topic so that it says which skill it belongs to."""
    said = topic.casefold()
    words = (called, *called.split(), *(skill.name.split() if called == skill.name else ()))
    if any(part.casefold() in said for part in words if len(part) > 2):
        return topic
    return f"{topic} ({called})"


def _topics_of_unknown(named: Named, brief: Brief) -> list[str]:
    """Return topics for a skill that the table lacks, from what the job description says of it."""
    short = named.called
    said = _sentence_naming(short, brief.job_description)
    topics = [f"{short} on the job: {said}"] if said else []
    short = short[0].upper() + short[1:]
    return [*topics, *(f"{short}: {topic}" for topic in _TOPICS_OF_UNKNOWN[brief.level])]


_TOPICS_OF_UNKNOWN: Mapping[Level, tuple[str, str]] = {
    Level.JUNIOR: ("what was learned so far", "first steps in practice"),
    Level.MID: ("everyday practice", "where it gets difficult"),
    Level.SENIOR: ("hard cases", "choices and their limits"),
    Level.LEAD: ("a team's standards", "hard cases and who takes them"),
    Level.PRINCIPAL: ("choices that outlast a team", "limits and cost"),
}


def _question(named: Named, number: int, brief: Brief, area: Area) -> Question:
    """Return the table's question about a skill; the level's own where the table lacks it.

    :param number: place of the skill in the list; the middle level goes deep on the first only.
    """
    skill = named.skill
    if skill is None:
        return _own_question(named, number, brief.level)
    deep = _goes_deep(skill, brief, area) or (
        brief.level is Level.MID and number == 0 and skill.area is area
    )
    return _probe(skill) if deep else _ask(skill)


def _second_question(named: Named, number: int, brief: Brief, area: Area) -> Question:
    """Return the other one of the table's questions; another of the level's where there is none."""
    skill = named.skill
    if skill is None or brief.level is Level.JUNIOR:
        return _own_question(named, number + 1, brief.level)
    first = _question(named, number, brief, area)
    return _ask(skill) if first.text == skill.probe else _probe(skill)


def _ask(skill: Skill) -> Question:
    return Question(skill.ask, skill.hear)


def _probe(skill: Skill) -> Question:
    return Question(skill.probe, skill.look_for)


def _own_question(named: Named, number: int, level: Level) -> Question:
    """Return a question that a level asks about any skill, another for each number in turn."""
    choices = OWN_QUESTIONS[level]
    text, look_for = choices[number % len(choices)]
    return Question(text.format(skill=named.in_a_question), look_for)


def _case(case: Case, minutes: int, brief: Brief) -> Section:
    duties = _duties(brief.job_description)
    work = f"The job description says: “{duties[0]}”" if duties else case.stock
    name, task = case.name, Question(f"{work} {case.task}", case.look_for)
    if brief.level is Level.JUNIOR:
        name = PROBLEM_SOLVING if case.is_design else case.name
        task = Question(
            f"{work} What would you want to know first, and how would you begin?", _BEGIN
        )
    more = [MORE_OF_A_CASE[brief.level]] if brief.level in MORE_OF_A_CASE else []
    return Section(name, minutes, case.topics(brief.level), (task, *more))


_BEGIN = ("Asks what is wanted", "Small steps that can be tried out", "Says what is not known")


def _leadership(minutes: int, brief: Brief) -> Section:
    if brief.level is not Level.PRINCIPAL:
        topics = ("Growing people", "Delivery of a team")
        questions = (
            Question(
                "Tell me about somebody who grew because of you, and somebody who did not.",
                ("Concrete people", "Own part in both"),
            ),
            Question(
                "Tell me about a promise that your team could not keep. Who heard of it, and when?",
                ("Bad news early", "No blame on the team"),
            ),
        )
    else:
        topics = ("Direction for several teams", "Decisions that others carry")
        questions = (
            Question(
                "Tell me about a decision that took you more than half a year to bring about.",
                ("Influence without authority", "What was given up for it"),
            ),
            Question(
                "When did you stop something that many people had worked on?",
                ("Told them in person", "Would do it again, or says why not"),
            ),
        )
    return Section(LEADERSHIP, minutes, topics, questions[: max(minutes // 8, 1)])


def _culture(minutes: int, personal: Sequence[Named], brief: Brief, area: Area) -> Section:
    topics = ["Team collaboration", "Problem-solving approach"]
    topics += _in_turn([_topics(name, brief, area)[:1] for name in personal])[:4]
    questions = [_question(name, 0, brief, area) for name in personal[:2]]
    if not questions:
        questions = [ABOUT_WORKING_TOGETHER[brief.level]]
    if brief.company_name:
        where = _short(brief.company_name)
        looks = ("Knows what the company does", "A reason of one's own")
        questions.append(Question(f"What would make you say yes to {where}, or no?", looks))
    return Section(CULTURE, minutes, _distinct(topics), tuple(questions[: max(minutes // 5, 1)]))


_ABOUT_FOCUS = Question(
    "What have you done that comes closest to this, and what would you do differently now?",
    ("A concrete example", "Reasons", "What came of it"),
)


def _shared(total: int, weights: Sequence[float]) -> list[int]:
    """Share minutes out by weight, in steps of five where there is room, none below one."""
    step = 5 if total % 5 == 0 and total >= 5 * len(weights) else 1
    units, whole = total // step, sum(weights)
    shares = [max(1, int(units * weight / whole)) for weight in weights]
    while sum(shares) != units:
        gap = [
            units * weight / whole - share for weight, share in zip(weights, shares, strict=True)
        ]
        up = sum(shares) < units
        candidates = [n for n in range(len(shares)) if up or shares[n] > 1]
        shares[(max if up else min)(candidates, key=gap.__getitem__)] += 1 if up else -1
    return [share * step for share in shares]


# --- texts


def _in_turn(lists: Sequence[Sequence[T]]) -> list[T]:
    """Return the first of each list, then the second of each, and so on."""
    return [each for each in chain.from_iterable(zip_longest(*lists)) if each is not None]


def _distinct(topics: Sequence[str]) -> tuple[str, ...]:
    return tuple({topic.casefold(): topic for topic in reversed(topics)}.values())[::-1]


def _in_a_sentence(name: str) -> str:
    """Return `Wound care` as `wound care`; names and abbreviations stay."""
    first, *others = name.split(" ")
    is_plain = first[1:].islower() and first.isalpha() and all(each.islower() for each in others)
    return name[0].lower() + name[1:] if others and is_plain else name


def _short(text: str) -> str:
    return clipped(text, 60)


_SENTENCE_END = re.compile(r"[.!?]+\s+|\s*\n\s*")
_ABBREVIATED = re.compile(r"\b(?:[a-z]|e\.g|i\.e|etc|incl|approx|bzw|ca|inkl|[zZ]\.\s?B)\.$")
_BULLETS = " \t-*•·–—"
_NO_DUTY = re.compile(
    r"^(?:about|we(?:'re|’re| are| have| offer| believe| look)|our (?:company|mission|values)|"
    r"join|who (?:we|you)|what (?:we|you)|you(?:'ll|’ll| will)? (?:have|bring|are|need|know)|your "
    r"(?:profile|skills)|requirements?|qualifications?|benefits?|must|nice to have|bonus|"
    r"apply|please|if you|do you|are you|at \w+, we|\d|experience|knowledge|strong|good|excellent|"
    r"solid|proven|fluent|a degree|degree|bachelor|master|familiar\w*|wir |sie (?:haben|bringen|"
    r"sind)|ihr profil|was |über |bewerb)|looking for|years? (?:of|in)|equal opportunity|salary|"
    r"full-?time|part-?time|is a plus",
    re.IGNORECASE,
)


def _sentences(text: str | None) -> Iterator[str]:
    """Give the sentences and bullet points of a text; `Node.js` and `e.g. this` end none."""
    start = 0
    kept = text or ""
    for match in _SENTENCE_END.finditer(kept):
        is_line = "\n" in match.group()
        follows = kept[match.end() : match.end() + 1]
        before = kept[max(start, match.start() - 8) : match.start() + 1]
        if not is_line and (follows.islower() or _ABBREVIATED.search(before)):
            continue
        yield kept[start : match.start() + (0 if match.group()[0].isspace() else 1)].strip(_BULLETS)
        start = match.end()
    yield kept[start:].strip(_BULLETS)


def _duties(text: str | None) -> list[str]:
    """Return the sentences of a job description that say what is to be done, at most two."""
    found = []
    for sentence in _sentences(text):
        is_heading = sentence.endswith((":", "?"))
        if len(sentence.split()) >= 3 and not is_heading and not _NO_DUTY.search(sentence[:200]):
            ended = sentence if sentence[-1] in ".!" else f"{sentence}."
            found.append(clipped(ended))
            if len(found) == _MOST_DUTIES:
                break
    return found


_MOST_DUTIES = 2


def _sentence_naming(name: str, text: str | None) -> str | None:
    for sentence in _sentences(text):
        if stands_in(name, sentence):
            return clipped(sentence, 120)
    return None
