"""The words of a text, cut to their stems, and the language that they are of.

Case, accents, apostrophes and punctuation change nothing here, and every step is linear in the
length of the text. What words have to do with each other is told in `kin.toml`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from interview_service.engines.builtin.tables import read_table

ENGLISH = "English"

_TOKEN = re.compile(
    r"[cf]#|c\+\+|[^\W_][\w\u0300-\u036f]*(?:['’`´][\w\u0300-\u036f]+)*", re.IGNORECASE
)
_DROPPED = str.maketrans({**dict.fromkeys("'’`´_"), "ł": "l", "ø": "o", "đ": "d", "æ": "ae"})
_FEWEST_TO_TELL = 12  # words by which a language can be told
_LEAST_SHARE = 0.15  # of a text's words that hold its sentences together


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, and where it stands there.

    :param folded: in lower case, without accents and apostrophes.
    """

    start: int
    end: int
    folded: str
    stem: str


def words_of(text: str) -> list[Word]:
    """Return the words of a text, in order."""
    return [
        Word(match.start(), match.end(), *_folded_and_stem(match.group()))
        for match in _TOKEN.finditer(text)
    ]


def stems_of(text: str) -> list[str]:
    """Return the stems of the words of a text, in order."""
    return [word.stem for word in words_of(text)]


@lru_cache(maxsize=65_536)
def _folded_and_stem(word: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFKD", word.casefold()).translate(_DROPPED)
    folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    return folded, stem(folded)


# --- stems

_ENDINGS = (
    *("izations", "ization", "ations", "ation", "itions", "ition", "ements", "ement", "ments"),
    *("ment", "ances", "ance", "ences", "ence", "ingly", "edly", "ities", "ity", "ness", "able"),
    *("ible", "ally", "ously", "ous", "izing", "ized", "izes", "ize", "ating", "ated", "ates"),
    *("ators", "ator", "ate", "ings", "ing", "ions", "ion", "ives", "ive", "ers", "er", "ors"),
    *("or", "ed", "al", "ly", "es", "e", "y", "s"),
)
_ENDINGS_BY_LETTER = {
    letter: tuple(ending for ending in _ENDINGS if ending[-1] == letter)
    for letter in {ending[-1] for ending in _ENDINGS}
}
_SHORTEST_STEM = 4
_SHORT_ENDINGS = frozenset({"ing", "ings", "ed", "es", "s", "e", "y"})
_LONGEST_WORD = 40  # letters; what is longer is no word, and stays as it is
_IZE = re.compile(r"is(e|ed|es|ing|ations?|ers?)$")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return what the forms of an English word share: `deploy`, `deployed` and `deployment`.

    :param word: folded.
    """
    word = _irregular().get(word, word)
    if not 3 < len(word) <= _LONGEST_WORD or not word.isascii():
        return word
    if len(word) > 6:
        word = _IZE.sub(r"iz\1", word)
    if len(word) > 5 and word.endswith(("our", "ours")):
        word = word.removesuffix("s")[:-2] + "r"
    shorter = _without_ending(word)
    while shorter != word:
        word, shorter = shorter, _without_ending(shorter)
    return word


def _without_ending(word: str) -> str:
    if word.endswith("ies"):
        word = word[:-3] + "y"
    if word.endswith(("ss", "us", "is")):
        return word
    for ending in _ENDINGS_BY_LETTER.get(word[-1], ()):
        shortest = 3 if ending in _SHORT_ENDINGS else _SHORTEST_STEM
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            cut = word[: -len(ending)]
            if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "aeiouls":
                return cut[:-1]  # `plann` of `planning`
            return cut
    return word


# --- what is known of words


@cache
def kin_data() -> Mapping[str, Any]:
    """Return the tables of `kin.toml`."""
    return read_table("kin")


@cache
def _irregular() -> Mapping[str, str]:
    irregular: Mapping[str, str] = kin_data()["irregular"]
    return irregular


@cache
def stop_stems() -> frozenset[str]:
    """Return the stems of words that say nothing about a subject."""
    foreign = (word for each in _languages().values() for word in each)
    return frozenset(stem(word) for word in (*word_list("stop"), *foreign))


@cache
def weak_stems() -> frozenset[str]:
    """Return the stems of words that say little about a subject, whatever the trade."""
    return frozenset(stems_of(kin_data()["words"]["weak"])) - stop_stems()


@cache
def word_list(name: str) -> frozenset[str]:
    """Return one of the lists of folded words in the table."""
    return frozenset(word.folded for word in words_of(kin_data()["words"][name]))


@cache
def ambiguous_stems() -> frozenset[str]:
    """Return the stems of tools' names that are everyday words too."""
    return frozenset(stems_of(kin_data()["ambiguous"]["words"]))


# --- languages


@cache
def _languages() -> Mapping[str, frozenset[str]]:
    return {
        name: frozenset(word.folded for word in words_of(text))
        for name, text in kin_data()["languages"].items()
    }


def language_of(words: Iterable[str]) -> str | None:
    """Return the name of the language that folded words are of.

    :return: None where there are too few to tell, or where they are of none that is known.
    """
    counted = Counter(words)
    total = sum(counted.values())
    if total < _FEWEST_TO_TELL:
        return None
    shares = {
        name: sum(counted[word] for word in known) / total for name, known in _languages().items()
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= _LEAST_SHARE else None
