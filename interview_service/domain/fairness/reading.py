"""How a sentence is read: folded, cut into words, and each word given its part in the sentence.

A sentence becomes a string of one letter a word (its class), so that a rule about who is asked
about what is a short expression over classes, the same in every language. Everything is linear.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

LANGUAGES = ("english", "german", "french", "spanish")

CLASSES: Mapping[str, str] = {
    "you": "Y",
    "your": "y",
    "they": "S",
    "their": "s",
    "be": "B",
    "you_are": "b",
    "have": "H",
    "you_have": "h",
    "query": "q",
    "ask": "k",
    "if": "i",
    "require": "r",
    "not": "n",
    "work": "w",
    "third": "T",
    "team": "t",
    "young": "W",
    "filler": "d",
    "to": "o",
    "with": "p",
    "and": "c",
}
"""The letter of each class of words: who is spoken of, and what else a sentence is made of."""

MATTER_CLASSES: Mapping[str, str] = {
    "state": "A",  # what one is: pregnant, married
    "have": "N",  # what one has: children, debts
    "fact": "F",  # what can be told of anyone: age, religion
    "act": "V",  # what one does: start a family, go to church
    "group": "G",  # those who are it: women, foreigners
    "relative": "R",  # whom one has: a husband
    "strong": "L",  # nothing else can be meant in an advert: native speaker
    "bare": "E",  # nothing else can be meant where it stands alone: marital status
}
UNKNOWN = "x"
NUMBER = "0"

_SENTENCE_END = re.compile(r"(?<!\.\w)[.!?;:…](?=\s|$)|[?!;¿¡•·|\r\n\x0b\x0c\x85\u2028\u2029]")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[&,?()/]")
_ENCLITICS = frozenset(("vous", "tu", "il", "elle", "ils", "elles", "moi", "nous", "on", "ce", "t"))
_ELIDED = frozenset(("l", "d", "j", "n", "s", "t", "c", "m", "qu", "lorsqu", "jusqu", "puisqu"))
_SPELLED = str.maketrans(
    {
        "ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
        "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'",
        "‐": "-", "‑": "-", "–": "-", "—": "-", "\xad": None, "\u200b": None, "\u200d": None,
        "\u2060": None, "\ufeff": None,
    }
)  # fmt: skip


_LONGEST_SENTENCE = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What an expression can be: its letters, sorted, and the matter that it names, if any."""

    letters: str
    matter: str | None = None


