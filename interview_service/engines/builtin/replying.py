"""What a turn of the candidate does: it answers, denies, evades, asks back, or says nothing.

Only words are looked at, never punctuation, so that a transcript without any reads the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from interview_service.engines.builtin.words import (
    Word,
    stop_stems,
    weak_stems,
    word_list,
    words_of,
)

_LONG_REPLY = 12  # words beside an evasion or a counter-question that make a reply an answer
_MOST_BACKCHANNEL = 12  # words
_AT_ONCE = 12  # characters before a counter-question that a short reply is
_SHORT_QUESTION = 4  # words of a counter-question that begins with a question word
_SHORT_STALLING = 5  # words beside a phrase that wins time
_QUESTION_AT_END = 14  # words of a turn in which it ends by asking
_BEGINNING = 25  # words of a turn in which it goes back to something else


class Reply(StrEnum):
    """What a turn of the candidate does."""

    ANSWER = "answer"
    BACKCHANNEL = "backchannel"
    DENIAL = "denial"  # never done, not known, somebody else's work
    EMPTY = "empty"  # "I'm good at that", and nothing of it
    EVASION = "evasion"
    COUNTER_QUESTION = "counter-question"


_LOST = re.compile(
    r"\[[^\[\]\n]{1,40}\]|[(*<](?:[\w ]{0,20}\b)?(?:inaudible|unintelligible|indistinct|unclear|"
    r"crosstalk|overlapping|audio|silence|pause|pauses|noise|music|laugh\w*|cough\w*|sigh\w*|"
    r"chuckl\w*|ringing)\b[\w ]{0,20}[)*>]",
    re.IGNORECASE,
)
"""Marks that a transcript has for what is no speech: `[crosstalk]`, `(inaudible)`."""


@dataclass(frozen=True, slots=True)
class Said:
    """A turn, read.

    :param turn: its number in the transcript, from 0.
    :param words: without fillers, and without marks of what was not said or not heard.
    :param plain: its folded words, joined by spaces.
    """

    turn: int
    text: str
    words: tuple[Word, ...]
    plain: str

    @classmethod
    def of(cls, turn: int, text: str) -> "Said":
        """Read a turn's text."""
        heard = _LOST.sub(lambda mark: " " * len(mark.group()), text)
        words = tuple(word for word in words_of(heard) if word.folded not in word_list("fillers"))
        return cls(turn, text, words, " ".join(word.folded for word in words))


