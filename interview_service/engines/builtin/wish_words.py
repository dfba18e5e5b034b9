"""The words in which wishes are said, by language: what each asks for, and where its subject is.

Patterns read a folded clause (lower case, no accents) of bounded length, politeness taken off.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from interview_service.engines.builtin.durations import NUMBER
from interview_service.engines.builtin.phrases import vocabulary
from interview_service.engines.builtin.tables import read_table


class WishKind(StrEnum):
    """What a wish on a plan asks for."""

    INTERVIEW_MINUTES = "INTERVIEW_MINUTES"
    SECTION_MINUTES = "SECTION_MINUTES"
    SHORTER = "SHORTER"
    LONGER = "LONGER"
    WITHOUT = "WITHOUT"
    MORE = "MORE"
    LESS = "LESS"
    ADD = "ADD"
    REPLACE = "REPLACE"
    KEEP = "KEEP"
    ONLY = "ONLY"
    FEWER_QUESTIONS = "FEWER_QUESTIONS"
    MORE_QUESTIONS = "MORE_QUESTIONS"
    HARDER = "HARDER"
    EASIER = "EASIER"
    MORE_PRACTICAL = "MORE_PRACTICAL"
    MORE_BEHAVIOURAL = "MORE_BEHAVIOURAL"
    FIRST = "FIRST"
    LAST = "LAST"
    BEFORE = "BEFORE"
    AFTER = "AFTER"
    ASK = "ASK"
    TAKE_BACK = "TAKE_BACK"
    SATISFIED = "SATISFIED"
    REFUSED = "REFUSED"
    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"
    OTHER_LANGUAGE = "OTHER_LANGUAGE"


Rule = tuple[WishKind, re.Pattern[str]]


POLITE = re.compile(
    r"^(?:(?:please|pls|plz|could you|can you|can we|could we|would you|will you|i'd like you to|"
    r"i would like you to|i'd like to|i would like to|i'd like|i would like|i'd love|we'd like to|"
    r"we'd like|we would like to|we would like|i want you to|i want to|we want to|i want|we want|"
    r"i'd prefer|we'd prefer|i'd rather|we'd rather|i think we should|i think|we think|"
    r"we should|you should|you can|we can|let's|lets|maybe|perhaps|also|and|but|so|then|ok|okay|"
    r"(?:i|we)(?:'d| would) (?:like|love|prefer) (?:it|this|the interview|that) to|"
    r"(?:i|we) want (?:it|this|the interview) to|"
    r"no wait|hold on|now|no(?= (?:harder|easier|shorter|tougher|simpler)\b)|hey|hi|hello|"
    r"hi team|hi there|hi all|thanks|thx|actually|oh|ah|hmm|well|wait|sorry|"
    r"on second thoughts?|it would be (?:nice|great|good) (?:if you could|if we could|to)|"
    r"would be (?:nice|great|good|interesting|useful|helpful|important|cool|best|lovely) to|"
    r"would you mind|would it be possible to|is it possible to|"
    r"would love to|would love|would like to|would like|it'd be (?:nice|great|good|"
    r"cool) (?:if you could|"
    r"if we could|to)|it would be (?:cool|helpful|useful) (?:if you could|if we could|to)|"
    r"make sure to|be sure to|go ahead and|do me a favou?r and|i'd appreciate|hoping for|"
    r"i was hoping (?:for|to|you could|we could)|wondering if (?:we|you) could|is there a way to|"
    r"(?:we|you|i) (?:might|may) want to|why don't (?:we|you)|why not|how about we|what if we|"
    r"shall we|should we|may i ask you to|would it hurt to|better to|best to|"
    r"(?:i|we|you) (?:would|could|should|might|may|must)(?: rather| also| even| really| love to|"
    r" like to| prefer to| suggest to)?(?= (?:add|ask|drop|leave|skip|cut|take|put|focus|prefer|"
    r"see|have|make|keep|give|like|say|go|use|spend|include|remove|replace|swap|bring|cover|do|"
    r"halve|double|cut|shorten|reduce|extend|trim|shave|"
    r"move|start|begin|end|finish|limit)\b)|can't (?:we|you)|couldn't (?:we|you)|"
    r"feel free to|we need to|i need you to|i need|we need|you need to|need to|try to|kindly|"
    r"however|overall|in general|generally|otherwise|apart from that|other than that|as well|"
    r"finally|next|first|second|secondly|firstly|lastly|my only wish is|one more thing|one thing|"
    r"for the rest|because|since|have|could use|can use|see(?! (?:how|if|whether|"
    r"what))|can u|could u|would u|"
    r"just(?= (?:a bit |a little |slightly |some )*(?:fewer|less|more|shorter|longer|harder|"
    r"easier)\b)|"
    r"just(?= (?:add|drop|remove|skip|cut|make|keep|ask|include|replace|swap|put|leave|shorten)\b)|"
    r"see if (?:we|you) can|"
    r"bitte|doch|nun doch|eigentlich|kannst du|konnen sie|konnt ihr|konnten sie|"
    r"konnten wir|ich mochte|wir mochten|und|aber|"
    r"auch|vielleicht|noch|gerne|lieber|dafur|stattdessen|wir brauchen|"
    r"s'il vous plait|s'il te plait|svp|stp|pouvez-vous|peux-tu|pourriez-vous|pourrait-on|"
    r"on peut|je voudrais|je souhaite|nous voudrions|j'aimerais|il faudrait|il faut|merci de|et|"
    r"mais|aussi|plutot|merci|finalement|en fait|"
    r"por favor|porfa|puede|puedes|podria|podrias|podeis|podemos|podriamos|quiero|queremos|"
    r"quisiera|me gustaria|nos gustaria|y|pero|tambien|mejor|gracias|al final|finalmente)\b[ ,:]*)+"
)
TAIL = re.compile(
    r"(?:[ ,]+(?:please|pls|plz|thanks|thank you|thx|ty|cheers|at all|altogether|completely|"
    r"entirely|for now|this time|tmrw|tomorrow|today|too|as well|also|instead|after all|though|"
    r"if possible|would be (?:nice|great|good)|if you can|then|again|anyway|i think|i guess|"
    r"more generally|in general|generally|and that|and stuff|and so on|and the like|etc|or so|"
    r"(?:last|this|next) (?:week|month|year|quarter|summer|autumn|winter|spring)|recently|lately|"
    r"nowadays|these days|(?:a while|ages|(?:\w+ )?(?:weeks?|months?|years?)) ago|"
    r"in there|in|out|bitte|danke|svp|stp|merci|s'il vous plait|s'il te plait|por favor|porfa|"
    r"gracias|here|there|as it is|as is|as they are|unchanged|from the plan|"
    r"from the interview|from it|in the interview|"
    r"in the plan|to the plan|"
    r"to the interview|really|now|imo|tbh|ok|okay|lol|yet))+[ .!]*$"
)
POLITE_TAIL = re.compile(
    r"(?:[ ,]+(?:please|pls|plz|thanks|thank you|thx|ty|cheers|if possible|"
    r"would be (?:nice|great|good)|"
    r"if you can|tmrw|tomorrow|bitte|danke|svp|stp|merci|s'il vous plait|s'il te plait|"
    r"por favor|porfa|"
    r"gracias|i think|i guess|imo|tbh|lol|ok|okay|though|instead|anyway|again))+[ .!]*$"
)
_LEAD = re.compile(
    r"^(?:(?:(?:she|he|they|candidates?) (?:handles?|deals? with|copes? with|approach(?:es)?|"
    r"manages?|"
    r"reacts? to|treats?)|need for|any|all|the|a|an|some|of|more|about|on|with|for|to|into|in|"
    r"her|his|their|our|my|those|"
    r"these|that|this|much|many|such|whole|entire|every|other|few|bit|lot|little|time|emphasis|"
    r"focus|weight|questions?|question|quesitons|questons|parts?|bits?|topics?|sections?|stuff|"
    r"things?|"
    r"anything|something|everything|regarding|concerning|around|how|well|whether|she|he|they|"
    r"experience with|skills in|sth|smth|knowledge of|der|die|das|den|dem|ein|eine|einen|"
    r"etwas|was|mal|einmal|gern|gerne|lieber|ein paar|einige|mehr zu|quelque chose|quelques|algo|"
    r"algunas|lo del?|lo de la|la cosa de|ce qui concerne|zu|zum|zur|uber|thema|themen|punkt|"
    r"fragen|frage|teil|le|la|les|l|un|une|des|de|du|d|sur|questions|partie|el|los|las|una|del|"
    r"sobre|preguntas|pregunta|parte|mit|von)\b[' ]*)+"
)
_TRAIL = re.compile(
    r"(?:[ ]+(?:questions?|quesitons|questons|parts?|sections?|bits?|stuff|things?|topics?|segment|"
    r"block|portion|piece|round|ones?|side|stuff|"
    r"fragen|teil|abschnitt|thema|punkt|ganz|komplett|vollig|generell|partie|preguntas|parte|"
    r"seccion))+$"
)
WHOLE = re.compile(
    r"^(?:it|this|that|everything|all|rest|the rest|interview|whole|total|whole thing|"
    r"whole interview|the lot|"
    r"plan|call|session|meeting|slot|thing|talk|conversation|screen|duration|length|time|"
    r"interview length|overall|whole plan|kit|us|we|she|he|they|her|him|them|candidate|"
    r"gesprach|insgesamt|ganze|alles|es|entretien|tout|total|duree|entrevista|todo|"
    r"unos|unas|environ|etwa|ungefahr|rund|circa|ca|aproximadamente|"
    r"tomorrow|today|tmrw|max|maximum|minimum|min|at most|at least|tops|or so|enough|plenty|"
    r"available|together|overall interview|interview total|)$"
)
ANOTHER = re.compile(
    r"(?:something|anything|somewhat) (?:else|different)|(?:an)?other(?: one| question)?|(?:a )?"
    r"different(?: one| question)?"
)
"""Names nothing, where something is to be asked instead."""
ANAPHORA = re.compile(
    r"^(?:what (?:you|we|i|it)(?: have|'ve| has| had|'ve got)?(?: got| there| now| have| had|"
    r" before| at the moment)*|it|that|this|those|these|them|that one|this one|that part|"
    r"this part)$"
)


_BESIDE = re.compile(
    r"(?<=\w)(?<!how)(?<!what)(?<!whether)(?<! if)(?<!why) (?:because|since|as (?:we|she|he|it|"
    r"they|i|you)|when|where|which|who|whom|whose|if|until|unless|while|"
    r"so that|in order|given|considering|due to|for (?:the|a|another|our) (?:second|next|other|"
    r"final|later|follow-up|technical) (?:round|interview|time|meeting|call)|in (?:this|that|the|"
    r"our) "
    r"(?:round|interview|plan|conversation|first round|first interview)|at (?:this|that) "
    r"(?:stage|point)|(?:that |what )?(?:we|she|he|they|i|you)(?:'\w+)? (?!handl|deal|cop)\w+)\b.*$"
)


_SPOKEN = (
    (
        re.compile(
            r"(?:^|,|\b(?:let's|let us|shall we|i'd|i would)) ?say,? "
            rf"(?={NUMBER}|half\b)"
        ),
        " ",
    ),
    (re.compile(r"(?<=[\dnsr]),? say$"), ""),
    (re.compile(r"(?<!\w)'?em\b"), "them"),
    (re.compile(r"^(?:nah|naw|nope|nay)\b[ ,]*(?=\w)"), ""),
    (
        re.compile(r"^(?:(?:no|oops|hm+|actually|wait|oh|i mean|i meant|rather|sorry),? )+(?=\d)"),
        "",
    ),
    (re.compile(r"^(?:no,? )?(?:sorry|oops|my mistake|i meant),? (?=\w)"), ""),
    (
        re.compile(
            r"^(?:can|could|should|may|might|shall|would(?= (?:the|this|that|our|my))) "
            r"(?!(?:you|we|u|i|it|they|she|he|there|be|someone|somebody|anyone|one|not|do|also|"
            r"please|pls)\b)(?=\w+ )"
        ),
        "",
    ),
    (re.compile(r"\babo?tu?o?u?\b(?=\s)"), "about"),
    (re.compile(r"^what if (?=the \w)"), ""),
    (
        re.compile(r"^(?:a |full )?hour(?= (?:instead|rather|max|please|pls|would|in total)\b)"),
        "one hour",
    ),
    (re.compile(r"^(?P<o>only|just) keep\b"), r"keep only"),
    (re.compile(r"\bim\b"), "i'm"),
    (re.compile(r"\bive\b"), "i've"),
    (re.compile(r"\bu\b(?! ?&)"), "you"),
    (re.compile(r"\bur\b"), "your"),
    (re.compile(r"\bwanna\b"), "want to"),
    (re.compile(r"\bgonna\b"), "going to"),
    (re.compile(r"\bgotta\b"), "have to"),
    (re.compile(r"\bgimme\b"), "give me"),
    (re.compile(r"\blemme\b"), "let me"),
    (re.compile(r"\bbout\b"), "about"),
    (re.compile(r"\bcoz\b|\bcuz\b|\bcos\b|\bbc\b"), "because"),
    (re.compile(r"\b(?:just )?(?:a|one) single (?=question|qn?\b|one\b)"), "just one "),
    (re.compile(r"\bnot (?:a|one) single\b|\bnot even one\b"), "no"),
    (re.compile(r"\bloose (?=(?:it|that|this|the|them|any|out)\b)"), "lose "),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?=\s)"), "with"),
    (re.compile(r"\b(need|must|ought|had|might)nt\b"), r"\1n't"),
    (re.compile(r"\bneedn't\b"), "need not"),
    (re.compile(r"\bqns?\b|\bques\b"), "questions"),
)
_FUNCTION_WORDS = (
    "remove replace include without questions question minutes minute shorter longer interview "
    "section instead harder easier practical reduce shorten increase double please something "
    "nothing everything exercise fewer intro closing opening focus drop skip leave keep about"
).split()
_SHORTEST_MENDED = 6


def spoken_plainly(text: str) -> str:
    """Return a folded text with slang spelled out and slips in a wish's own words mended."""
    for short, full in _SPOKEN:
        text = short.sub(full, text)
    return _LETTERS.sub(lambda match: _mended(match[0]), text)