@dataclass(slots=True)
class Node:
    """A step of the lexicon's expressions: what may follow, and what ends here."""

    next: "dict[str, Node]" = field(default_factory=dict)
    entry: Entry | None = None


Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What one language says.

    :param root: where its expressions begin, word by word.
    :param stems: what words may begin with.
    :param common: words that tell this language from others.
    :param idioms, advert_idioms: matter to what is recognised as a whole, over folded text.
    :param typos: misspelling to what is meant.
    :param guards: what sentences say that name protected matters and ask nobody about them.
    """

    root: "Node"
    stems: frozenset[str]
    common: frozenset[str]
    idioms: "Idioms"
    advert_idioms: "Idioms"
    typos: Mapping[str, str]
    guards: tuple[re.Pattern[str], ...]

    def guards_match(self, sentence: str) -> bool:
        """Tell whether a folded sentence promises equal treatment, so that it names matters."""
        return any(guard.search(sentence) for guard in self.guards)

    def code(self, sentence: str) -> "Coded":
        """Give each word of a folded sentence its letters; expressions of many words first."""
        words = words_of(sentence)
        keys = [self._keys_of(word) for word, _, _ in words]
        entries: list[Entry] = []
        spans: list[tuple[int, int]] = []
        at = 0
        while at < len(words):
            length, entry = self._longest(keys, at)
            if entry is None:
                word = words[at][0]
                entry = _PUNCTUATION.get(word) or (_DIGITS if word[0].isdigit() else _OTHER)
            entries.append(entry)
            spans.append((words[at][1], words[at + length - 1][2]))
            at += length
        return Coded("".join(letter_of(each.letters) for each in entries), entries, spans)

    def _longest(self, keys: list[Words], at: int) -> tuple[int, Entry | None]:
        """Return how many words the longest expression at a word has, and what it is."""
        best: tuple[int, Entry | None] = (1, None)
        nodes = [self.root]
        for end in range(at, len(keys)):
            nodes = [node.next[key] for node in nodes for key in keys[end] if key in node.next]
            if not nodes:
                break
            for node in nodes:
                if node.entry is not None:
                    best = (end - at + 1, node.entry)
                    break
        return best

    def _keys_of(self, word: str) -> Words:
        """Return a word as the lexicon may have it: itself, its stems, what was meant."""
        word = self.typos.get(word, word)
        ends = range(min(len(word), _LONGEST_STEM), _SHORTEST_STEM - 1, -1)
        stems = [f"{word[:end]}*" for end in ends if word[:end] in self.stems]
        return (word, *stems)


class Idioms:
    """Sentences that are recognised as a whole, looked for only where their first word stands.

    `<name>` in an idiom stands for an expression of the language's shorthand. Each is compiled when
    it is first looked for: most texts open with few of them.
    """

    def __init__(
        self, by_matter: Mapping[str, Sequence[str]], shorthand: Mapping[str, str]
    ) -> None:
        self._idioms: list[tuple[str, str]] = []
        self._by_opening: dict[str, list[int]] = {}
        for matter, patterns in by_matter.items():
            for pattern in patterns:
                written = _SHORTHAND.sub(lambda match: shorthand[match[1]], pattern)
                for opening in _openings(written):
                    self._by_opening.setdefault(opening, []).append(len(self._idioms))
                self._idioms.append((matter, written))
        self._compiled: dict[int, re.Pattern[str]] = {}

    def patterns(self) -> list[re.Pattern[str]]:
        """Return every idiom."""
        return [self._pattern(number) for number in range(len(self._idioms))]

    def matter_of(self, sentence: str) -> str | None:
        """Return the matter of the first idiom that stands in a folded sentence, or None."""
        anywhere = (
            each for each in self._by_opening.get("", ()) if self._pattern(each).search(sentence)
        )
        first = next(anywhere, len(self._idioms))
        for word in _LETTERS.finditer(sentence):
            for number in self._by_opening.get(word[0][:2], ()):
                if number >= first:
                    break
                if self._pattern(number).match(sentence, word.start()):
                    first = number
        return self._idioms[first][0] if first < len(self._idioms) else None

    def _pattern(self, number: int) -> re.Pattern[str]:
        pattern = self._compiled.get(number)
        if pattern is None:
            pattern = self._compiled[number] = re.compile(self._idioms[number][1])
        return pattern


_LETTERS = re.compile(r"[a-z]+")
_SHORTHAND = re.compile(r"(?<!\?P)<([a-z]+)>")
_OPENING = re.compile(r"\\b(?:\(\?:([^()]+)\)(?![?*])|([a-z]+))")


def _openings(pattern: str) -> set[str]:
    """Return the first two letters that a text must have for an idiom; "" where any will do."""
    match = _OPENING.match(pattern)
    words = (match[1] or match[2]).split("|") if match else [""]
    openings = {word[:2] if word[:2].isalpha() and len(word) > 1 else "" for word in words}
    return {""} if "" in openings else openings


@dataclass(frozen=True, slots=True)
class Coded:
    """A sentence in one language's classes.

    :param letters: one letter an expression.
    :param entries, spans: what each letter stands for, and where it stands in the folded sentence.
    """

    letters: str
    entries: list[Entry]
    spans: list[tuple[int, int]]


_PUNCTUATION = {mark: Entry(",") for mark in ",()/"} | {"?": Entry("?"), "&": Entry("c")}
_DIGITS = Entry(NUMBER)
_OTHER = Entry(UNKNOWN)
_SHORTEST_STEM = 2
_LONGEST_STEM = 20
_combined: dict[str, str] = {}


def letter_of(letters: str) -> str:
    """Return the one letter for a word of several classes, always the same one."""
    if len(letters) == 1:
        return letters
    return _combined.setdefault(letters, chr(0xE000 + len(_combined)))


def frame(pattern: str) -> re.Pattern[str]:
    """Compile an expression over classes, for use after all lexicons are read.

    `<AB>` is a word of one of these classes, `<AB!C>` the same unless it is also of class C, and
    `<^A>` any other word.
    """

    def expanded(match: re.Match[str]) -> str:
        if match[1].startswith("^"):
            others = [one for many, one in _combined.items() if set(many) & set(match[1][1:])]
            return f"[^{match[1][1:]}{''.join(others)}]"
        wanted, _, unwanted = match[1].partition("!")
        letters = [
            one
            for many, one in _combined.items()
            if set(many) & set(wanted) and not set(many) & set(unwanted)
        ]
        return (
            "[" + re.escape("".join(sorted(set(wanted) - set(unwanted)))) + "".join(letters) + "]"
        )

    return re.compile(re.sub(r"(?<!\?P)<([^<>]+)>", expanded, pattern))


def folded(text: str) -> str:
    """Return a text without case, accents, and marks that only look different."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return kept.casefold().translate(_SPELLED)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence starts and ends, its closing mark included, in bearable pieces."""
    start = 0
    for end in (*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)):
        while end - start > _LONGEST_SENTENCE:
            space = text.rfind(" ", start, start + _LONGEST_SENTENCE)
            cut = space if space > start else start + _LONGEST_SENTENCE
            yield start, cut
            start = cut
        if text[start:end].strip():
            yield start, end
        start = end


