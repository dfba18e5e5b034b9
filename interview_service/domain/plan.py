"""The structure of an interview plan and what makes one sound. Durations are minutes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from interview_service.domain import limits

MAX_SECTIONS = limits.PLAN_SECTIONS
MAX_ITEMS = limits.PLAN_ITEMS
MAX_TEXT = limits.PLAN_TEXT
MAX_NAME = limits.PLAN_NAME
MAX_DURATION = limits.PLAN_DURATION
MAX_CRITERIA = limits.PLAN_CRITERIA
MAX_KEY = limits.CRITERION_KEY
SECTIONS_GROUP = "interview"
"""The group of the criteria of a plan that names none itself."""
PLAIN_ANCHORS = {
    "1": "Shows little or nothing of what this part is about.",
    "3": "Shows what the job needs, with gaps.",
    "5": "Convinces throughout, with concrete examples.",
}
"""What answers look like to a criterion of which nothing more is known."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask, what a good answer shows, and what to ask next.

    :param criterion: the key of the criterion that it probes; None where it probes none.
    """

    text: str
    look_for: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the interview, `duration` minutes long."""

    name: str
    duration: int
    topics: tuple[str, ...]
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """What interviewers rate, from 1 to 5.

    :param key: unique in the plan, `lower_snake_case`.
    :param group: the heading that it stands under in an assessment, `lower_snake_case`.
    :param name: as people read it.
    :param anchors: what an answer worth 1, 3 or 5 looks like, by the rating as a string.
    """

    key: str
    group: str
    name: str
    anchors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlanStructure:
    """A whole plan, `duration` minutes long; its sections' durations add up to it.

    :param opening: sentences to say at the start; their minutes belong to the first section.
    :param closing: sentences to say at the end; their minutes belong to the last section.
    :param checks: licences, registrations and degrees: to be seen, not asked about.
    :param notes: what the planner left out, changed, or could not understand.
    """

    duration: int
    sections: tuple[Section, ...]
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    checks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def faults(self) -> list[str]:
        """Say in words what is wrong with this plan; an empty list means that it is sound."""
        faults = []
        total = sum(section.duration for section in self.sections)
        if not 1 <= self.duration <= MAX_DURATION:
            faults.append(f"duration must be 1 to {MAX_DURATION} minutes, not {self.duration}")
        if not 1 <= len(self.sections) <= MAX_SECTIONS:
            faults.append(f"a plan has 1 to {MAX_SECTIONS} sections, not {len(self.sections)}")
        if total != self.duration:
            faults.append(
                f"the sections' durations add up to {total}, the plan's duration is {self.duration}"
            )
        for number, section in enumerate(self.sections, start=1):
            faults += _section_faults(number, section)
        names = [section.name.casefold() for section in self.sections]
        faults += [
            f"two sections are named {name!r}"
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        ]
        return faults + self._criteria_faults() + self._text_faults()

    def _criteria_faults(self) -> list[str]:
        faults = []
        keys = [criterion.key for criterion in self.criteria]
        if len(keys) > MAX_CRITERIA:
            faults.append(f"a plan has at most {MAX_CRITERIA} criteria, not {len(keys)}")
        faults += [
            f"two criteria have the key {key!r}"
            for key in dict.fromkeys(keys)
            if keys.count(key) > 1
        ]
        for criterion in self.criteria:
            faults += _criterion_faults(criterion)
        named = [
            (number, question.criterion)
            for number, section in enumerate(self.sections, start=1)
            for question in section.questions
            if question.criterion is not None
        ]
        faults += [
            f"a question of section {number} names the criterion {key!r}, which the plan lacks"
            for number, key in dict.fromkeys(named)
            if key not in keys
        ]
        return faults

    def _text_faults(self) -> list[str]:
        faults = []
        for name, texts in (
            ("opening", self.opening),
            ("closing", self.closing),
            ("checks", self.checks),
            ("notes", self.notes),
        ):
            if len(texts) > MAX_ITEMS:
                faults.append(f"{name} has more than {MAX_ITEMS} entries")
            if not all(map(_is_text, texts)):
                faults.append(f"every entry of {name} must have 1 to {MAX_TEXT} characters")
        return faults

    def probed_criteria(self) -> tuple[Criterion, ...]:
        """Return what interviewers rate: the criteria, or one a section where the plan has none."""
        if self.criteria:
            return self.criteria
        found: dict[str, Criterion] = {}
        for section in self.sections:
            key = key_of_name(section.name)
            while key in found:
                key = f"{key}_2"
            found[key] = Criterion(key, SECTIONS_GROUP, section.name, dict(PLAIN_ANCHORS))
        return tuple(found.values())

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names."""
        return {
            "duration": self.duration,
            "sections": [
                {
                    "name": section.name,
                    "duration": section.duration,
                    "topics": list(section.topics),
                    "questions": [
                        {
                            "text": question.text,
                            "lookFor": list(question.look_for),
                            "followUps": list(question.follow_ups),
                            "criterion": question.criterion,
                        }
                        for question in section.questions
                    ],
                }
                for section in self.sections
            ],
            "opening": list(self.opening),
            "closing": list(self.closing),
            "criteria": [
                {
                    "key": criterion.key,
                    "group": criterion.group,
                    "name": criterion.name,
                    "anchors": dict(criterion.anchors),
                }
                for criterion in self.criteria
            ],
            "checks": list(self.checks),
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PlanStructure":
        """Read the JSON form that `to_dict` writes; only durations and names must be there."""
        return cls(
            duration=data["duration"],
            sections=tuple(
                Section(
                    name=section["name"],
                    duration=section["duration"],
                    topics=tuple(section.get("topics", ())),
                    questions=tuple(
                        Question(
                            question["text"],
                            tuple(question.get("lookFor", ())),
                            tuple(question.get("followUps", ())),
                            question.get("criterion"),
                        )
                        for question in section.get("questions", ())
                    ),
                )
                for section in data["sections"]
            ),
            opening=tuple(data.get("opening", ())),
            closing=tuple(data.get("closing", ())),
            criteria=tuple(
                Criterion(each["key"], each["group"], each["name"], dict(each["anchors"]))
                for each in data.get("criteria", ())
            ),
            checks=tuple(data.get("checks", ())),
            notes=tuple(data.get("notes", ())),
        )

    def reworded(self, reword: Callable[[str], str]) -> "PlanStructure":
        """Return the same plan with every text of it given to `reword`."""
        return PlanStructure(
            self.duration,
            tuple(
                Section(
                    reword(section.name),
                    section.duration,
                    tuple(map(reword, section.topics)),
                    tuple(
                        Question(
                            reword(question.text),
                            tuple(map(reword, question.look_for)),
                            tuple(map(reword, question.follow_ups)),
                            question.criterion,
                        )
                        for question in section.questions
                    ),
                )
                for section in self.sections
            ),
            opening=tuple(map(reword, self.opening)),
            closing=tuple(map(reword, self.closing)),
            criteria=tuple(
                Criterion(
                    each.key,
                    each.group,
                    reword(each.name),
                    {rating: reword(text) for rating, text in each.anchors.items()},
                )
                for each in self.criteria
            ),
            checks=tuple(map(reword, self.checks)),
            notes=tuple(map(reword, self.notes)),
        )


_RATINGS_WITH_ANCHORS = {"1", "3", "5"}
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_NOT_KEY = re.compile(r"[^a-z0-9]+")


def key_of_name(name: str) -> str:
    """Return the name of a section or a criterion as a key, in lower snake case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    key = _NOT_KEY.sub("_", "".join(char for char in plain if not unicodedata.combining(char)))
    key = key.strip("_")[:MAX_KEY].strip("_")
    return key if key[:1].isalpha() else f"section_{key}".rstrip("_")


