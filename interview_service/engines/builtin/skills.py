"""The skill table: what is known of each skill, found by whatever people call it.

The table is data: the TOML files in `skilltable`, one an area, read when first asked for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from interview_service.engines.builtin.tables import read_table


class Area(StrEnum):
    """What kind of work a skill belongs to."""

    SOFTWARE = "software"
    DATA = "data"
    INFRASTRUCTURE = "infrastructure"
    PRODUCT = "product"
    DESIGN = "design"
    PROFESSIONAL = "professional"
    TRADE = "trade"


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill of the table.

    :param aliases: other things that people call it, in lower case.
    :param own: those aliases, in their own spelling, that are things of their own (PyTorch is a
        way to do Deep Learning) and keep their name in a plan.
    :param basics: topics for those who begin.
    :param depth: topics for those who are far.
    :param ask: a question about the basics; `hear`, what a good answer has in it.
    :param probe: a question that goes deep; `look_for`, what a good answer shows.
    """

    name: str
    area: Area
    aliases: tuple[str, ...]
    own: tuple[str, ...]
    basics: tuple[str, ...]
    depth: tuple[str, ...]
    ask: str
    hear: tuple[str, ...]
    probe: str
    look_for: tuple[str, ...]

    @property
    def vocabulary(self) -> frozenset[str]:
        """The content words of its topics and questions, by which talk about it is known."""
        texts = (*self.basics, *self.depth, self.ask, *self.hear, self.probe, *self.look_for)
        return frozenset(word for text in texts for word in content_words(text))

    def called(self, name: str) -> str:
        """Return what a plan calls this skill where the client wrote `name`."""
        wanted = normalised(name)
        return next((own for own in self.own if normalised(own) == wanted), self.name)


_SPACES = re.compile(r"[\s_/-]+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SHORT_ALIAS = 2


def content_words(text: str) -> list[str]:
    """Return the words of a text that say what it is about, in lower case, plurals cut."""
    words = (word.casefold() for word in _WORD.findall(text))
    return [_stem(word) for word in words if word not in _everyday()]


@cache
def _everyday() -> frozenset[str]:
    return frozenset(read_table("skilltable/everyday")["words"].split())


@cache
def function_words() -> frozenset[str]:
    """Return the words that hold an English sentence together, in lower case."""
    return frozenset(read_table("skilltable/everyday")["function"].split())


def _stem(word: str) -> str:
    """Cut the commonest endings, so that `queries`, `query` and `caching`, `caches` meet."""
    for ending, least in (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4), ("y", 5)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word


def normalised(name: str) -> str:
    """Return a skill's name as the table is searched: lower case, separators as one space."""
    return _SPACES.sub(" ", name.casefold()).strip(" .")


@cache
def table() -> Mapping[str, Skill]:
    """Return the table: each name and alias, normalised, to its skill."""
    found: dict[str, Skill] = {}
    for skill in skills():
        for name in (skill.name, *skill.aliases):
            found[normalised(name)] = skill
    return found


@cache
def skills() -> tuple[Skill, ...]:
    """Return every skill of the table, area by area."""
    found = []
    for area in Area:
        data = read_table(f"skilltable/{area}")
        own = {normalised(name): name for name in data.get("own", ())}
        for name, entry in data["skills"].items():
            found.append(
                Skill(
                    name=name,
                    area=area,
                    aliases=tuple(entry["aliases"]),
                    own=tuple(
                        own[normalised(alias)]
                        for alias in entry["aliases"]
                        if normalised(alias) in own
                    ),
                    basics=tuple(entry["basics"]),
                    depth=tuple(entry["depth"]),
                    ask=entry["ask"],
                    hear=tuple(entry["hear"]),
                    probe=entry["probe"],
                    look_for=tuple(entry["look"]),
                )
            )
    return tuple(found)


def find(name: str) -> Skill | None:
    """Return the skill that people mean by `name`; None where the table does not have it."""
    wanted = normalised(name)
    known = table().get(wanted)
    if known is None:
        # "Advanced Python", "Python 3.12", "Python programming", "Python (expert)"
        known = table().get(normalised(_TRIMMINGS.sub(" ", wanted)))
    if known is None and "/" in name:  # "HTML/CSS"
        parts = [table().get(normalised(part)) for part in name.split("/")]
        known = parts[0] if all(parts) else None
    return known


_TRIMMINGS = re.compile(
    r"\b(?:advanced|basic|basics of|strong|good|solid|expert|knowledge of|experience with|"
    r"programming|language|framework|development|skills?|v?\d+(?:\.\d+|\.x)*)\b|\([^()]*\)"
)


def named_in(text: str) -> list[Skill]:
    """Return the skills of the table that a running text names, in the order in which it does."""
    return list(called_in(text).values())


def called_in(text: str) -> Mapping[str, Skill]:
    """Return what `named_in` does, under what a plan calls each skill."""
    tokens = [(match.group(), match.end()) for match in _TOKEN.finditer(text)]
    words = [token.strip(_AROUND) for token, _ in tokens]
    found: dict[str, tuple[str, Skill]] = {}
    at = 0
    while at < len(words):
        for length in range(min(_longest_name(), len(words) - at), 0, -1):
            said = " ".join(words[at : at + length])
            skill = _meant(said)
            if skill is not None and not (length == 1 and _begins_a_sentence(text, tokens, at)):
                found.setdefault(skill.name, (skill.called(said), skill))
                at += length
                break
        else:
            for part in words[at].split("/"):
                skill = _meant(part) if "/" in words[at] else None
                if skill is not None:
                    found.setdefault(skill.name, (skill.called(part), skill))
            at += 1
    return dict(found.values())


def _begins_a_sentence(text: str, tokens: Sequence[tuple[str, int]], at: int) -> bool:
    """Tell whether an everyday word has its capital from being first: `Go ahead`, `React fast`."""
    token, end = tokens[at]
    if normalised(token.strip(_AROUND)) not in _spellings() or token[-1] in _AROUND:
        return False
    before = tokens[at - 1] if at else None
    is_first = before is None or before[0][-1] in ".!?:" or "\n" in text[before[1] : end]
    is_first = is_first or not any(char.isalnum() for char in tokens[at - 1][0])
    following = tokens[at + 1][0].strip(_AROUND) if at + 1 < len(tokens) else ""
    return is_first and following.islower() and following not in _AFTER_A_NAME


_AFTER_A_NAME = frozenset(
    {"and", "or", "is", "was", "has", "are", "with", "code", "programming", "experience"}
    | {"developer", "developers", "engineer", "engineers", "services", "applications", "components"}
)
_TOKEN = re.compile(r"\S+")
_AROUND = ",;:!?()[]{}\"'“”‘’…*`"


def _meant(said: str) -> Skill | None:
    """Return the skill that words of a running text name, if any."""
    wanted = normalised(said)
    skill = table().get(wanted)
    if skill is None:
        return None
    if len(wanted) <= _SHORT_ALIAS:
        return skill if said.strip(".") in (skill.name, wanted.upper()) else None
    spelling = _spellings().get(wanted)
    if spelling is None or said.rstrip(".") == spelling:
        return skill
    return skill if spelling.startswith(".") and said.casefold() == spelling.casefold() else None


@cache
def _spellings() -> Mapping[str, str]:
    """Return the names that are everyday words too (Go, React), to the spelling that counts."""
    words = [word for area in Area for word in read_table(f"skilltable/{area}").get("words", ())]
    return {normalised(word): word for word in words}


@cache
def _longest_name() -> int:
    return max(len(name.split()) for name in table())
