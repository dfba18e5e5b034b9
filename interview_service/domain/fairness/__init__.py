"""What is never asked: questions about candidates' own protected matters, in four languages.

The rule reads who is asked, about what, and for which duty: "Do you have children?" is found,
"How do you handle a child with an allergy?" is not. In doubt a text passes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from interview_service.domain.fairness.frames import ADVERT, QUESTION, WISH, Frames
from interview_service.domain.fairness.reading import LANGUAGES, Lexicon, folded, lexicon, sentences
from interview_service.domain.plan import PlanStructure

MAX_FINDINGS = 50


class Matter(StrEnum):
    """What nobody is asked about themselves."""

    AGE = "age"
    FAMILY = "family"
    MARITAL_STATUS = "marital_status"
    RELIGION = "religion"
    ORIGIN = "origin"
    HEALTH = "health"
    GENDER = "gender"
    POLITICS = "politics"
    UNION = "union"
    RECORD = "record"
    APPEARANCE = "appearance"

    @property
    def said(self) -> str:
        """The matter as a note to people names it."""
        return _SAID[self]


_SAID = {
    Matter.AGE: "age",
    Matter.FAMILY: "family and pregnancy",
    Matter.MARITAL_STATUS: "marital status",
    Matter.RELIGION: "religion",
    Matter.ORIGIN: "origin and nationality",
    Matter.HEALTH: "disability and health",
    Matter.GENDER: "gender and orientation",
    Matter.POLITICS: "politics",
    Matter.UNION: "union membership",
    Matter.RECORD: "debts or convictions",
    Matter.APPEARANCE: "appearance",
}


class Source(StrEnum):
    """Where a text comes from, which decides how it is read."""

    QUESTION = "question"  # what interviewers say or look for: refused only where it is plain
    WISH = "wish"  # what people want of a plan: the candidate is spoken of, not to
    BRIEF = "brief"  # adverts, duties, skills: what may not become content


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about a protected matter of the candidates' own.

    :param start, end: where the sentence stands in the text.
    """

    matter: Matter
    start: int
    end: int
    sentence: str


def find(text: str, *, kind: Source) -> tuple[Finding, ...]:
    """Return the sentences that ask candidates about a protected matter, at most 50.

    Takes time in proportion to the text.
    """
    findings: list[Finding] = []
    read = _lexicons()
    spoken = _spoken(folded(text[:_TOLD_BY]), read)
    for start, end in sentences(text):
        sentence = text[start:end]
        matter = _matter_of(folded(sentence), kind, read, spoken)
        if matter is not None:
            findings.append(Finding(matter, start, end, " ".join(sentence.split())))
            if len(findings) == MAX_FINDINGS:
                break
    return tuple(findings)


def plan_findings(plan: PlanStructure) -> list[tuple[str, Finding]]:
    """Return what a plan may not ask, each with where it stands, in the API's names."""
    return [
        (where, finding)
        for where, text in _texts(plan)
        for finding in find(text, kind=Source.QUESTION)
    ]


def _texts(plan: PlanStructure) -> Iterator[tuple[str, str]]:
    """Yield every text of a plan that people say or judge by, and where it stands."""
    for number, section in enumerate(plan.sections):
        where = f"sections[{number}]"
        yield f"{where}.name", section.name
        for index, topic in enumerate(section.topics):
            yield f"{where}.topics[{index}]", topic
        for index, question in enumerate(section.questions):
            asked = f"{where}.questions[{index}]"
            yield f"{asked}.text", question.text
            for item, sought in enumerate(question.look_for):
                yield f"{asked}.lookFor[{item}]", sought
            for item, follow_up in enumerate(question.follow_ups):
                yield f"{asked}.followUps[{item}]", follow_up
    for name, said in (("opening", plan.opening), ("closing", plan.closing)):
        for index, sentence in enumerate(said):
            yield f"{name}[{index}]", sentence
    for index, criterion in enumerate(plan.criteria):
        yield f"criteria[{index}].name", criterion.name
        for rating, anchor in criterion.anchors.items():
            yield f"criteria[{index}].anchors.{rating}", anchor
    for index, check in enumerate(plan.checks):
        yield f"checks[{index}]", check


_FRAMES = {Source.QUESTION: QUESTION, Source.WISH: WISH, Source.BRIEF: ADVERT}
_LETTERS = re.compile(r"[a-z]+")
_TOLD_BY = 4_000  # characters by which the language of a text is told


@cache
def _lexicons() -> dict[str, Lexicon]:
    return {language: lexicon(language) for language in LANGUAGES}


@cache
def _compiled(kind: Source) -> Frames:
    _lexicons()  # frames are compiled over the classes of all languages
    return _FRAMES[kind].compiled()


def _spoken(text: str, read: dict[str, Lexicon]) -> tuple[str, ...]:
    """Return the languages that a folded text may be in; none where it has no common word."""
    words = _LETTERS.findall(text)
    counts = {name: sum(word in each.common for word in words) for name, each in read.items()}
    most = max(counts.values())
    return tuple(name for name, count in counts.items() if most and count * 2 >= most)


def _matter_of(
    sentence: str, kind: Source, read: dict[str, Lexicon], spoken: tuple[str, ...]
) -> Matter | None:
    languages = _spoken(sentence, read) or spoken or LANGUAGES
    if any(read[language].guards_match(sentence) for language in languages):
        return None
    for language in languages:
        found = _compiled(kind).matter_of(sentence, read[language])
        if found is not None:
            return Matter(found)
    return None
