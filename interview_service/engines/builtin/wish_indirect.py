"""Questions that a wish asks indirectly: "find out how they would deal with a rude guest"."""

import re

from interview_service.domain.fairness import Source, find

_WHO = (
    r"(?:they|she|he|the (?:candidate|applicant|person)|candidates|applicants|people|someone|s/he|"
    r"he/she|he or she)"
)
_ASKS = (
    r"(?:ask|asks|asking|add|adding|find out|see|know|check|explore|cover|hear|understand|learn|"
    r"include|test|probe|dig into|get at|figure out|discuss|talk|question|questions|something|"
    r"anything|sth|bit|wonder|curious|interested|want)"
)
_INDIRECT = re.compile(
    rf"^(?:.{{0,80}}?\b{_ASKS}\b.{{0,30}}?)?\b(?P<asks>how(?: (?:well|often|much|long|quickly))?|"
    rf"what|why|when|where|whether|if|which \w+|what (?:kind|sort) of \w+) {_WHO}"
    r"(?P<short>'d|'ve|'ll|'re|'s)? (?P<rest>\w.{2,160})$",
    re.IGNORECASE,
)
_SHORT = {"'d": "would", "'ve": "have", "'ll": "would", "'re": "are", "'s": "are"}
_MODAL = re.compile(
    r"(?P<modal>would|could|can|will|have|has|had|are|is|were|was|do|does|did|should)(?P<not>n't)? "
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_SECOND = {"has": "have", "is": "are", "was": "were", "does": "do", "will": "would"}
_YOURS = (
    (re.compile(r"\b(?:themselves|themself|herself|himself)\b", re.IGNORECASE), "yourself"),
    (re.compile(r"\b(?:their|his) own\b", re.IGNORECASE), "your own"),
    (re.compile(r"\b(?:their|his)\b", re.IGNORECASE), "your"),
    (re.compile(r"\b(?:they|she|he)'(?:re|s)\b", re.IGNORECASE), "you are"),
    (re.compile(r"\b(?:they|she|he)'ve\b", re.IGNORECASE), "you have"),
    (re.compile(r"\b(?:they|she|he) (?:is|was)\b", re.IGNORECASE), "you are"),
    (re.compile(r"\b(?:they|she|he)\b", re.IGNORECASE), "you"),
    (re.compile(r"\bher(?= \w)", re.IGNORECASE), "your"),
)
_ABLE = re.compile(r"(?:can|could|do know how to|are able to|know how to) (?P<x>\w.+)$")
_WE = re.compile(r"\b(?:we|our|us|i|my|me)\b", re.IGNORECASE)
_WITHOUT_S = (
    (re.compile(r"^goes$"), "go"),
    (re.compile(r"(?<=[^aeiou])ies$"), "y"),
    (re.compile(r"(?<=ss|sh|ch)es$|(?<=x)es$"), ""),
    (re.compile(r"(?<=[a-z]{2}[^su])s$"), ""),
)
_NO_VERB = frozenset(
    """the a an of and or in on at with for to very much many good well important needed best our
    your not never also really""".split()
)
_NOT_ASKED = re.compile(
    r"\b(?:don't|dont|do not|not|no|never|without|skip|drop|stop|avoid|remove|cut|less|fewer|"
    r"earns?|"
    r"earning|paid|salary|wages?|leave|leaving|left|quit|notice|commut\w+|holidays?|hobb\w+|"
    r"weekends?|free time|spare time|private\w*|live|lives)\b",
    re.IGNORECASE,
)
"""What is refused, or is to be agreed on and not rated."""
_FEWEST_WORDS = 2


def question_of(clause: str) -> str | None:
    """Return the question that a clause asks indirectly, as one asks a candidate; None for none.

    The words that speak of the candidate are turned to "you"; a clause that speaks of us, or that
    may not be asked, is none.
    """
    match = _INDIRECT.match(" ".join(clause.split()).strip(" .,;:!?"))
    if match is None or len(match["rest"].split()) < _FEWEST_WORDS or _NOT_ASKED.search(clause):
        return None
    asks, rest = match["asks"].lower(), match["rest"].strip()
    if match["short"]:
        rest = f"{_SHORT[match['short'].lower()]} {rest}"
    modal = _MODAL.match(rest)
    if modal is not None:
        word = modal["modal"].lower()
        verb, rest = _SECOND.get(word, word), modal["rest"]
        if modal["not"]:
            return None
    else:
        first, _, after = rest.partition(" ")
        if not first.isalpha() or first.lower() in _NO_VERB:
            return None
        verb, rest = "do", f"{_plain_verb(first, match[0])} {after}"
    for pattern, word in _YOURS:
        rest = pattern.sub(word, rest)
    if _WE.search(rest):
        return None
    question = f"{asks.capitalize()} {verb} you {rest}?"
    if asks in ("whether", "if"):
        able = _ABLE.match(f"{verb} {rest}")
        question = (
            f"Tell me about a time when you had to {able['x']}."
            if able
            else f"{verb.capitalize()} you {rest}? Please give me an example."
        )
    is_refused = find(question, kind=Source.QUESTION) or find(clause, kind=Source.WISH)
    return None if is_refused else question


def _plain_verb(verb: str, said: str) -> str:
    """Return a verb without the ending that it has after "she" or "he"."""
    if re.search(r"\b(?:they|candidates|applicants|people) " + re.escape(verb), said):
        return verb
    for pattern, ending in _WITHOUT_S:
        shorter = pattern.sub(ending, verb)
        if shorter != verb:
            return shorter
    return verb
