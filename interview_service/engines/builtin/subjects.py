"""From what a brief asks for to what an interview is about: subjects, in order of importance."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from interview_service.domain.interview import Level
from interview_service.engines.builtin.phrases import Shape, as_activity, shape_of
from interview_service.engines.builtin.skills import Area, Skill, find
from interview_service.engines.builtin.unknown import (
    Unknown,
    is_nameable,
    topic_about_several,
)
from interview_service.engines.builtin.wording import is_told
from interview_service.engines.builtin.work import (
    GENERAL,
    Ask,
    Topic,
    Work,
    key_of,
    keyed,
    keys_within,
    own_title,
    shared_topics,
    topics_for,
    words_of,
    works,
)


class Part(Enum):
    """The sections that a plan may have, in their order."""

    SKILLS = "skills"
    SAMPLE = "sample"
    LEADING = "leading"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Subject:
    """What one criterion is about.

    :param labels: the skills of the brief that it stands for, as they stand in a sentence.
    :param headline: what the plan's list of topics calls it.
    :param is_in_order: the second question goes on from the first.
    :param is_general: its questions would do for any skill.
    :param is_technology: its questions are the harder and the easier one of a technology.
    """

    topic: Topic
    part: Part
    labels: tuple[str, ...] = ()
    headline: str = ""
    is_technology: bool = False
    is_general: bool = False
    is_in_order: bool = False


_PORTABLE_WORK = frozenset(
    """accounting administration procurement project marketing support sales hr legal finance
    consulting data_analysis it_support business_applications""".split()
)
"""Kinds of work whose topics make sense in other work: a florist may be asked about marketing."""

_KIN = ("health", "technology")
"""Families within which a topic of one kind of work makes sense in the next."""

_BROAD = "broad"  # the file of topics that make sense in any work
_OWN_ONLY = frozenset(
    """administration analysis assessment audit automation billing broadcast camera classroom
    closing coaching coordination crm deployment directing discretion documentation edit
    editing evaluation filming fitting grading grant handover hardware hygiene inspection
    instruction inventory lead lighting listing maintenance marking mixing motivation
    operation ordering patient payment performance planning production prototyping reception
    report reporting repair research resident return safety scheduling sourcing spreadsheet
    standard strategy supervision telephone testing training ui ux validation valuation
    verification viewing weather word driving delivery data loading measuring metrology
    product process processes drawing writing photography sale quality filing correspondence
    counselling counseling mediation interviewing observation pricing metric kpi messaging
    segmentation drafting contract procedure
    facilitation innovation surgery rescue""".split()
)
"""Single words that mean one thing in one kind of work and something else in the next."""

_WITH_PRODUCTS = ("technology", "commerce", "office")
"""Families in which the table's skills around products mean what they say."""

_AREAS = (Area.SOFTWARE, Area.DATA, Area.INFRASTRUCTURE, Area.DESIGN)


def subjects_for(
    phrases: Sequence[str],
    ranking: Sequence[Work],
    level: Level,
    unknown: Unknown | None = None,
) -> list[Subject]:
    """Return what phrases of a brief are about, those that mean the same put together.

    :param ranking: the kinds of work that the brief speaks of, the likeliest first.
    :param unknown: what hands out questions on unknown skills, where it has done so before.
    """
    found: dict[str, Subject] = {}
    unknown = unknown or Unknown(level)
    for phrase in phrases:
        subject = _known(phrase, ranking, level)
        if subject is None:
            activity = as_activity(phrase)
            topic = unknown.topic(activity)
            subject = Subject(topic, Part.SKILLS, (activity,), topic.name, is_general=True)
        alike = [each for each in found.values() if _asks_the_same(each, subject)]
        before = alike[0] if alike else None
        if before is not None:
            subject = replace(before, labels=(*before.labels, *subject.labels))
        found[subject.topic.name] = subject
    return _with_few_unknown(list(found.values()), ranking[0])


def _asks_the_same(one: Subject, other: Subject) -> bool:
    if one.topic.name == other.topic.name:
        return True
    is_of_tables = not (one.is_general or other.is_general)
    return is_of_tables and one.topic.past.look_for == other.topic.past.look_for


