"""Names of people as they are compared: across case, accents, transliteration and scripts."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th",
    "ł": "l", "ı": "i", "ħ": "h", "ŋ": "n", "ə": "e", "ĸ": "k", "ŧ": "t",
    # Cyrillic
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ie",
    "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
    "э": "e", "ю": "iu", "я": "ia", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "d",
    "џ": "dz", "ќ": "k", "ѓ": "g", "ѕ": "z",
    # Greek
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "u", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_EXPANDED = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "й": "y", "ю": "yu", "я": "ya",
             "х": "h", "ђ": "dj", "đ": "dj", "є": "ye", "ї": "yi", "ё": "yo", "υ": "y"}  # fmt: skip
_PLAIN_TABLE = str.maketrans(_LETTERS)
_EXPANDED_TABLE = str.maketrans({**_LETTERS, **_EXPANDED})
_NAME_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8_192)
def spellings(word: str) -> tuple[str, str]:
    """Return the two plain spellings of a word: of Müller `muller` and `mueller`.

    Two words are the same name where they have a spelling in common.
    """
    if word.isascii():
        return word.lower(), word.lower()
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).casefold())
    return (
        _without_marks(lower.translate(_PLAIN_TABLE)),
        _without_marks(lower.translate(_EXPANDED_TABLE)),
    )


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if unicodedata.category(char)[0] != "M")
    return bare.translate(_PLAIN_TABLE)


def same(one: str, other: str) -> bool:
    """Tell whether two words are one name, however it is spelled."""
    return not set(spellings(one)).isdisjoint(spellings(other))


def begins(word: str, initial: str) -> bool:
    """Tell whether a word begins as another does: J. and Jane."""
    return any(each.startswith(start) for each in spellings(word) for start in spellings(initial))


def words_of(name: str) -> list[str]:
    """Return the words of a name: letters and digits, marks and inner apostrophes with them."""
    kept = "".join(
        char if char.isalnum() or char in "'’" or unicodedata.category(char)[0] == "M" else " "
        for char in name
    )
    return [word for word in (each.strip("'’") for each in kept.split()) if word]


def joined(words: list[str]) -> frozenset[str]:
    """Return the spellings of words that are written as one: `JaneSmith`."""
    return frozenset(spellings("".join(words)))
