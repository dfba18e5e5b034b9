"""Which language a text is in, and what skills in German, French and Spanish are called in
English. Only to keep foreign words out of English questions: nothing here translates sentences."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from interview_service.engines.builtin.phrases import vocabulary
from interview_service.engines.builtin.work import plain, words_of

ENGLISH = "English"
_MIXED = re.compile(r"[a-z][A-Z]|\d")
_FEWEST_WORDS = 8  # that hold sentences together, before a language is told by them
_ENOUGH_READ = 4_000  # characters

_FOREIGN_LETTER = re.compile(r"[äöüßàâçéèêëîïôùûœñáíóúìò]", re.IGNORECASE)
_LOAN = re.compile(r"(?:caf[eé]|r[eé]sum[eé]|na[iï]ve|fa[cç]ade|cr[eè]me|entr[eé]e|pur[eé]e|"
    r"saut[eé]\w*|fianc[eé]e?|d[eé]cor|clich[eé]|flamb[eé]|consomm[eé]|a la carte|à la carte)",
    re.IGNORECASE)  # fmt: skip
_FOREIGN_ENDING = re.compile(
    r"\w{3,}(?:ung|ungen|keit|keiten|heit|schaft|schaften|kenntnisse|pflege|wesen|führung|"
    r"erfahrung|arbeiten|technik|planung|betreuung|bereitschaft|fähigkeit|vermögen|recht|bau|"
    r"ación|ción|ciones|dad|miento|mientos|aje|ería|eur|euse|ique|ité|ités|ments|isme|oire|eau)$",
    re.IGNORECASE,
)
_FOREIGN_SMALL = frozenset(
    """und mit für von der die das im zum zur auf bei de la le les du des et en pour avec sur
    el los las del al con para y por d l""".split()
)
_ENGLISH_IN_SPITE = frozenset(
    """technique unique boutique antique critique physique mystique amateur entrepreneur
    liqueur chauffeur massage bau plateau bureau young sung hung dung flung rung dad
    granddad haccp clique oblique""".split()
)


def language_of(text: str) -> str:
    """Return the language of a text by the words that hold it together; in doubt English."""
    words = words_of(text[:_ENOUGH_READ])
    counts = Counter(
        {language: sum(word in common for word in words) for language, common in _common().items()}
    )
    (first, most), *_ = counts.most_common(1)
    if most < _FEWEST_WORDS and most * 5 < len(words):
        return ENGLISH
    return ENGLISH if counts[ENGLISH] == most else first


def in_english(skill: str) -> str | None:
    """Return what a German, French or Spanish skill is called in English, if the table has it."""
    wanted = plain(skill).strip(" .")
    found = _skills().get(wanted)
    if found is None:
        trimmed = _TRIMMINGS.sub("", wanted).strip(" .")
        found = _skills().get(trimmed)
    return found


_TRIMMINGS = re.compile(
    r"^(?:gute |sehr gute |fundierte |erfahrung (?:in|mit)(?: der| dem)? |kenntnisse (?:in|im) |"
    r"bonne |bonnes |maitrise (?:de la |du |des |de |d')|connaissances? (?:en|de) |"
    r"experience en |sens de la |capacite d[e'] ?|"
    r"experiencia en |conocimientos? (?:de|en) |capacidad de |manejo de )|"
    r"(?:kenntnisse|-kenntnisse)$"
)


def is_foreign(phrase: str, *, in_foreign_text: bool) -> bool:
    """Tell whether words are not English, as far as their form says.

    :param in_foreign_text: they come with a text in another language, so doubt is no excuse.
    """
    if _LOAN.search(phrase):
        return False
    if _FOREIGN_LETTER.search(phrase):
        return True
    words = words_of(phrase)
    if not words:
        return any(char.isalpha() and not char.isascii() for char in phrase)
    if any(ord(char) > 0x24F for word in words for char in word if char.isalpha()):
        return True
    small = sum(word in _FOREIGN_SMALL for word in words)
    if small and len(words) > 1:
        return True
    if in_foreign_text and not any(_MIXED.search(word) for word in phrase.split()):
        names = [word for word in phrase.split() if word.isupper() and len(word) < 6]
        if not names and not any(word in vocabulary() for word in words):
            return True
    endings = [
        word for word in words if _FOREIGN_ENDING.match(word) and word not in _ENGLISH_IN_SPITE
    ]
    return bool(endings) and (in_foreign_text or any(word.endswith(_SURE) for word in endings))


_SURE = ("keit", "heit", "schaft", "kenntnisse", "pflege", "ung", "ungen", "miento", "ciones")


@cache
def _skills() -> Mapping[str, str]:
    return {plain(name).strip(): english for name, english in _data()["skills"].items()}


@cache
def _common() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words_of(words)) for name, words in _data()["languages"].items()}


@cache
def _data() -> dict[str, Any]:
    file = resources.files(__package__) / "foreign.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
