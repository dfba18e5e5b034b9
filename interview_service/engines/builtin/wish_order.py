"""In which order a wish wants things: what comes first, last, before or after something."""

import re

from interview_service.engines.builtin.wish_words import WishKind

_DO = (
    r"(?:(?:put|move|have|do|ask|bring|take|place|get|want|see|make|cover|run|schedule|keep|set|"
    r"like|need|discuss|go through)(?: (?:about|for))? )?"
)
_ENDING = (
    r"(?: (?:please|of the (?:interview|plan|session|kit|section|conversation)|instead|"
    r"if possible|in the (?:interview|plan)|(?:instead of|rather than|and not) .+))*$"
)
_START = (
    r"(?:first(?! (?:aid|line|class|contact|response|time))|up front|upfront|(?:at|to) the "
    r"(?:very )?(?:start|beginning|front|top|outset)|right away|straight away|first thing|"
    r"as the first (?:thing|topic|part|section|one)|before (?:anything else|everything else|"
    r"all else|the rest))"
)
_END = (
    r"(?:last(?! (?:week|year|month|time|name))|(?:at|to|towards?|until|for) the (?:very )?end|"
    r"as the last (?:thing|topic|part|section|one)|after (?:everything else|the rest|all else))"
)
_FIRST_ABROAD = (
    r"zuerst|als erstes|zu beginn|am anfang|erst|(?:commencez|commencer|on commence) par|d'abord|"
    r"en premier|au debut|tout d'abord|(?:empieza|empezar|empiece) (?:por|con)|primero|"
    r"al principio|"
    r"al comienzo"
)
_LAST_ABROAD = (
    r"zuletzt|als letztes|zum schluss|am schluss|am ende|ans ende|(?:terminez|terminer|finir|on "
    r"termine) (?:par|avec)|en dernier|a la fin|(?:termina|terminar|termine|acaba|acabar) (?:con|"
    r"por)|"
    r"al final|por ultimo"
)
_NOT_ORDERED = re.compile(r"\d|^(?:drop|remove|skip|cut|no|not|don't|dont|without|less|more)\b")
_MUST = (
    r"(?: (?:should|must|has to|have to|needs to|need to|can|could|may|is to|are to|ought to))?"
    r"(?: (?:come|comes|came|go|goes|went|were|was|be|stand|stands|happen|happens))?"
)
_RULES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (WishKind.FIRST, rf"^{_DO}(?P<x>.+?){_MUST} {_START}{_ENDING}"),
        (WishKind.LAST, rf"^{_DO}(?P<x>.+?){_MUST} {_END}{_ENDING}"),
        (WishKind.BEFORE, rf"^{_DO}(?P<x>.+?){_MUST} (?:before|ahead of|in front of) "
         rf"(?P<y>.+?){_ENDING}"),
        (WishKind.AFTER, rf"^{_DO}(?P<x>.+?){_MUST} (?:right |directly |straight )?after "
         rf"(?P<y>.+?){_ENDING}"),
        (WishKind.AFTER, rf"^{_DO}(?P<x>.+?){_MUST} (?P<y>after(?:wards?)?|later(?: on)?|"
         r"second|next|then)$"),
        (WishKind.FIRST, r"^(?:start|begin|open|kick off|lead off|lead|go|come in) (?:off |out |"
         r"straight |right away |directly )*(?:with|on|by asking about|into) (?P<x>.+?)"
         rf"(?: {_START})?{_ENDING}"),
        (WishKind.LAST, r"^(?:end|finish|close|conclude|wrap up|round off|finish off|finish up|end "
         rf"up) (?:with|on|by asking about) (?P<x>.+?){_ENDING}"),
        (WishKind.FIRST, r"^first (?:comes?|the|with) ?(?P<x>.+)$"),
        (WishKind.LAST, r"^(?:last(?:ly)?|at the end) (?:comes?|the|with) (?P<x>.+)$"),
        (WishKind.FIRST, rf"^(?:{_FIRST_ABROAD}) (?P<x>.+)$"),
        (WishKind.LAST, rf"^(?:{_LAST_ABROAD}) (?P<x>.+)$"),
        (WishKind.FIRST, rf"^(?P<x>.+?) (?:{_FIRST_ABROAD})$"),
        (WishKind.LAST, rf"^(?P<x>.+?) (?:{_LAST_ABROAD})$"),
        (WishKind.FIRST, r"^mit (?P<x>.+?) (?:anfangen|beginnen|starten)$"),
        (WishKind.LAST, r"^mit (?P<x>.+?) (?:aufhoren|enden|abschliessen)$"),
        (WishKind.BEFORE, r"^(?P<x>.+?) (?:vor (?:dem|der|den)|avant (?:la|le|les)|antes de(?:l|"
        r" la)?) "
         r"(?P<y>.+)$"),
        (WishKind.AFTER, r"^(?P<x>.+?) (?:nach (?:dem|der|den)|apres (?:la|le|les)|despues de(?:l| "
         r"la)?) (?P<y>.+)$"),
    )
)  # fmt: skip


def order_in(clause: str) -> tuple[WishKind, str, str | None] | None:
    """Return the order that a folded clause asks for, with the words for what it is said of."""
    if _NOT_ORDERED.search(clause):
        return None
    for kind, pattern in _RULES:
        match = pattern.match(clause)
        if match is not None:
            groups = match.groupdict()
            return kind, groups["x"], groups.get("y")
    return None
