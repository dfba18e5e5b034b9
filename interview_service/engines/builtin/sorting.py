"""Sorts what a brief lists as skills: licences, what the body or the diary has to allow, and what
an employer offers are none, however they are written; the rest is read as skills."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from interview_service.engines.builtin.asked import (
    IN_TRAINING,
    Asked,
    Kind,
    foreign_licence,
    is_known,
    is_licence_alone,
    not_yet,
    other_language,
    read_skills,
)
from interview_service.engines.builtin.languages import in_english
from interview_service.engines.builtin.phrases import (
    capitalised,
    product_names,
    uncapitalised,
    vocabulary,
)
from interview_service.engines.builtin.tables import read_table
from interview_service.engines.builtin.work import plain

_BRACKETED = re.compile(r"\s*[(\[]([^()\[\]]{0,60})[)\]]")
_LIKING = re.compile(
    r"(?:an? )?(?:\w+ )?(?:passion|love|enthusiasm|flair|feeling|feel|interest|affinity|curiosity"
    r"|taste|liking|appreciation) (?:for|of|in|with) ",
    re.IGNORECASE,
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_MISSPELLED = 7  # letters; shorter words are too close to each other
_SHORTEST_MAIN = 5  # letters of the main word of a skill in another language
_LONGEST = 80  # characters of an entry that may name a licence or a condition
_SHORT_NAME = 6  # letters of a licence that is written in capitals


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a brief lists.

    :param asked: what it asks for, in its order.
    :param offered: what it offers, as it was written.
    """

    asked: Sequence[Asked]
    offered: Sequence[str]


def sort_skills(skills: Iterable[str], *, in_foreign_text: bool) -> Sorted:
    """Return what a brief's skills ask for and what they only offer, each once."""
    asked: dict[tuple[Kind, str], Asked] = {}
    offered: list[str] = []
    skills = tuple(skills)
    keeps_capitals = sum(each[:1].islower() for each in skills) * 2 >= len(skills)
    for said in skills:
        text = _written_out(said)
        key = plain(text)
        is_told = is_known(text) or in_english(text) is not None
        if len(key) > _LONGEST or (is_told and not _names_a_licence(key)):
            found = read_skills([text], in_foreign_text=in_foreign_text)
        elif _matches("offered", key):
            offered.append(said)
            continue
        elif _OF_A_UNION.search(key):
            found = [Asked(Kind.UNREADABLE, text, said)]
        elif (language := other_language(text)) is not None:
            found = [Asked(Kind.CHECK, language, said)]
        elif _names_a_licence(key):
            found = [Asked(Kind.CHECK, _as_licence(text), said)]
        elif _matches("physical", key):
            found = [Asked(Kind.TERMS, _of_the_body(text), said)]
        elif _matches("agreed", key):
            found = [Asked(Kind.TERMS, _of_the_diary(text), said)]
        elif _OWN_THING.fullmatch(key):
            found = [Asked(Kind.CHECK, capitalised(text), said)]
        elif _NO_PAPER.search(key):
            found = [Asked(Kind.ASK, text, said)]
        elif (liking := _LIKING.match(text)) and not is_known(text[liking.end() :]):
            found = [Asked(Kind.ASK, uncapitalised(text), said)]
        else:
            known = _near_english(text) if in_foreign_text else None
            found = read_skills([known or _spelled(text)], in_foreign_text=in_foreign_text)
        if len(found) == 1:
            found = [replace(found[0], said=said)]
        if IN_TRAINING.search(said):
            found = [
                replace(each, kind=Kind.TERMS, phrase=not_yet(said))
                if each.kind is Kind.CHECK
                else each
                for each in found
            ]
        if keeps_capitals:
            found = [_as_written(each, text) for each in found]
        for each in found:
            asked.setdefault((each.kind, each.phrase), each)
    return Sorted(tuple(asked.values()), tuple(offered))


def _written_out(said: str) -> str:
    """Return an entry without the marks of a list and without what is only shorthand."""
    text = " ".join(said.split()).strip(" -–•*·,;.:")
    names = product_names()
    text = " ".join(names.get(word.casefold(), word) for word in text.split())
    text = re.sub(r"\blvl\b", "level", text, flags=re.IGNORECASE)
    text = re.sub(r"\binc(?:l|ludes?)?\.?(?= )", "including", text, flags=re.IGNORECASE)
    signs = len(_BETWEEN.findall(text))
    text = _BETWEEN.sub(lambda match: ", ", text, count=signs - 1) if signs > 1 else text
    text = _BETWEEN.sub(" and ", text)
    text = _HOW_WELL.sub("", text)
    return text if is_known(text) else _trimmed(text)