_EVASION = re.compile(
    r"\b(?:rather|prefer|like) not (?:to )?(?:to |say|talk|go|answer|discuss|get|comment|share)\w*|"
    r"\bprefer to not\b|\bno comment\b|\b(?:dont|do not) (?:want|wish|feel like|feel comfortable) "
    r"(?:to )?(?:talk|talking|answer|answering|discuss|discussing|say|go|share|sharing|speak)\w*|"
    r"\b(?:cant|cannot|can not|not allowed to|not able to) (?:really )?(?:talk|discuss|share|"
    r"speak|go "
    r"into|disclose|say anything|say much)\w*|\b(?:skip|pass on) (?:that|this|it)\b|"
    r"\bnext question\b|"
    r"\b(?:lets|let us|can we|could we|may we|shall we) (?:please |just )?(?:move on|skip|"
    r"come back|get back|"
    r"go back|do that later|talk about something|leave (?:that|it))\b|\b(?:come|get|"
    r"circle) back to "
    r"(?:that|this|it)\b|\bwhy (?:do|would|are) you (?:ask|need|want|asking)\w*|"
    r"\bthats (?:a )?(?:personal|private)\b|\bnone of your\b|\bdoes it matter\b|\bnothing to say\b|"
    r"\bnot something i (?:want|can|like)\b"
)
_STALLING = re.compile(
    r"\b(?:(?:thats |that is )?(?:a )?(?:good|great|tough|hard|interesting) (?:question|one)|"
    r"let me think|"
    r"(?:give me|just) a (?:second|moment|sec|minute)|hard to say|how (?:do|should|"
    r"shall) i (?:say|put) "
    r"(?:this|that|it)|where (?:do|should|shall) i (?:start|begin))\b"
)
_DEFERRAL = re.compile(
    r"\b(?:come|get|circle|go) back to (?:that|this|it)\b|\bbefore (?:that|i answer|we go on|"
    r"i do)\b|"
    r"\b(?:going|go|coming|come|back) (?:back )?to (?:your|the) (?:earlier|last|previous|first|"
    r"other|"
    r"question)\b|\bone more thing (?:about|on)\b|\badd (?:something|one thing|one more)\b|"
    r"\bforgot to (?:say|mention)\b|\bfirst (?:about|on|let me)\b"
)
_COUNTER_QUESTION = re.compile(
    r"\b(?:do|did) you mean\b|\bwhat do you mean\b|\byou mean\b|\b(?:could|can|"
    r"would) you (?:please )?"
    r"(?:repeat|clarify|rephrase|say (?:that|it)|explain (?:that|the question|what))\b|"
    r"\bcome again\b|\bpardon\b|\bsorry (?:what|which|i didnt|i did not|could|can|say|the)\b|"
    r"\b(?:in what|which) (?:sense|kind|context|part)\b|\bwhat (?:kind|sort) of\b|"
    r"\b(?:didnt|did not|dont|do not) (?:quite |really )?(?:get|catch|hear|follow|understand) "
    r"(?:that|the question|your question|you|the last)\b|\bis (?:that|it) (?:about|ok|okay|like)\b|"
    r"\b(?:should|shall|can|may) i (?:talk|speak|take|answer|use|choose|pick|give|ask)\b|"
    r"\bare you asking\b|\byou want (?:me to|to know|an|a)\b"
)
_OWN_WORDS = re.compile(
    r"\b(?:i|we) (?:was|were|had|have|did|do|use|used|work|worked|would|always|usually|never|once|"
    r"try|tried|think|started|made|got|went|took|know|saw|just|also|then|first|can|could|keep|kept|"
    r"like|am|look|check|take|go|start|read|ask|call|tell|run|write|give|talk|make|get|show|"
    r"dont|didnt|havent|built|wrote|ran|run|set|put|\w{3,}ed)\b|\b(?:ive|weve|im|id|ill)\b"
)
_QUESTION_TO_INTERVIEWER = re.compile(
    r"\b(?:do|does|did|are|is|will|would|can|could|have|has) (?:you|your|the team|the company|"
    r"there|"
    r"people|the role|this role|everyone)\b|\b(?:what|whats|how|which|who|when|where) (?:is|"
    r"are|do|does|"
    r"did|would|will|big|many|much|often|kind|sort)\b"
)
_SUBJECTS = "".join(
    rf"(?<!\b{subject} )" for subject in ("it", "that", "this", "there", "he", "she", "we", "they")
)
_ASKING_BACK = re.compile(
    rf"\b{_SUBJECTS}(?:do|does|did|are|is|will|would|can|could|must|should|have|has) (?:you|your|"
    r"there|the|it|they|people|everyone|anyone|this|that|we|i)\b|"
    r"\b(?:what|how|which|who|when|where) (?:is|are|do|does|did|would|will|the|big|many|much|"
    r"often|kind|sort)\b|\b(?:whats|hows|whos) \w"
)
_NOT = r"(?:not|never|hardly|barely|no|dont|didnt|havent|hadnt|havnt|cant|couldnt|wouldnt)"
_MUCH = r"(?:(?:really|honestly|actually|personally|ever|even|yet|so far|much|quite|that|to) )*+"
_LIVED = (
    r"(?:done|did|do|had|used|use|worked|work|touched|written|wrote|seen|saw|been|knew|know|"
    r"answered|tried|needed|dealt|met|heard|came|come|gone|got|taken|experienced|remember|recall|"
    r"encountered|faced|run|led|built|come across|\w{3,}ed)"
)
_DENIAL = re.compile(
    r"^(?:(?:oh|well|sorry|honestly|to be honest|no|nope|nah|never|not (?:really|me|yet|so far)|"
    r"none|nothing|i think|im afraid) ?)+$|"
    # never done
    rf"\b(?:i|we)(?:ve| have|d| had)? {_MUCH}never {_MUCH}{_LIVED}\b|"
    rf"\b(?:i|we)(?:ve)? (?:have not|havent|hadnt|have never|had not|not|dont|do not|didnt|"
    rf"did not) {_MUCH}(?:done|do|had|have (?:this|that|any|one|it|much|experience)|used|use|"
    r"worked|work with|touched|written|seen|see|been|know|knew|tried|needed|dealt|met|remember|"
    r"come across|gone|got|had)\b|"
    r"\bi (?:have|had|did|do) not$|\b(?:ive|i have) not (?:no|but|though|so)\b|"
    rf"\bnever {_MUCH}(?:used|worked|done|heard|touched|tried|had|did|saw|seen|met|learned|"
    r"learnt|come across|came across)\b|"
    r"\b(?:not|nothing|isnt|wasnt|never)(?: been)? (?:something|anything|that|one) "
    r"(?:that )?(?:i|ive|we|weve)\b|"
    r"\b(?:nothing|never anything) like (?:that|this|it)\b|\b(?:i|we) (?:had|have|got) no \w|"
    r"\b(?:wasnt|was not|werent|were not|never|not) (?:(?:really|been|directly|ever) )*+"
    r"(?:involved|in that|part of|in any)\b|"
    # not known
    r"\b(?:couldnt|could not|cant|cannot) (?:(?:really|honestly|even) )*+"
    r"(?:tell you|say|think of|remember|recall|answer)\b|"
    r"\b(?:wouldnt|would not) (?:(?:really|honestly|even) )*+(?:know|be able to)\b|"
    r"\bnot that i (?:remember|recall|know|can (?:think|remember|recall))\b|"
    r"\bno (?:idea|experience|clue|(?:real|hands on|practical|direct) experience)\b|"
    r"\bnot familiar\b|"
    r"\b(?:wouldnt|dont|would not|do not) want to (?:bluff|guess|pretend|make)\b|"
    r"\bonly (?:(?:ever|really|heard|read|seen|know|had|did|got) )*+(?:about it|it |that |this )?"
    r"(?:(?:in|on|at|from|during|through) )?(?:my |the |a )?"
    r"(?:training|theory|paper|course|college|school|university|uni|books?|heard|read about|"
    r"demo|youtube)\b|"
    # somebody else's work
    r"\bnot (?:me|(?:been )?my (?:job|part|side|area|end|thing|department|role|bit))\b|"
    r"\b(?:thats|that was|that is|its|it was|was|is|been) (?:(?:always|all|really|mostly|down to|"
    r"up to) )*+(?:(?:(?:the|for|my|our) )?(?!(?:this|was|always)\b)\w{2,}s|"
    r"more (?:of )?an?(?: \w+)?) "
    r"(?:thing|job|side|end|department|area|territory|patch|domain|baby)\b|"
    r"\b(?!(?:i|we|you|and|so|then|which|who|to|ive|weve|id|ill|wed|that|it|this)\b)\w+ "
    r"(?:(?:is|are|was|were|always|all|just|mostly|usually|normally) )*+"
    r"(?:do|does|did|handle|handles|handled|handling|deal with|deals with|dealt with|"
    r"dealing with|looks? after|looked after|looking after|takes? care of|took care of|"
    r"taking care of|holding|owns|owned|doing) "
    r"(?:(?:all|most|everything) )?(?:of )?(?:that|this|those|these|it all|the lot|"
    r"all that|that relationship)\b|\b(?:was|is|were|been) (?:all )?outsourced\b|"
    r"\b(?:so|um|well) no not really\b|^no not really\b|\bonly heard\b|\b(?:so|and|but) no$"
)
_LONGEST_DENIAL, _SHORT_DENIAL = 45, 8  # words
_LONGEST_PLAIN = 1_000  # characters of a turn that is read by patterns that go over it again
_FEWEST_DEEDS = 3  # beside a denial, by which it is the smaller part of what was said
_BUT = re.compile(
    r"\b(?:but|instead|although|though|still) (?!(?:i|ive|we|weve) (?:never|have never|dont|didnt|"
    r"havent|have not|not)\b)\w|\b(?:id|i would|i will|ill|we would|wed) (?!not\b|rather\b|say\b|"
    r"like\b|love\b|have to\b|need to\b|never\b)\w"
)
_NEAR_BUT = 50  # characters after "but" in which another denial takes back what it promises
_DIALECT = re.compile(r"\b(could|did|does|have|has|is|was|would|should|do|ca|di)n(?:ae|a)\b")


