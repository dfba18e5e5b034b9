"""How a plan is made by rules: sections by the kind of work, minutes by level, topics by skill.

Everything here is deterministic: the same brief and feedback give the same plan.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import chain, zip_longest

from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import MAX_DURATION, PlanStructure, Question, Section
from interview_service.domain.skills import Area, Skill, find, named_in

MINUTES_PER_TOPIC = 6
MINUTES_PER_QUESTION = 8
MAX_SECTION_TOPICS = 10
PROBLEM_SOLVING = "Problem Solving"
CULTURE = "Cultural Fit"
LEADERSHIP = "Leadership"
FOCUS = "Requested Focus"
_SHORTEST = 15
_LONGEST_TEXT = 300


class Part(Enum):
    """The sections that a plan may have."""

    CORE = "core"
    CASE = "case"
    LEADERSHIP = "leadership"
    FOCUS = "focus"
    CULTURE = "culture"


MINUTES: Mapping[Level, Mapping[Part, int]] = {
    Level.JUNIOR: {Part.CORE: 25, Part.CASE: 10, Part.CULTURE: 10},
    Level.MID: {Part.CORE: 35, Part.CASE: 15, Part.CULTURE: 10},
    Level.SENIOR: {Part.CORE: 40, Part.CASE: 15, Part.CULTURE: 5},
    Level.LEAD: {Part.CORE: 30, Part.CASE: 20, Part.LEADERSHIP: 15, Part.CULTURE: 10},
    Level.PRINCIPAL: {Part.CORE: 25, Part.CASE: 35, Part.LEADERSHIP: 20, Part.CULTURE: 10},
}
"""How long each part of an interview lasts when nobody asks for something else."""

_SENIOR_LEVELS = (Level.SENIOR, Level.LEAD, Level.PRINCIPAL)
_TECHNICAL = (Area.SOFTWARE, Area.DATA, Area.INFRASTRUCTURE)


@dataclass(frozen=True, slots=True)
class Case:
    """A section in which something is worked out together: its name, topics by level, the task.

    :param is_design: it wants experience; beginners solve a problem instead.
    """

    name: str
    easy: tuple[str, ...]
    hard: tuple[str, ...]
    wide: tuple[str, ...]
    task: str
    look_for: tuple[str, ...]
    is_design: bool = False

    def topics(self, level: Level) -> tuple[str, ...]:
        """Return the topics for a level: those of LEAD and PRINCIPAL go on from SENIOR's."""
        if level is Level.JUNIOR:
            return self.easy[:2]
        if level is Level.MID:
            return (self.easy[-1], self.hard[0])
        if level is Level.SENIOR:
            return self.hard
        return (*self.hard, *(self.wide[:1] if level is Level.LEAD else self.wide))


@dataclass(frozen=True, slots=True)
class Track:
    """What an interview for a kind of work is made of."""

    core: str
    case: Case