def _with_few_unknown(found: Sequence[Subject], own: Work) -> list[Subject]:
    """Return the subjects, with those that no table knows put together from the fourth on.

    Where the kind of work is known, from the third on: its own topics say more.
    """
    few = _FEW_UNKNOWN if own.name == GENERAL or own.is_family else _FEW_UNKNOWN - 1
    unknown = [each for each in found if each.is_general and is_nameable(each.labels[0])]
    rest = unknown[few:]
    if len(rest) < 2:
        return list(found)
    several = rest[:MOST_AT_ONCE]
    topic = topic_about_several([each.labels[0] for each in several])
    labels = tuple(each.labels[0] for each in several)
    together = Subject(topic, Part.SKILLS, labels, topic.name, is_general=True)
    kept = [each for each in found if each not in rest]
    at = sum(each not in rest for each in found[: found.index(rest[0])])
    return [*kept[:at], together, *kept[at:], *rest[MOST_AT_ONCE:]]


_FEW_UNKNOWN = 3
MOST_AT_ONCE = 5


def _known(phrase: str, ranking: Sequence[Work], level: Level) -> Subject | None:
    """Return the subject that the tables have for a phrase, the surest match first."""
    own = ranking[0]
    for name in (phrase, *(() if own.is_family else _inner(phrase))):
        topic = _of_own_work(name, own)
        if topic is not None:
            return _subject(topic, phrase)
        if name == phrase and _LEADING_PHRASE.match(phrase):
            name = "leading people"
        elif name == phrase and _TRAINING_PHRASE.match(phrase):
            name = "mentoring"
        trait = _TRAIT_FOR.match(name) if name == phrase else None
        said = trait[1] if trait else name
        shared = shared_topics().get(_LEADERSHIP.sub("leadership", key_of(said)))
        if _MIXED_NAME.search(phrase) and shared is not None and shared[0] == "traits":
            shared = None
        if trait and shared is not None and shared[0] != "traits":
            shared = None
        if shared is not None and (name == phrase or " " in name):
            group, topic = shared
            return Subject(topic, _PARTS.get(group, Part.LEADING), (phrase,), topic.name)
        if name == phrase:
            skill = find(phrase)
            if (
                skill is not None
                and _may_use(skill, phrase, own)
                and not _is_better_said(phrase, ranking)
            ):
                return from_table(skill, phrase, level)
        topic = _of_other_work(name, ranking)
        if topic is not None and (name == phrase or len(name.split()) > 1):
            return _subject(topic, phrase)
    skill = find(phrase)
    is_of_product = (
        skill is not None and skill.area is Area.PRODUCT and own.family in _WITH_PRODUCTS
    )
    if skill is not None and (is_of_product or _may_use(skill, phrase, own)):
        return from_table(skill, phrase, level)
    topic = _named_alike(phrase, own)
    return _subject(topic, phrase) if topic is not None else None


def _named_alike(phrase: str, own: Work) -> Topic | None:
    """Return the topic of this kind of work that has the main word of a phrase in its name."""
    words = [word for word in key_of(phrase).split() if len(word) > _SHORTEST_NAMING]
    if not words or own.name == GENERAL or own.is_family or words[-1] in _NAMING_NOTHING:
        return None
    fitting = [
        topic
        for topic in own.topics
        if not topic.when and words[-1] in key_of(topic.name.replace(",", " ")).split()
    ]
    return fitting[0] if len(fitting) == 1 else None


_SHORTEST_NAMING = 3  # letters
_NAMING_NOTHING = frozenset(
    """work working skill people person time day good other making getting keeping right well order
    care practice work one safe""".split()
)


def _may_use(skill: Skill, phrase: str, own: Work) -> bool:
    """Tell whether the table of technologies means what a phrase means in this kind of work."""
    if skill.area not in _AREAS:
        return False
    if own.family in ("technology", "engineering"):
        return True
    if skill.area is Area.DESIGN and own.family == "commerce":
        return True
    return skill.area is not Area.DESIGN and shape_of(phrase) in (Shape.TOOL, Shape.STANDARD)


def _inner(phrase: str) -> list[str]:
    return [name for name in keys_within(phrase) if len(name) > 3 and name not in _OWN_ONLY]


def _is_better_said(phrase: str, ranking: Sequence[Work]) -> bool:
    """Tell whether a kind of work that is likely here has a topic of its own for a phrase."""
    names = {work.name for work in ranking[:2]}
    return any(name in names for name, _ in topics_for(phrase))


