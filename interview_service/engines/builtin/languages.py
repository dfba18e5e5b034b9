"""Which language a text is in, and what skills in German, French and Spanish are called in
English. Only to keep foreign words out of English questions: nothing here translates sentences."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import log
from typing import Any

from interview_service.engines.builtin.phrases import product_names, vocabulary
from interview_service.engines.builtin.tables import read_table
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
    r"ación|ción|ciones|dad|miento|mientos|aje|ería|teo|leo|ados?|adas?|idos?|dura|uras|ero|eur|euse|ique|ité|ités|ments|isme|oire|eau)$",
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
        spelled = sum(
            _FOREIGN_LETTER.search(word) is not None for word in text[:_ENOUGH_READ].split()
        )
        is_told = first != ENGLISH and counts[ENGLISH] < most and spelled * 12 > len(words)
        return first if is_told else ENGLISH
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
    r"umgang mit (?:der |dem |den )?|arbeit(?:en)? mit (?:der |dem |den )?|travail (?:avec|en) |"
    r"utilisation (?:de la |du |des |de |d')|trato con |uso de |trabajo con |"
    r"bonne |bonnes |maitrise (?:de la |du |des |de |d')|connaissances? (?:en|de) |"
    r"experience en |sens de la |capacite d[e'] ?|"
    r"experiencia en |conocimientos? (?:de|en) |capacidad de |manejo de )|"
    r"(?:kenntnisse|-kenntnisse)$"
)


def has_foreign_letters(text: str) -> bool:
    """Tell whether a text has letters that English has only in loan words."""
    return not text.isascii() and _FOREIGN_LETTER.search(_LOAN.sub("", text)) is not None


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
    small = sum(word in _FOREIGN_SMALL and (len(word) > 1 or "'" in phrase) for word in words)
    if small and len(words) > 1:
        return True
    if in_foreign_text:
        plain_words = [
            word
            for word in phrase.split()
            if not _MIXED.search(word)
            and not (word.isupper() and len(word) < _LONG_NAME)
            and word.casefold().strip("(),/") not in product_names()
        ]
        if any(
            word.islower()
            and len(word) > _SHORTEST_TOLD
            and word.isalpha()
            and not _is_english(word)
            for word in plain_words
        ):
            return True
        is_noun = len(plain_words) == 1 and plain_words[0].istitle()
        if plain_words and _sounds_foreign(
            words_of(" ".join(plain_words)), _NOUN_MARGIN if is_noun else _MARGIN
        ):
            return True
    endings = [
        word for word in words if _FOREIGN_ENDING.match(word) and word not in _ENGLISH_IN_SPITE
    ]
    return bool(endings) and (in_foreign_text or any(word.endswith(_SURE) for word in endings))


def _is_english(word: str) -> bool:
    known = vocabulary()
    return (
        word in known or word.removesuffix("s") in known or _ENGLISH_ENDING.match(word) is not None
    )


_ENGLISH_ENDING = re.compile(
    r"\w{3,}(?:ing|ings|ship|ness|less|ful|ment|ware|work|works|ity|ology|graphy|keeping|ally|ed|ers?|management)$"
)
_SHORTEST_TOLD = 3  # letters
_LONGEST_HEARD = 200  # letters of a phrase whose groups of letters are counted
_PART = 3  # letters in a group
_LONG_NAME = 6  # letters from which a word in capitals may be more than a name
_NOUN_MARGIN = -0.4  # the same for one word with a capital, as German writes its nouns
_MARGIN = 0.1  # by which a group must be likelier elsewhere, on average


def _sounds_foreign(words: list[str], margin: float) -> bool:
    """Tell whether words that no table has look more like German, French or Spanish than English.

    Compares how often the groups of three letters of the words come in the tables' English and in
    the names of skills in other languages.
    """
    unknown = [word for word in words if word not in vocabulary()]
    if not unknown:
        return False
    english, foreign = _groups_of_letters()
    score, read = 0.0, 0
    for word in unknown:
        for group in _groups(word[:_LONGEST_HEARD]):
            score += foreign(group) - english(group)
            read += 1
        if read > _LONGEST_HEARD:
            break
    return score > margin * read


def _groups(word: str) -> list[str]:
    padded = f"^{word}$"
    return [padded[at : at + _PART] for at in range(len(padded) - _PART + 1)]


@cache
def _groups_of_letters() -> tuple[Callable[[str], float], Callable[[str], float]]:
    """Return the likelihood (logarithm) of a group of letters in English and in the others."""
    foreign = {word for name in _skills() for word in words_of(name)}
    for language, common in _common().items():
        if language != ENGLISH:
            foreign |= common
    english = vocabulary() | _common()[ENGLISH]
    return _likelihood(english), _likelihood(foreign - english)


def _likelihood(words: Iterable[str]) -> Callable[[str], float]:
    counts = Counter(group for word in words for group in _groups(word))
    total = counts.total() + len(counts)

    def of(group: str) -> float:
        return log((counts[group] + 0.5) / total)

    return of


_SURE = ("keit", "heit", "schaft", "kenntnisse", "pflege", "ung", "ungen", "miento", "ciones")


@cache
def _skills() -> Mapping[str, str]:
    return {
        plain(name).strip(): english
        for each in (*_tables().values(), read_table("foreign/further"))
        for name, english in each.get("skills", {}).items()
    }


@cache
def _common() -> Mapping[str, frozenset[str]]:
    return {language: frozenset(words_of(each["words"])) for language, each in _tables().items()}


@cache
def _tables() -> Mapping[str, dict[str, Any]]:
    """Return the table of each language, English included."""
    return {
        language: read_table(f"foreign/{language.lower()}")
        for language in ("German", "French", "Spanish", ENGLISH)
    }