def denies(said: Said) -> bool:
    """Tell whether the candidate says no more than that they do not know or have not done it."""
    if len(said.words) > _LONGEST_DENIAL or len(said.plain) > _LONGEST_PLAIN:
        return False
    plain = _DIALECT.sub(r"\1nt", said.plain)
    is_denied = _DENIAL.search(plain) is not None or (
        len(said.words) <= _SHORT_DENIAL and said.words[0].folded in ("no", "nope", "never")
    )
    return (
        is_denied
        and not _tells_otherwise(plain)
        and deeds_in(_DENIAL.sub(" ", plain)) < _FEWEST_DEEDS
    )


def _tells_otherwise(plain: str) -> bool:
    """Tell whether a denial goes on to something else that was done or would be."""
    return any(
        _DENIAL.search(plain, but.end(), but.end() + _NEAR_BUT) is None
        for but in _BUT.finditer(plain)
    )


_PRAISE = re.compile(
    r"\b(?:im|i am|ive always|i always|i just|id say|you have to|isnt it|everybody|everyone|"
    r"people always|get on with it|(?:sort|handle|manage|do) it|main thing|most important|"
    r"no problem)\b"
)
_LONGEST_EMPTY, _MOST_IN_EMPTY = 20, 3  # words, and those among them that say something


