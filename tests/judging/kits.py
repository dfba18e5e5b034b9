"""Prints the kits of the briefs in `kit_briefs.toml` for reading, or a table of what a reader would
stumble over.

`python -m tests.judging.kits 0 7` prints two whole kits; without numbers it prints the table. With
the word `strangers` it does so for the briefs in `strangers_briefs.toml`.
"""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from interview_service.domain.fairness import Source, find
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.engines.builtin import BuiltinEngine, skills
from interview_service.engines.builtin.phrases import article

HERE = Path(__file__).parent
BRIEFS, STRANGERS = HERE / "kit_briefs.toml", HERE / "strangers_briefs.toml"
_AN = re.compile(r"\b([Aa]n?) ([\"“]?[A-Za-z][\w-]*)")
_DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
_HOLE = re.compile(r"[{}]|\bNone\b|\bnull\b|  |\.\.(?!\.)|\?\?|, ,|\( |“”")
_QUOTE = re.compile(r"“([^”]*)”")
_STEM_WORDS = 6


def briefs(path: Path = BRIEFS) -> list[Brief]:
    """Return the briefs of a file, in its order."""
    return [
        Brief(
            each["position"],
            Level(each["level"]),
            tuple(each["skills"]),
            each.get("description"),
            each.get("company"),
        )
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["briefs"]
    ]


@cache
def _is_unfair(text: str) -> bool:
    """Tell whether a text may not be asked; most texts of a kit are those of many others."""
    return bool(find(text, kind=Source.QUESTION))


def stumbles(brief: Brief, kit: PlanStructure) -> Iterator[str]:
    """Yield what a reader of a kit would stumble over."""
    yield from kit.faults()
    questions = [question for section in kit.sections for question in section.questions]
    texts = [*kit.opening, *kit.closing, *(each.name for each in kit.criteria)]
    texts += [text for each in kit.criteria for text in each.anchors.values()]
    for section in kit.sections:
        texts += [section.name, *section.topics]
    for question in questions:
        texts += [question.text, *question.look_for, *question.follow_ups]
    texts = [text.replace(brief.company_name or "\n", "Acme") for text in texts]
    yield from (f"not asked: {text}" for text in (*texts, *kit.checks) if _is_unfair(text))
    for text in texts:
        for said, word in _AN.findall(text):
            if said.lower() != article(word.strip('"“')) and word.lower() not in ("and", "as"):
                yield f"article: {said} {word}"
        if _DOUBLED.search(text) and "had had" not in text and "that that" not in text:
            yield f"doubled: {text}"
        if _HOLE.search(text):
            yield f"hole: {text}"
        is_spelled_small = (skill := skills.find(text)) is not None and skill.name == text  # dbt
        if not (text[0].isupper() or text[0].isdigit() or text[0] in '“".' or is_spelled_small):
            yield f"begins small: {text}"
        foreign = [
            word
            for word in text.split()
            if any(char.isalpha() and not char.isascii() for char in word.replace("café", "cafe"))
        ]
        if foreign:
            yield f"foreign: {foreign}"
    for question in questions:
        if question.text.rstrip('”"')[-1:] not in ("?", "."):
            yield f"no end: {question.text}"
        if not 2 <= len(question.look_for) <= 4 or not 1 <= len(question.follow_ups) <= 2:
            yield f"look-fors or follow-ups: {question.text}"
        if question.criterion not in {each.key for each in kit.criteria}:
            yield f"no criterion: {question.text}"
        duties = question.text.startswith("The job description says")
        for quoted in _QUOTE.findall(question.text) if duties else ():
            if not quoted.endswith(".") or not 2 <= len(quoted.split()) <= 28:
                yield f"quote: {quoted}"
    if not 3 <= len(kit.criteria) <= 7:
        yield f"{len(kit.criteria)} criteria"
    for each in kit.criteria:
        if set(each.anchors) != {"1", "3", "5"} or len(set(each.anchors.values())) < 3:
            yield f"anchors: {each.name}"
    stems = Counter(" ".join(each.text.split()[:_STEM_WORDS]) for each in questions)
    yield from (f"asked alike {count} times: {stem}" for stem, count in stems.items() if count > 2)
    looked = Counter(point for each in questions for point in each.look_for)
    yield from (
        f"looked for {count} times: {point}" for point, count in looked.items() if count > 1
    )
    nexts = Counter(text for each in questions for text in each.follow_ups)
    yield from (f"followed up {count} times: {text}" for text, count in nexts.items() if count > 2)
    spent = sum(section.duration for section in kit.sections) - 8
    if not 4 <= spent / max(len(questions), 1) <= 8.5:
        yield f"{spent / max(len(questions), 1):.1f} minutes a question"


def printed(brief: Brief, kit: PlanStructure) -> str:
    """Return a kit as its interviewer reads it."""
    lines = [f"=== {brief.position} · {brief.level} · {', '.join(brief.skills)}", ""]
    lines += [f"  {sentence}" for sentence in kit.opening]
    for section in kit.sections:
        lines += ["", f"## {section.name} ({section.duration} min) · {' | '.join(section.topics)}"]
        for question in section.questions:
            lines.append(f"Q [{question.criterion}] {question.text}")
            lines.append(f"     look for: {'; '.join(question.look_for)}")
            lines += [f"     > {text}" for text in question.follow_ups]
    lines += ["", *(f"  {sentence}" for sentence in kit.closing)]
    for criterion in kit.criteria:
        lines.append(f"C {criterion.name} ({criterion.group})")
        lines += [f"    {rating}: {text}" for rating, text in criterion.anchors.items()]
    lines += [f"check: {text}" for text in kit.checks]
    lines += [f"note: {text}" for text in kit.notes]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the kits of the given numbers, or the table of them all."""
    engine = BuiltinEngine()
    total = 0
    path = STRANGERS if "strangers" in arguments else BRIEFS
    numbers = [each for each in arguments if each.isdigit()]
    for number, brief in enumerate(briefs(path)):
        kit = engine.plan(brief).result
        if numbers and str(number) in numbers:
            print(printed(brief, kit), "\n")
        if not numbers:
            found = list(stumbles(brief, kit))
            total += len(found)
            asked = sum(len(section.questions) for section in kit.sections)
            print(
                f"{number:3} {brief.position[:36]:36} {kit.duration:3} min, {asked:2} questions on "
                f"{len(kit.criteria)} criteria, {len(found)} stumbles"
            )
            for each in found:
                print(f"      {each}")
    if not numbers:
        print(f"{total} stumbles")


if __name__ == "__main__":
    main(sys.argv[1:])
