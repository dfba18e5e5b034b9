"""How a wish's text comes apart: sentences, clauses, their language, and what only goes along."""

import re
from collections.abc import Iterable, Iterator, Sequence

from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.durations import durations_in
from interview_service.engines.builtin.wish_words import common_words

LONGEST_CLAUSE = 300

STOP = re.compile(
    r"[.!?](?=\s|$)|[;\n\r]|(?<=\w)\?|:(?=\s)(?!\s*\d)|"
    r"(?<=mins|utes|hour|ours| min|otal):(?=\s)|\s[-–—]\s"
)
_SPLIT = re.compile(
    r",|\bbut\b|\baber\b|\bmais\b|\bpero\b|\band then\b|\bthen\b|\bso\b|\band\b|\bund\b|\bet\b|"
    r"\by\b|&|\bas well as\b|\bhowever\b|\bthough\b|\bor\b|\boder\b|\bni\b|\bnor\b|"
    r"\bbecause\b|\bsince\b|\bseeing as\b|\bgiven that\b|\bweil\b|\bdenn\b|\bparce qu(?:e\b|')|"
    r"\bpuisque\b|\bporque\b|\bya que\b"
)
REASONS = frozenset(
    ("because", "since", "seeing as", "given that", "weil", "denn", "parce que", "parce qu'",
     "puisque", "porque", "ya que")
)  # fmt: skip
"""Joining words after which a clause says why, and asks for nothing but the time that there is."""
LISTING = frozenset(
    (",", "and", "und", "et", "y", "&", "as well as", "or", "oder", "ni", "nor", "then", "and then")
)
_FOREIGN_LETTERS = re.compile(r"[^\x00-\u024f\u2000-\u2bff\U0001f000-\U0001faff]")


ANY_LANGUAGE = "any"  # too short to tell


def language_of(text: str) -> str | None:
    """Return the language of a folded text, `ANY_LANGUAGE` in doubt, None for one not read."""
    words = text.replace(",", " ").replace(".", " ").replace("?", " ").replace("!", " ").split()
    counts = {
        name: sum(word in common for word in words) for name, common in common_words().items()
    }
    best = max(counts, key=lambda name: (counts[name], name == "english"))
    if len(_FOREIGN_LETTERS.findall(text)) * 3 > len(text):
        return None
    return best if counts[best] else ANY_LANGUAGE


JOINING = frozenset(("and", "or", "&", "und", "oder", "et", "y", "as well as", "nor"))