_SYSTEM_DESIGN = Case(
    name="System Design",
    easy=("Breaking a problem down", "Data model of a small service"),
    hard=("Scalability", "Database modeling"),
    wide=("Change over years, with several teams", "Cost, risk and what not to build"),
    task="Design a system for this: {job} What do you build first, and where does it break first?",
    look_for=("Asks about load and data first", "States trade-offs", "Names what fails first"),
    is_design=True,
)
_TRACKS: Mapping[Area, Track] = {
    Area.SOFTWARE: Track("Technical Assessment", _SYSTEM_DESIGN),
    Area.DATA: Track(
        "Technical Assessment",
        replace(
            _SYSTEM_DESIGN,
            name="Data Design",
            easy=("From a question to the data", "Checks on the data"),
            hard=("Data model and grain", "Pipelines that fail well"),
            wide=("Ownership and quality across teams", "Cost of storage and computing"),
            task="Design the data side of this: {job} How do you know that the numbers are right?",
            look_for=("Starts from who uses it", "Checks quality", "Plans for late and bad data"),
        ),
    ),
    Area.INFRASTRUCTURE: Track(
        "Technical Assessment",
        replace(
            _SYSTEM_DESIGN,
            easy=("From commit to production", "What to watch on one service"),
            hard=("Failure domains and recovery", "Capacity and scalability"),
            wide=("A platform that teams choose", "Cost and risk of the whole estate"),
            task="Design how this is run: {job} A zone is lost at peak time: what happens?",
            look_for=("Failure domains", "Recovery that was rehearsed", "Signals before symptoms"),
        ),
    ),
    Area.PRODUCT: Track(
        "Role Skills",
        Case(
            name="Case Study",
            easy=("Understanding the customer", "Choosing what to do first"),
            hard=("From goal to measures", "Trade-offs under a limit"),
            wide=("Strategy and what is left out", "Winning others for a plan"),
            task="Take this as the case: {job} What would you do in your first ninety days?",
            look_for=("Asks before answering", "Sets a measure of success", "Says what to leave"),
        ),
    ),
    Area.DESIGN: Track(
        "Portfolio and Craft",
        Case(
            name="Design Exercise",
            easy=("Who uses it, and for what", "First sketches"),
            hard=("From research to a decision", "Constraints and trade-offs"),
            wide=("Design across several products", "Measuring what design changed"),
            task="Take this as the exercise: {job} Sketch the first screen or piece aloud.",
            look_for=("Starts from people", "Compares options", "Says how it would be tested"),
        ),
    ),
    Area.PROFESSIONAL: Track(
        "Experience and Skills",
        Case(
            name="Work Situations",
            easy=("An ordinary day", "A situation that went wrong"),
            hard=("A hard case and its outcome", "Working with other people's limits"),
            wide=("Improving how the work is done", "Responsibility for others"),
            task="Think of this job: {job} Tell me about the closest thing that you have done.",
            look_for=("A real case", "Own part in it", "What was learned"),
        ),
    ),
}

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
    wish = Wish.of(feedback, brief) if feedback and feedback.strip() else Wish()
    area = area_of(brief)
    track = _TRACKS[area]
    core, personal = _divided(wish.ordered(brief.skills), area)
    minutes = _minutes(brief.level, wish)
    sections = []
    for part, own in minutes.items():
        if part is Part.CORE:
            sections.append(_core(track.core, own, core, brief))
        elif part is Part.CASE:
            sections.append(_case(track.case, own, brief))
        elif part is Part.LEADERSHIP:
            sections.append(_leadership(own, brief))
        elif part is Part.CULTURE:
            sections.append(_culture(own, personal, brief))
        else:
            sections.append(Section(FOCUS, own, (wish.said,), (_ABOUT_FOCUS,)))
    if wish.said and Part.FOCUS not in minutes:
        first = sections[0]
        sections[0] = replace(first, topics=(*first.topics, f"As asked: {wish.said}"))
    return PlanStructure(sum(minutes.values()), tuple(sections))