def words_of(sentence: str) -> list[tuple[str, int, int]]:
    """Return the words of a folded sentence with where each stands; clitics are words."""
    words = []
    for match in _WORD.finditer(sentence):
        words += _parts(match[0], match.start())
    return words


def _parts(word: str, start: int) -> list[tuple[str, int, int]]:
    if "'" in word and len(word) > 1:
        head, _, tail = word.partition("'")
        if tail == "t":
            return [(head + tail, start, start + len(word))]
        if tail == "s":
            return [(head, start, start + len(head)), ("'s", start + len(head), start + len(word))]
        at = start + len(head) + 1
        before = [] if head in _ELIDED and head != "m" else [(head, start, at - 1)]
        return before + _parts(tail, at)
    head, dash, tail = word.rpartition("-")
    if dash and tail in _ENCLITICS:
        at = start + len(head) + 1
        return [*_parts(head, start), (tail, at, at + len(tail))]
    return [(word, start, start + len(word))]


def _expression(written: str) -> Words:
    """Return the words of an expression of a lexicon, cut as a text's words are."""
    words: list[str] = []
    for part in written.split():
        whole = part.startswith("'") or "*" in part
        words += [part] if whole else [word for word, _, _ in words_of(part)]
    return tuple(words)


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language, read once."""
    source = resources.files(__package__).joinpath(f"{language}.toml").read_text("utf-8")
    data = tomllib.loads(source)
    found: dict[Words, dict[str, str | None]] = {}
    matter_words: set[str] = set()
    for name, expressions in data["words"].items():
        for expression in expressions:
            found.setdefault(_expression(expression), {})[CLASSES[name]] = None
    for matter, kinds in data["matters"].items():
        for kind, expressions in kinds.items():
            for expression in expressions:
                words = _expression(expression)
                found.setdefault(words, {})[MATTER_CLASSES[kind]] = matter
                matter_words.update(word for word in words if word.isalpha())
    root = Node()
    for words, kinds in found.items():
        letters = "".join(sorted(kinds))
        letter_of(letters)
        matter = next((each for each in kinds.values() if each), "age" if "W" in letters else None)
        node = root
        for word in words:
            node = node.next.setdefault(word, Node())
        node.entry = Entry(letters, matter)
    keys = {word for words in found for word in words}
    shorthand = data["shorthand"]
    return Lexicon(
        root=root,
        stems=frozenset(key[:-1] for key in keys if key.endswith("*")),
        common=frozenset(data["common"].split()),
        idioms=Idioms(data["idioms"], shorthand),
        advert_idioms=Idioms(data["idioms_advert"], shorthand),
        typos=_typos_of(matter_words, keys),
        guards=tuple(map(re.compile, data.get("guards", ()))),
    )


_NO_TYPO = frozenset(("martial", "relation", "marine", "nation"))
_SHORTEST_TYPO = 6


def _typos_of(matter_words: set[str], keys: set[str]) -> dict[str, str]:
    """Return misspellings: a letter left out, doubled, or two swapped, to what is meant."""
    typos: dict[str, str] = {}
    for word in sorted(matter_words):
        if len(word) < _SHORTEST_TYPO:
            continue
        for at in range(1, len(word)):
            for wrong in (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            ):
                if wrong not in keys and wrong not in _NO_TYPO and len(wrong) >= _SHORTEST_TYPO - 1:
                    typos.setdefault(wrong, word)
    for word in matter_words:
        typos.pop(word, None)
    return typos
