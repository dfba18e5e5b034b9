"""Questions that a wish writes out in full, and what takes earlier wishes back as a whole."""

import re
from collections.abc import Iterator

from interview_service.domain.fairness import Source, find
from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.languages import is_foreign
from interview_service.engines.builtin.wish_holding import Wish
from interview_service.engines.builtin.wish_words import WishKind

_LONGEST_QUESTION = 300
_FEWEST_WORDS = 3
_QUOTED = re.compile(
    r"[\"“”„«]\s?(?P<double>[^\"“”„«»\n]{8,300}?)\s?[\"“”»]"
    r"|(?<!\w)['‘‚’](?P<single>[^\n\"“”]{8,300}?\?)['’‘](?!\w)"
)
_ANNOUNCED = re.compile(
    r"\b(?:ask|asking|add|include|use|question|questions|put in|is|one)(?: [\w']+){0,4} ?:\s*"
    r"(?P<text>(?![\s'‘’])[^\n:\"“”„«»]{8,300}?\?)",
    re.IGNORECASE,
)
_LEADS_IN = re.compile(
    r"(?:[,;.]? *)?(?:\b(?:and|please|pls|can you|could you|can we|could we|would you|i'd like to|"
    r"we'd like to|also|then|we should|you should|just) *)*"
    r"\b(?:ask|add|include|put in|use|work in|insert)\b[^.!?;\n\"“”„«»]{0,60}$",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"\b(?:drop|remove|skip|cut|without|not|don't|dont|no|never|delete|replace|instead of|less|"
    r"hate|dislike|stop|leave out|take out|avoid|scrap|liked?|loved?|keep|bad|too)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"(?:what|which|how|why|when|where|who|whom|whose|tell|describe|walk|explain|give|talk|show|"
    r"suppose|imagine|have|has|can|could|would|will|do|does|did|are|is|was|were|if|in|on|at|"
    r"after|before|say|name)\b"
)


def questions_in(text: str) -> tuple[str, list[Wish]]:
    """Return a text without the questions that it asks to be added, and a wish for each.

    Only what is asked for, whole, and a question or a request to tell is taken; anything else in
    quotation marks stays in the text.
    """
    rest: list[str] = []
    wishes: list[Wish] = []
    start = 0
    for match, question in _found_in(text):
        before = text[start : match.start()]
        clause = re.split(r"[.!?;\n]|, (?:and|but) ", before)[-1]
        lead = _LEADS_IN.search(before)
        is_announced = match.re is _ANNOUNCED
        if (not is_announced and lead is None) or _NOT_ASKED.search(clause):
            continue
        wish = _asking(question)
        if wish is None:
            continue
        wishes.append(wish)
        rest.append(before[: lead.start()] if lead is not None and not is_announced else before)
        start = match.end()
    rest.append(text[start:])
    return ". ".join(part.strip(" .,;:") for part in rest if part.strip(" .,;:?!'\"")), wishes


def _found_in(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield what may be a question written out, from left to right, none inside another."""
    found = [(each, (each["double"] or each["single"]).strip()) for each in _QUOTED.finditer(text)]
    found += [(each, each["text"].strip()) for each in _ANNOUNCED.finditer(text)]
    end = 0
    for match, question in sorted(found, key=lambda each: (each[0].start(), each[0].end())):
        if match.start() >= end:
            end = match.end()
            yield match, question


def _asking(question: str) -> Wish | None:
    words = question.split()
    is_asked = question.endswith("?") or _QUESTION_WORD.match(folded(question)) is not None
    if not is_asked or len(words) < _FEWEST_WORDS or len(question) > _LONGEST_QUESTION:
        return None
    if find(question, kind=Source.QUESTION) or find(question, kind=Source.WISH):
        return Wish(WishKind.REFUSED, text=question)
    if not _QUESTION_WORD.match(folded(question)) and is_foreign(question, in_foreign_text=True):
        return Wish(WishKind.OTHER_LANGUAGE, text=question)
    said = question if question.endswith((".", "?", "!")) else f"{question}."
    return Wish(WishKind.ASK, said[0].upper() + said[1:], text=question)


_ALL_BACK = re.compile(
    r"^(?:(?:please|ok|okay|no|sorry|actually|so|let's|can we|could we|can you|could you|i'd like "
    r"to|i want to|just)[, ]+)*"
    r"(?:(?:start|begin) (?:over|again|afresh|from scratch)(?: .{0,40})?"
    r"|(?:go |going |switch |get |roll it |roll |change it |put it |set it )?back to (?:the )?"
    r"(?:(?:original|first|initial|very first|standard|default)(?: (?:one|plan|kit|version|draft))?"
    r"|(?:one|plan|kit|version|draft|questions) (?:that )?(?:you|we|i|it) (?:\w+ ){1,3}?"
    r"(?:first|at first|originally|initially|before|in the beginning|at the start|to begin with))"
    r"|(?:forget|ignore|undo|discard|scrap|cancel|drop|reset|revert|disregard|scratch) "
    r"(?:(?:all|everything|any)(?: (?:of )?(?:that|this|it|those|these)\b)?"
    r"(?: (?:of )?(?:the |my |our |these |those )?(?:earlier |previous |"
    r"other |past )?(?:comments?|wishes|changes|feedback|edits|requests|remarks|notes))?"
    r"(?: (?:i|we) (?:said|asked for|wrote|wanted))?(?: (?:so far|before|earlier|until now|above))?"
    r"|(?:all )?(?:the |my |our )(?:earlier|previous) (?:comments|wishes|changes|feedback|edits|"
    r"requests|remarks|notes))"
    r"|reset(?: (?:it|the plan|the kit|the whole thing))?"
    r"|(?:the )?(?:original|first) (?:one|plan|kit|version|draft) (?:was|is) (?:much )?(?:better|"
    r"best)(?: .{0,20})?"
    r"|i (?:liked|preferred) the (?:original|first)(?: (?:one|plan|kit|version|draft))?"
    r"(?: (?:better|more|best))?)$"
)
_LENGTH_BACK = re.compile(
    r"^(?:(?:please|ok|okay|no|hm+|sorry|actually|so|let's|can we|could we|can you|just)[, ]+)*"
    r"(?:go |going |change it |put it |set it |get )?back to (?:the )?(?:original|first|initial|"
    r"usual|standard|default|old|previous|normal) (?:length|duration|time|timing|minutes)$"
    r"|^(?:never ?mind|forget|ignore|scrap|disregard)(?: about)? (?:the |my |that )?(?:length|"
    r"duration|time|timing|minutes)(?: limit| thing| wish)?$"
)
_LAST_BACK = re.compile(
    r"^(?:(?:please|ok|okay|no|nope|hm+|sorry|actually|so|let's|can we|could we|can you|could you|"
    r"i'd like to|i want to|just|but|i|we|it)[, ]+)*"
    r"(?:(?:undo|revert|reverse|cancel|scratch|take back|roll back|scrap|forget|ignore|disregard)"
    r" (?:that|this|it|the last one|the last (?:change|wish|edit|comment|thing|request)|"
    r"my (?:last|previous) (?:comment|wish|change|edit|request|feedback|remark|message)|"
    r"what (?:i|we) (?:just )?(?:said|asked for|wrote|wanted)(?: .{0,20})?|that last (?:one|bit|"
    r"change))"
    r"|(?:take|put|turn|change|roll|switch|set) (?:that|this|it|everything) back"
    r"(?: (?:again|please|how it was|the way it was|as it was|to (?:how|what|the way) it was))*"
    r"|(?:go |going |get |change it |put it |set it )?back to (?:how|what|the way) it was"
    r"(?: before)?|(?:go|going|get) back|as it was(?: before)?|(?:the way|how|like) it was"
    r"(?: before)?|(?:it was |was |liked it |preferred it |i liked it |looked )(?:much |a lot |"
    r"far |way )?(?:better|more|best) (?:before|the way it was|as it was|earlier|previously|"
    r"without (?:that|it|the change))|(?:the )?(?:previous|last|earlier|old) (?:one|version|plan|"
    r"kit|draft)(?: was| is)?(?: (?:much )?better)?(?: please)?|prefer(?:red)? the (?:previous|"
    r"last|earlier|old) (?:one|version|plan|kit|draft)|undo|never ?mind(?: (?:that|this|then|what "
    r"i said))?|forget (?:it|that|what i said)|that was a mistake|(?:my )?mistake)$"
)
_BACK_ABOUT = re.compile(
    r"^(?:(?:please|ok|okay|no|hm+|sorry|actually|so|let's|can we|could we|can you|could you|just|"
    r"but|oh|ah|wait)[, ]+)*(?:undo|revert|reverse|cancel|scratch|take back|roll back|scrap|forget|"
    r"ignore|disregard|withdraw|skip|never ?mind) (?:that|what (?:i|we) (?:just )?(?:said|wrote|"
    r"asked for|wanted)|(?:the|my) (?:thing|bit|part|one|wish|change|comment|request|remark))"
    r"(?: (?:thing|bit|one|change|wish))? (?:about|on|with|for|regarding|concerning) (?P<x>.+)$"
)
_AS_IT_WAS = re.compile(
    r"^(?:(?:please|ok|okay|no|sorry|actually|so|can we|could we|can you|could you|just|put|set|"
    r"change|get|have|let) )*(?P<x>(?:the )?[\w+#.-]+(?: [\w+#.-]+){0,3}?) "
    r"(?:(?:goes|can go|should go|should be|must go|is|are) )?back to "
    r"(?:what|how|where|the way|as long as|as many as) (?:it|they|that) (?:was|were)"
    r"(?: before| first| at first| originally)?$"
)
ALL, LENGTH, ABOUT, _LAST = "all", "length", "about", "last"


def taken_back_about(sentence: str) -> str | None:
    """Return of what a sentence takes earlier wishes back.

    "Scrap that about the case", "the closing back to what it was".
    """
    plain = folded(sentence).strip(" .,!?;:")
    match = _BACK_ABOUT.match(plain) or _AS_IT_WAS.match(plain)
    return match["x"] if match and match["x"] not in ("it", "that", "this", "all") else None


def taken_back(sentence: str) -> str | None:
    """Tell which earlier wishes a sentence takes back: all, the last, those of a length, none."""
    plain = folded(sentence).strip(" .,!?;:")
    plain = re.sub(r"[, ]+(?:please|pls|thanks|thank you|again|then|after all)$", "", plain)
    if _ALL_BACK.match(plain):
        return ALL
    if _LENGTH_BACK.match(plain):
        return LENGTH
    return _LAST if _LAST_BACK.match(plain) else None
