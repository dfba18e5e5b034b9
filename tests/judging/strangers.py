"""Wishes and lines about candidates by strangers to the rules, and how they are read.

Each set says how many were read right when the rules had not seen it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from interview_service.domain.fairness import Source, find
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.engines.builtin import BuiltinEngine
from interview_service.engines.builtin.wish_holding import Wish, resolve
from interview_service.engines.builtin.wish_words import WishKind
from interview_service.engines.builtin.wishes import read

SECTIONS, TOPICS = ("Opening", "Core skills", "Closing"), ("Java", "Excel")
_SAID_WHOLE = (
    WishKind.REFUSED,
    WishKind.NOT_UNDERSTOOD,
    WishKind.OTHER_LANGUAGE,
    WishKind.SATISFIED,
)


@dataclass(frozen=True)
class Figure:
    """How many of a set are read right.

    :param unseen: how many were before the rules had seen the set; None where nobody counted.
    """

    name: str
    right: int
    of: int
    unseen: int | None
    wrong: tuple[str, ...]


@cache
def _set(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"strangers_{name}.toml").read_text("utf-8"))


def told(wish: Wish) -> str:
    """Return a wish as the sets write it."""
    parts = [wish.kind.name]
    if wish.kind not in _SAID_WHOLE:
        parts += [wish.subject] if wish.subject else []
        parts += [f"-> {wish.other}"] if wish.other else []
    parts += [f"{wish.minutes} min"] if wish.minutes else []
    parts += [f"{wish.count} questions"] if wish.count else []
    return " ".join(parts)


def understood(said: str) -> list[str]:
    """Return what is read in a text; what is not understood beside a wish is left out."""
    wishes = resolve(read([said], section_names=SECTIONS, topics=TOPICS))
    found = [told(wish) for wish in wishes]
    known = [each for each in found if each != WishKind.NOT_UNDERSTOOD]
    return list(dict.fromkeys(known or found))


def wishes() -> Iterator[Figure]:
    """Yield how each set of wishes is read."""
    for each in _set("wishes")["set"]:
        wrong = tuple(
            f"{case['said']}: {understood(case['said'])}"
            for case in each["wish"]
            if understood(case["said"]) != case["read"]
        )
        of = len(each["wish"])
        yield Figure(f"wishes, {each['name']}", of - len(wrong), of, each["unseen"], wrong)


def chains() -> list[dict[str, Any]]:
    """Return the chains of wishes."""
    found: list[dict[str, Any]] = _set("chains")["chain"]
    return found


def kit_after(chain: dict[str, Any]) -> PlanStructure:
    """Return the kit after a chain of wishes."""
    brief = Brief(chain["position"], Level(chain["level"]), tuple(chain["skills"]))
    return BuiltinEngine().plan(brief, chain["wishes"]).result


def asked_in(kit: PlanStructure) -> str:
    """Return what a kit asks about, without its notes, in small letters."""
    said = [*kit.opening, *kit.closing, *kit.checks]
    for section in kit.sections:
        said += [section.name, *section.topics]
    for criterion in kit.criteria:
        said.append(criterion.name)
    return "\n".join(said).casefold()


def faults_of(chain: dict[str, Any]) -> list[str]:
    """Return what a person would miss in the kit after a chain."""
    kit = kit_after(chain)
    asked, notes = asked_in(kit), " ".join(kit.notes)
    found = [f"no {each}" for each in chain["has"] if each.casefold() not in asked]
    found += [f"still {each}" for each in chain["without"] if each.casefold() in asked]
    found += [f"no note on {each}" for each in chain["notes"] if each not in notes]
    found += [f"echo of {each!r}" for each in chain["wishes"] if _is_echoed(each, asked)]
    minutes = chain.get("minutes")
    spent = sum(section.duration for section in kit.sections)
    if minutes and (kit.duration != minutes or spent != minutes):
        found.append(f"{kit.duration} minutes, {spent} of them in sections, not {minutes}")
    return found


def _is_echoed(wish: str, asked: str) -> bool:
    """Tell whether a wish stands in a kit, other than as its length."""
    return wish.casefold() in asked and not wish[0].isdigit()


def on_kits() -> Iterator[Figure]:
    """Yield how each set of wishes on kits comes out."""
    for each in _set("kits")["set"]:
        faults = {" / ".join(case["wishes"]): _faults_on_kit(case) for case in each["case"]}
        wrong = tuple(f"{said}: {'; '.join(found)}" for said, found in faults.items() if found)
        of = len(faults)
        yield Figure(f"on kits, {each['name']}", of - len(wrong), of, each["unseen"], wrong)


def _faults_on_kit(case: dict[str, Any]) -> list[str]:
    """Return what a person would miss in the kit after one or several wishes."""
    brief = Brief(case["position"], Level(case["level"]), tuple(case["skills"]))
    before = BuiltinEngine().plan(brief).result
    kit = BuiltinEngine().plan(brief, case["wishes"]).result
    said = _said_in(kit)
    noted = [note for note in kit.notes if note not in before.notes]
    found = [f"no {each}" for each in case.get("has", ()) if not _any_in(each, said)]
    found += [f"still {each}" for each in case.get("without", ()) if _any_in(each, said)]
    for name, minutes in case.get("section", {}).items():
        if not any(name in each.name and each.duration == minutes for each in kit.sections):
            found.append(f"no {name} of {minutes} minutes")
    for name, count in case.get("count", {}).items():
        if _count(kit, name) != count:
            found.append(f"{_count(kit, name)} questions on {name}")
    facts = {
        "minutes": kit.duration,
        "questions": _count(kit, ""),
        "same": replace(kit, notes=()) == replace(before, notes=()),
        "noted": bool(noted),
        "questions_more": _count(kit, "") > _count(before, ""),
    }
    found += [f"{name}: {fact}" for name, fact in facts.items() if case.get(name, fact) != fact]
    for name, section in (("first", kit.sections[0]), ("last", kit.sections[-1])):
        if case.get(name, section.name) not in section.name:
            found.append(f"{name}: {section.name}")
    if case.get("first_topic", "") not in kit.sections[0].topics[0].casefold():
        found.append(f"first: {kit.sections[0].topics[0]}")
    more = case.get("more", "")
    if more and not noted and _weight(kit, more) <= _weight(before, more):
        found.append(f"no more on {more}")
    return found


def _said_in(kit: PlanStructure) -> str:
    questions = [each for section in kit.sections for each in section.questions]
    said = [text for each in questions for text in (each.text, *each.follow_ups)]
    return "\n".join([asked_in(kit), *said]).casefold()


def _any_in(words: str, text: str) -> bool:
    return any(each in text for each in words.casefold().split("|"))


def _count(kit: PlanStructure, name: str) -> int:
    """Return how many questions are on a criterion, or under a topic, of a name."""
    keys = {
        criterion.key
        for criterion in kit.criteria
        for section in kit.sections
        for topic in (criterion.name, *section.topics)
        if criterion.name in topic and name.casefold() in topic.casefold()
    }
    return sum(each.criterion in keys for section in kit.sections for each in section.questions)


def _weight(kit: PlanStructure, name: str) -> tuple[int, int]:
    minutes = sum(
        section.duration
        for section in kit.sections
        if any(name in topic.casefold() for topic in (section.name, *section.topics))
    )
    return _count(kit, name), minutes


def fairness() -> Iterator[Figure]:
    """Yield how each set of lines about candidates, and of harmless ones, is read."""
    for each in _set("fairness")["set"]:
        missed = tuple(line for line in each["refused"] if not _is_refused(line))
        false = tuple(line for line in each["passes"] if any(_found(line)))
        for said, wrong, unseen in (
            ("refused", missed, each["unseen"][0]),
            ("passes", false, each["unseen"][1]),
        ):
            of = len(each[said])
            yield Figure(f"fairness, {each['name']}, {said}", of - len(wrong), of, unseen, wrong)


def _found(line: str) -> list[bool]:
    return [bool(find(line, kind=kind)) for kind in (Source.QUESTION, Source.WISH, Source.BRIEF)]


def _is_refused(line: str) -> bool:
    question, wish, brief = _found(line)
    return (question and wish) if line.rstrip().endswith("?") else (wish or brief)


def figures() -> Iterator[Figure]:
    """Yield the figures of every set."""
    yield from wishes()
    faults = {" / ".join(chain["wishes"]): faults_of(chain) for chain in chains()}
    wrong = tuple(f"{said}: {'; '.join(each)}" for said, each in faults.items() if each)
    yield Figure("chains, on kits", len(faults) - len(wrong), len(faults), None, wrong)
    yield from on_kits()
    yield from fairness()