def _is_text(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MAX_TEXT


def _criterion_faults(criterion: Criterion) -> Iterable[str]:
    where = f"the criterion {criterion.key[:MAX_KEY]!r}"
    for what, key in (("key", criterion.key), ("group", criterion.group)):
        if not _KEY.fullmatch(key) or len(key) > MAX_KEY:
            yield f"{where} needs a {what} of at most {MAX_KEY} characters in lower_snake_case"
    if not criterion.name.strip() or len(criterion.name) > MAX_NAME:
        yield f"{where} needs a name of 1 to {MAX_NAME} characters"
    if set(criterion.anchors) != _RATINGS_WITH_ANCHORS:
        yield f"{where} needs anchors for 1, 3 and 5"
    if not all(map(_is_text, criterion.anchors.values())):
        yield f"every anchor of {where} must have 1 to {MAX_TEXT} characters"


def _section_faults(number: int, section: Section) -> list[str]:
    where = f"section {number}"
    faults = []
    if not section.name.strip() or len(section.name) > MAX_NAME:
        faults.append(f"{where} needs a name of 1 to {MAX_NAME} characters")
    if section.duration < 1:
        faults.append(f"{where} must last 1 minute or more, not {section.duration}")
    if not section.topics:
        faults.append(f"{where} needs at least one topic")
    if len(section.topics) > MAX_ITEMS or len(section.questions) > MAX_ITEMS:
        faults.append(f"{where} has more than {MAX_ITEMS} topics or questions")
    texts = [*section.topics, *(question.text for question in section.questions)]
    for question in section.questions:
        texts += [*question.look_for, *question.follow_ups]
        if len(question.look_for) > MAX_ITEMS or len(question.follow_ups) > MAX_ITEMS:
            faults.append(
                f"a question of {where} has more than {MAX_ITEMS} things to look for or ask"
            )
    if not all(map(_is_text, texts)):
        faults.append(f"every text of {where} must have 1 to {MAX_TEXT} characters")
    return faults


OTHER_KITS = (
    "Other candidates for this position are interviewed with a different kit; answers to the same "
    "questions are easier to compare."
)


def with_note_on_other_kits(
    structure: Mapping[str, Any], others: Iterable[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return a plan in its JSON form, with a note where one of the others asks other questions.

    :param others: plans in their JSON form for the same position.
    """
    own = _texts_of_questions(structure)
    differs = any(_texts_of_questions(each) != own for each in others)
    before = structure.get("notes") or []
    notes = [each for each in before if each != OTHER_KITS]
    if differs and len(notes) < MAX_ITEMS:
        notes.append(OTHER_KITS)
    return structure if notes == list(before) else {**structure, "notes": notes}


def _texts_of_questions(structure: Mapping[str, Any]) -> frozenset[str]:
    """Return what is asked in a plan in its JSON form, in whichever order."""
    return frozenset(
        question["text"]
        for section in structure["sections"]
        for question in section.get("questions", ())
    )