_HOW_WELL = re.compile(
    r"(?<=\w) (?:nivel (?:\w+)|niveau \w+|grundkenntnisse|\(?(?:basic|intermediate"
    r"|advanced)(?: level)?\)?)$",
    re.IGNORECASE,
)
"""What an entry says of how well something has to be known: `Excel nivel medio`."""
_BETWEEN = re.compile(r"(?<=[\w)]) (?:&|\+|/) (?=[\w(])")
"""Signs that stand for `and` where they have room on both sides."""
_AROUND = re.compile(
    r"^(?:(?:good|great|ok|okay|fine|brilliant|at ease|comfortable"
    r"|confident|handy|experienced?|skilled|used to|happy) (?:with|at|in|on|doing) "
    r"|(?:some|a bit of|real|basic|solid|proper|hands[- ]on) )"
    r"|(?: that | which | who | enough to | would be | is (?:a |an )| a (?:plus|bonus)\b"
    r"| would (?:help|be)| (?:is )?(?:desirable|preferred|essential|a must)\b"
    r"| (?:without|so that|because|in order to|if|with a smile|in a \w+ way|to name) ?.*"
    r"|, (?:not|but|ideally|preferably) ).*$| basics$",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r"(?:an? )?([a-z]+) (?:voice|manner|nature|personality|attitude|presence|approach|disposition"
    r"|demeanou?r|character|way with people)",
    re.IGNORECASE,
)
"""A trait that is said of a voice or a manner: `calm voice`."""
_NAMED_FIRST = re.compile(r"([^-–:,]{2,40}?)(?: [-–]|:) \S")
"""A skill and what of it: `Excel - pivot tables`."""
_FEWEST_LEFT = 3  # letters


def _trimmed(text: str) -> str:
    """Return an entry without what is only said around the thing itself."""
    bare = _BRACKETED.sub("", text).strip() or text
    manner = _MANNER.fullmatch(bare)
    if manner is not None and is_known(manner[1]):
        return manner[1]
    named = _NAMED_FIRST.match(bare)
    if named is not None and is_known(named[1]):
        return named[1]
    for each in (bare, text):
        shorter = _AROUND.sub("", _AROUND.sub("", each)).strip(" ,;-–")
        if len(shorter) >= _FEWEST_LEFT:
            return shorter
    return text


def _as_written(asked: Asked, text: str) -> Asked:
    """Return a skill with the capitals that its author gave it, who does not capitalise others."""
    is_same = asked.kind is Kind.ASK and asked.phrase.casefold() == text.casefold()
    is_name = any(word[:1].isupper() for word in text.split())
    return replace(asked, phrase=text) if is_same and is_name and not text.isupper() else asked


_OF_A_UNION = re.compile(r"\bunion (?:cards?|member\w*|dues|ticket)\b")
"""What says that somebody belongs to a union, which nobody is asked."""
_OWN_THING = re.compile(
    r"own (?!initiative|work|responsib|projects?|drive|motivation|ideas)[a-z]+(?: [a-z]+)?"
)
_NO_PAPER = re.compile(
    r"^(?:llms?|vector|graph|nosql|sql|relational)\b.*\b(?!degree|in\b)\w+$(?<!llm)(?<!llms)"
)
"""Words of technology in which the name of a degree or a check stands by chance."""
_PARTS = re.compile(
    r"\s(?:de|du|des|d'|en|à|a|von|der|im|in|mit|für|para|con|del|di)\s?", re.IGNORECASE
)


_OF_MANY_THINGS = frozenset(
    """conduite conduccion vente venta gestion accueil formation formacion suivi coordination
    coordinacion organisation organizacion service servicio conseil control controle planning
    animation animacion achats compras transport transporte reception recepcion rapport informes
    montage montaje pose securite seguridad diagnostic diagnostico qualite calidad""".split()
)
"""Words that mean something else with each word that follows them."""