def clauses_of(said: str, joined: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each clause of a sentence with the word that joins it to the one before.

    :param joined: folded names that stay whole although they hold "and" or a comma.
    """
    plain = folded(said)
    offsets = offsets_in(said, plain)
    guarded = [(at, at + len(name)) for name in joined if (at := plain.find(name)) >= 0]
    guarded += [(each.start, each.end) for each in durations_in(plain)]
    guarded += [each.span() for each in _NEITHER.finditer(plain)]
    guarded += [each.span() for each in _TWO_VERBS.finditer(plain)]
    start, joint = 0, ""
    for match in _SPLIT.finditer(plain):
        inside = any(first <= match.start() < last for first, last in guarded)
        decimal = match[0] == "," and plain[match.end() : match.end() + 1].isdigit()
        if inside or decimal or _is_fixed(plain, match):
            continue
        clause = said[offsets[start] : offsets[match.start()]].strip()
        if clause:
            yield joint, clause[:LONGEST_CLAUSE]
        start, joint = match.end(), match[0]
    clause = said[offsets[start] :].strip()
    if clause:
        yield joint, clause[:LONGEST_CLAUSE]


def offsets_in(said: str, plain: str) -> Sequence[int]:
    """Return where each character of a folded text, and its end, stands in the text."""
    if len(plain) == len(said):
        return range(len(said) + 1)
    offsets = [at for at, letter in enumerate(said) for _ in folded(letter)]
    return [*offsets, *(len(said) for _ in range(len(plain) + 1 - len(offsets)))]


def _is_fixed(text: str, match: re.Match[str]) -> bool:
    """Tell whether a joining word belongs to an expression that stays whole."""
    if match[0] == "but":
        both = _ALSO.match(text[match.end() :]) is not None
        return both or _ALL_BUT.search(text[max(match.start() - 14, 0) : match.start()]) is not None
    around = text[max(match.start() - 12, 0) : match.end() + 14]
    return match[0] != "," and _FIXED.search(around) is not None


_NEITHER = re.compile(
    r"\b(?:neither|weder|both)\b.{1,80}?\b(?:nor|noch|and)\b|\bni\b.{1,80}?\bni\b"
)
_TWO_VERBS = re.compile(
    r"\b(?:how|what|why|whether|if|when) (?:they|she|he|the candidate|"
    r"candidates)\b[^,;.?!]{1,60}? and "
    r"\w+(?: \w+)?$"
)
"""An indirect question that ends with two things in one: "how they hire and fire"."""
_ALSO = re.compile(r" also\b")
_ALL_BUT = re.compile(r"\b(?:everything|all|nothing|anything|the rest)[ ]$")
_FIXED = re.compile(
    r"(?:not|quite|as|too) so (?:much|many)|so (?:much|many|complicated|technical|tough|strict|"
    r"big|formal)|"
    r"or (?:two|three|four|five|six) |\d or \d|one or two|hour and a|heures? et|hora y|and so on|"
    r"but also|"
    r"so (?:important|relevant|easy|hard|deep|long|short)|r & d|q & a|q and a|and not\b|"
    r"more or less"
)
REASON = re.compile(
    r"^(?:as |since |because )?(?:she|he|they|we|it|the candidate|candidate|this|that|hes|shes|i)"
    r"(?:'s|'ll|'re|'ve|'m|s)? ?(?:is|are|was|were|will|has|have|had|does|do|did|can|came|comes|"
    r"works?|worked|isn't|doesn't|don't|told|said|already|a|an|only|just|senior|junior|very|not)\b"
    r"|^(?:it|that|this)'s\b|^(?:she|he|they|we)(?:'s|'ll|'re|'ve)\b|^(?:hes|shes) "
)
_CHATTER = re.compile(
    r"^(?:no wait|wait|no no|hold on|on second thoughts?|hi|hello|hey|thanks|thank you|thx|ok|"
    r"okay|please|pls|por favor|svp|s'il vous plait|bitte|cheers|many thanks|best|regards|"
    r"kind regards|danke|merci|gracias|hi there|good morning|hallo|bonjour|hola|great|nice|well|"
    r"team|all|sorry|that's it|that is it|that's all|otherwise|"
    r"(?:(?:and|but) )?(?:the |all the |everything )?(?:rest|others?|else) "
    r"(?:is|are|stays?|can stay|should stay|remains?|may stay) ?"
    r"(?:fine|good|great|ok|okay|as (?:it|they) (?:is|are|was|were)|as is|the same|put|unchanged|"
    r"like (?:this|that|it is)|untouched|)|"
    r"(?:for|from) (?:me|us)|nothing else|nothing more|no more|no less|and that's it|"
    r"whatever (?:you|we|else) [a-z ]{1,30}|no matter what|if possible|if you can|"
    r"(?:keep|leave) (?:everything|all|it all|the (?:rest|"
    r"others?))(?: else)?(?: (?:as (?:it )?is|as "
    r"(?:it|they) (?:is|are|was|were)|the same|alone|untouched|unchanged|like (?:it is|that|"
    r"this)))?"
    r"(?: (?:except|but|apart from|other than)(?: for)? (?:the )?(?:order|this|one thing|the "
    r"following))?|(?:the |my |just )?(?:only|one) thing|(?:and )?(?:drop|cut|skip|leave out|"
    r"remove) (?:whatever|"
    r"what(?:'s| is)?|anything)(?:ever)?(?: that)?(?: is|'s)? (?:the )?(?:least (?:important|"
    r"needed|"
    r"relevant)|not (?:so |that )?(?:important|needed)|(?:you|we) (?:like|want|think|can)|"
    r"doesn't fit)|"
    r"(?:no|oh no|ah no|ehm|um)?,? ?wait(?: a (?:second|moment|minute))?|"
    r"hmm*|um+|oh|ah|yes|no|nope|yep|yeah|sure|right|so|tbh|honestly|"
    r"es (?:ware|ist) (?:schon|toll|gut|super|nett|prima)|ce serait (?:bien|super|top)|"
    r"(?:estaria|seria) (?:bien|bueno|genial)|"
    r"we need (?:that|it|this)|(?:it|this|that) (?:should|must)(?: be)?|adapt|that'd be great|"
    r"for (?:that|this) reason|that's why|\W*)$"
)


_ASKING = re.compile(
    r"\b(?:drop|remove|skip|cut|add|include|more|less|fewer|longer|shorter|instead|replace|swap|"
    r"questions?|minutes?|mins?|hours?|focus|ask|without|keep|should|please|pls|need(?:s|ed)?|want|"
    r"halve|half|double|merge|combine|bundle|lump|split|fold|must|only|harder|easier|too|leave|"
    r"change|rather|plan|"
    r"interview|could|can you)\b"
)


def is_reason(text: str) -> bool:
    """Tell whether what was not understood beside a wish asks for nothing itself."""
    plain = folded(text)
    return _ASKING.search(plain) is None and not plain.startswith(("from ", "not from "))


_STATEMENT = re.compile(
    r"\b(?:ist|sind|war|waren|hat|haben|wird|werden|brauchen|est|sont|etait|a|ont|avons|sera|es|"
    r"esta|estan|son|era|tiene|tienen|tenemos|hay)\b"
)


def is_foreign_statement(text: str) -> bool:
    """Tell whether a clause in another language than English says how things are, and no more."""
    plain = folded(text)
    is_asking = any(word in _ASKING_ABROAD for word in re.findall(r"[a-z']+", plain))
    return _STATEMENT.search(plain) is not None and not is_asking


_ASKING_ABROAD = frozenset(
    """bitte mehr weniger ohne keine kein kurzer langer fragen frage streichen weglassen dazu statt
    zuerst lieber minuten soll sollte sollten svp plus moins sans pas plutot ajouter ajoutez enlever
    enlevez supprimer questions minutes faut faudrait doit mas menos sin quitar quita anade anadir
    preguntas pregunta minutos debe deberia en vez solo seulement nur""".split()
)


def is_chatter(clause: str) -> bool:
    return _CHATTER.match(folded(clause).strip(" .,!")) is not None
