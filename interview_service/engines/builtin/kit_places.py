"""What the words of a wish mean in a kit: a section, its opening or closing, a subject of it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from interview_service.domain.interview import Brief
from interview_service.domain.plan import Criterion, PlanStructure, Question
from interview_service.engines.builtin.languages import in_english
from interview_service.engines.builtin.phrases import listed
from interview_service.engines.builtin.subjects import Part
from interview_service.engines.builtin.work import key_of, plain, words_of

OPENING, CLOSING = "opening", "closing"

_PART_WORDS: Mapping[Part, str] = {
    Part.SAMPLE: r"work samples?|samples?|case(?: stud(?:y|ies))?|exercises?|scenarios?|"
    r"role ?plays?|"
    r"system design(?: (?:exercise|task|case))?|"
    r"design (?:exercise|question|section|part)|practical (?:task|part|test)"
    r"|task|simulation|(?:allgemeine )?aufgabe|tarea|tache|"
    r"fallstudie|arbeitsprobe|etude de cas|mise en situation|caso practico|prueba practica|in-tray|"
    r"test strategy|threat model",
    Part.LEADING: r"leadership|leading(?: people)?|people management|managing people|"
    r"management|influence|"
    r"fuhrung|liderazgo|encadrement",
    Part.TOGETHER: r"soft|softer|cultur\w*(?: fit)?|soft skills?|working together|behaviou?ral|"
    r"personality|team fit|"
    r"interpersonal|motivation|values|zusammenarbeit|savoir-etre|fit",
    Part.SKILLS: r"tech|technical(?: (?:part|assessment|questions|skills))?|hard skills?|"
    r"skills?|experience|"
    r"expertise|craft|role skills|fachlich\w*|technique|tecnic\w*|job skills?|know-?how",
}
_SECTION = re.compile(
    r"\b(?:section|part|block|round|segment|teil|abschnitt|partie|parte|questions?|bits?|stuff|"
    r"side|thing|things|piece)\b"
)
_OPENING_WORDS = re.compile(
    r"\b(?:opening|introductions?|intro|welcome|ice ?breaker|small talk|warm-?up|einleitung"
    r"|begrussung|"
    r"introduccion|accueil|apertura)\b"
)
_CLOSING_WORDS = re.compile(
    r"\b(?:closing|wrap-?up|(?:their|candidates?'?s?|his|her|own) (?:own )?questions|q ?& ?a"
    r"|q and a|"
    r"end of the interview|abschluss|ruckfragen|cloture|cierre)\b"
)


class Kit:
    """A kit as it is before any wish, and where the words of a wish stand in it.

    :ivar parts: the minutes of each part, in the kit's order.
    """

    def __init__(self, brief: Brief, before: PlanStructure) -> None:
        self._brief = brief
        self._before = before
        self.parts = dict(_parts_of(before))

    def place(self, subject: str | None) -> Part | str | None:
        """Return the section that a wish is said of, the opening or closing, or None."""
        if not subject:
            return None
        said = plain(subject)
        names = [plain(section.name) for section in self._before.sections]
        if said in names:
            return list(self.parts)[names.index(said)]
        if any(plain(each.name) == said for each in self._before.criteria):
            return None
        if _OPENING_WORDS.search(said):
            return OPENING
        if _CLOSING_WORDS.search(said):
            return CLOSING
        bare = " ".join(_SECTION.sub(" ", said).split()).removeprefix("the ")
        for part, words in _PART_WORDS.items():
            if re.fullmatch(words, bare) and not self._is_own_skill(bare):
                return part
        return None

    def _is_own_skill(self, said: str) -> bool:
        return any(plain(skill) == said for skill in self._brief.skills) and said not in (
            "leadership",
            "people management",
            "management",
            "system design",
        )

    def names_of(self, subject: str) -> list[str]:
        """Return the skills and criteria of the kit that a subject means."""
        said = in_english(subject) or subject
        wanted = {word for word in words_of(said) if word not in _FILLERS}
        found: list[str] = []
        for name in (*self._brief.skills, *(each.name for each in self._before.criteria)):
            own = set(words_of(in_english(name) or name))
            if (
                key_of(name) == key_of(subject)
                or (wanted and wanted <= own)
                or (own and own <= wanted)
            ):
                found.append(in_english(name) or name)
        if found and in_english(subject):
            found.append(said)
        return found

    def part_of(self, subject: str) -> Part:
        """Return the section that a subject of the kit stands in, or would stand in."""
        names = self.names_of(subject)
        for part, criterion in self.criteria_by_part():
            if criterion.name in names or self._headline_names(criterion, names):
                return part
        return Part.SKILLS

    def asked_about(self, names: Sequence[str]) -> int:
        """Return how many questions the kit has on something as it is."""
        return len(self.questions_on(names))

    def question(self, subject: str) -> Question | None:
        """Return the one question that a wish means by words in it: "the wrong dose one"."""
        wanted = {word[:_STEM] for word in words_of(subject) if word not in _FILLERS}
        wanted = {word for word in wanted if len(word) >= _SHORTEST}
        found = [
            question
            for question in self._questions()
            if wanted and wanted <= {word[:_STEM] for word in words_of(question.text)}
        ]
        return found[0] if len(found) == 1 else None

    def criteria_of(self, question: Question) -> list[str]:
        """Return the name of the criterion that a question is on."""
        return [each.name for each in self._before.criteria if each.key == question.criterion]

    def questions_on(self, names: Sequence[str]) -> list[str]:
        """Return the questions on what some names mean."""
        keys = {
            each.key
            for each in self._before.criteria
            if each.name in names or self._headline_names(each, names)
        }
        return [each.text for each in self._questions() if each.criterion in keys]

    def others_on(self, question: Question) -> list[str]:
        """Return the other questions on what one is about."""
        return [
            each.text
            for each in self._questions()
            if each.criterion == question.criterion and each != question
        ]

    def beside(self, names: Sequence[str]) -> str:
        """Return the skills that are asked about together with the one named, "" where none are."""
        wanted = {plain(name) for name in names}
        if wanted & {plain(each.name) for each in self._before.criteria}:
            return ""
        for section in self._before.sections:
            for topic in section.topics:
                skills = re.split(r", | and ", topic.partition(": ")[2])
                if any(plain(skill) in wanted for skill in skills):
                    return listed([each for each in skills if plain(each) not in wanted])
        return ""

    def _questions(self) -> Iterator[Question]:
        for section in self._before.sections:
            yield from section.questions

    def _headline_names(self, criterion: Criterion, names: Sequence[str]) -> bool:
        own = plain(criterion.name)
        return any(
            own in plain(topic) and any(plain(name) in plain(topic) for name in names)
            for section in self._before.sections
            for topic in section.topics
        )

    def criteria_by_part(self) -> Iterator[tuple[Part, Criterion]]:
        parts = list(self.parts)
        for part, section in zip(parts, self._before.sections, strict=True):
            keys = {each.criterion for each in section.questions}
            for criterion in self._before.criteria:
                if criterion.key in keys:
                    yield part, criterion


_STEM, _SHORTEST = 5, 4  # letters by which words of a question are known
_FILLERS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "on",
        "about",
        "questions",
        "question",
        "topic",
        "part",
        "section",
        "on",
        "any",
        "all",
        "one",
        "ones",
        "with",
        "where",
    ]
)


def _parts_of(plan: PlanStructure) -> Iterator[tuple[Part, int]]:
    """Yield the parts of a kit with their minutes, in its order."""
    groups = {each.key: each.group for each in plan.criteria}
    by_group = {
        "work_sample": Part.SAMPLE,
        "leadership": Part.LEADING,
        "working_together": Part.TOGETHER,
    }
    for section in plan.sections:
        group = groups.get(section.questions[0].criterion or "") if section.questions else None
        yield by_group.get(group or "", Part.SKILLS), section.duration