def is_empty(said: Said) -> bool:
    """Tell whether the candidate says that all is well, and nothing that they do."""
    return (
        len(said.words) <= _LONGEST_EMPTY
        and _PRAISE.search(said.plain) is not None
        and sum(has_content(word) for word in said.words) <= _MOST_IN_EMPTY
    )


_DEED = re.compile(
    r"\b(?!id say\b)(?:i|we|id|ill|ive|weve|wed)(?: (?:would|will|can|could|also|always|just|then|"
    r"usually|first|might|only|actually|really|normally|try to|want to|have to|had to|used to))*+ "
    r"(?!(?:am|was|were|be|been|have|had|has|think|thought|mean|know|knew|guess|suppose|believe|"
    r"love|hate|like|feel|hope|remember|see|should|agree|imagine|understand|need|want|care|dream|"
    r"not|no|never|dont|didnt|cant|wouldnt|all|the|a|and|so|that|it|what|do not|did not|do i|"
    r"do have)\b)\w{2,}|"
    r"\b(?!(?:need|used|supposed|interested|tired|worried|scared|bored|excited|indeed|speed|feed)\b)"
    r"(?:\w{3,}ed|(?<!ve )got|went|came|told|took|gave|found|made|said|kept|rang|sent|brought|left|"
    r"wrote|built|ran|sat|stood|lost|broke|fell|did|paid|sold|bought|drove|caught|held|taught)\b"
)
_GENERAL = re.compile(
    r"\b(?:(?:i|id|we|wed) (?:love|hate|like|think|know|mean|guess|suppose|believe|feel)|im|i am|"
    r"we are|were|you|youd|youre|people|everybody|everyone|most of|mostly|many|loads|plenty|"
    r"always|every|all of them|theyre|thats)\b|\b(\w{3,}) (?:is|are|be) \1\b"
)
_ASSENT = re.compile(
    r"\b(?:(?:is|does|do|are|can|was|did|wo|would)nt (?:it|you|they|we)|innit|you know|"
    r"and (?:everything|all|so on|that))$"
)
_FEWEST_IN_GENERALITY, _MOST_IN_GENERALITY = 6, 2  # words, and those that say something new
_GENERAL_SHARE, _ASSENTED_SHARE = 0.15, 0.2  # of the words, below which the new ones are few
_FEWEST_GENERAL = 2  # phrases that speak of everybody, or of how one is


