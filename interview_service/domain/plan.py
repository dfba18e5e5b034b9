"""The structure of an interview plan and what makes one sound. Durations are minutes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_SECTIONS = 20
MAX_ITEMS = 50  # topics or questions of one section
MAX_TEXT = 1_000
MAX_NAME = 200
MAX_DURATION = 480


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask, and what a good answer shows."""

    text: str
    look_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the interview, `duration` minutes long."""

    name: str
    duration: int
    topics: tuple[str, ...]
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanStructure:
    """A whole plan, `duration` minutes long; its sections' durations add up to it."""

    duration: int
    sections: tuple[Section, ...]

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
        return faults

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: `{duration, sections: [{name, duration, topics, questions}]}`."""
        return {
            "duration": self.duration,
            "sections": [
                {
                    "name": section.name,
                    "duration": section.duration,
                    "topics": list(section.topics),
                    "questions": [
                        {"text": question.text, "lookFor": list(question.look_for)}
                        for question in section.questions
                    ],
                }
                for section in self.sections
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PlanStructure":
        """Read the JSON form that `to_dict` writes; `topics` and `questions` may be absent."""
        return cls(
            duration=data["duration"],
            sections=tuple(
                Section(
                    name=section["name"],
                    duration=section["duration"],
                    topics=tuple(section.get("topics", ())),
                    questions=tuple(
                        Question(question["text"], tuple(question.get("lookFor", ())))
                        for question in section.get("questions", ())
                    ),
                )
                for section in data["sections"]
            ),
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
                        Question(reword(question.text), tuple(map(reword, question.look_for)))
                        for question in section.questions
                    ),
                )
                for section in self.sections
            ),
        )


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
    texts += [item for question in section.questions for item in question.look_for]
    if any(not text.strip() or len(text) > MAX_TEXT for text in texts):
        faults.append(f"every text of {where} must have 1 to {MAX_TEXT} characters")
    return faults