def _near_english(text: str) -> str | None:
    """Return what a skill in another language is in English, going by its main word alone."""
    if in_english(text) is not None or is_known(text):
        return None
    forms = [text.removesuffix(ending) for ending in ("s", "es", "n", "en", "e")]
    for form in forms:
        if form != text and in_english(form):
            return in_english(form)
    main = _PARTS.split(text, maxsplit=1)[0]
    if plain(main) in _OF_MANY_THINGS:
        return None
    return in_english(main) if main != text and len(main) >= _SHORTEST_MAIN else None


def _of_the_body(text: str) -> str:
    return (
        f"“{text}”: describe the task and ask every candidate whether they can do it, with or "
        "without adjustments; do not ask about health."
    )


def _of_the_diary(text: str) -> str:
    return (
        f"“{text}”: tell every candidate what the job requires and ask whether they can do it; "
        "do not ask why not."
    )


# --- licences


def _names_a_licence(key: str) -> bool:
    """Tell whether an entry, in plain letters, is the name of a qualification and no more."""
    bare = " ".join(_BRACKETED.sub(" ", key).split())
    return any(_is_licence(form) for form in (key, bare)) or _are_licences(key)


def _is_licence(form: str) -> bool:
    names, (first, _, rest) = _licences(), form.partition(" ")
    return (
        form in names
        or _without_surroundings(form) in names
        or (
            len(first) > _SHORT_NAME - 2 and first in names and _FURTHER.fullmatch(rest) is not None
        )
    )


def _are_licences(key: str) -> bool:
    """Tell whether an entry names several qualifications and nothing else: `ACCA or CIMA`."""
    parts = _SEVERAL.split(key)
    return len(parts) > 1 and all(
        _is_licence(each) or is_licence_alone(each.upper()) for each in parts if each
    )


_FURTHER = re.compile(r"(?:[a-z]{3}|path\w*|route|trainee|student|study|candidate|stage \d|\d)")
"""What may follow the name of a qualification: `BPJEPS AAN`, `RICS pathway`."""
_SEVERAL = re.compile(r"\s*(?:/|,|\+| or | and | und | oder | et | ou | y | o )\s*")


def _without_surroundings(form: str) -> str:
    """Return a name without the words around it: `gvc preferred`, `qualified aca`."""
    words = form.split()
    around = _around()
    while words and words[0] in around:
        words = words[1:]
    while words and words[-1] in around:
        words = words[:-1]
    return " ".join(words) or form


def _as_licence(text: str) -> str:
    if _RECORD.search(plain(text)):
        return f"Official background check (“{text}”)"
    if plain(text) in _DRIVERS:
        return f"Driving licence (“{text}”)"
    foreign = foreign_licence(text)
    if foreign is not None:
        return foreign
    if text.islower() and len(text) <= _SHORT_NAME:
        return text.upper()
    return capitalised(text)


_DRIVERS = ("driver", "car driver", "uk driver", "drives", "full driver", "driver with own car")
_RECORD = re.compile(r"delitos|penales|casier judiciaire|fuhrungszeugnis")


# --- spelling


def _spelled(text: str) -> str:
    """Return an entry with a slip of the pen put right, where that makes a skill that is known."""
    if is_known(text) or in_english(text) or not text.isascii():
        return text
    words = text.split()
    for at, word in enumerate(words):
        lower = word.lower()
        if len(lower) < _SHORTEST_MISSPELLED or not lower.isalpha() or lower in vocabulary():
            continue
        for candidate in _neighbours(lower):
            if candidate in vocabulary():
                corrected = " ".join((*words[:at], candidate, *words[at + 1 :]))
                if is_known(corrected):
                    return corrected
    return text


def _neighbours(word: str) -> Iterator[str]:
    """Yield what a word may have been before one letter was lost, doubled or swapped.

    Not what it may have been before one was changed: too many words are one letter apart.
    """
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after


# --- the tables


def _matches(name: str, key: str) -> bool:
    return any(pattern.search(key) for pattern in _patterns(name))


@cache
def _patterns(name: str) -> Sequence[re.Pattern[str]]:
    return [re.compile(line) for line in _data()[name].strip().splitlines()]


@cache
def _licences() -> frozenset[str]:
    return frozenset(
        name for line in _data()["licences"].strip().splitlines() for name in line.split("|")
    )


@cache
def _around() -> frozenset[str]:
    return frozenset(word for each in _data()["around"].split("|") for word in each.split())


@cache
def _data() -> dict[str, str]:
    return read_table("terms")