def deeds_in(plain: str) -> int:
    """Count the places that say what the speaker does, or what anybody did."""
    return sum(1 for _ in _DEED.finditer(plain))


def is_generality(said: Said, asked: Sequence[Word]) -> bool:
    """Tell whether some words say how things are for everybody, and nothing that was done.

    What ends by asking for assent ("don't you?") may hold a little more.
    """
    size = len(said.words)
    if size < _FEWEST_IN_GENERALITY:
        return False
    if sum(1 for _ in _GENERAL.finditer(said.plain)) < _FEWEST_GENERAL:
        return False
    new = len(substance_of(said, asked))
    deeds = deeds_in(said.plain)
    if _ASSENT.search(said.plain) is not None and deeds <= 1:
        return new < _ASSENTED_SHARE * size
    return not deeds and (new <= _MOST_IN_GENERALITY or new < _GENERAL_SHARE * size)


def substance_of(said: Said, asked: Sequence[Word]) -> frozenset[str]:
    """Return the stems of a turn that say something, and that the question before it has not."""
    own = frozenset(word.stem for word in said.words if has_content(word))
    return own - weak_stems() - {word.stem for word in asked}


_INVERTED = re.compile(
    r"(?:(?:so|and|but|ok|okay|well|oh|sorry|right|wait) )*+(?:(?:is|are|was|were|will|would|could|"
    r"can|should) (?!to\b)\w+|(?:do|does|did|have|has|had) (?:you|we|they|i|it|he|she|there|that|"
    r"this|your|people|customers)) \w"
)
_TAG = re.compile(r"\b(?:is|are|was|were|does|do|did|has|have) (?:he|she|it|they|you|we|that)$")
_LONGEST_ASKING = 16  # words
_LONGEST_TAGGED = 6  # words of a guess that ends by asking: "He's shy, is he?"


def asks_back(said: Said) -> bool:
    """Tell whether a short reply is in the form of a question."""
    if len(said.words) <= _LONGEST_TAGGED and _TAG.search(said.plain):
        return True
    is_short = len(said.words) <= _LONGEST_ASKING and len(said.plain) <= _LONGEST_PLAIN
    return is_short and _INVERTED.match(said.plain) is not None


_LONGEST_REPEATED = 12  # words
_REPEATED = 0.7  # share of the words that say something, which the question has


def repeats(said: Said, asked: Sequence[Word]) -> bool:
    """Tell whether a short reply only says words of the question again, and chooses none."""
    own = [word for word in said.words if has_content(word)]
    if len(said.words) > _LONGEST_REPEATED or not own or is_plain_reply(said):
        return False
    known = {word.stem for word in asked}
    return (
        sum(word.stem in known for word in own) >= _REPEATED * len(own)
        and not any(word.folded == "or" for word in asked)
        and not deeds_in(said.plain)
    )


def tells_of_oneself(plain: str) -> bool:
    """Tell whether some words say what the speaker did, does or thinks."""
    return _OWN_WORDS.search(plain) is not None


def is_plain_reply(said: Said) -> bool:
    """Tell whether a turn says yes or no."""
    return any(word.folded in word_list("yes_or_no") for word in said.words)