def _of_own_work(name: str, own: Work) -> Topic | None:
    if own.is_family:
        return keyed(own.name).get(key_of(name))
    fitting = dict(reversed(topics_for(name)))
    return fitting.get(own.name) or fitting.get(own.wider)


def _of_other_work(name: str, ranking: Sequence[Work]) -> Topic | None:
    """Return a topic of other work that makes sense in this one.

    Words that mean one thing in one trade and another in the next are taken only from work that the
    brief speaks of, or from what holds for any work.
    """
    order: Mapping[str, int] = {
        work.name: place for place, work in enumerate(ranking) if work.name != GENERAL
    }
    owners = [(works()[work], topic) for work, topic in topics_for(name)]
    near = [
        (order[work.name], topic)
        for work, topic in owners
        if work.name in order and (not ranking[0].is_family or _is_about(topic, name))
    ]
    if near and key_of(name) not in _OWN_ONLY:
        return min(near, key=lambda each: each[0])[1]
    broad = [
        (work.family != ranking[0].family, work.name != GENERAL, topic)
        for work, topic in owners
        if work.file == _BROAD or work.name == GENERAL
    ]
    if broad:
        return min(broad, key=lambda each: each[:2])[2]
    if key_of(name) in _OWN_ONLY:
        return None
    fitting = [
        topic
        for work, topic in owners
        if work.wider == work.name
        and (
            work.name in _PORTABLE_WORK
            or (work.family == ranking[0].family and work.family in _KIN)
        )
    ]
    is_plain = len({work.family for work, _ in owners}) == 1
    return fitting[0] if fitting and is_plain else None


def _is_about(topic: Topic, name: str) -> bool:
    """Tell whether a topic of a kind of work that is only near speaks of a phrase itself."""
    said = {word[:5] for text in (topic.name, topic.past.text) for word in words_of(text)}
    return any(word[:5] in said for word in key_of(name).split() if len(word) > _SHORTEST_NAMING)


def _subject(topic: Topic, phrase: str) -> Subject:
    return Subject(topic, Part.SKILLS, (phrase,), topic.name)


# --- the table of technologies

_LEADING_PHRASE = re.compile(
    r"(?:lead|leading|managing|manage|supervis\w+|coordinating) (?:of )?(?:an? |the "
    r"|our )?(?:\w+ ){0,2}"
    r"(?:teams?|crews?|staff|people|brigade|apprentices|employees|technicians|volunteers)$",
    re.IGNORECASE,
)
_TRAINING_PHRASE = re.compile(
    r"(?:training|mentoring|coaching|teaching|supervising|bringing on|developing|onboarding"
    r"|inducting) (?:of )?(?:\w+ ){0,2}(?:juniors?|trainees?|apprentices?|interns?|new \w+"
    r"|starters?|staff|students?|colleagues|team members|volunteers|commis|newcomers|graduates)$",
    re.IGNORECASE,
)
_TRAIT_FOR = re.compile(
    r"([a-z]+(?:-[a-z]+)?) (?:with|towards?|under|in|when|in dealing with) .+", re.IGNORECASE
)
"""A trait and what it is for: `empathy with complainants`."""
_MIXED_NAME = re.compile(r"[A-Z]{2,}[a-z]|[a-z][A-Z]")
"""A name of a program: `IDeaS`."""
_LEADERSHIP = re.compile(r"^\w+ leadership$")
_PARTS = {"traits": Part.TOGETHER, "tools": Part.SKILLS}
_POOR = (
    "Knows the terms of {x} and cannot explain why one would choose one way over another.",
    "Has used {x} by following examples, and is lost when something behaves differently.",
    "Speaks of {x} in general, without a case of their own.",
)
_TURNS = ("Let us turn to {x}.", "A question on {x}.", "Now to {x}.", "Next, {x}.")
_TOLD_NEXT = (
    "What would you do differently today?",
    "What did you try that did not work?",
    "How did you make sure that it stayed that way?",
    "Who else was involved, and what did they do?",
)
TECHNICAL_NEXT = (
    "Can you give me an example from your own work?",
    "When did that last come up in your work?",
    "What have you seen go wrong there?",
    "What would you watch out for in practice?",
)


