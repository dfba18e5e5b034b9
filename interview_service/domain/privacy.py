"""What tells who a person is or how to reach them, found by its form in what people wrote or said.

Phone numbers, links, handles, spelled-out email addresses, and names that a title or a word such as
“contact” introduces: a model sees none of them. Names that the record or the transcript has, and
plain email addresses, are masked with the transcript.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PHONE, LINK, HANDLE, EMAIL = "[phone]", "[link]", "[handle]", "[email]"
NAME = "[name]"

_MOST_BETWEEN = 25  # characters before a number in which a word makes it a phone number
_DIGITS = range(7, 16)
_SURE_DIGITS = 10  # of a number without a prefix that is written like a phone number

_CHUNK = re.compile(r"\S+")
_TOKEN = re.compile(r"[\w+-]+|[^\s\w]")
_NUMBER = re.compile(r"(?<![\w.,+])\+?[\d(][\d ()./-]{4,26}\d(?![\w])")
_DATE_OR_YEARS = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4} ?- ?\d{4}|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
)
_GROUPED = re.compile(r"\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
_PHONE_WORDS = re.compile(
    r"\b(?:phone|call|mobile|cell|tel|telephone|reach|whatsapp|text|ring|handy|telefon|mobil|"
    r"nummer|number|telephone|portable|telefono|movil)\b",
    re.IGNORECASE,
)
_DIGIT_WORDS = frozenset(
    {"zero", "oh", "o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    | {"double", "triple", "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben"}
    | {"acht", "neun"}
)
_FEWEST_DIGIT_WORDS = 7
_TOP_LEVEL = frozenset(
    {"com", "org", "info", "me", "dev", "de", "fr", "es", "co", "uk", "eu", "at", "ch", "it", "nl"}
)
_TOP_LEVEL_WITH_PATH = _TOP_LEVEL | {"net", "io", "ai", "app", "gg", "tv", "us", "in", "be", "pl"}
_TOP_LEVEL_SPELLED = _TOP_LEVEL_WITH_PATH | {"edu", "gov"}
_MAIL_HOSTS = frozenset(
    {"gmail", "googlemail", "outlook", "hotmail", "yahoo", "icloud", "proton", "protonmail"}
    | {"gmx", "web", "aol", "live", "mail", "posteo", "fastmail"}
)
_AT = frozenset({"at", "@", "ät"})
_DOT = frozenset({".", "dot", "punkt", "point", "punto"})
_JOINT = _DOT | {"underscore", "dash", "minus", "_", "-", "+", "plus"}
_BRACKETS = frozenset("()[]{}<>")
_MOST_PARTS = 5  # of either side of a spelled-out address
_PLATFORMS = frozenset(
    {"linkedin", "github", "gitlab", "twitter", "instagram", "insta", "skype", "telegram"}
    | {"discord", "mastodon", "facebook", "tiktok", "xing", "bluesky", "snapchat"}
)
_ACCOUNT_WORDS = frozenset({"handle", "username", "user", "name", "id", "account", "profile"})
_LINKING = frozenset({"is", "=", ":", "as", "under", "called", "it", "s", "my", "'", "’"})
_CAPITALISED = r"[^\W\d_a-zß-ÿ][\w'’-]*"
_PARTICLES = "(?:(?:van|von|der|den|de|del|della|di|da|la|le|el|bin|ibn|al) ){0,3}"
_MORE = rf"(?: {_PARTICLES}{_CAPITALISED})"
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Sra|Señora?|Señor|"
    r"M(?=\.)(?!\. (?:Tech|Sc|A|Ed|Eng|Phil|Arch)\b))"
    r"\.? (?:(?:Dr|Prof|med|rer|nat|phil|jur|Ing)\.? ){0,3}"
    rf"(?P<name>{_CAPITALISED}\.?{_MORE}{{0,2}})"
)
_NAMED = re.compile(
    r"(?:\b(?i:cv of|résumé of|resume of|referred by|recommended by|contact(?: person)?|ask for|"
    r"get in touch with|speak to|ansprechpartner(?:in)?|lebenslauf von|empfohlen von|cv de|"
    r"interlocuteur|interlocutrice|recommandée? par|persona de contacto|recomendad[oa] por)|"
    r"(?i:^|\b(?:our|your|my|unsere?|notre|nuestr[oa]) )"
    r"(?i:candidate?|applicant|bewerber(?:in)?|kandidat(?:in)?|candidat[oa]))"
    rf"\b:?(?: (?:is|ist|est|es))? (?P<name>{_CAPITALISED}\.?{_MORE}{{1,3}})(?=[\s.,;:!?)(]|$)",
    re.MULTILINE,
)
_AROUND = ".,;:!?()[]{}<>\"'“”‘’…"


@dataclass(frozen=True, slots=True)
class Contact:
    """A name or a way to reach a person: where it begins and ends, and what stands for it."""

    start: int
    end: int
    mask: str


def contacts_in(text: str) -> Iterator[Contact]:
    """Yield introduced names and ways to reach a person, in order, without overlaps.

    Takes time linear in the text.
    """
    found = [*_links(text), *_numbers(text), *_spelled(text), *_introduced(text)]
    end = 0
    for contact in sorted(found, key=lambda each: (each.start, -each.end)):
        if contact.start >= end:
            yield contact
            end = contact.end


def without_contacts(text: str) -> str:
    """Return a text with introduced names and each way to reach a person masked."""
    parts = []
    done = 0
    for contact in contacts_in(text):
        parts += [text[done : contact.start], contact.mask]
        done = contact.end
    return "".join((*parts, text[done:]))


def _links(text: str) -> Iterator[Contact]:
    """Yield links, and handles that begin with an at sign."""
    for match in _CHUNK.finditer(text):
        chunk = match[0]
        bare = chunk.strip(_AROUND)
        if len(bare) < 3:
            continue
        start = match.start() + chunk.index(bare)
        end = start + len(bare)
        if bare.startswith("@") and bare[1].isalpha():
            yield Contact(start, end, HANDLE)
        elif "://" in bare or bare.casefold().startswith("www.") or _is_address(bare):
            yield Contact(start, end, LINK)


def _is_address(bare: str) -> bool:
    """Tell whether something is an address of the web without its scheme: `example.com/jane`."""
    host, slash, _ = bare.partition("/")
    name, dot, top = host.rpartition(".")
    if not dot or "@" in host or not name[-1:].isalnum():
        return False
    return top.casefold() in (_TOP_LEVEL_WITH_PATH if slash else _TOP_LEVEL)


def _numbers(text: str) -> Iterator[Contact]:
    """Yield phone numbers in digits."""
    for match in _NUMBER.finditer(text):
        number = match[0]
        digits = sum(char.isdigit() for char in number)
        if digits not in _DIGITS or _DATE_OR_YEARS.fullmatch(number):
            continue
        before = text[max(0, match.start() - _MOST_BETWEEN) : match.start()]
        has_prefix = number.startswith(("+", "00", "0", "("))
        is_grouped = digits >= _SURE_DIGITS and _GROUPED.fullmatch(number) is not None
        is_said = _PHONE_WORDS.search(before) is not None and not _THOUSANDS.fullmatch(number)
        if has_prefix or is_grouped or is_said:
            yield Contact(match.start(), match.end(), PHONE)


def _introduced(text: str) -> Iterator[Contact]:
    """Yield names that a title or a word for a person introduces."""
    for pattern in (_TITLED, _NAMED):
        for match in pattern.finditer(text):
            yield Contact(*match.span("name"), NAME)


def _spelled(text: str) -> Iterator[Contact]:
    """Yield what is spelled out: addresses, numbers in words, and names on platforms."""
    tokens = list(_TOKEN.finditer(text))
    words = [token[0].casefold() for token in tokens]
    run = 0
    for at, word in enumerate([*words, ""]):
        if word in _DIGIT_WORDS or (run and word.isdigit() and len(word) == 1):
            run += 1
        else:
            if run >= _FEWEST_DIGIT_WORDS:
                yield Contact(tokens[at - run].start(), tokens[at - 1].end(), PHONE)
            run = 0
        if word in _AT:
            span = _address_around(words, at)
            if span is not None:
                yield Contact(tokens[span[0]].start(), tokens[span[1]].end(), EMAIL)
        elif word in _PLATFORMS:
            named = _account_after(words, at)
            if named is not None:
                yield Contact(tokens[named].start(), tokens[named].end(), HANDLE)


def _address_around(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return the first and last token of an address whose at sign is known, if it is one."""
    first = _past_brackets(words, at - 1, -1)
    if not 0 <= first < at or not words[first][0].isalnum():
        return None
    for _ in range(_MOST_PARTS):
        joint = _past_brackets(words, first - 1, -1)
        if joint < 1 or words[joint] not in _JOINT or not words[joint - 1][0].isalnum():
            break
        first = joint - 1
    last = _past_brackets(words, at + 1, +1)
    if last >= len(words) or not words[last][0].isalnum():
        return None
    top = None
    for _ in range(_MOST_PARTS):
        dot = _past_brackets(words, last + 1, +1)
        following = _past_brackets(words, dot + 1, +1)
        if following >= len(words) or words[dot] not in _DOT:
            break
        if not words[following][0].isalnum():
            break
        last = following
        top = words[last]
    if top not in _TOP_LEVEL_SPELLED:
        return None
    is_marked = words[at] == "@" or words[at - 1] in _BRACKETS or "." not in words[at:last]
    is_mail = any(word in _MAIL_HOSTS for word in words[at:last])
    return (first, last) if is_marked or is_mail or first < at - 1 else None


def _past_brackets(words: Sequence[str], at: int, way: int) -> int:
    """Step over one bracket, as in `jane (at) example`."""
    return at + way if 0 <= at < len(words) and words[at] in _BRACKETS else at


def _account_after(words: Sequence[str], at: int) -> int | None:
    """Return the token that is said to be somebody's name on a platform, if one is."""
    is_account = is_linked = False
    for place in range(at + 1, min(at + 6, len(words))):
        word = words[place]
        if word in _ACCOUNT_WORDS:
            is_account = True
        elif word in _LINKING:
            is_linked = True
        else:
            looks_made_up = any(char.isdigit() or char in "_-" for char in word)
            is_name = word[0].isalnum() and is_linked and (is_account or looks_made_up)
            return place if is_name else None
    return None