def _minutes(level: Level, wish: "Wish") -> dict[Part, int]:
    """Return how long each part lasts, in the order of the interview."""
    usual = MINUTES[level]
    total = sum(usual.values())
    if not wish.said:
        return dict(usual)
    weights = {part: minutes * _FACTOR[wish.shift.get(part, 0)] for part, minutes in usual.items()}
    for part, step in wish.shift.items():
        if part not in weights and step > 0:
            weights[part] = total / 6
    if not wish.understood:
        weights[Part.FOCUS] = total / 6
    wanted = wish.minutes or total + wish.scale * max(total // 3, 10)
    wanted = min(max(wanted, _SHORTEST), MAX_DURATION)
    parts = [part for part in Part if part in weights]
    shares = _shared(wanted, [weights[part] for part in parts])
    return dict(zip(parts, shares, strict=True))


_FACTOR = {1: 1.8, 0: 1.0, -1: 0.4}


def _divided(names: Sequence[str], area: Area) -> tuple[list[str], list[str]]:
    """Part the skills into those of the craft and those of any profession."""
    if area is Area.PROFESSIONAL:
        return list(names), []
    personal = [name for name in names if (known := find(name)) and known.area == "professional"]
    core = [name for name in names if name not in personal]
    return (core, personal) if core else (personal, [])


# --- sections


def _core(name: str, minutes: int, skills: Sequence[str], brief: Brief) -> Section:
    asked = skills[: max(minutes // MINUTES_PER_TOPIC, 1)]
    topics = _in_turn([_topics(skill, brief) for skill in asked])
    topics = topics[: max(minutes // MINUTES_PER_TOPIC, len(asked))]
    left = [_short(skill) for skill in skills[len(asked) :]]
    if left:
        topics.append("If time allows: " + ", ".join(left[:8]))
    related = [
        each.name
        for each in named_in(brief.job_description or "")
        if each.area in _TECHNICAL and each not in [find(skill) for skill in brief.skills]
    ]
    if related:
        topics.append("From the job description: " + ", ".join(related[:4]))
    questions = [_question(skill, brief.level) for skill in asked]
    questions.append(_own_question(asked[0], brief.level))
    questions = list(dict.fromkeys(questions))[: max(minutes // MINUTES_PER_QUESTION, 2)]
    return Section(name, minutes, _distinct(topics)[:MAX_SECTION_TOPICS], tuple(questions))


def _topics(name: str, brief: Brief) -> list[str]:
    """Return what to talk about for a skill, the most fitting to the level first."""
    skill = find(name)
    if skill is None:
        return _topics_of_unknown(name, brief)
    deep = brief.level in _SENIOR_LEVELS
    order = (*skill.depth, *skill.basics) if deep else (*skill.basics, *skill.depth)
    if brief.level is Level.MID:
        order = (skill.basics[-1], skill.depth[0], *order)
    if brief.level in (Level.LEAD, Level.PRINCIPAL):
        order = (skill.depth[0], f"Standards and choices in {skill.name}", *skill.depth[1:])
    return [_naming(topic, skill) for topic in dict.fromkeys(order)][:3]


def _naming(topic: str, skill: Skill) -> str:
    """Return a topic so that it says which skill it belongs to."""
    said = topic.casefold()
    if any(part.casefold() in said for part in (skill.name, *skill.name.split()) if len(part) > 2):
        return topic
    return f"{topic} ({skill.name})"


def _topics_of_unknown(name: str, brief: Brief) -> list[str]:
    """Return topics for a skill that the table lacks, from what the job description says of it."""
    short = _short(name)
    said = _sentence_naming(name, brief.job_description)
    topics = [f"{short} on the job: {said}"] if said else []
    topics.append(f"{short} in practice")
    if brief.level in _SENIOR_LEVELS:
        topics.append(f"Choices and limits of {short}")
    else:
        topics.append(f"Basics and everyday use of {short}")
    return topics


def _question(name: str, level: Level) -> Question:
    """Return the table's question about a skill; the level's own where the table lacks it."""
    skill = find(name)
    if skill is None:
        return _own_question(name, level)
    if level in _SENIOR_LEVELS:
        return Question(skill.probe, skill.look_for)
    return Question(skill.ask, ("Solid on: " + "; ".join(skill.basics), "An example of one's own"))


def _own_question(name: str, level: Level) -> Question:
    """Return the question that a level asks about any skill."""
    skill = find(name)
    text = _OWN_QUESTION[level].format(skill=skill.name if skill else _short(name))
    return Question(text, _OWN_LOOK_FOR[level])


_OWN_QUESTION: Mapping[Level, str] = {
    Level.JUNIOR: "What have you done with {skill} so far, and what was hard about it?",
    Level.MID: "Tell me about something that went wrong with {skill}. How did you find the cause?",
    Level.SENIOR: "Which decision about {skill} would you take differently today, and why?",
    Level.LEAD: "How do you bring a team to a good standard in {skill}?",
    Level.PRINCIPAL: "Where should {skill} not be used, and whom do you have to convince?",
}
_OWN_LOOK_FOR: Mapping[Level, tuple[str, ...]] = {
    Level.JUNIOR: ("A concrete example", "Knows what is not understood yet"),
    Level.MID: ("The cause, not the symptom", "What was done against the next one"),
    Level.SENIOR: ("Reasons and alternatives", "What came of it, in numbers"),
    Level.LEAD: ("Habits, not heroics", "People who grew"),
    Level.PRINCIPAL: ("Limits named without prompting", "Cost over years"),
}


def _case(case: Case, minutes: int, brief: Brief) -> Section:
    job = _first_sentence(brief.job_description) or f"the work of a {_short(brief.position)}."
    if brief.level is Level.JUNIOR and case.is_design:
        task = Question(f"How would you begin with this, step by step: {job}", _BEGINNING)
        return Section(PROBLEM_SOLVING, minutes, case.topics(brief.level), (task,))
    task = Question(case.task.format(job=job), case.look_for)
    return Section(case.name, minutes, case.topics(brief.level), (task,))


_BEGINNING = ("Asks what is wanted", "Small steps that can be tried out", "Says what is not known")


def _leadership(minutes: int, brief: Brief) -> Section:
    if brief.level is not Level.PRINCIPAL:
        topics = ("Growing people", "Delivery of a team")
        question = Question(
            "Tell me about somebody who grew because of you, and somebody who did not.",
            ("Concrete people", "Own part in both"),
        )
    else:
        topics = ("Direction for several teams", "Decisions that others carry")
        question = Question(
            "Tell me about a decision that took you more than half a year to bring about.",
            ("Influence without authority", "What was given up for it"),
        )
    return Section(LEADERSHIP, minutes, topics, (question,))


def _culture(minutes: int, personal: Sequence[str], brief: Brief) -> Section:
    topics = ["Team collaboration", "Problem-solving approach"]
    topics += _in_turn([_topics(name, brief)[:1] for name in personal])[:4]
    questions = [_question(name, brief.level) for name in personal[:2]]
    if not questions:
        questions = [
            Question(
                "Tell me about a disagreement at work. How did it end?",
                ("Hears the other side", "Outcome over being right"),
            )
        ]
    if brief.company_name:
        where = _short(brief.company_name)
        looks = ("Has read about the company", "A reason of one's own")
        questions.append(Question(f"What would you want to change at {where} first?", looks))
    return Section(CULTURE, minutes, _distinct(topics), tuple(questions))


# --- feedback


_NUMBER = re.compile(r"\b(\d{2,3})[\s-]*(?:min\b|mins\b|minutes?\b)", re.IGNORECASE)
_NONE = re.compile(r"\b(?:without|drop|remove|skip|no|not|leave out|leave)\b", re.IGNORECASE)
_LESS = re.compile(r"\b(?:less|fewer|reduce|shorten)\b", re.IGNORECASE)
_SHORTER = re.compile(r"\b(?:shorter|too long|shorten)\b", re.IGNORECASE)
_LONGER = re.compile(r"\b(?:longer|too short|lengthen)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;,!\n]|\bbut\b|\band\b", re.IGNORECASE)
_PART_WORDS: Mapping[Part, str] = {
    Part.CASE: r"system design|architecture|design exercise|case study|case|data design|situations",
    Part.CORE: r"technical|hands-on|coding|craft|portfolio|role skills",
    Part.CULTURE: r"cultur\w+|behaviou?ral|team fit|soft skills",
    Part.LEADERSHIP: r"leadership|management",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What feedback asks for, as far as rules can read it.

    :param minutes: how long the interview should be; None leaves it.
    :param scale: 1 for a longer interview, -1 for a shorter one.
    :param more, less, without: skills to begin with, to put last, and to leave out.
    :param shift: part to 1 for more of it, -1 for less.
    :param said: the feedback itself, which always shows in the plan.
    """

    minutes: int | None = None
    scale: int = 0
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    shift: Mapping[Part, int] = field(default_factory=dict)
    said: str = ""

    @property
    def understood(self) -> bool:
        """Tell whether any of it could be read."""
        named = self.more or self.less or self.without or self.shift
        return bool(self.minutes or self.scale or named)

    def ordered(self, skills: Sequence[str]) -> tuple[str, ...]:
        """Return the skills as asked for; all of them where none would be left."""
        kept = [skill for skill in skills if skill not in (*self.more, *self.less, *self.without)]
        return (*self.more, *kept, *self.less) or tuple(skills)

    @classmethod
    def of(cls, feedback: str, brief: Brief) -> "Wish":
        """Read feedback clause by clause."""
        number = _NUMBER.search(feedback)
        named: dict[str, list[str]] = {"more": [], "less": [], "without": []}
        shift: dict[Part, int] = {}
        for clause in _CLAUSE.split(feedback):
            none = _NONE.search(clause) is not None
            less = _LESS.search(clause) is not None
            parts = [
                part
                for part, words in _PART_WORDS.items()
                if re.search(rf"\b(?:{words})\b", clause, re.IGNORECASE)
            ]
            shift |= dict.fromkeys(parts, -1 if less or none else 1)
            kind = "without" if none else "less" if less else "more"
            named[kind] += [] if parts else _skills_named(clause, brief)
        return cls(
            minutes=int(number[1]) if number else None,
            scale=bool(_LONGER.search(feedback)) - bool(_SHORTER.search(feedback)),
            more=tuple(dict.fromkeys(named["more"])),
            less=tuple(dict.fromkeys(named["less"])),
            without=tuple(dict.fromkeys(named["without"])),
            shift=shift,
            said=_clipped(" ".join(feedback.split())),
        )


def _skills_named(clause: str, brief: Brief) -> list[str]:
    """Return the skills that a clause names, in the brief's own spelling where it has them."""
    said = clause.casefold()
    named = [skill for skill in brief.skills if skill.casefold() in said and len(skill) > 1]
    known = [find(skill) for skill in named]
    for skill in named_in(clause):
        if skill not in known:
            own = [each for each in brief.skills if find(each) is skill]
            named.append(own[0] if own else skill.name)
    return named


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


def _in_turn(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return the first of each list, then the second of each, and so on."""
    return [each for each in chain.from_iterable(zip_longest(*lists)) if each is not None]


def _distinct(topics: Sequence[str]) -> tuple[str, ...]:
    return tuple({topic.casefold(): topic for topic in reversed(topics)}.values())[::-1]


def _short(text: str) -> str:
    return _clipped(text, 60)


def _clipped(text: str, longest: int = _LONGEST_TEXT) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


def _first_sentence(text: str | None) -> str | None:
    """Return the first sentence that says something, ending in a full stop."""
    for match in _SENTENCE.finditer(text or ""):
        sentence = match.group().strip(" -*•\t.!?")
        if len(sentence.split()) >= 3:
            return _clipped(sentence) + "."
    return None


def _sentence_naming(name: str, text: str | None) -> str | None:
    for match in _SENTENCE.finditer(text or ""):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", match.group(), re.IGNORECASE):
            return _clipped(match.group().strip(" -*•\t"), 120)
    return None