def from_table(skill: Skill, phrase: str, level: Level) -> Subject:
    """Return what the table of technologies asks about a skill."""
    name = skill.called(phrase)
    number = sum(map(ord, skill.name))
    topics = skill.basics if level in (Level.JUNIOR, Level.MID) else skill.depth
    headline = topics[0] if name.split()[0] in topics[0] else f"{topics[0]} ({name})"
    topic = Topic(
        name,
        (phrase,),
        _POOR[number % len(_POOR)].format(x=name),
        past=_technical(skill.probe, skill.look_for, name, number),
        case=_technical(skill.ask, skill.hear, name, number + 1),
    )
    return Subject(topic, Part.SKILLS, (phrase,), headline, is_technology=True)


def _technical(text: str, look_for: tuple[str, ...], name: str, number: int) -> Ask:
    """Return a question on a technology that says which one it is about."""
    if f" {key_of(name)} " not in f" {key_of(text)} ":
        text = f"{_TURNS[number % len(_TURNS)].format(x=name)} {text}"
    pool = _TOLD_NEXT if is_told(text) else TECHNICAL_NEXT
    return Ask(text, look_for, pool[number % len(pool)])


# --- who leads people

_LEADS = re.compile(
    r"\b(?:head (?:of|chef|coach|nurse|teacher|gardener|housekeeper)"
    r"|(?<!funeral )(?<!art )(?<!creative )(?<!music )director"
    r"|(?<!door )(?<!lunchtime )(?<!midday )(?<!play )(?<!exam )supervisor"
    r"|foreman|forewoman"
    r"|forem[ae]n|team ?lead(?:er)?|shift ?lead(?:er)?|chief|superintendent|principal teacher"
    r"|headteacher"
    r"|matron|(?:engineering|store|shop|branch|sales|nurse|nursing|ward|kitchen|restaurant"
    r"|hotel|plant"
    r"|production|warehouse|operations?|general|regional|area|district|finance|accounting"
    r"|(?<!content )(?<!email )(?<!digital )(?<!growth )(?<!product )(?<!field )marketing|hr|it"
    r"|support|customer service|call cent(?:er|re)|design|data|security|facilit(?:y|ies)|site"
    r"|construction"
    r"|maintenance|quality|logistics|transport|fleet|housekeeping|front office|laboratory|lab"
    r"|school|nursery"
    r"|centre|center|salon|farm|practice|bar|catering|care home|home|service delivery"
    r"|department|unit"
    r"|managing|deputy|assistant store|duty) (?:manager|director)|managing director"
    r"|vice president|vp|ceo|coo"
    r"|cfo|cto|ciso|leiter(?:in)?|\w+leit(?:er(?:in)?|ung)|meister(?:in)?|vorarbeiter(?:in)?"
    r"|küchenchef(?:in)?"
    r"|chef d['’]équipe|cheffe d['’]équipe|chef de (?:cuisine|chantier|rayon|service)|responsable"
    r"|directeur|directrice|jef[ea](?: de)?|encargad[oa]|gerente|sous chef|executive chef)\b",
    re.IGNORECASE,
)
_LEADS_IN_TEXT = re.compile(
    r"\b(?:direct reports|(?:lead|leading|manage|managing|supervise|supervising"
    r"|line[- ]manage) (?:a|the|our|your)"
    r" (?:[\w-]+ ){0,3}(?:team|crew|staff|brigade|department)|(?:manage|lead"
    r"|supervise) \d+ (?:people|staff|employees))\b",
    re.IGNORECASE,
)


def leads_people(position: str, level: Level, description: str | None) -> bool:
    """Tell whether the work is to lead people: by level, title, or what the advert says."""
    if level is Level.LEAD:
        return True
    if level is Level.JUNIOR or _ASSISTS.match(position):
        return False
    return (
        _LEADS.search(own_title(position)) is not None
        or _LEADS_IN_TEXT.search((description or "")[:20_000]) is not None
    )


_ASSISTS = re.compile(
    r"(?:[EP]A|(?:executive|personal|team|management) assistant|secretary|assistant)\b.* to ", re.I
)
"""Titles that name whom one works for: `EA to Founder & CEO`."""


def usual(work: Work, taken: Iterable[Subject], *, leads: bool) -> list[Subject]:
    """Return what a kind of work usually calls for beside what is taken already."""
    names = {subject.topic.name for subject in taken}
    return [
        Subject(topic, Part.SKILLS, (), topic.name)
        for topic in work.topics
        if topic.name not in names and (not topic.when or (topic.when == "leading" and leads))
    ]