_LETTERS = re.compile(r"[a-z]{6,14}")


@lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    """Return the one word of wishes that a word is a slip of: one letter, or two that changed."""
    if word in vocabulary():
        return word
    for right in _FUNCTION_WORDS:
        if len(right) < _SHORTEST_MENDED or word.startswith(right) or word[:-1] == right[:-1]:
            continue
        if _is_slip(word, right):
            return right
    return word


def _is_slip(word: str, right: str) -> bool:
    """Tell whether a word is another one with one letter more, less or wrong, or two swapped."""
    start = 0
    while start < min(len(word), len(right)) and word[start] == right[start]:
        start += 1
    rest, other = word[start:], right[start:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[:2][::-1] and rest[2:] == other[2:])
    )


def subject_of(text: str) -> str:
    """Return what a wish is about, without the little words around it."""
    bare = _BESIDE.sub("", text).strip(" ,.:;!?\"'()-–")
    while True:
        shorter = _TRAIL.sub("", TAIL.sub("", bare)).strip(" ,.:;!?\"'()-–")
        if shorter == bare:
            break
        bare = shorter
    lead = _LEAD.match(bare)
    return bare[lead.end() :].strip(" ,.:;!?\"'()-–") if lead else bare


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules of each language; the first that fits a clause counts."""
    return {
        language: tuple((WishKind(kind), _compiled(pattern)) for kind, pattern in pairs)
        for language, pairs in _data().items()
        if language not in ("common", "fillers")
    }


@cache
def shapes(*, first: bool) -> tuple[Rule, ...]:
    """Return how English asks, whatever the verb: shapes over a vocabulary, of clauses unhedged.

    :param first: those that are looked for before the closer rules, or after them.
    """
    data = read_table("wish_shapes")
    vocabulary: dict[str, str] = {}
    for name, words in data["vocabulary"].items():
        vocabulary[name] = _filled(words, vocabulary)
    return tuple(
        (WishKind(each["kind"]), _compiled(f"^(?:{_filled(shape, vocabulary)})$"))
        for each in data["rules"]
        if each.get("is_first", False) is first
        for shape in each["shapes"]
    )


def _filled(shape: str, vocabulary: Mapping[str, str]) -> str:
    return _NAMED.sub(lambda match: f"(?:{vocabulary[match[1]]})", shape)


_NAMED = re.compile(r"(?<!\?P)<(\w+)>")
_HEDGES = re.compile(
    r"\b(?:(?:a lot|lots|loads|tons|a great deal|a whole lot)"
    r"(?= (?:more|less|fewer|longer|shorter|harder|easier|deeper)\b)|well(?= be\b)|"
    r"(?:a )?(?:tiny |wee |little |good )?bit(?= )|a little(?: more(?= (?:longer|shorter|easier|"
    r"harder)))?|"
    r"a touch|a tad|a notch(?= (?:harder|easier))|slightly|somewhat|"
    r"really|definitely|certainly|absolutely|honestly|frankly|basically|simply|clearly|obviously|"
    r"probably|perhaps|maybe|possibly|personally|especially|particularly|generally|ideally|"
    r"actually|literally|kind of|sort of|tbh|imho|imo|btw|fyi|lol|pls|plz|please|kindly|"
    r"even(?= (?:more|less|harder|easier|shorter|longer))|far(?= (?:more|less|too|fewer))|"
    r"way(?= (?:more|less|too|fewer))|much(?= (?:more|less|fewer|harder|easier|shorter|longer|"
    r"tougher|deeper|bigger|smaller|better))|"
    r"quite|pretty(?= much)|still|again|for once|for now|this time|in my (?:view|opinion)|"
    r"from my point of view|if i may|if you ask me|i(?: would|'d)? (?:say|think|guess|feel|believe|"
    r"suppose)(?: that)?|it seems(?: to me)?(?: that)?|to be honest|"
    r"if possible|if (?:you|we) can|and so on|etc|the whole thing about|all that)\b[, ]*"
)


_CONTRACTED = (
    (re.compile(r"\b(it|that|this|there|here|what|he|she|who|where)'?s\b(?!')"), r"\1 is"),
    (re.compile(r"\b(i)'?m\b"), r"\1 am"),
    (re.compile(r"\b(we|you|they)'re\b"), r"\1 are"),
    (re.compile(r"\b(i|we|you|they)'ve\b"), r"\1 have"),
    (re.compile(r"\b(i|we|you|they|he|she|it|that)'d\b"), r"\1 would"),
    (re.compile(r"\b(i|we|you|they|he|she|it|that)'ll\b"), r"\1 will"),
    (
        re.compile(r"\b(do|does|did|is|are|was|were|wo|would|should|could|has|have|need)nt\b"),
        r"\1n't",
    ),
    (re.compile(r"\bcan ?not\b|\bcant\b"), "can't"),
    (re.compile(r"\bi'd\b"), "i would"),
)


def unhedged(text: str) -> str:
    """Return a folded clause without the words that only soften or strengthen it."""
    for short, full in _CONTRACTED:
        text = short.sub(full, text)
    bare = " ".join(_HEDGES.sub(" ", _SMILEYS.sub(" ", text)).split()).strip(" .,:;!?-")
    polite = POLITE.match(bare)
    return bare[polite.end() :].strip(" .,:;!?-") if polite else bare


_SMILEYS = re.compile(r"[^\x00-\u024f\u2010-\u201f]+|[:;]-?[()dp](?!\w)|<3")


@cache
def common_words() -> Mapping[str, frozenset[str]]:
    """Return the words by which each language is told."""
    return {name: frozenset(words.split()) for name, words in _data()["common"].items()}


@cache
def filler_words() -> frozenset[str]:
    """Return the words beside a number of minutes that name no part of the interview."""
    return frozenset(_data()["fillers"]["any"].split())


@cache
def _data() -> Mapping[str, Any]:
    return read_table("wishes")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\bNUM\b", lambda _: NUMBER, pattern))


LEAD_VERB = re.compile(
    r"^(?:ask|do|use|give (?:her|him|them|it|me|us)|focus|put in|get|need|needs|i'd|add|"
    r"include|go|go for|spend) "
    r"(?=(?:a bit |a lot |much )?(?:less|fewer|more|nothing|no|harder|easier|tougher|keep|"
    r"drop|skip|remove)\b"
    r"(?! questions? (?:on|about)))"
)