def _beginning(plain: str) -> str:
    """Return the words by which one tells how a reply begins."""
    return " ".join(plain.split(" ", _BEGINNING)[:_BEGINNING])


def defers(plain: str) -> bool:
    """Tell whether a reply begins by going back to something else."""
    return _DEFERRAL.search(_beginning(plain)) is not None


_GOING_BACK = re.compile(
    r"\b(?:what|when|that) you (?:(?:just )?asked|were asking|said)(?: me)?(?: about)? "
    r"(?:before|earlier|previously|at the (?:start|beginning)|a (?:minute|moment|while) ago)\b|"
    r"\b(?:your|the|that) (?:earlier|previous) question\b|"
    r"\b(?:ive|i have|i just) (?:just )?(?:thought of|remembered) (?:one|something)\b"
)


def goes_back(plain: str) -> bool:
    """Tell whether a turn begins by answering what was asked before the present question."""
    return _GOING_BACK.search(_beginning(plain)) is not None


def is_backchannel(said: Said) -> bool:
    """Tell whether a turn only shows that somebody listens."""
    return len(said.words) <= _MOST_BACKCHANNEL and all(
        word.folded in word_list("backchannel") for word in said.words
    )


def ends_asking(said: Said) -> bool:
    """Tell whether a turn of the candidate ends by asking the interviewers something."""
    tail = words_joined(said.words[-_QUESTION_AT_END:])
    ends = [match.end() for match in _ASKING_BACK.finditer(tail)]
    return bool(ends) and not _OWN_WORDS.search(tail, ends[-1])


def words_joined(words: Sequence[Word]) -> str:
    """Return folded words, joined by single spaces."""
    return " ".join(word.folded for word in words)


def is_question_to_interviewer(words: Sequence[Word]) -> bool:
    """Tell whether some words of the candidate ask about the job, and tell nothing."""
    plain = " ".join(word.folded for word in words)
    return _QUESTION_TO_INTERVIEWER.search(plain) is not None and not _OWN_WORDS.search(plain)


def reply_of(said: Said, asked: Sequence[Word] = ()) -> Reply:
    """Tell what a turn of the candidate does.

    :param asked: the words of the question before it.
    """
    if is_backchannel(said):
        return Reply.BACKCHANNEL
    if denies(said) and not _EVASION.search(said.plain):
        return Reply.DENIAL
    if len(said.words) <= _SHORT_QUESTION and said.words[0].folded in word_list("question_words"):
        return Reply.COUNTER_QUESTION
    counter = _COUNTER_QUESTION.search(said.plain)
    if counter and len(said.words) <= _LONG_REPLY and counter.start() <= _AT_ONCE:
        return Reply.COUNTER_QUESTION
    if counter and not _OWN_WORDS.search(said.plain, counter.end()) and len(said.words) <= 40:
        return Reply.COUNTER_QUESTION
    evasion = _EVASION.search(said.plain)
    if evasion:
        beside = len(said.words) - len(evasion.group().split())
        if beside <= _LONG_REPLY and not _tells_more(said.plain[evasion.end() :]):
            return Reply.EVASION
    stalling = _STALLING.search(said.plain)
    if stalling and len(said.words) - len(stalling.group().split()) <= _SHORT_STALLING:
        return Reply.BACKCHANNEL
    if len(said.words) <= _LONG_REPLY and is_question_to_interviewer(said.words):
        return Reply.COUNTER_QUESTION
    if asks_back(said) or repeats(said, asked):
        return Reply.COUNTER_QUESTION
    if is_empty(said) or is_generality(said, asked):
        return Reply.EMPTY
    return Reply.ANSWER


def _tells_more(plain: str) -> bool:
    return len(_OWN_WORDS.findall(plain)) > 0 and len(plain.split()) > _LONG_REPLY // 2


def has_content(word: Word) -> bool:
    """Tell whether a word says something of a subject."""
    return word.stem not in stop_stems() and len(word.stem) > 1
